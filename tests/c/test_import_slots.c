/* Import slots: replaced all together or not at all. Tried on libcmocka, whose import of `abort` is not needed here.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

#include <stdlib.h>

#include "live/import_slots.h"

static hsi_import *real_abort, *real_missing;

static void replacement(void)
{
}

static hsi_import *cmocka(void)
{
    return (hsi_import *)_cmocka_run_group_tests;
}

static void a_missing_required_symbol_leaves_everything_as_it_was(void **state)
{
    (void)state;
    hsi_import_slot slots[] = {
        {"free", true, replacement, &real_abort, NULL},
        {"no_such_function_anywhere", true, replacement, &real_missing, NULL},
    };
    assert_string_equal(hsi_import_slots_replace(slots, HSI_COUNT(slots), cmocka()),
                        "this build of GnuTLS does not import the functions that the probe looks at");
    assert_non_null(slots[0].address);
    assert_ptr_not_equal(*slots[0].address, replacement);
    assert_null(slots[1].address);
}

static void a_slot_is_replaced_and_what_it_held_is_handed_over(void **state)
{
    (void)state;
    hsi_import_slot slots[] = {
        {"abort", true, replacement, &real_abort, NULL},
        {"no_such_function_anywhere", false, replacement, &real_missing, NULL},
    };
    for (size_t i = 0; i < 2; i++) { /* the second time it is there already, and its own real one is not lost */
        assert_null(hsi_import_slots_replace(slots, HSI_COUNT(slots), cmocka()));
        assert_ptr_equal(*slots[0].address, replacement);
        assert_ptr_equal(real_abort, abort);
        assert_null(real_missing);
    }
    assert_null(
        hsi_import_slots_replace(&(hsi_import_slot){"abort", true, real_abort, &real_missing, NULL}, 1, cmocka()));
    assert_ptr_equal(*slots[0].address, abort);
}

/* An address in no library: on the stack. */
static void code_in_no_library_has_a_reason(void **state)
{
    (void)state;
    hsi_import_slot slot = {"free", true, replacement, &real_abort, NULL};
    hsi_import *nowhere;
    void *here = &slot;
    memcpy(&nowhere, &here, sizeof nowhere);
    assert_string_equal(hsi_import_slots_replace(&slot, 1, nowhere),
                        "the library is not a shared object whose imports can be read");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_required_symbol_leaves_everything_as_it_was),
        cmocka_unit_test(a_slot_is_replaced_and_what_it_held_is_handed_over),
        cmocka_unit_test(code_in_no_library_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
