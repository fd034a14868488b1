/* Tests csrc/tap/trace.c: a journal and its tap under one lock, held by several.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <pthread.h>

#include <cmocka.h>

#include "base/memory.h"
#include "connection.h"
#include "tap/trace.h"

static void it_lives_until_the_last_one_drops_it(void **state)
{
    (void)state;
    hsi_trace *trace = hsi_trace_new();
    assert_ptr_equal(hsi_trace_hold(trace), trace);
    hsi_trace_drop(trace);
    assert_int_equal(hsi_journal_count(hsi_trace_journal(trace)), 0); /* the sanitizer watches */
    hsi_trace_drop(trace);
    hsi_trace_drop(NULL);
}

static void a_journal_that_was_given_belongs_to_it_even_without_memory(void **state)
{
    (void)state;
    hsi_trace *trace = NULL;
    for (size_t allowed = 0; trace == NULL; allowed++) {
        hsi_journal *journal = hsi_journal_new();
        hsi_memory_fail_after(allowed);
        hsi_status status = hsi_trace_of(&trace, journal);
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == (trace == NULL ? HSI_NO_MEMORY : HSI_OK));
        assert_true(allowed < 10);
    }
    hsi_trace_drop(trace);
}

static void an_entry_without_a_time_has_the_time_of_its_appending(void **state)
{
    (void)state;
    hsi_trace *trace = hsi_trace_new();
    const hsi_entry entry = {.kind = HSI_ENTRY_NOTE, .side = HSI_CLIENT};
    hsi_entry timed = entry;
    timed.time_ns = 77;
    uint64_t before = hsi_journal_now(hsi_trace_journal(trace));
    assert_int_equal(hsi_trace_append(trace, &entry), HSI_OK);
    assert_int_equal(hsi_trace_append(trace, &timed), HSI_OK);
    assert_true(hsi_journal_peek(hsi_trace_journal(trace), 0)->time_ns >= before);
    assert_int_equal(hsi_journal_peek(hsi_trace_journal(trace), 1)->time_ns, 77);
    hsi_trace_drop(trace);
}

enum { APPENDED = 2000 };

static void *append_many(void *context)
{
    hsi_trace *trace = context;
    for (int i = 0; i < APPENDED; i++) {
        hsi_entry entry = {.kind = HSI_ENTRY_WIRE,
                           .side = HSI_NOBODY,
                           .sender = HSI_CLIENT,
                           .data = hsi_bytes_of("\x15\3\1\0\2\1\0", 7)};
        if (hsi_trace_append(trace, &entry) != HSI_OK) {
            return trace;
        }
    }
    return NULL;
}

static void one_may_append_while_another_folds(void **state)
{
    (void)state;
    pthread_t thread;
    void *failed;
    hsi_trace *trace = hsi_trace_new();
    assert_int_equal(pthread_create(&thread, NULL, append_many, hsi_trace_hold(trace)), 0);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(hsi_trace_fold(trace), HSI_OK);
    }
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    hsi_trace_finish(trace);
    assert_int_equal(hsi_trace_fold(trace), HSI_OK);
    assert_int_equal(hsi_tap_alerts(hsi_trace_tap(trace))->count, APPENDED);
    hsi_trace_drop(trace);
    hsi_trace_drop(trace);
}

/* ---- bounded ---- */

static const uint8_t data_record[] = {23, 3, 3, 0, 4, 'd', 'a', 't', 'a'};

static void settle(hsi_trace *trace)
{
    hsi_trace_lock(trace);
    hsi_trace_settle(trace);
    hsi_trace_unlock(trace);
}

static hsi_view look_at(hsi_trace *trace)
{
    hsi_view view = hsi_view_begin(trace);
    hsi_trace_lock(trace);
    hsi_view_settle(&view);
    hsi_trace_unlock(trace);
    return view;
}

static void append_application(hsi_trace *trace, size_t count)
{
    const hsi_entry entry = {.kind = HSI_ENTRY_WIRE,
                             .side = HSI_NOBODY,
                             .sender = HSI_SERVER,
                             .data = hsi_bytes_of(data_record, sizeof data_record)};
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(hsi_trace_append(trace, &entry), HSI_OK);
        assert_int_equal(hsi_trace_application(trace, 1), HSI_OK);
    }
}

