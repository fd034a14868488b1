/* Tests csrc/tap/premaster.c: the premaster secret with the server's private key and with a pre-shared key.
 * Certificates, keys and the encrypted premaster secret (03 03 and 46 times 2e) are those of tests/data/keys.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "data.h"
#include "saying.h"

static void put_length(uint8_t *at, size_t width, size_t length)
{
    for (size_t i = width; i-- > 0; length >>= 8) {
        at[i] = (uint8_t)length;
    }
}

static void say_certificate(hsi_tap *tap, const char *name)
{
    static uint8_t file[KEY_FILE_MAX];
    static uint8_t raw[10 + KEY_FILE_MAX] = {HSI_CERTIFICATE};
    hsi_bytes der = data_key(file, name);
    put_length(raw + 1, 3, der.length + 6);
    put_length(raw + 4, 3, der.length + 3); /* certificate_list */
    put_length(raw + 7, 3, der.length);
    memcpy(raw + 10, der.data, der.length);
    say_raw(tap, HSI_SERVER, hsi_bytes_of(raw, 10 + der.length));
}

static void say_encrypted(hsi_tap *tap, const char *name)
{
    static uint8_t file[KEY_FILE_MAX];
    static uint8_t raw[6 + KEY_FILE_MAX] = {HSI_CLIENT_KEY_EXCHANGE};
    hsi_bytes encrypted = data_key(file, name);
    put_length(raw + 1, 3, encrypted.length + 2);
    put_length(raw + 4, 2, encrypted.length);
    memcpy(raw + 6, encrypted.data, encrypted.length);
    say_raw(tap, HSI_CLIENT, hsi_bytes_of(raw, 6 + encrypted.length));
}

static void tell_key(const folded *fold, const char *name, const char *password)
{
    uint8_t file[KEY_FILE_MAX];
    assert_int_equal(hsi_journal_append(fold->journal, &(hsi_entry){.kind = HSI_ENTRY_PRIVATE_KEY,
                                                                    .data = data_key(file, name),
                                                                    .name = hsi_bytes_text(password)}),
                     HSI_OK);
}

/* An RSA key exchange, with the private keys that were told. */
static void look_at_rsa(const folded *fold, const char *certificate)
{
    assert_int_equal(hsi_tap_advance(fold->tap), HSI_OK);
    say(fold->tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    say(fold->tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "002f", ""));
    say_certificate(fold->tap, certificate);
    say_encrypted(fold->tap, "rsa-premaster.enc");
    assert_int_equal(hsi_tap_look(fold->tap), HSI_OK);
}

static void expect_premaster(const folded *fold)
{
    const hsi_secret *premaster = find_secret(fold->tap, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH);
    assert_non_null(premaster);
    assert_int_equal(premaster->source, HSI_SOURCE_PRIVATE_KEY);
    assert_int_equal(premaster->value.length, 48);
    assert_hex(premaster->value.data,
               "0303"
               "2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e");
}

static void the_servers_private_key_opens_it(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    tell_key(&fold, "rsa-pkcs8.pem", "");
    look_at_rsa(&fold, "rsa.crt");
    expect_premaster(&fold);
    fold_done(&fold);
}

static void among_other_keys_the_right_one_is_found(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    tell_key(&fold, "signed.bin", ""); /* no key at all */
    tell_key(&fold, "p256.pem", "");
    tell_key(&fold, "rsa-encrypted-pkcs8.pem", "wrong");
    tell_key(&fold, "rsa-pkcs1.der", "");
    look_at_rsa(&fold, "rsa.crt");
    expect_premaster(&fold);
    fold_done(&fold);
}

static void a_key_that_is_not_the_certificates_opens_nothing(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    tell_key(&fold, "rsa-pkcs8.pem", "");
    look_at_rsa(&fold, "p256.crt");
    assert_null(find_secret(fold.tap, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH));
    fold_done(&fold);
}

/* ---- PSK: RFC 4279 section 2 ---- */

static folded fold_psk(uint8_t any, const char *identity)
{
    uint8_t storage[HEX_MAX];
    folded fold = fold_nothing();
    assert_int_equal(hsi_journal_append(fold.journal, &(hsi_entry){.kind = HSI_ENTRY_PSK,
                                                                   .code = any,
                                                                   .data = hex(storage, "c0c1c2c3"),
                                                                   .name = hsi_bytes_text(identity)}),
                     HSI_OK);
    assert_int_equal(hsi_tap_advance(fold.tap), HSI_OK);
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO,
        HELLO_BODY("0002"
                   "008c",
                   ""));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "008c", ""));
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_KEY_EXCHANGE,
        "0002"
        "6964"); /* "id" */
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    return fold;
}

static void a_pre_shared_key_is_taken_under_its_identity_or_any(void **state)
{
    (void)state;
    static const struct {
        uint8_t any;
        const char *identity;
        bool found;
    } rows[] = {{0, "id", true}, {1, "", true}, {0, "other", false}};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_psk(rows[i].any, rows[i].identity);
        const hsi_secret *premaster = find_secret(fold.tap, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH);
        assert_int_equal(premaster != NULL, rows[i].found);
        if (premaster != NULL) {
            assert_int_equal(premaster->value.length, 12);
            assert_hex(premaster->value.data, "0004"
                                              "00000000"
                                              "0004"
                                              "c0c1c2c3");
        }
        fold_done(&fold);
    }
}

/* A suite of TLS 1.3 names no key exchange; TLS 1.2 with one crashed the fold once. */
static void a_suite_of_tls_1_3_in_tls_1_2_makes_none(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "1301", ""));
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    assert_int_equal(hsi_tap_secrets(fold.tap)->count, 0);
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_servers_private_key_opens_it),
        cmocka_unit_test(among_other_keys_the_right_one_is_found),
        cmocka_unit_test(a_key_that_is_not_the_certificates_opens_nothing),
        cmocka_unit_test(a_pre_shared_key_is_taken_under_its_identity_or_any),
        cmocka_unit_test(a_suite_of_tls_1_3_in_tls_1_2_makes_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
