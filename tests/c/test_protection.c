/* Tests csrc/tap/protection.c: every way in which TLS protects a record, opened; and records that are altered,
 * cut or made up. The records and their MACs are in protected.h, and come from elsewhere.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "hex.h"
#include "protected_aead.h"
#include "protected_hmac.h"
#include "tap/protection.h"

typedef struct opening {
    uint8_t storage[4][HEX_MAX];
    uint8_t header[5];
    hsi_record_keys keys;
    hsi_protection *protection;
    hsi_arena arena;
    hsi_record record;
} opening;

static void start(opening *o, const protected_record *row)
{
    o->arena = HSI_ARENA_EMPTY;
    o->keys = (hsi_record_keys){.version = row->version,
                                .cipher = hsi_cipher_named(row->cipher),
                                .mac = row->mac == NULL ? NULL : hsi_hash_named(row->mac),
                                .encrypt_then_mac = row->encrypt_then_mac,
                                .mac_key = hex(o->storage[0], row->mac_key),
                                .key = hex(o->storage[1], row->key),
                                .iv = hex(o->storage[2], row->iv)};
    assert_int_equal(hsi_protection_new(&o->protection, &o->keys), HSI_OK);
}

static void open_fragment(opening *o, const protected_record *row, hsi_bytes fragment, uint64_t sequence_number)
{
    uint16_t version = row->version > HSI_TLS12 ? HSI_TLS12 : row->version;
    const uint8_t header[5] = {row->type, (uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(fragment.length >> 8),
                               (uint8_t)fragment.length};
    memcpy(o->header, header, sizeof header);
    o->record = (hsi_record){.outer_type = row->type,
                             .content_type = row->type,
                             .version = version,
                             .sequence_number = sequence_number,
                             .header = hsi_bytes_of(o->header, sizeof o->header),
                             .fragment = fragment};
    assert_int_equal(hsi_protection_open(o->protection, &o->arena, &o->record), HSI_OK);
}

static void stop(opening *o)
{
    hsi_protection_free(o->protection);
    hsi_arena_cleanup(&o->arena);
}

static void expect_bytes(hsi_bytes found, const char *digits)
{
    uint8_t storage[HEX_MAX];
    hsi_bytes expected = hex(storage, digits);
    assert_int_equal(found.length, expected.length);
    assert_true(hsi_bytes_equal(found, expected));
}

static void opens_as_recomputed_elsewhere(void **state)
{
    const protected_record *row = *state;
    opening o;
    start(&o, row);
    open_fragment(&o, row, hex(o.storage[3], row->fragment), row->sequence_number);
    const hsi_record_mac *mac = o.record.mac;
    assert_int_equal(o.record.state, row->state);
    assert_int_equal(o.record.content_type, row->content_type);
    expect_bytes(o.record.plaintext, row->plaintext);
    expect_bytes(o.record.padding, row->padding);
    expect_bytes(mac->received, row->received);
    expect_bytes(mac->computed, row->computed);
    expect_bytes(mac->input, row->input);
    expect_bytes(mac->nonce, row->nonce);
    assert_int_equal(mac->ok, row->state == HSI_RECORD_OPENED);
    assert_int_equal(mac->padding_ok, row->padding_ok);
    assert_string_equal(mac->kind, row->mac == NULL ? "aead" : "hmac");
    assert_string_equal(mac->algorithm, row->mac == NULL ? row->cipher : row->mac);
    assert_string_equal(mac->order, row->mac == NULL        ? "aead"
                                    : row->encrypt_then_mac ? "encrypt-then-mac"
                                                            : "mac-then-encrypt");
    stop(&o);
}

/* Whatever is left of a record, it ends as OPENED or REJECTED, and a cut one is never accepted. */
static void a_cut_record_is_rejected_at_every_length(void **state)
{
    const protected_record *row = *state;
    uint8_t storage[HEX_MAX];
    hsi_bytes whole = hex(storage, row->fragment);
    for (size_t length = 0; length < whole.length; length++) {
        opening o;
        start(&o, row);
        open_fragment(&o, row, hsi_bytes_slice(whole, 0, length), row->sequence_number);
        assert_int_equal(o.record.state, HSI_RECORD_REJECTED);
        assert_non_null(o.record.reason);
        assert_non_null(o.record.mac);
        assert_false(o.record.mac->ok);
        stop(&o);
    }
}

