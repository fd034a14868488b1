/* Tests csrc/tap/message.c: names, headers, and that the leaves tile every message that others published, whole, cut
 * short at every byte, and with every byte changed.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "published.h"
#include "tiling.h"

/* Dissects a copy of exactly its size, so that a sanitizer sees a read past its end. */
static hsi_status dissect_tight(hsi_bytes raw, const hsi_field_context *context)
{
    uint8_t *tight = hsi_memory_new(raw.length + 1);
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    assert_non_null(tight);
    uint8_t *start = tight + 1; /* the end of the copy is the end of the memory */
    if (raw.length > 0) {
        memcpy(start, raw.data, raw.length);
    }
    assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(start, raw.length), context), HSI_OK);
    assert_true(tiles(&f));
    hsi_status status = f.status;
    hsi_arena_cleanup(&arena);
    hsi_memory_free(tight, raw.length + 1);
    return status;
}

static void every_published_message_is_read_to_its_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &published[i]);
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, raw, published_context(&published[i])), HSI_OK);
        assert_int_equal(f.status, HSI_OK);
        assert_int_equal(f.stopped, raw.length);
        assert_string_equal(f.root->name, published[i].name);
        assert_int_equal(hsi_field_find(f.root, "msg_type")->number, raw.data[0]);
        assert_int_equal(hsi_field_find(f.root, "length")->number, raw.length - 4);
        assert_non_null(f.root->rfc);
        assert_true(tiles(&f));
        hsi_arena_cleanup(&arena);
    }
}

static void a_message_cut_short_anywhere_still_tiles_and_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &published[i]);
        for (size_t length = 0; length < raw.length; length++) {
            hsi_status status = dissect_tight(hsi_bytes_slice(raw, 0, length), published_context(&published[i]));
            assert_int_equal(status, HSI_TRUNCATED);
        }
    }
}

static void a_message_with_any_byte_changed_still_tiles(void **state)
{
    (void)state;
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &published[i]);
        for (size_t at = 0; at < raw.length * HSI_COUNT(changes); at++) {
            uint8_t change = changes[at / raw.length];
            storage[at % raw.length] ^= change;
            dissect_tight(raw, published_context(&published[i]));
            storage[at % raw.length] ^= change;
        }
    }
}

static void a_message_read_as_one_of_another_version_still_tiles(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &published[i]);
        for (uint16_t version = 0x0300; version <= 0x0304; version++) {
            hsi_field_context context = {.version = version, .suite = &published_suite};
            dissect_tight(raw, &context);
        }
    }
}

static void without_memory_a_message_is_not_read_and_nothing_leaks(void **state)
{
    (void)state;
    uint8_t storage[PUBLISHED_MAX];
    hsi_bytes raw = published_read(storage, &published[8]); /* the longest ClientHello */
    hsi_status status = HSI_NO_MEMORY;
    size_t failures = 0;
    for (; status == HSI_NO_MEMORY; failures++) {
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        hsi_memory_fail_after(failures);
        status = hsi_message_dissect(&f, &arena, raw, &published_tls13);
        hsi_memory_fail_after(SIZE_MAX);
        hsi_arena_cleanup(&arena);
    }
    assert_int_equal(status, HSI_OK);
    assert_true(failures > 2);
}

/* ---- headers ---- */

typedef struct dissected {
    hsi_arena arena;
    hsi_fields f;
} dissected;

static void dissect(dissected *d, const uint8_t *wire, size_t length)
{
    const hsi_field_context context = {.version = 0x0303};
    d->arena = HSI_ARENA_EMPTY;
    assert_int_equal(hsi_message_dissect(&d->f, &d->arena, hsi_bytes_of(wire, length), &context), HSI_OK);
    assert_true(tiles(&d->f));
}

