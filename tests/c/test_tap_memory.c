/* Tests csrc/tap as a whole where memory runs out: each allocation fails once. Holds: OK or NO_MEMORY and
 * nothing else, a fold that broke off stays broken, a look that broke off can be had again, and freeing leaves
 * nothing behind (LeakSanitizer).
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "same.h"
#include "tap/trace.h"

static hsi_status tell(connection *c, hsi_journal *journal)
{
    HSI_TRY(connection_tell(c, journal, HSI_CLIENT, HSI_SOURCE_GIVEN));
    for (size_t i = 0; i < c->count; i++) {
        HSI_TRY(hsi_journal_wire(journal, c->records[i].sender, c->records[i].wire));
    }
    HSI_TRY(hsi_journal_end(journal, HSI_CLIENT, HSI_END_FIN));
    return hsi_journal_end(journal, HSI_SERVER, HSI_END_RST);
}

static hsi_status see_all(hsi_tap *tap)
{
    HSI_TRY(hsi_tap_advance(tap));
    HSI_TRY(hsi_tap_look(tap));
    for (size_t i = 0; i < hsi_tap_messages(tap)->count; i++) {
        const hsi_fields *fields;
        HSI_TRY(hsi_tap_fields(tap, hsi_tap_messages(tap)->items[i], &fields));
    }
    return HSI_OK;
}

/* From nothing to everything with one failure after `allowed` allocations; true: nothing failed. */
static bool run_once(connection *c, size_t allowed)
{
    hsi_memory_fail_after(allowed);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = journal == NULL ? NULL : hsi_tap_new(journal);
    hsi_status status = tap == NULL ? HSI_NO_MEMORY : tell(c, journal);
    if (status == HSI_OK) {
        hsi_journal_finish(journal);
        status = see_all(tap);
    }
    hsi_memory_fail_after(SIZE_MAX);
    assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
    return status == HSI_OK;
}

static void any_allocation_may_fail_from_journal_to_fields(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        size_t failed = 0;
        while (!run_once(&c, failed)) {
            failed++;
        }
        assert_true(failed > 40); /* or nothing was tried */
    }
}

static void a_fold_that_broke_off_stays_broken(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(tell(&c, journal), HSI_OK);
    hsi_journal_finish(journal);
    size_t broken = 0;
    for (size_t allowed = 0;; allowed++, broken++) {
        hsi_tap *tap = hsi_tap_new(journal);
        hsi_memory_fail_after(allowed);
        hsi_status status = hsi_tap_advance(tap);
        hsi_memory_fail_after(SIZE_MAX);
        assert_int_equal(hsi_tap_advance(tap), status);
        assert_int_equal(hsi_tap_look(tap), status);
        hsi_tap_drop(tap);
        if (status == HSI_OK) {
            break;
        }
    }
    assert_true(broken > 10);
    hsi_journal_free(journal);
}

static void a_look_that_broke_off_can_be_had_again(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        hsi_journal *journal = hsi_journal_new();
        assert_int_equal(tell(&c, journal), HSI_OK);
        hsi_journal_finish(journal);
        hsi_tap *good = hsi_tap_new(journal);
        assert_int_equal(see_all(good), HSI_OK);
        bool failed = true;
        for (size_t allowed = 0; failed; allowed++) {
            hsi_tap *tap = hsi_tap_new(journal);
            assert_int_equal(hsi_tap_advance(tap), HSI_OK);
            hsi_memory_fail_after(allowed);
            failed = hsi_tap_look(tap) != HSI_OK;
            hsi_memory_fail_after(SIZE_MAX);
            assert_int_equal(hsi_tap_look(tap), HSI_OK);
            assert_same(tap, good);
            hsi_tap_drop(tap);
        }
        hsi_tap_drop(good);
        hsi_journal_free(journal);
    }
}

/* Candidates, notes, hooks and keys take paths that the published connections do not. */
static hsi_status tell_all_kinds(connection *c, hsi_journal *journal)
{
    const uint8_t hash[32] = {0};
    uint8_t secret[HEX_MAX];
    HSI_TRY(hsi_journal_secret(journal, HSI_CLIENT, HSI_SOURCE_PROBE, "premaster secret", HSI_BYTES_EMPTY,
                               hsi_bytes_of(hash, sizeof hash)));
    HSI_TRY(connection_tell(c, journal, HSI_CLIENT, HSI_SOURCE_PROBE));
    for (size_t i = 0; i < 7; i++) {
        HSI_TRY(hsi_journal_wire(journal, c->records[i].sender, c->records[i].wire));
        HSI_TRY(hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_PHASE,
                                                         .side = HSI_CLIENT,
                                                         .sender = c->records[i].sender,
                                                         .code = c->records[i].wire.data[5],
                                                         .data = hsi_bytes_of(hash, sizeof hash)}));
    }
    HSI_TRY(hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_KEYS,
                                                     .side = HSI_CLIENT,
                                                     .sender = HSI_CLIENT,
                                                     .number = 1,
                                                     .data = hsi_bytes_of(hash, 16),
                                                     .aux = hsi_bytes_of(hash, 20)}));
    HSI_TRY(
        hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_PSK, .code = 1, .data = hsi_bytes_of(hash, 16)}));
    return hsi_journal_secret(
        journal, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret", HSI_BYTES_EMPTY,
        hex(secret,
            "916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c"));
}

static void any_allocation_may_fail_with_entries_of_every_kind(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_status status = HSI_NO_MEMORY;
    size_t allowed = 0;
    for (; status != HSI_OK; allowed++) {
        hsi_trace *trace = NULL;
        hsi_memory_fail_after(allowed);
        trace = hsi_trace_new();
        status = trace == NULL ? HSI_NO_MEMORY : tell_all_kinds(&c, hsi_trace_journal(trace));
        if (status == HSI_OK) {
            hsi_trace_finish(trace);
            status = hsi_trace_fold(trace);
        }
        if (status == HSI_OK) {
            status = see_all(hsi_trace_tap(trace));
        }
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        if (status == HSI_OK) {
            expect_verdict(hsi_trace_tap(trace), "secret.master secret", HSI_PASSED);
        }
        hsi_trace_drop(trace);
    }
    assert_true(allowed > 40); /* or nothing was tried */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail_from_journal_to_fields),
        cmocka_unit_test(a_fold_that_broke_off_stays_broken),
        cmocka_unit_test(a_look_that_broke_off_can_be_had_again),
        cmocka_unit_test(any_allocation_may_fail_with_entries_of_every_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
