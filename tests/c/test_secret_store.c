/* Tests csrc/tap/secret_store.c and secret_index.c: which secret is found under a label, among many.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "saying.h"
#include "tap/secret_store.h"

static hsi_handshake *say_hello(hsi_tap *tap)
{
    say(tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    return tap->handshake;
}

static void tell(folded *fold, uint8_t side, hsi_source source, const char *label, const char *random,
                 const char *value)
{
    uint8_t storage[HEX_MAX];
    assert_int_equal(
        hsi_journal_secret(fold->journal, side, source, label, hex(storage, random), hsi_bytes_text(value)), HSI_OK);
    assert_int_equal(hsi_tap_advance(fold->tap), HSI_OK);
}

static void expect_known(const folded *fold, const char *label, uint8_t sender, uint64_t epoch, const char *value)
{
    const hsi_secret *secret = hsi_secret_known(fold->tap, fold->tap->handshake, label, sender, epoch);
    if (value == NULL) {
        assert_null(secret);
        return;
    }
    assert_non_null(secret);
    assert_true(hsi_bytes_are(secret->value, value));
}

static void a_label_says_writer_and_epoch(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint8_t sender;
        uint64_t epoch;
    } rows[] = {
        {"CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, 1},     {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", HSI_CLIENT, 2},
        {"SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER, 2}, {"CLIENT_TRAFFIC_SECRET_0", HSI_CLIENT, 3},
        {"SERVER_TRAFFIC_SECRET_0", HSI_SERVER, 3},         {"SERVER_TRAFFIC_SECRET_12", HSI_SERVER, 15},
        {"EXPORTER_SECRET", HSI_NOBODY, HSI_NO_EPOCH},      {"master secret", HSI_NOBODY, HSI_NO_EPOCH},
    };
    folded fold = fold_nothing();
    say_hello(fold.tap);
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        tell(&fold, HSI_CLIENT, HSI_SOURCE_KEYLOG, rows[i].label, "", rows[i].label);
        expect_known(&fold, rows[i].label, rows[i].sender, rows[i].epoch, rows[i].label);
        expect_known(&fold, rows[i].label, rows[i].sender, 99, NULL);
        if (rows[i].sender != HSI_NOBODY) {
            expect_known(&fold, rows[i].label, hsi_peer_of(rows[i].sender), rows[i].epoch, NULL);
        }
    }
    fold_done(&fold);
}

static void an_entry_may_say_its_epoch(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_hello(fold.tap);
    assert_int_equal(hsi_journal_append(fold.journal, &(hsi_entry){.kind = HSI_ENTRY_SECRET,
                                                                   .side = HSI_NOBODY,
                                                                   .sender = HSI_CLIENT,
                                                                   .code = HSI_SOURCE_GIVEN,
                                                                   .number = 5,
                                                                   .name = hsi_bytes_text("client write key"),
                                                                   .data = hsi_bytes_text("key")}),
                     HSI_OK);
    assert_int_equal(hsi_tap_advance(fold.tap), HSI_OK);
    for (uint64_t epoch = 0; epoch < 1000; epoch++) { /* many share its slot */
        expect_known(&fold, "client write key", HSI_CLIENT, epoch, epoch == 4 ? "key" : NULL);
        const hsi_secret *surfaced =
            hsi_secret_surfaced(fold.tap, fold.tap->handshake, "client write key", epoch, HSI_NOBODY);
        assert_int_equal(surfaced != NULL, epoch == 4);
    }
    fold_done(&fold);
}

