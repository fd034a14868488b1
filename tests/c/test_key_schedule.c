/* Tests csrc/tap/key_schedule.c with schedule_tls12.c and schedule_tls13.c: every published secret and key
 * comes of the one that was given; candidates count where they fit and nowhere else; what cannot be had says why.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "published_secrets.h"
#include "tap/key_schedule.h"

static void expect_secret(const hsi_secret *secret, const char *digits)
{
    uint8_t storage[HEX_MAX];
    hsi_bytes expected = hex(storage, digits);
    assert_non_null(secret);
    assert_int_equal(secret->value.length, expected.length);
    assert_true(hsi_bytes_equal(secret->value, expected));
}

static void every_published_secret_comes_of_the_one_that_was_given(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        folded fold = fold_connection(which);
        size_t compared = 0;
        for (size_t i = 0; i < HSI_COUNT(published_secrets); i++) {
            const struct published_secret *row = &published_secrets[i];
            if (row->connection == which) {
                const hsi_secret *secret = find_secret(fold.tap, row->label, row->sender, row->epoch);
                if (secret == NULL) {
                    fail_msg("%s: there is no %s", published_connections[which].folder, row->label);
                }
                expect_secret(secret, row->value);
                compared++;
            }
        }
        assert_true(compared >= 7);
        fold_done(&fold);
    }
}

static void every_derivation_is_its_function_of_its_inputs(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        folded fold = fold_connection(which);
        const hsi_list *derivations = hsi_tap_derivations(fold.tap);
        assert_true(derivations->count >= 7);
        for (size_t i = 0; i < derivations->count; i++) {
            const hsi_derivation *derivation = derivations->items[i];
            assert_true(derivation->ok);
            assert_in_range(derivation->input_count, 1, HSI_INPUTS_MAX);
            assert_non_null(derivation->formula);
            assert_non_null(derivation->rfc);
        }
        fold_done(&fold);
    }
}

static void no_secret_stands_in_the_list_twice(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_wire(&c, journal, 0, c.count);
    for (size_t i = 0; i < HSI_COUNT(published_secrets);
         i++) { /* a key log: its secrets are surfaced by nobody's side */
        const struct published_secret *row = &published_secrets[i];
        uint8_t storage[HEX_MAX];
        if (row->connection == ONE_RTT && strstr(row->label, "TRAFFIC_SECRET") != NULL) {
            assert_int_equal(hsi_journal_secret(journal, HSI_NOBODY, HSI_SOURCE_KEYLOG, row->label, HSI_BYTES_EMPTY,
                                                hex(storage, row->value)),
                             HSI_OK);
        }
    }
    connection_tell_secret(&c, journal);
    folded fold = fold_journal(journal);
    const hsi_list *secrets = hsi_tap_secrets(fold.tap);
    for (size_t i = 0; i < secrets->count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_ptr_not_equal(secrets->items[i], secrets->items[k]);
        }
    }
    expect_verdict(fold.tap, "secret.CLIENT_TRAFFIC_SECRET_0", HSI_PASSED);
    fold_done(&fold);
}

/* ---- candidates ---- */

static void tell(hsi_journal *journal, hsi_source source, const char *label, const char *digits)
{
    uint8_t storage[HEX_MAX];
    assert_int_equal(hsi_journal_secret(journal, HSI_CLIENT, source, label, HSI_BYTES_EMPTY, hex(storage, digits)),
                     HSI_OK);
}

static const char right[] = "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624";
static const char wrong[] = "00000000aa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624";
static const char master[] =
    "916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c";

static size_t count_secret_events(hsi_tap *tap, const char *label)
{
    size_t count = 0;
    const hsi_list *events = hsi_tap_events(tap);
    for (size_t i = 0; i < events->count; i++) {
        const hsi_event *event = events->items[i];
        count += event->kind == HSI_EVENT_SECRET && strcmp(((const hsi_secret *)event->item)->label, label) == 0;
    }
    return count;
}

/* In each order, before and after the wire and the secret that ties it down, one candidate counts: the right one. */
static void of_several_candidates_the_one_that_fits_counts(void **state)
{
    (void)state;
    static const char *const orders[] = {"rwm.", "wrm.", "mrw.",  "mwr.",  ".rwm",
                                         ".wrm", ".mwr", "w.m.r", "rw.rm", "wwrm."};
    connection c;
    connection_load(&c, ILLUSTRATED12);
    for (size_t o = 0; o < HSI_COUNT(orders); o++) {
        hsi_journal *journal = hsi_journal_new();
        size_t told = 0;
        for (const char *step = orders[o]; *step != '\0'; step++) {
            if (*step == '.') {
                connection_tell_wire(&c, journal, told, told + (told == 0 && strchr(step + 1, '.') ? 7 : c.count));
                told = 7;
            } else {
                tell(journal, *step == 'm' ? HSI_SOURCE_KEYLOG : HSI_SOURCE_PROBE,
                     *step == 'm' ? "master secret" : "premaster secret",
                     *step == 'm'   ? master
                     : *step == 'r' ? right
                                    : wrong);
            }
        }
        folded fold = fold_journal(journal);
        expect_secret(find_secret(fold.tap, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH), right);
        assert_true(count_secret_events(fold.tap, "premaster secret") >= 1);
        const hsi_list *secrets = hsi_tap_secrets(fold.tap);
        for (size_t i = 0; i < secrets->count; i++) {
            const hsi_secret *secret = secrets->items[i];
            uint8_t storage[HEX_MAX];
            assert_false(hsi_bytes_equal(secret->value, hex(storage, wrong)));
        }
        expect_verdict(fold.tap, "secret.master secret", HSI_PASSED);
        fold_done(&fold);
    }
}

