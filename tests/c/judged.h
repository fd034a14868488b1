/* Rules by example: what is said, and what one rule makes of it. Each row is a test of its own.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_JUDGED_H
#define HSI_TESTS_JUDGED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "saying.h"

enum { JUDGED_MAX = 6, JUDGED_ROWS_MAX = 80 };

typedef struct judged {
    const char *rule;
    hsi_verdict verdict; /* NOT_CHECKABLE: there is no such check */
    const char *culprit; /* FAILED, a rule of check_messages.c: the field that the reason names; NULL: another rule */
    said messages[JUDGED_MAX];
} judged;

/* A look that runs out of memory says so; the next one finds what there is to find. */
static inline void look_without_memory(hsi_tap *tap, const judged *row)
{
    enum { ENOUGH = 40 };
    for (size_t i = 0; i < JUDGED_MAX && row->messages[i].body != NULL; i++) {
        say(tap, row->messages[i].sender, row->messages[i].type, row->messages[i].body);
        for (size_t failures = 0; failures < ENOUGH; failures++) {
            hsi_memory_fail_after(failures);
            hsi_status status = hsi_tap_look(tap);
            hsi_memory_fail_after(SIZE_MAX);
            assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        }
    }
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
}

static inline void judges_as_the_rfc_says(void **state)
{
    const judged *row = *state;
    folded fold = fold_nothing();
    look_without_memory(fold.tap, row);
    if (row->verdict == HSI_NOT_CHECKABLE) {
        expect_no_check(fold.tap, row->rule);
    } else {
        expect_verdict(fold.tap, row->rule, row->verdict);
    }
    if (row->culprit != NULL) {
        const hsi_check *check = find_check(fold.tap, row->rule);
        char expected[64];
        snprintf(expected, sizeof expected, ": %s ", row->culprit);
        if (strstr(check->reason, expected) == NULL) {
            fail_msg("%s blames another field than %s", check->reason, row->culprit);
        }
        assert_int_equal(check->evidence[0].kind, HSI_EVENT_MESSAGE);
        assert_true(check->found.length > 0);
    }
    fold_done(&fold);
}

static inline int run_judged(const judged *rows, size_t count)
{
    static char names[JUDGED_ROWS_MAX][128];
    static const char *const verdicts[] = {
        [HSI_FAILED] = "fails", [HSI_PASSED] = "passes", [HSI_NOT_CHECKABLE] = "is silent"};
    struct CMUnitTest tests[JUDGED_ROWS_MAX] = {{NULL, NULL, NULL, NULL, NULL}};
    if (count > JUDGED_ROWS_MAX) {
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "%s %s, row %zu", rows[i].rule, verdicts[rows[i].verdict], i);
        tests[i] = (struct CMUnitTest){names[i], judges_as_the_rfc_says, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    return _cmocka_run_group_tests("rules", tests, count, NULL, NULL);
}

#endif
