/* Tests csrc/proto/oid.c: names and dotted texts of object identifiers, and what is none.
 * SPDX-License-Identifier: MIT */
#include "proto/oid.h"

#include "base/memory.h"
#include "hex.h"

static void an_identifier_has_its_name_or_none(void **state)
{
    (void)state;
    static const struct {
        const char *content, *name;
    } rows[] = {
        {"550403", "commonName"},
        {"55040300", NULL}, /* it begins like one */
        {"5504", NULL}, /* one begins like it */
        {"0992268993f22c640101", "uid"}, /* the first of all */
        {"67810c010203", "individual-validated"}, /* the last */
        {"551d20", "certificatePolicies"},
        {"551d2000", "anyPolicy"},
        {"", NULL},
        {"ff", NULL},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        const char *name = hsi_oid_name(hex(storage, rows[i].content));
        if (rows[i].name == NULL) {
            assert_null(name);
        } else {
            assert_non_null(name);
            assert_string_equal(name, rows[i].name);
        }
    }
}

/* X.690 section 8.19: the first two arcs are one number; groups of seven bits. */
static void an_identifier_is_written_with_dots(void **state)
{
    (void)state;
    static const struct {
        const char *content, *text;
    } rows[] = {
        {"00", "0.0"},
        {"27", "0.39"},
        {"28", "1.0"},
        {"4f", "1.39"},
        {"50", "2.0"},
        {"883703", "2.999.3"},
        {"2a864886f70d01010b", "1.2.840.113549.1.1.11"},
        {"2affffffffffffffff7f", "1.2.9223372036854775807"}, /* 63 bits */
        {"7f7f7f7f", "2.47.127.127.127"}, /* as long as a text for its octets gets */
    };
    hsi_arena arena = HSI_ARENA_EMPTY;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        const char *text;
        assert_int_equal(hsi_oid_text(&text, &arena, hex(storage, rows[i].content)), HSI_OK);
        assert_string_equal(text, rows[i].text);
    }
    hsi_arena_cleanup(&arena);
}

static void what_is_no_identifier_is_not_written(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",       "80", /* a group that says there is another */
        "2a86",   "8001", /* padded in front */
        "2a8001", "2a81808080808080808000", /* 64 bits */
    };
    hsi_arena arena = HSI_ARENA_EMPTY;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        const char *text;
        assert_int_equal(hsi_oid_text(&text, &arena, hex(storage, rows[i])), HSI_ILLEGAL);
    }
    hsi_memory_fail_after(0);
    const char *text;
    hsi_arena none = HSI_ARENA_EMPTY;
    assert_int_equal(hsi_oid_text(&text, &none, hsi_bytes_of("\x2a", 1)), HSI_NO_MEMORY);
    hsi_memory_fail_after(SIZE_MAX);
    hsi_arena_cleanup(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identifier_has_its_name_or_none),
        cmocka_unit_test(an_identifier_is_written_with_dots),
        cmocka_unit_test(what_is_no_identifier_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