static void of_several_the_newest_counts_and_surfaced_before_derived(void **state)
{
    (void)state;
    const hsi_secret *derived;
    folded fold = fold_nothing();
    hsi_handshake *handshake = say_hello(fold.tap);
    const hsi_secret secret = {.label = "master secret",
                               .side = HSI_NOBODY,
                               .sender = HSI_NOBODY,
                               .epoch = HSI_NO_EPOCH,
                               .handshake = handshake};
    assert_int_equal(hsi_secret_derive(fold.tap, &secret, hsi_bytes_text("derived"), &derived), HSI_OK);
    expect_known(&fold, "master secret", HSI_NOBODY, HSI_NO_EPOCH, "derived");
    tell(&fold, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret", "", "first");
    tell(&fold, HSI_SERVER, HSI_SOURCE_KEYLOG, "master secret", "", "second");
    expect_known(&fold, "master secret", HSI_NOBODY, HSI_NO_EPOCH, "second");
    assert_true(hsi_bytes_are(
        hsi_secret_surfaced(fold.tap, handshake, "master secret", HSI_NO_EPOCH, HSI_CLIENT)->value, "first"));
    fold_done(&fold);
}

static void a_secret_of_another_connection_counts_once_its_hello_is_there(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    tell(&fold, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret", RANDOM, "ours");
    tell(&fold, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret", RETRY_RANDOM, "another's");
    assert_int_equal(hsi_tap_events(fold.tap)->count, 0);
    say_hello(fold.tap);
    expect_known(&fold, "master secret", HSI_NOBODY, HSI_NO_EPOCH, "ours");
    assert_int_equal(fold.tap->surfaced.count, 1);
    fold_done(&fold);
}

static void a_candidate_counts_only_while_it_is_supposed(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_hello(fold.tap);
    tell(&fold, HSI_CLIENT, HSI_SOURCE_PROBE, "premaster secret", "", "candidate");
    expect_known(&fold, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH, NULL);
    hsi_secret *candidate = fold.tap->candidates.items[0];
    assert_int_equal(hsi_secret_suppose(fold.tap, candidate), HSI_OK);
    expect_known(&fold, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH, "candidate");
    hsi_secret_unsuppose(fold.tap, candidate);
    expect_known(&fold, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH, NULL);
    fold_done(&fold);
}

/* ---- the index ---- */

static void among_many_each_is_found_newest_first(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static hsi_secret secrets[MANY];
    hsi_secret_index index = {NULL, 0, 0};
    assert_null(hsi_secret_index_chain(&index, "label", 0));
    for (size_t i = 0; i < MANY; i++) { /* three of each epoch */
        secrets[i] = (hsi_secret){.label = "label", .epoch = i % (MANY / 3)};
        assert_int_equal(hsi_secret_index_add(&index, &secrets[i]), HSI_OK);
    }
    for (size_t epoch = 0; epoch < MANY / 3; epoch++) {
        size_t next = 3;
        const hsi_secret *secret = hsi_secret_index_chain(&index, "label", epoch);
        for (size_t steps = 0; secret != NULL; secret = secret->older) {
            assert_true(++steps < 100); /* or it is a list by another name */
            if (secret->epoch == epoch) {
                assert_ptr_equal(secret, &secrets[epoch + --next * (MANY / 3)]);
            }
        }
        assert_int_equal(next, 0);
    }
    hsi_secret_index_cleanup(&index);
}

static void without_memory_the_index_is_as_it_was(void **state)
{
    (void)state;
    static hsi_secret secrets[65];
    hsi_secret_index index = {NULL, 0, 0};
    for (size_t i = 0; i < 64; i++) {
        secrets[i] = (hsi_secret){.label = "label", .epoch = i};
        assert_int_equal(hsi_secret_index_add(&index, &secrets[i]), HSI_OK);
    }
    secrets[64] = (hsi_secret){.label = "label", .epoch = 0};
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_secret_index_add(&index, &secrets[64]), HSI_NO_MEMORY);
    hsi_memory_fail_after(SIZE_MAX);
    assert_int_equal(index.count, 64);
    for (size_t i = 0; i < 64; i++) {
        const hsi_secret *secret = hsi_secret_index_chain(&index, "label", i);
        while (secret != NULL && secret != &secrets[i]) {
            secret = secret->older;
        }
        assert_non_null(secret);
    }
    hsi_secret_index_cleanup(&index);
}

/* Each candidate is tried again with every secret: more of them must not make that take ever longer. */
static void of_many_candidates_the_newest_are_kept(void **state)
{
    (void)state;
    enum { CANDIDATES = 1000, KEPT = 128 };
    folded fold = fold_nothing();
    say_hello(fold.tap);
    for (size_t i = 0; i < CANDIDATES; i++) {
        char value[32];
        (void)snprintf(value, sizeof value, "candidate %zu", i);
        tell(&fold, HSI_CLIENT, HSI_SOURCE_PROBE, "premaster secret", "", value);
    }
    assert_int_equal(fold.tap->candidates.count, KEPT);
    const hsi_secret *oldest = fold.tap->candidates.items[0];
    assert_true(hsi_bytes_are(oldest->value, "candidate 872"));
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_label_says_writer_and_epoch),
        cmocka_unit_test(an_entry_may_say_its_epoch),
        cmocka_unit_test(of_several_the_newest_counts_and_surfaced_before_derived),
        cmocka_unit_test(a_secret_of_another_connection_counts_once_its_hello_is_there),
        cmocka_unit_test(a_candidate_counts_only_while_it_is_supposed),
        cmocka_unit_test(of_many_candidates_the_newest_are_kept),
        cmocka_unit_test(among_many_each_is_found_newest_first),
        cmocka_unit_test(without_memory_the_index_is_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