static void a_record_with_any_byte_altered_is_rejected(void **state)
{
    const protected_record *row = *state;
    uint8_t storage[HEX_MAX];
    hsi_bytes whole = hex(storage, row->fragment);
    for (size_t i = 0; i < whole.length && row->state == HSI_RECORD_OPENED; i++) {
        opening o;
        start(&o, row);
        storage[i] ^= 0x41;
        open_fragment(&o, row, whole, row->sequence_number);
        storage[i] ^= 0x41;
        assert_int_equal(o.record.state, HSI_RECORD_REJECTED);
        stop(&o);
    }
}

/* ---- ciphers that go on from record to record ---- */

static const protected_record tls10 = {.version = 0x0301,
                                       .cipher = "AES-128-CBC",
                                       .mac = "SHA1",
                                       .mac_key = "606162636465666768696a6b6c6d6e6f70717273",
                                       .key = "101112131415161718191a1b1c1d1e1f",
                                       .iv = "404142434445464748494a4b4c4d4e4f",
                                       .type = 23};

static const protected_record rc4 = {.version = 0x0301,
                                     .cipher = "ARCFOUR-128",
                                     .mac = "SHA1",
                                     .mac_key = "606162636465666768696a6b6c6d6e6f70717273",
                                     .key = "101112131415161718191a1b1c1d1e1f",
                                     .iv = "",
                                     .type = 23};

static void open_two(const protected_record *keys, const char *first, const char *second)
{
    opening o;
    start(&o, keys);
    open_fragment(&o, keys, hex(o.storage[3], first), 0);
    assert_int_equal(o.record.state, HSI_RECORD_OPENED);
    expect_bytes(o.record.plaintext, "616263"); /* "abc" */
    expect_bytes(o.record.mac->computed, "ce97aaa33fca82a4d4526e50333f5dd84b52eecb");
    open_fragment(&o, keys, hex(o.storage[3], second), 1);
    assert_int_equal(o.record.state, HSI_RECORD_OPENED);
    expect_bytes(o.record.plaintext, "64656667"); /* "defg" */
    expect_bytes(o.record.mac->computed, "35bc0cd2e43856e2d8e3f4818ab31d5af7fb2b30");
    expect_bytes(o.record.mac->nonce, "");
    stop(&o);
}

static void the_iv_of_tls_1_0_is_the_last_block_of_the_record_before(void **state)
{
    (void)state;
    open_two(&tls10, "3f8f74bcf78743bcdb88081fa2bf7b54c79c981867ac58c79c3778a0186de009",
             "250f24f3db400290f9c282a51fc27e34d49b4856faf4e4763ea057a75c680e84");
}

static void a_stream_cipher_goes_on_where_the_record_before_ended(void **state)
{
    (void)state;
    open_two(&rc4, "2ad263026aaab8cdfd3c4103de55ac918d1b737f090210",
             "80b9846db68b3769ddfb8dd082f9ed18da945f97925d8de2");
}

/* Opens the second record of two, whose first was not kept. */
static void open_second(const protected_record *keys, const char *first, size_t tail, const char *second,
                        hsi_record_state expected)
{
    opening o;
    uint8_t storage[HEX_MAX];
    hsi_bytes elided = hex(storage, first);
    start(&o, keys);
    uint64_t allowed = elided.length;
    hsi_bytes end = hsi_bytes_slice(elided, elided.length - tail, tail);
    assert_int_equal(hsi_protection_skip(o.protection, elided.length, end, &allowed), HSI_OK);
    assert_int_equal(allowed, tail > 0 ? elided.length : 0); /* only a stream cipher needs it */
    open_fragment(&o, keys, hex(o.storage[3], second), 1);
    assert_int_equal(o.record.state, expected);
    stop(&o);
}

