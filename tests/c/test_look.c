/* Tests csrc/tap/look.c: what is made when looked at keeps up with the journal, stays where it is, and costs
 * what is new.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "same.h"
#include "tap/fold.h"

static void before_the_first_look_there_is_nothing(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    assert_int_equal(hsi_tap_checks(tap)->count, 0);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    assert_int_equal(hsi_tap_checks(tap)->count, 0);
    assert_int_equal(hsi_tap_secrets(tap)->count, 0);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

static void looking_twice_gives_the_very_same_items(void **state)
{
    (void)state;
    folded fold = fold_connection(ONE_RTT);
    const hsi_check *first = hsi_tap_checks(fold.tap)->items[0];
    size_t count = hsi_tap_checks(fold.tap)->count;
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    assert_ptr_equal(hsi_tap_checks(fold.tap)->items[0], first);
    assert_int_equal(hsi_tap_checks(fold.tap)->count, count);
    fold_done(&fold);
}

static void items_of_an_older_look_stay_readable(void **state)
{
    (void)state;
    enum { KEPT = 512 };
    const hsi_check *kept[KEPT];
    size_t count = 0;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    connection_tell_secret(&c, journal);
    for (size_t i = 0; i < c.count; i++) {
        connection_tell_wire(&c, journal, i, i + 1);
        assert_int_equal(hsi_tap_advance(tap), HSI_OK);
        assert_int_equal(hsi_tap_look(tap), HSI_OK);
        const hsi_list *checks = hsi_tap_checks(tap);
        for (size_t k = 0; k < checks->count && count < KEPT; k++) {
            kept[count++] = checks->items[k];
        }
    }
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += strlen(kept[i]->name) + kept[i]->expected.length; /* the sanitizer watches */
    }
    assert_true(length > count);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

static const hsi_check *last_check(hsi_tap *tap)
{
    const hsi_list *checks = hsi_tap_checks(tap);
    return checks->items[checks->count - 1];
}

/* A listener that looks after each record: checks of records, and all that hangs on messages, are made once. */
static void records_that_change_nothing_cost_their_own_checks_only(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, c.count - 3);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    const hsi_check *handshake = find_check(tap, "finished.client");
    const hsi_check *record = find_check(tap, "mac.record[7]");
    connection_tell_wire(&c, journal, c.count - 3, c.count - 1); /* "ping" and "pong" */
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    assert_ptr_equal(find_check(tap, "finished.client"), handshake);
    assert_ptr_equal(find_check(tap, "mac.record[7]"), record);
    assert_string_equal(last_check(tap)->name, "padding.record[11]");
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

static void checks_of_records_outlive_what_is_made_anew(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 8);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    const hsi_check *record = find_check(tap, "mac.record[7]");
    connection_tell_wire(&c, journal, 8, c.count); /* the server's Finished among them */
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    assert_ptr_equal(find_check(tap, "mac.record[7]"), record);
    expect_verdict(tap, "finished.server", HSI_PASSED);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_look_there_is_nothing),
        cmocka_unit_test(looking_twice_gives_the_very_same_items),
        cmocka_unit_test(items_of_an_older_look_stay_readable),
        cmocka_unit_test(records_that_change_nothing_cost_their_own_checks_only),
        cmocka_unit_test(checks_of_records_outlive_what_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
