/* Tests csrc/base/list.c: pointers stay in the order in which they came.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"
#include "base/memory.h"

static void pointers_stay_in_order_however_many_they_are(void **state)
{
    (void)state;
    int things[100];
    hsi_list list = HSI_LIST_EMPTY;
    for (size_t i = 0; i < HSI_COUNT(things); i++) {
        assert_int_equal(hsi_list_append(&list, &things[i]), HSI_OK);
        assert_int_equal(list.count, i + 1);
    }
    for (size_t i = 0; i < HSI_COUNT(things); i++) {
        assert_ptr_equal(list.items[i], &things[i]);
    }
    hsi_list_cleanup(&list);
}

static void the_same_pointer_and_null_may_be_in_it(void **state)
{
    (void)state;
    int thing;
    hsi_list list = HSI_LIST_EMPTY;
    assert_int_equal(hsi_list_append(&list, &thing), HSI_OK);
    assert_int_equal(hsi_list_append(&list, NULL), HSI_OK);
    assert_int_equal(hsi_list_append(&list, &thing), HSI_OK);
    assert_int_equal(list.count, 3);
    assert_null(list.items[1]);
    assert_ptr_equal(list.items[2], &thing);
    hsi_list_cleanup(&list);
}

static void a_list_is_empty_and_of_use_after_cleanup(void **state)
{
    (void)state;
    int thing;
    hsi_list list = HSI_LIST_EMPTY;
    hsi_list_cleanup(&list);
    assert_int_equal(hsi_list_append(&list, &thing), HSI_OK);
    hsi_list_cleanup(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
    assert_int_equal(hsi_list_append(&list, &thing), HSI_OK);
    hsi_list_cleanup(&list);
}

static void a_list_that_cannot_grow_keeps_what_it_has(void **state)
{
    (void)state;
    int things[100];
    hsi_list list = HSI_LIST_EMPTY;
    do {
        assert_int_equal(hsi_list_append(&list, &things[list.count]), HSI_OK);
    } while (list.count < list.capacity);
    const size_t full = list.count;
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_list_append(&list, &things[full]), HSI_NO_MEMORY);
    assert_int_equal(list.count, full);
    assert_ptr_equal(list.items[full - 1], &things[full - 1]);
    assert_int_equal(hsi_list_append(&list, &things[full]), HSI_OK);
    assert_ptr_equal(list.items[full], &things[full]);
    hsi_list_cleanup(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_stay_in_order_however_many_they_are),
        cmocka_unit_test(the_same_pointer_and_null_may_be_in_it),
        cmocka_unit_test(a_list_is_empty_and_of_use_after_cleanup),
        cmocka_unit_test(a_list_that_cannot_grow_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
