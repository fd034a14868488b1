/* Tests csrc/tap/schedule_tls13.c where test_key_schedule.c does not reach: a pre-shared key (RFC 8448 section
 * 4), KeyUpdate, and what must not be derived because it has not been agreed on.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "published.h"
#include "saying.h"

static void expect_secret(hsi_tap *tap, const char *label, uint8_t sender, uint64_t epoch, const char *digits)
{
    const hsi_secret *secret = find_secret(tap, label, sender, epoch);
    if (secret == NULL) {
        fail_msg("there is no %s", label);
        return;
    }
    assert_int_equal(secret->value.length, strlen(digits) / 2);
    assert_hex(secret->value.data, digits);
}

/* ---- RFC 8448 section 4: the messages, the PSK under its identity, the shared secret ---- */

static folded fold_resumption(const char *psk)
{
    uint8_t storage[HEX_MAX];
    folded fold = fold_nothing();
    assert_int_equal(
        hsi_journal_append(fold.journal, &(hsi_entry){.kind = HSI_ENTRY_PSK, .code = 1, .data = hex(storage, psk)}),
        HSI_OK);
    assert_int_equal(
        hsi_journal_secret(fold.journal, HSI_NOBODY, HSI_SOURCE_GIVEN, "shared secret", HSI_BYTES_EMPTY,
                           hex(storage, "f44194756ff9ec9d25180635d66ea6824c6ab3bf179977be37f723570e7ccb2e")),
        HSI_OK);
    assert_int_equal(hsi_tap_advance(fold.tap), HSI_OK);
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t message[PUBLISHED_MAX];
        if (strcmp(published[i].folder, "rfc8448/0rtt-resumed") == 0) {
            bool client = published[i].position == 0 || published[i].position >= 4;
            say_raw(fold.tap, client ? HSI_CLIENT : HSI_SERVER, published_read(message, &published[i]));
        }
    }
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    return fold;
}

static void a_pre_shared_key_and_a_key_share_make_the_published_secrets(void **state)
{
    (void)state;
    folded fold = fold_resumption("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
    static const struct {
        const char *label;
        uint8_t sender;
        uint64_t epoch;
        const char *value;
    } rows[] = {
        {"early secret", HSI_NOBODY, HSI_NO_EPOCH, "9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c"},
        {"CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, 1,
         "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62"},
        {"EARLY_EXPORTER_SECRET", HSI_NOBODY, HSI_NO_EPOCH,
         "b2026866610937d7423e5be90862ccf24c0e6091186d34f812089ff5be2ef7df"},
        {"handshake secret", HSI_NOBODY, HSI_NO_EPOCH,
         "005cb112fd8eb4ccc623bb88a07c64b3ede1605363fc7d0df8c7ce4ff0fb4ae6"},
        {"SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER, 2,
         "fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803"},
        {"finished key", HSI_CLIENT, 2, "5ace394c26980d581243f627d1150ae27e37fa52364e0a7f20ac686d09cd0e8e"},
        {"master secret", HSI_NOBODY, HSI_NO_EPOCH, "e2d32d4ed66dd37897a0e80c84107503ce58bf8aad4cb55a5002d77ecb890ece"},
        {"SERVER_TRAFFIC_SECRET_0", HSI_SERVER, 3, "cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691"},
        {"resumption master secret", HSI_NOBODY, HSI_NO_EPOCH,
         "5e95bdf1f89005ea2e9aa0ba85e728e3c19c5fe0c699e3f5bee59faebd0b5406"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_secret(fold.tap, rows[i].label, rows[i].sender, rows[i].epoch, rows[i].value);
    }
    expect_verdict(fold.tap, "psk_binder[0]", HSI_PASSED);
    assert_hex(find_check(fold.tap, "psk_binder[0]")->expected.data,
               "3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d");
    expect_verdict(fold.tap, "finished.server", HSI_PASSED);
    expect_verdict(fold.tap, "finished.client", HSI_PASSED);
    expect_verdict(fold.tap, "rule.order", HSI_PASSED);
    fold_done(&fold);
}

static void under_another_pre_shared_key_binder_and_finished_fail(void **state)
{
    (void)state;
    folded fold = fold_resumption("00cd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
    expect_verdict(fold.tap, "psk_binder[0]", HSI_FAILED);
    expect_verdict(fold.tap, "finished.server", HSI_FAILED);
    fold_done(&fold);
}

/* ---- KeyUpdate: RFC 8446 section 7.2. The record and the secret were made with Python. ---- */

static void a_key_update_moves_its_sender_to_the_next_secret(void **state)
{
    (void)state;
    uint8_t storage[HEX_MAX];
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 4);
    assert_int_equal(
        hsi_journal_wire(journal, HSI_CLIENT, hex(storage, "1703030016ba3e7256b23fff3fdc77dcd9e193f24a281aa4e936c8")),
        HSI_OK);
    folded fold = fold_journal(journal);
    const hsi_list *messages = hsi_tap_messages(fold.tap);
    assert_string_equal(((const hsi_message *)messages->items[messages->count - 1])->name, "KeyUpdate");
    expect_secret(fold.tap, "CLIENT_TRAFFIC_SECRET_1", HSI_CLIENT, 4,
                  "fcdfcc72725aaee48bf64e4fd8b749cdbdbab39d90da0b26e2245ca6ea167207");
    expect_secret(fold.tap, "client write key", HSI_CLIENT, 4, "3879d82f5f14056e623f2ce5bfc66fce");
    expect_secret(fold.tap, "client write IV", HSI_CLIENT, 4, "5dfb2c5938c3379b6cc5d1f2");
    assert_null(find_secret(fold.tap, "SERVER_TRAFFIC_SECRET_1", HSI_SERVER, 4));
    fold_done(&fold);
}

/* ---- what has not been agreed on ---- */

static void nothing_is_derived_between_a_retry_and_the_server_hello(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, HELLO_RETRY);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 3);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_derivations(fold.tap)->count, 0);
    fold_done(&fold);
}

static void without_key_share_and_pre_shared_key_no_zeros_take_their_place(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO,
        ANSWER_BODY("0303", RANDOM, ECHO, "1301",
                    "0006"
                    "002b0002"
                    "0304"));
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    assert_null(find_secret(fold.tap, "handshake secret", HSI_NOBODY, HSI_NO_EPOCH));
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pre_shared_key_and_a_key_share_make_the_published_secrets),
        cmocka_unit_test(under_another_pre_shared_key_binder_and_finished_fail),
        cmocka_unit_test(a_key_update_moves_its_sender_to_the_next_secret),
        cmocka_unit_test(nothing_is_derived_between_a_retry_and_the_server_hello),
        cmocka_unit_test(without_key_share_and_pre_shared_key_no_zeros_take_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