static void a_bounded_trace_lets_go_of_records_and_a_look_of_all_beyond_the_limit(void **state)
{
    (void)state;
    hsi_trace *trace = hsi_trace_new();
    hsi_trace_bound(trace, 10 * HSI_ELIDED_LEAST);
    append_application(trace, 100000);
    assert_in_range(hsi_journal_count(hsi_trace_journal(trace)), 11, 1000);
    hsi_view view = look_at(trace);
    assert_int_equal(hsi_journal_count(hsi_trace_journal(trace)), 11);
    const hsi_entry *run = hsi_journal_peek(hsi_trace_journal(trace), 0);
    assert_int_equal(run->kind, HSI_ENTRY_ELIDED);
    assert_int_equal(run->number, 100000 - 10);
    hsi_view_drop(&view);
    hsi_trace_drop(trace);
}

static void what_was_folded_stays_with_those_who_hold_it(void **state)
{
    (void)state;
    hsi_trace *trace = hsi_trace_new();
    hsi_trace_bound(trace, 0);
    append_application(trace, 3);
    hsi_view all = {hsi_trace_hold(trace), hsi_tap_hold(hsi_trace_tap(trace))};
    assert_int_equal(hsi_tap_advance(all.tap), HSI_OK);
    hsi_view now = look_at(trace);
    assert_ptr_not_equal(now.tap, all.tap);
    assert_int_equal(hsi_tap_advance(now.tap), HSI_OK);
    assert_int_equal(hsi_tap_advance(all.tap), HSI_OK);
    hsi_trace_drop(trace);
    assert_int_equal(hsi_tap_records(now.tap)->count, 1);
    hsi_view_drop(&now);
    assert_int_equal(hsi_tap_records(all.tap)->count, 3);
    const hsi_record *last = hsi_tap_records(all.tap)->items[2];
    assert_true(hsi_bytes_are(last->fragment, "data"));
    hsi_view_drop(&all);
}

static void who_follows_is_given_each_event_once(void **state)
{
    (void)state;
    enum { RECORDS = 5000 };
    hsi_trace *trace = hsi_trace_new();
    hsi_follower follower = {.delivered = 0};
    size_t given = 0;
    hsi_trace_bound(trace, 0);
    append_application(trace, 2);
    assert_int_equal(hsi_trace_follow(trace, &follower), HSI_OK);
    for (size_t i = 0; i < RECORDS; i++) {
        const hsi_entry entry = {.kind = HSI_ENTRY_WIRE,
                                 .side = HSI_NOBODY,
                                 .sender = HSI_CLIENT,
                                 .data = hsi_bytes_of(data_record, sizeof data_record)};
        assert_int_equal(hsi_trace_append(trace, &entry), HSI_OK);
        hsi_follower_resume(&follower, trace);
        assert_int_equal(hsi_tap_advance(hsi_trace_tap(trace)), HSI_OK);
        size_t there = hsi_tap_events(hsi_trace_tap(trace))->count;
        given += there - follower.delivered;
        follower.delivered = there;
        assert_int_equal(hsi_trace_application(trace, 1), HSI_OK);
    }
    assert_int_equal(given, RECORDS);
    assert_true(hsi_journal_count(hsi_trace_journal(trace)) < RECORDS / 2);
    hsi_trace_unfollow(trace, &follower);
    settle(trace);
    assert_int_equal(hsi_journal_count(hsi_trace_journal(trace)), 2);
    hsi_trace_drop(trace);
}

static void without_memory_a_trace_keeps_more_and_says_so(void **state)
{
    (void)state;
    hsi_trace *trace = hsi_trace_new();
    hsi_trace_bound(trace, 0);
    append_application(trace, 3);
    assert_int_equal(hsi_tap_advance(hsi_trace_tap(trace)), HSI_OK);
    hsi_memory_fail_after(0);
    settle(trace);
    hsi_memory_fail_after(SIZE_MAX);
    assert_int_equal(hsi_journal_count(hsi_trace_journal(trace)), 3);
    settle(trace);
    assert_int_equal(hsi_journal_count(hsi_trace_journal(trace)), 1);
    hsi_trace_drop(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lives_until_the_last_one_drops_it),
        cmocka_unit_test(a_journal_that_was_given_belongs_to_it_even_without_memory),
        cmocka_unit_test(an_entry_without_a_time_has_the_time_of_its_appending),
        cmocka_unit_test(one_may_append_while_another_folds),
        cmocka_unit_test(a_bounded_trace_lets_go_of_records_and_a_look_of_all_beyond_the_limit),
        cmocka_unit_test(what_was_folded_stays_with_those_who_hold_it),
        cmocka_unit_test(who_follows_is_given_each_event_once),
        cmocka_unit_test(without_memory_a_trace_keeps_more_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
