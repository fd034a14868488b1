/* Tests csrc/tap/msg_certificate.c: chains and raw public keys in each version, with a tree and without one.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "hex.h"
#include "published.h"
#include "tiling.h"

#define SPKI "300a300506032b6570030100" /* Ed25519, no bits of a key */

/* RFC 7250 section 3: in TLS 1.3 where a certificate would be, before it instead of the list of them. */
static void a_raw_public_key_is_a_subject_public_key_info(void **state)
{
    (void)state;
    static const struct {
        uint16_t version;
        const char *message, *path;
    } rows[] = {
        {0x0303,
         "0b00000f"
         "00000c" SPKI,
         "ASN1_subjectPublicKeyInfo"},
        {0x0304,
         "0b000015"
         "00"
         "000011"
         "00000c" SPKI "0000",
         "certificate_list[0].ASN1_subjectPublicKeyInfo"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX], key[HEX_MAX];
        hsi_bytes raw = hex(storage, rows[i].message);
        const hsi_field_context context = {.version = rows[i].version, .certificate_type = HSI_RAW_PUBLIC_KEY};
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, raw, &context), HSI_OK);
        assert_int_equal(f.status, HSI_OK);
        assert_true(tiles(&f));
        const hsi_field *found = hsi_field_find(f.root, rows[i].path);
        assert_non_null(found);
        assert_true(hsi_bytes_equal(found->content, hex(key, SPKI)));
        assert_string_equal(hsi_field_find(found, "SubjectPublicKeyInfo")->meaning, "Ed25519");
        assert_true(hsi_bytes_equal(hsi_message_certificate(raw, &context), hex(key, SPKI)));
        hsi_arena_cleanup(&arena);
    }
}

/* What the fold takes without a tree is what the tree has; of a message that is cut, nothing. */
static void the_first_certificate_is_found_without_a_tree(void **state)
{
    (void)state;
    static const struct {
        struct published message;
        const char *path;
    } rows[] = {
        {{"illustrated-tls12", "Certificate", 2}, "certificate_list[0]"},
        {{"rfc8448/1rtt", "Certificate", 3}, "certificate_list[0].cert_data"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &rows[i].message);
        const hsi_field_context *context = published_context(&rows[i].message);
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, raw, context), HSI_OK);
        hsi_bytes der = hsi_field_find(f.root, rows[i].path)->content;
        assert_true(hsi_bytes_equal(hsi_message_certificate(raw, context), der));
        for (size_t length = 0; length < 12; length++) {
            assert_int_equal(hsi_message_certificate(hsi_bytes_slice(raw, 0, length), context).length, 0);
        }
        hsi_arena_cleanup(&arena);
    }
}

/* The certificates begin as DER does: SEQUENCE, two bytes of length. */
static void a_certificate_is_found_as_der_in_both_layouts(void **state)
{
    (void)state;
    static const struct {
        struct published message;
        const char *path;
        size_t length;
    } rows[] = {
        {{"illustrated-tls12", "Certificate", 2}, "certificate_list[0]", 805},
        {{"illustrated-tls13", "Certificate", 3}, "certificate_list[0].cert_data", 805},
        {{"rfc8448/1rtt", "Certificate", 3}, "certificate_list[0].cert_data", 432},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &rows[i].message);
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, raw, published_context(&rows[i].message)), HSI_OK);
        hsi_bytes der = hsi_field_find(f.root, rows[i].path)->content;
        assert_int_equal(der.length, rows[i].length);
        assert_int_equal(der.data[0], 0x30);
        assert_int_equal(der.data[2] << 8 | der.data[3], der.length - 4);
        hsi_arena_cleanup(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_raw_public_key_is_a_subject_public_key_info),
        cmocka_unit_test(the_first_certificate_is_found_without_a_tree),
        cmocka_unit_test(a_certificate_is_found_as_der_in_both_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
