/* Tests csrc/tap/checks.c and the computed checks of check_records.c, check_finished.c, check_secrets.c,
 * check_signatures.c and check_hooks.c: published connections pass them with the published values, altered
 * ones fail those that the alteration is about.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "connection.h"

static void expect_bytes(hsi_bytes found, const char *digits)
{
    assert_int_equal(found.length, strlen(digits) / 2);
    assert_hex(found.data, digits);
}

static void every_computed_check_of_a_published_connection_passes(void **state)
{
    (void)state;
    static const struct {
        int which;
        const char *name;
    } expected[] = {
        {ONE_RTT, "finished.client"},
        {ONE_RTT, "finished.server"},
        {ONE_RTT, "certificate_verify.server"},
        {ONE_RTT, "mac.record[8]"},
        {HELLO_RETRY, "finished.client"},
        {HELLO_RETRY, "certificate_verify.server"},
        {CLIENT_AUTH, "certificate_verify.client"},
        {CLIENT_AUTH, "certificate_verify.server"},
        {ILLUSTRATED12, "signature.ServerKeyExchange"},
        {ILLUSTRATED12, "finished.server"},
        {ILLUSTRATED12, "padding.record[12]"},
        {ILLUSTRATED13, "certificate_verify.server"},
    };
    for (int which = 0; which < CONNECTIONS; which++) {
        folded fold = fold_connection(which);
        const hsi_list *checks = hsi_tap_checks(fold.tap);
        for (size_t i = 0; i < checks->count; i++) {
            const hsi_check *check = checks->items[i];
            if (check->kind == HSI_COMPUTED && check->verdict != HSI_PASSED) {
                fail_msg("%s: %s: %s", published_connections[which].folder, check->name, check->reason);
            }
        }
        for (size_t i = 0; i < HSI_COUNT(expected); i++) {
            if (expected[i].which == which) {
                expect_verdict(fold.tap, expected[i].name, HSI_PASSED);
            }
        }
        fold_done(&fold);
    }
}

/* ---- records: the five MACs and the nine tags that the Illustrated pages print ---- */

