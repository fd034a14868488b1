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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_lives_until_the_last_one_drops_it),
        cmocka_unit_test(a_journal_that_was_given_belongs_to_it_even_without_memory),
        cmocka_unit_test(an_entry_without_a_time_has_the_time_of_its_appending),
        cmocka_unit_test(one_may_append_while_another_folds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
