/* Tests csrc/crypto/spki.c: the key that GnuTLS finds in a certificate stands where it says.
 * SPDX-License-Identifier: MIT */
#include "data.h"
#include "hex.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "crypto/crypto.h"

static const char *const certificates[] = {
    "rsa.crt", "rsa-pss.crt", "p256.crt", "p384.crt", "dsa.crt", "ed25519.crt", "ed448.crt", "rsa-16388-bits.crt",
};

static void it_is_the_one_that_gnutls_finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(certificates); i++) {
        uint8_t storage[KEY_FILE_MAX];
        hsi_bytes certificate = data_key(storage, certificates[i]), spki;
        gnutls_datum_t der = {storage, (unsigned)certificate.length}, expected;
        gnutls_pubkey_t key;
        assert_int_equal(gnutls_pubkey_init(&key), 0);
        assert_int_equal(gnutls_pubkey_import_x509_raw(key, &der, GNUTLS_X509_FMT_DER, 0), 0);
        assert_int_equal(gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &expected), 0);
        assert_int_equal(hsi_certificate_key(certificate, &spki), HSI_OK);
        assert_true(hsi_bytes_equal(spki, hsi_bytes_of(expected.data, expected.size)));
        gnutls_free(expected.data);
        gnutls_pubkey_deinit(key);
    }
}

static void a_cut_certificate_has_none(void **state)
{
    (void)state;
    uint8_t storage[KEY_FILE_MAX];
    hsi_bytes certificate = data_key(storage, "p256.crt"), spki;
    for (size_t length = 0; length < certificate.length; length++) {
        assert_int_equal(hsi_certificate_key(hsi_bytes_of(storage, length), &spki), HSI_ILLEGAL);
    }
}

/* From the outermost element in, each identifier up to the key's. */
static void nothing_else_stands_before_it(void **state)
{
    (void)state;
    uint8_t storage[KEY_FILE_MAX];
    hsi_bytes certificate = data_key(storage, "p256.crt"), spki;
    assert_int_equal(hsi_certificate_key(certificate, &spki), HSI_OK);
    uint8_t *key = storage + (spki.data - storage);
    uint8_t *const identifiers[] = {storage, storage + 4, storage + 8, key};
    for (size_t i = 0; i < HSI_COUNT(identifiers); i++) {
        *identifiers[i] ^= 0x01;
        assert_int_equal(hsi_certificate_key(certificate, &spki), HSI_ILLEGAL);
        *identifiers[i] ^= 0x01;
    }
    assert_int_equal(hsi_certificate_key(certificate, &spki), HSI_OK);
}

/* A certificate of empty parts: without a version, and with one that is no version. */
static void a_version_may_be_left_out(void **state)
{
    (void)state;
    uint8_t storage[HEX_MAX];
    hsi_bytes spki;
    assert_int_equal(hsi_certificate_key(hex(storage, "300e300c020030003000300030003000"), &spki), HSI_OK);
    assert_true(spki.length == 2 && spki.data[0] == 0x30);
    assert_int_equal(hsi_certificate_key(hex(storage, "3010300ea000020030003000300030003000"), &spki), HSI_OK);
    assert_int_equal(hsi_certificate_key(hex(storage, "3010300ea100020030003000300030003000"), &spki), HSI_ILLEGAL);
}

/* X.690 section 8.1.3: 0x80 is no definite length, and five bytes of one are more than any certificate has. */
static void lengths_are_definite_and_fit(void **state)
{
    (void)state;
    static const char *const lengths[] = {"3080", "3085000000000e", "30ff", "3084ffffffff", "3083"};
    uint8_t storage[HEX_MAX];
    hsi_bytes spki;
    for (size_t i = 0; i < HSI_COUNT(lengths); i++) {
        char digits[64];
        snprintf(digits, sizeof digits, "%s300c020030003000300030003000", lengths[i]);
        assert_int_equal(hsi_certificate_key(hex(storage, digits), &spki), HSI_ILLEGAL);
    }
    assert_int_equal(hsi_certificate_key(hex(storage, "30840000000e300c020030003000300030003000"), &spki), HSI_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_one_that_gnutls_finds), cmocka_unit_test(a_cut_certificate_has_none),
        cmocka_unit_test(nothing_else_stands_before_it),   cmocka_unit_test(a_version_may_be_left_out),
        cmocka_unit_test(lengths_are_definite_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