static void a_header_that_claims_less_than_there_is_leaves_the_rest_over(void **state)
{
    (void)state;
    const uint8_t wire[] = {20, 0, 0, 2, 0xaa, 0xbb, 0xcc}; /* Finished, says two, has three */
    dissected d;
    dissect(&d, wire, sizeof wire);
    assert_int_equal(d.f.status, HSI_ILLEGAL);
    assert_int_equal(d.f.stopped, 6);
    assert_int_equal(hsi_field_find(d.f.root, "verify_data")->length, 2);
    assert_int_equal(hsi_field_find(d.f.root, "trailing")->length, 1);
    hsi_arena_cleanup(&d.arena);
}

static void a_header_that_claims_more_than_there_is_stops_at_the_end(void **state)
{
    (void)state;
    const uint8_t wire[] = {20, 0, 0, 9, 0xaa, 0xbb}; /* Finished, says nine, has two */
    dissected d;
    dissect(&d, wire, sizeof wire);
    assert_int_equal(d.f.status, HSI_TRUNCATED);
    assert_int_equal(d.f.stopped, 6);
    assert_int_equal(hsi_field_find(d.f.root, "verify_data")->length, 2);
    assert_null(hsi_field_find(d.f.root, "trailing"));
    hsi_arena_cleanup(&d.arena);
}

static void no_bytes_at_all_are_a_message_cut_short(void **state)
{
    (void)state;
    dissected d;
    dissect(&d, NULL, 0);
    assert_int_equal(d.f.status, HSI_TRUNCATED);
    assert_int_equal(d.f.stopped, 0);
    assert_string_equal(d.f.root->name, "handshake");
    hsi_arena_cleanup(&d.arena);
}

static void a_message_that_no_dissector_reads_is_one_opaque_leaf_under_its_name(void **state)
{
    (void)state;
    const uint8_t registered[] = {6, 0, 0, 1, 0xaa}, unknown[] = {77, 0, 0, 1, 0xaa};
    dissected d;
    dissect(&d, registered, sizeof registered);
    assert_int_equal(d.f.status, HSI_OK);
    assert_string_equal(d.f.root->name, "hello_retry_request");
    assert_int_equal(hsi_field_find(d.f.root, "body")->content.data[0], 0xaa);
    assert_string_equal(hsi_field_find(d.f.root, "msg_type")->meaning, "hello_retry_request");
    hsi_arena_cleanup(&d.arena);
    dissect(&d, unknown, sizeof unknown);
    assert_string_equal(d.f.root->name, "handshake_77");
    assert_int_equal(hsi_field_find(d.f.root, "body")->length, 1);
    hsi_arena_cleanup(&d.arena);
}

static void each_type_is_found_in_the_table_under_its_own_number(void **state)
{
    (void)state;
    static const uint8_t types[] = {0,  1,  2,  3,  4,  5,  8,  9,  10, 11, 12, 13,  14,
                                    15, 16, 17, 20, 21, 22, 23, 24, 25, 26, 67, 203, 254};
    size_t found = 0;
    for (unsigned type = 0; type < 256; type++) {
        const uint8_t raw[] = {(uint8_t)type, 0, 0, 0};
        const hsi_message_type *message = hsi_message_type_of(hsi_bytes_of(raw, sizeof raw), false);
        if (message != NULL) {
            assert_true(found < HSI_COUNT(types));
            assert_int_equal(message->type, type);
            assert_int_equal(types[found++], type);
        }
    }
    assert_int_equal(found, HSI_COUNT(types));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_message_is_read_to_its_end),
        cmocka_unit_test(a_message_cut_short_anywhere_still_tiles_and_says_so),
        cmocka_unit_test(a_message_with_any_byte_changed_still_tiles),
        cmocka_unit_test(a_message_read_as_one_of_another_version_still_tiles),
        cmocka_unit_test(without_memory_a_message_is_not_read_and_nothing_leaks),
        cmocka_unit_test(a_header_that_claims_less_than_there_is_leaves_the_rest_over),
        cmocka_unit_test(a_header_that_claims_more_than_there_is_stops_at_the_end),
        cmocka_unit_test(no_bytes_at_all_are_a_message_cut_short),
        cmocka_unit_test(a_message_that_no_dissector_reads_is_one_opaque_leaf_under_its_name),
        cmocka_unit_test(each_type_is_found_in_the_table_under_its_own_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
