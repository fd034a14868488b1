/* Tests csrc/crypto/private_key.c with key files, a certificate and a ciphertext that openssl made
 * (tests/data/keys/make.sh). Run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#include "data.h"
#include "hex.h"

#include "base/memory.h"
#include "crypto/private_key.h"

static const struct {
    const char *name, *password;
} key_files[] = {
    {"rsa-pkcs1.pem", NULL},
    {"rsa-pkcs1.der", NULL},
    {"rsa-pkcs8.pem", NULL},
    {"rsa-pkcs8.der", NULL},
    {"rsa-after-certificate.pem", NULL},
    {"rsa-pkcs8.pem", "a password that is not needed"},
    {"rsa-encrypted-pkcs1.pem", "sesame"},
    {"rsa-encrypted-pkcs8.pem", "sesame"},
    {"rsa-encrypted-pkcs8.der", "sesame"},
    {"rsa.p12", "sesame"},
};

static void a_key_in_any_format_is_read_fits_its_certificate_and_opens_a_premaster_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(key_files); i++) {
        uint8_t storage[KEY_FILE_MAX], certificate[KEY_FILE_MAX], encrypted[KEY_FILE_MAX];
        hsi_private_key *key = NULL;
        hsi_buffer out = HSI_BUFFER_EMPTY;
        assert_int_equal(hsi_private_key_new(&key, data_key(storage, key_files[i].name), key_files[i].password),
                         HSI_OK);
        assert_true(hsi_private_key_fits(key, data_key(certificate, "rsa.crt")));
        assert_false(hsi_private_key_fits(key, data_key(certificate, "rsa-pss.crt")));
        assert_false(hsi_private_key_fits(key, hsi_bytes_text("no certificate")));

        assert_int_equal(hsi_buffer_append(&out, hsi_bytes_text("before")), HSI_OK);
        assert_int_equal(hsi_private_key_decrypt(key, data_key(encrypted, "rsa-premaster.enc"), &out), HSI_OK);
        hsi_bytes opened = hsi_buffer_peek(&out);
        assert_int_equal(opened.length, 6 + 48);
        assert_memory_equal(opened.data, "before\x03\x03..............................................", 54);
        hsi_buffer_cleanup(&out);
        hsi_private_key_free(key);
    }
}

static const struct {
    const char *name, *password;
    hsi_status status;
} no_rsa_keys[] = {
    {"rsa-encrypted-pkcs1.pem", "open", HSI_CREDENTIALS},
    {"rsa-encrypted-pkcs1.pem", NULL, HSI_CREDENTIALS},
    {"rsa-encrypted-pkcs8.pem", "open", HSI_CREDENTIALS},
    {"rsa-encrypted-pkcs8.pem", NULL, HSI_CREDENTIALS},
    {"rsa-encrypted-pkcs8.der", "open", HSI_CREDENTIALS},
    {"rsa-encrypted-pkcs8.der", NULL, HSI_CREDENTIALS},
    {"rsa.p12", "open", HSI_CREDENTIALS},
    {"rsa.p12", NULL, HSI_CREDENTIALS},
    {"p256.pem", NULL, HSI_UNSUPPORTED},
    {"rsa.crt", NULL, HSI_ILLEGAL},
    {"rsa.crt", "open", HSI_ILLEGAL},
    {"signed.bin", NULL, HSI_ILLEGAL},
    {"signed.bin", "open", HSI_ILLEGAL},
};

static void what_is_no_rsa_key_or_needs_another_password_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(no_rsa_keys); i++) {
        uint8_t storage[KEY_FILE_MAX];
        hsi_private_key *key = NULL;
        hsi_bytes encoded = data_key(storage, no_rsa_keys[i].name);
        assert_int_equal(hsi_private_key_new(&key, encoded, no_rsa_keys[i].password), no_rsa_keys[i].status);
        assert_null(key);
    }
    hsi_private_key *none = NULL;
    assert_int_equal(hsi_private_key_new(&none, HSI_BYTES_EMPTY, NULL), HSI_ILLEGAL);
    assert_null(none);
    hsi_private_key_free(NULL);
}

static void what_was_not_encrypted_to_the_key_does_not_open(void **state)
{
    (void)state;
    uint8_t storage[KEY_FILE_MAX], encrypted[KEY_FILE_MAX];
    hsi_private_key *key = NULL;
    hsi_buffer out = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_private_key_new(&key, data_key(storage, "rsa-pkcs8.der"), NULL), HSI_OK);
    hsi_bytes in = data_key(encrypted, "rsa-premaster.enc");
    assert_int_equal(hsi_private_key_decrypt(key, hsi_bytes_slice(in, 0, 255), &out), HSI_ILLEGAL);
    assert_int_equal(hsi_private_key_decrypt(key, HSI_BYTES_EMPTY, &out), HSI_ILLEGAL);
    encrypted[100] ^= 1;
    assert_int_equal(hsi_private_key_decrypt(key, in, &out), HSI_ILLEGAL);
    memset(encrypted, 0xff, 256); /* not below the modulus */
    assert_int_equal(hsi_private_key_decrypt(key, in, &out), HSI_ILLEGAL);
    assert_int_equal(hsi_buffer_length(&out), 0);
    hsi_buffer_cleanup(&out);
    hsi_private_key_free(key);
}

static void no_memory_is_said_so(void **state)
{
    (void)state;
    uint8_t storage[KEY_FILE_MAX], encrypted[KEY_FILE_MAX];
    hsi_private_key *key = NULL;
    hsi_buffer out = HSI_BUFFER_EMPTY;
    hsi_bytes encoded = data_key(storage, "rsa-pkcs8.der");
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_private_key_new(&key, encoded, NULL), HSI_NO_MEMORY);
    assert_int_equal(hsi_private_key_new(&key, encoded, NULL), HSI_OK);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_private_key_decrypt(key, data_key(encrypted, "rsa-premaster.enc"), &out), HSI_NO_MEMORY);
    assert_int_equal(hsi_buffer_length(&out), 0);
    hsi_private_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_in_any_format_is_read_fits_its_certificate_and_opens_a_premaster_secret),
        cmocka_unit_test(what_is_no_rsa_key_or_needs_another_password_is_refused),
        cmocka_unit_test(what_was_not_encrypted_to_the_key_does_not_open),
        cmocka_unit_test(no_memory_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