static void a_candidate_that_nothing_ties_down_counts_for_nothing(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    tell(journal, HSI_SOURCE_PROBE, "premaster secret", right); /* even the right one: no master secret is known */
    connection_tell_wire(&c, journal, 0, c.count);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_secrets(fold.tap)->count, 0);
    expect_verdict(fold.tap, "mac.record[7]", HSI_NOT_CHECKABLE);
    fold_done(&fold);
}

/* The probe sees the secrets of TLS 1.3 that no API gives; the key log's traffic secrets tie them down. */
static void candidates_of_tls_1_3_are_tied_to_the_key_log(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    static const char *const probed[] = {"early secret", "handshake secret", "master secret"};
    for (size_t i = 0; i < HSI_COUNT(published_secrets); i++) {
        const struct published_secret *row = &published_secrets[i];
        bool logged = strstr(row->label, "TRAFFIC_SECRET") != NULL;
        for (size_t k = 0; k < HSI_COUNT(probed) && row->connection == ONE_RTT; k++) {
            if (strcmp(row->label, probed[k]) == 0) {
                tell(journal, HSI_SOURCE_PROBE, row->label, row->value);
            }
        }
        if (row->connection == ONE_RTT && logged) {
            tell(journal, HSI_SOURCE_KEYLOG, row->label, row->value);
        }
    }
    tell(journal, HSI_SOURCE_PROBE, "shared secret", wrong);
    tell(journal, HSI_SOURCE_PROBE, "shared secret", published_connections[ONE_RTT].secret);
    connection_tell_wire(&c, journal, 0, c.count);
    folded fold = fold_journal(journal);
    expect_secret(find_secret(fold.tap, "shared secret", HSI_NOBODY, HSI_NO_EPOCH),
                  published_connections[ONE_RTT].secret);
    assert_int_equal(count_secret_events(fold.tap, "shared secret"), 1);
    expect_verdict(fold.tap, "secret.handshake secret", HSI_PASSED);
    expect_verdict(fold.tap, "secret.master secret", HSI_PASSED);
    expect_verdict(fold.tap, "secret.CLIENT_HANDSHAKE_TRAFFIC_SECRET", HSI_PASSED);
    fold_done(&fold);
}

/* ---- what cannot be had ---- */

static void what_is_missing_says_why(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_NOTE,
                                                              .side = HSI_CLIENT,
                                                              .data = hsi_bytes_text("HSINSPECT_NO_PROBE is set"),
                                                              .name = hsi_bytes_text("probe")}),
                     HSI_OK);
    connection_tell_wire(&c, journal, 0, c.count);
    folded fold = fold_journal(journal);
    const hsi_secret *secret;
    const char *missing = NULL;
    hsi_handshake *handshake = hsi_tap_handshakes(fold.tap)->items[0];
    assert_int_equal(
        hsi_key_schedule_need(fold.tap, handshake, "CLIENT_TRAFFIC_SECRET_0", HSI_CLIENT, 3, &secret, &missing),
        HSI_OK);
    assert_null(secret);
    assert_string_equal(missing, "the shared secret was not surfaced: HSINSPECT_NO_PROBE is set");
    const hsi_record *record = hsi_tap_records(fold.tap)->items[2];
    assert_int_equal(record->state, HSI_RECORD_UNREADABLE);
    assert_string_equal(record->reason, missing);
    fold_done(&fold);
}

static void a_secret_of_another_length_opens_nothing_and_stops_nothing(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 47, 49, 70000};
    static uint8_t long_secret[70000];
    static const char *const labels[] = {
        "shared secret",          "premaster secret", "master secret",
        "handshake secret",       "key block",        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_TRAFFIC_SECRET_0"};
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        for (size_t i = 0; i < HSI_COUNT(lengths) * HSI_COUNT(labels); i++) {
            hsi_journal *journal = hsi_journal_new();
            hsi_bytes value = hsi_bytes_of(long_secret, lengths[i % HSI_COUNT(lengths)]);
            assert_int_equal(hsi_journal_secret(journal, HSI_CLIENT, HSI_SOURCE_KEYLOG, labels[i / HSI_COUNT(lengths)],
                                                HSI_BYTES_EMPTY, value),
                             HSI_OK);
            connection_tell_wire(&c, journal, 0, c.count);
            folded fold = fold_journal(journal);
            assert_int_equal(hsi_tap_records(fold.tap)->count, c.count);
            fold_done(&fold);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_secret_comes_of_the_one_that_was_given),
        cmocka_unit_test(every_derivation_is_its_function_of_its_inputs),
        cmocka_unit_test(no_secret_stands_in_the_list_twice),
        cmocka_unit_test(of_several_candidates_the_one_that_fits_counts),
        cmocka_unit_test(a_candidate_that_nothing_ties_down_counts_for_nothing),
        cmocka_unit_test(candidates_of_tls_1_3_are_tied_to_the_key_log),
        cmocka_unit_test(what_is_missing_says_why),
        cmocka_unit_test(a_secret_of_another_length_opens_nothing_and_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