static void a_record_after_one_that_was_not_kept_opens(void **state)
{
    (void)state;
    static const char tls10_first[] = "3f8f74bcf78743bcdb88081fa2bf7b54c79c981867ac58c79c3778a0186de009";
    static const char tls10_second[] = "250f24f3db400290f9c282a51fc27e34d49b4856faf4e4763ea057a75c680e84";
    open_second(&tls10, tls10_first, 16, tls10_second, HSI_RECORD_OPENED);
    open_second(&tls10, tls10_first, 32, tls10_second, HSI_RECORD_OPENED);
    open_second(&rc4, "2ad263026aaab8cdfd3c4103de55ac918d1b737f090210", 0,
                "80b9846db68b3769ddfb8dd082f9ed18da945f97925d8de2", HSI_RECORD_OPENED);
    open_second(&rc4, "2ad263026aaab8cdfd3c4103de55ac918d1b737f09",
                0, /* two bytes fewer: another place in the key stream */
                "80b9846db68b3769ddfb8dd082f9ed18da945f97925d8de2", HSI_RECORD_REJECTED);
}

static void what_cannot_be_skipped_is_said(void **state)
{
    (void)state;
    opening o;
    start(&o, &tls10);
    uint64_t allowed = 1000;
    assert_int_equal(hsi_protection_skip(o.protection, 1, hsi_bytes_text("fifteen bytes.."), &allowed),
                     HSI_UNSUPPORTED);
    stop(&o);
    start(&o, &rc4);
    assert_int_equal(hsi_protection_skip(o.protection, 1001, HSI_BYTES_EMPTY, &allowed), HSI_UNSUPPORTED);
    assert_int_equal(hsi_protection_skip(o.protection, 1000, HSI_BYTES_EMPTY, &allowed), HSI_OK);
    assert_int_equal(hsi_protection_skip(o.protection, 1, HSI_BYTES_EMPTY, &allowed), HSI_UNSUPPORTED);
    stop(&o);
}

static void a_stream_record_shorter_than_its_mac_is_rejected(void **state)
{
    (void)state;
    opening o;
    start(&o, &rc4);
    open_fragment(&o, &rc4, hex(o.storage[3], "2ad263026aaab8cdfd3c4103de55ac918d1b73"), 0); /* 19 bytes, SHA1 has 20 */
    assert_int_equal(o.record.state, HSI_RECORD_REJECTED);
    assert_string_equal(o.record.reason, "the record is shorter than its MAC");
    assert_int_equal(o.record.mac->computed.length, 0);
    stop(&o);
}

enum { HMACS = HSI_COUNT(hmac_records), ROWS = HMACS + HSI_COUNT(aead_records), PER_ROW = 3, OTHERS = 5 };

int main(void)
{
    static char names[ROWS * PER_ROW][128];
    struct CMUnitTest tests[ROWS * PER_ROW + OTHERS] = {{NULL, NULL, NULL, NULL, NULL}};
    const struct CMUnitTest others[OTHERS] = {
        cmocka_unit_test(the_iv_of_tls_1_0_is_the_last_block_of_the_record_before),
        cmocka_unit_test(a_stream_cipher_goes_on_where_the_record_before_ended),
        cmocka_unit_test(a_record_after_one_that_was_not_kept_opens),
        cmocka_unit_test(what_cannot_be_skipped_is_said),
        cmocka_unit_test(a_stream_record_shorter_than_its_mac_is_rejected),
    };
    const struct {
        const char *claim;
        CMUnitTestFunction test;
    } claims[PER_ROW] = {
        {"opens as recomputed elsewhere", opens_as_recomputed_elsewhere},
        {"is rejected cut at every length", a_cut_record_is_rejected_at_every_length},
        {"is rejected with any byte altered", a_record_with_any_byte_altered_is_rejected},
    };
    for (size_t i = 0; i < ROWS * PER_ROW; i++) {
        const protected_record *row =
            i / PER_ROW < HMACS ? &hmac_records[i / PER_ROW] : &aead_records[i / PER_ROW - HMACS];
        snprintf(names[i], sizeof names[i], "%s: %s", row->name, claims[i % PER_ROW].claim);
        tests[i] = (struct CMUnitTest){names[i], claims[i % PER_ROW].test, NULL, NULL, (void *)(uintptr_t)row};
    }
    memcpy(&tests[ROWS * PER_ROW], others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
