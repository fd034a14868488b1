/* Tests csrc/base/status.c: every status has a name and a sentence, and no two have the same.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/status.h"

static void every_status_has_a_name_and_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < HSI_STATUS_COUNT; i++) {
        assert_true(strlen(hsi_status_name((hsi_status)i)) > 0);
        assert_true(strlen(hsi_status_text((hsi_status)i)) > 0);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(hsi_status_name((hsi_status)i), hsi_status_name((hsi_status)j));
            assert_string_not_equal(hsi_status_text((hsi_status)i), hsi_status_text((hsi_status)j));
        }
    }
}

static void ok_is_zero_and_named_so(void **state)
{
    (void)state;
    assert_int_equal(HSI_OK, 0);
    assert_string_equal(hsi_status_name(HSI_OK), "OK");
    assert_string_equal(hsi_status_name(HSI_NO_MEMORY), "NO_MEMORY");
    assert_string_equal(hsi_status_text(HSI_TRUNCATED), "the bytes end inside a field");
}

static int calls;

static hsi_status counted(hsi_status status)
{
    calls++;
    return status;
}

static hsi_status both(hsi_status first, hsi_status second)
{
    HSI_TRY(counted(first));
    HSI_TRY(counted(second));
    return HSI_OK;
}

static void try_goes_on_after_ok_and_returns_the_first_failure(void **state)
{
    (void)state;
    calls = 0;
    assert_int_equal(both(HSI_OK, HSI_OK), HSI_OK);
    assert_int_equal(calls, 2);
    assert_int_equal(both(HSI_OK, HSI_ILLEGAL), HSI_ILLEGAL);
    assert_int_equal(calls, 4);
    assert_int_equal(both(HSI_TRUNCATED, HSI_ILLEGAL), HSI_TRUNCATED);
    assert_int_equal(calls, 5); /* each call was made once, and the second not at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_and_a_sentence_of_its_own),
        cmocka_unit_test(ok_is_zero_and_named_so),
        cmocka_unit_test(try_goes_on_after_ok_and_returns_the_first_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
