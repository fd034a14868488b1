/* Tests csrc/tap/schedule_tls12.c: master secret, plain and extended, and key block under each PRF. The
 * premaster secret is the bytes a0 to cf; what comes of it was recomputed with Python's hmac after RFC 5246
 * section 5 and RFC 2246 section 5.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

#define PREMASTER "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define EMS "0004" "00170000"

static const struct schedule {
    const char *name;
    const char *hello;
    const char *answer;
    const char *master;
    const char *key_block; /* NULL: not recomputed */
    const char *server_key; /* its part, NULL likewise */
} schedules[] = {
    {"TLS 1.2 with SHA256", HELLO_BODY(SUITES, ""), ANSWER_BODY("0303", RANDOM, "00", "002f", ""),
     "c0c1f6545de52b81a69817a5f35f72c8ac9d35b1620d7f5f272c0d5ea5ca6e39da500ed66f6d476448d9408c972d6109",
     "abde14819a723c7aaf05e29d6edbccd36511678d36ca0ad65670054effe07bc9e16d83e982ec0c2a6dd1a94af2fbc1c145266f8d52f6855d"
     "106db144c5bcb35b1af489f042382bb682f2b4de92ee7e584363066eaf9efce0dbaf4e1bac6324cbb9b06f72c67b5ddf",
     "106db144c5bcb35b1af489f042382bb6"},
    {"TLS 1.2 with SHA384 and an AEAD",
     HELLO_BODY("0002"
                "009d",
                ""),
     ANSWER_BODY("0303", RANDOM, "00", "009d", ""),
     "4997d0036275c6498e06c294b514d614c832c12920bfe4ab82f6d4e1bebc0569a0db3245da97e2a18200bd205668f260",
     "295d19afd1fd8774e541e4d5c3036aaa8c6856fee1b9cd04d5424e7ecc3e5d709a3dd389850524f32bca96f27d9c11c48fd4e10b5f106324"
     "bf431a160f4c7619341cff9f8673a176",
     "9a3dd389850524f32bca96f27d9c11c48fd4e10b5f106324bf431a160f4c7619"},
    {"TLS 1.0 with MD5 and SHA1", HELLO_BODY(SUITES, ""), ANSWER_BODY("0301", RANDOM, "00", "002f", ""),
     "a7c7a651ecec7cee90028209acaba7935183889b6e85f30f5260f2a33c2d4b58303c9907aa0b28e8c04c79a371acc558",
     "cd8f31d10b7b1cf400548ad23d446983da26757903fd9efe0b26e6412b933f47238bec296d7264a2c17f3f66187a0deff05a57ad501c6ce3"
     "65193fb224884e9cfa94cf88f3f50a9c951094ce01fc24581c2cbbbcb19e812d3632e4e4c7a64af6e6b72cd1f5323caf",
     "65193fb224884e9cfa94cf88f3f50a9c"},
    {"the extended master secret over the messages up to ClientKeyExchange", HELLO_BODY(SUITES, EMS),
     ANSWER_BODY("0303", RANDOM, "00", "002f", EMS),
     "31270536e283229812e7ec9782b48c069ac737323b61198f9dd15bb481184c2f7d7c8304b7043e7f045c95b16e5d9bc4", NULL, NULL},
};

static folded fold_schedule(const char *hello, const char *answer, const char *label, const char *value)
{
    uint8_t storage[HEX_MAX];
    folded fold = fold_nothing();
    assert_int_equal(
        hsi_journal_secret(fold.journal, HSI_NOBODY, HSI_SOURCE_GIVEN, label, HSI_BYTES_EMPTY, hex(storage, value)),
        HSI_OK);
    assert_int_equal(hsi_tap_advance(fold.tap), HSI_OK);
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, hello);
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, answer);
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO_DONE, "");
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_KEY_EXCHANGE, "0002eeef");
    for (uint8_t sender = HSI_CLIENT; sender <= HSI_SERVER; sender++) {
        assert_int_equal(hsi_negotiation_change_cipher_spec(fold.tap, sender), HSI_OK);
    }
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    return fold;
}

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

static void comes_of_the_premaster_secret(void **state)
{
    const struct schedule *row = *state;
    folded fold = fold_schedule(row->hello, row->answer, "premaster secret", PREMASTER);
    expect_secret(fold.tap, "master secret", HSI_NOBODY, HSI_NO_EPOCH, row->master);
    if (row->key_block != NULL) {
        expect_secret(fold.tap, "key block", HSI_NOBODY, HSI_NO_EPOCH, row->key_block);
        expect_secret(fold.tap, "server write key", HSI_SERVER, 1, row->server_key);
    }
    fold_done(&fold);
}

static void an_aead_has_no_mac_keys(void **state)
{
    (void)state;
    folded fold = fold_schedule(schedules[1].hello, schedules[1].answer, "premaster secret", PREMASTER);
    assert_null(find_secret(fold.tap, "client write MAC key", HSI_CLIENT, 1));
    assert_int_equal(find_secret(fold.tap, "client write IV", HSI_CLIENT, 1)->value.length, 4);
    fold_done(&fold);
}

static void a_resumed_session_makes_no_master_secret(void **state)
{
    (void)state;
    folded fold = fold_schedule(HELLO_BODY(SUITES, ""), ANSWER_BODY("0303", RANDOM, ECHO, "002f", ""),
                                "premaster secret", PREMASTER);
    assert_true(hsi_tap_handshake(fold.tap)->resumed);
    assert_null(find_secret(fold.tap, "master secret", HSI_NOBODY, HSI_NO_EPOCH));
    fold_done(&fold);
    fold = fold_schedule(HELLO_BODY(SUITES, ""), ANSWER_BODY("0303", RANDOM, ECHO, "002f", ""), "master secret",
                         schedules[0].master);
    expect_secret(fold.tap, "key block", HSI_NOBODY, HSI_NO_EPOCH, schedules[0].key_block);
    fold_done(&fold);
}

enum { ROWS = HSI_COUNT(schedules) };

int main(void)
{
    struct CMUnitTest tests[ROWS + 2] = {{NULL, NULL, NULL, NULL, NULL}};
    for (size_t i = 0; i < ROWS; i++) {
        tests[i] = (struct CMUnitTest){schedules[i].name, comes_of_the_premaster_secret, NULL, NULL,
                                       (void *)(uintptr_t)&schedules[i]};
    }
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(an_aead_has_no_mac_keys);
    tests[ROWS + 1] = (struct CMUnitTest)cmocka_unit_test(a_resumed_session_makes_no_master_secret);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
