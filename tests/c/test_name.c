/* Tests csrc/proto/name.c: names are found in tables of any length, and only by their own number.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "proto/name.h"

static const hsi_name names[] = {{0, "zero"}, {3, "three"}, {4, "four"}, {0x1301, "far"}, {UINT32_MAX, "last"}};

static void every_name_of_a_table_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        assert_ptr_equal(hsi_name_find(names, HSI_COUNT(names), names[i].value), names[i].name);
    }
}

static void numbers_between_before_and_after_have_no_name(void **state)
{
    (void)state;
    const uint32_t absent[] = {1, 2, 5, 0x1300, 0x1302, UINT32_MAX - 1};
    for (size_t i = 0; i < HSI_COUNT(absent); i++) {
        assert_null(hsi_name_find(names, HSI_COUNT(names), absent[i]));
    }
    assert_null(hsi_name_find(names + 1, 2, 0));  /* before the first */
    assert_null(hsi_name_find(names + 1, 2, 99)); /* after the last */
}

static void every_length_of_table_is_searched_to_both_ends(void **state)
{
    (void)state;
    for (size_t count = 1; count <= HSI_COUNT(names); count++) {
        assert_string_equal(hsi_name_find(names, count, 0), "zero");
        assert_ptr_equal(hsi_name_find(names, count, names[count - 1].value), names[count - 1].name);
    }
}

static void an_empty_table_has_no_names(void **state)
{
    (void)state;
    assert_null(hsi_name_find(NULL, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_of_a_table_is_found),
        cmocka_unit_test(numbers_between_before_and_after_have_no_name),
        cmocka_unit_test(every_length_of_table_is_searched_to_both_ends),
        cmocka_unit_test(an_empty_table_has_no_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