static void the_published_macs_and_tags_are_the_computed_ones(void **state)
{
    (void)state;
    static const struct {
        int which;
        const char *name;
        const char *value;
    } rows[] = {
        {ILLUSTRATED12, "mac.record[7]", "a5a03d233056e4ac6eba7fd9e5317fac2db5b70e"},
        {ILLUSTRATED12, "mac.record[9]", "20c49746d2a30f235739905807535243aff2bfe0"},
        {ILLUSTRATED12, "mac.record[10]", "60101249f74a0377c9cacf6309751370d80cfcaa"},
        {ILLUSTRATED12, "mac.record[11]", "5ac799dccfdc0faf952bdc9118af200ee31c5105"},
        {ILLUSTRATED12, "mac.record[12]", "92799cba819f310744c559622be42bce3d6a41fb"},
        {ILLUSTRATED13, "mac.record[3]", "9ddef56f2468b90adfa25101ab0344ae"},
        {ILLUSTRATED13, "mac.record[4]", "58faa5bafa30186c6b2f238eb530c73e"},
        {ILLUSTRATED13, "mac.record[5]", "96a3232367ff075e1c66dd9cbedc4713"},
        {ILLUSTRATED13, "mac.record[6]", "078440c0742374744aecf28cf3182fd0"},
        {ILLUSTRATED13, "mac.record[8]", "0a69a88d4bf635c85eb874aebc9dfde8"},
        {ILLUSTRATED13, "mac.record[9]", "73aaabf5b82fbf9a2961bcde10038a32"},
        {ILLUSTRATED13, "mac.record[10]", "38d9db1f91ca3d5842602a610b43a463"},
        {ILLUSTRATED13, "mac.record[11]", "c0b96ad383afbd8dfc86f8087c1f7dc8"},
        {ILLUSTRATED13, "mac.record[12]", "7ae23fa66d56f4c5408482b1b1d4c998"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_connection(rows[i].which);
        const hsi_check *check = find_check(fold.tap, rows[i].name);
        assert_non_null(check);
        expect_bytes(check->expected, rows[i].value);
        expect_bytes(check->found, rows[i].value);
        fold_done(&fold);
    }
}

/* ---- Finished ---- */

static void the_published_verify_data_is_the_computed_one(void **state)
{
    (void)state;
    static const struct {
        int which;
        const char *name;
        const char *value;
    } rows[] = {
        {ILLUSTRATED12, "finished.client", "cf919626f1360c536aaad73a"},
        {ILLUSTRATED12, "finished.server", "844d3c10746dd722f92f0c7e"},
        {ILLUSTRATED13, "finished.server",
         "7e30eeccb6b23be6c6ca363992e842da877ee64715ae7fc0cf87f9e5032182b5bb48d1e33f9979055a160c8dbbb1569c"},
        {ONE_RTT, "finished.server", "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718"},
        {ONE_RTT, "finished.client", "a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61"},
        {HELLO_RETRY, "finished.server", "8863e6bfb0420a927fa27f34336a70ae426e968e3eb884945b96856dba3976d1"},
        {CLIENT_AUTH, "finished.client", "9afe2ba2f63a09d229d8a429e5b37ffd9fcc73bdb5911b82425972aa2892440f"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_connection(rows[i].which);
        expect_bytes(find_check(fold.tap, rows[i].name)->expected, rows[i].value);
        fold_done(&fold);
    }
}

/* ---- altered connections ---- */

static folded fold_altered(int which, size_t record, size_t offset)
{
    connection c;
    connection_load(&c, which);
    c.bytes[(size_t)(c.records[record].wire.data - c.bytes) + offset] ^= 0x01;
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, c.count);
    return fold_journal(journal);
}

static void an_altered_hello_fails_what_covers_it(void **state)
{
    (void)state;
    folded fold =
        fold_altered(ILLUSTRATED12, 0, 160); /* in an extension of the ClientHello: nothing is derived from it */
    expect_verdict(fold.tap, "mac.record[7]", HSI_PASSED);
    expect_verdict(fold.tap, "finished.client", HSI_FAILED);
    expect_verdict(fold.tap, "finished.server", HSI_FAILED);
    expect_verdict(fold.tap, "signature.ServerKeyExchange", HSI_PASSED);
    fold_done(&fold);
}

static void an_altered_signature_fails_alone_with_finished(void **state)
{
    (void)state;
    folded fold = fold_altered(ILLUSTRATED12, 3, 200);
    expect_verdict(fold.tap, "signature.ServerKeyExchange", HSI_FAILED);
    expect_verdict(fold.tap, "finished.client", HSI_FAILED);
    expect_verdict(fold.tap, "mac.record[7]", HSI_PASSED);
    fold_done(&fold);
}

static void an_altered_record_fails_its_mac_and_makes_the_transcript_uncheckable(void **state)
{
    (void)state;
    folded fold = fold_altered(ILLUSTRATED12, 7, 5); /* the IV of the client's Finished */
    expect_verdict(fold.tap, "mac.record[7]", HSI_FAILED);
    expect_verdict(fold.tap, "finished.server", HSI_NOT_CHECKABLE);
    expect_verdict(fold.tap, "rule.order", HSI_NOT_CHECKABLE);
    const hsi_check *check = find_check(fold.tap, "mac.record[7]");
    expect_bytes(check->found, "a5a03d233056e4ac6eba7fd9e5317fac2db5b70e");
    assert_false(hsi_bytes_equal(check->found, check->expected));
    fold_done(&fold);
}

/* ---- secrets, keys and hooks, as a live session tells them ---- */

static folded fold_live(const char *server_master, const char *client_key, size_t hello_lacks)
{
    static const char right[] =
        "916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c";
    enum { HEADERS = 5 + 4 }; /* of the record and of the message */
    uint8_t storage[2][HEX_MAX];
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_bytes hello = c.records[0].wire;
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    for (uint8_t side = HSI_CLIENT; side <= HSI_SERVER; side++) {
        assert_int_equal(hsi_journal_secret(journal, side, HSI_SOURCE_KEYLOG, "master secret", HSI_BYTES_EMPTY,
                                            hex(storage[0], side == HSI_CLIENT ? right : server_master)),
                         HSI_OK);
    }
    connection_tell_wire(&c, journal, 0, c.count);
    const hsi_entry entries[] = {
        {.kind = HSI_ENTRY_KEYS,
         .side = HSI_SERVER,
         .sender = HSI_CLIENT,
         .number = 1,
         .data = hex(storage[0], client_key),
         .aux = hex(storage[1], "1b7d117c7d5f690bc263cae8ef60af0f1878acc2")},
        {.kind = HSI_ENTRY_PHASE,
         .side = HSI_SERVER,
         .sender = HSI_CLIENT,
         .code = HSI_CLIENT_HELLO,
         .number = HSI_ENTER,
         .data = hsi_bytes_slice(hello, HEADERS, hello.length - HEADERS - hello_lacks)},
    };
    for (size_t i = 0; i < HSI_COUNT(entries); i++) {
        assert_int_equal(hsi_journal_append(journal, &entries[i]), HSI_OK);
    }
    return fold_journal(journal);
}

#define MASTER "916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c"
#define OTHER "006abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c"
#define KEY "f656d037b173ef3e11169f27231a84b6"

static void what_a_live_session_tells_is_compared(void **state)
{
    (void)state;
    static const struct {
        const char *master;
        const char *key;
        size_t hello_lacks; /* bytes, in the hook */
        hsi_verdict sides, keys, hook;
    } rows[] = {
        {MASTER, KEY, 0, HSI_PASSED, HSI_PASSED, HSI_PASSED},
        {OTHER, KEY, 0, HSI_FAILED, HSI_FAILED, HSI_PASSED}, /* the newest counts: other keys come of it */
        {MASTER, "0056d037b173ef3e11169f27231a84b6", 0, HSI_PASSED, HSI_FAILED, HSI_PASSED},
        {MASTER, KEY, 1, HSI_PASSED, HSI_PASSED, HSI_FAILED},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_live(rows[i].master, rows[i].key, rows[i].hello_lacks);
        expect_verdict(fold.tap, "sides.master secret", rows[i].sides);
        expect_verdict(fold.tap, "secret.master secret", rows[i].sides);
        expect_verdict(fold.tap, "keys.client[1].in server", rows[i].keys);
        expect_verdict(fold.tap, "hook.server[0].ClientHello", rows[i].hook);
        fold_done(&fold);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_computed_check_of_a_published_connection_passes),
        cmocka_unit_test(the_published_macs_and_tags_are_the_computed_ones),
        cmocka_unit_test(the_published_verify_data_is_the_computed_one),
        cmocka_unit_test(an_altered_hello_fails_what_covers_it),
        cmocka_unit_test(an_altered_signature_fails_alone_with_finished),
        cmocka_unit_test(an_altered_record_fails_its_mac_and_makes_the_transcript_uncheckable),
        cmocka_unit_test(what_a_live_session_tells_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
