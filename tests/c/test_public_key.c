/* Tests csrc/crypto/public_key.c against certificates, signatures and key files that openssl made
 * (tests/data/keys/make.sh). Run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#include "data.h"
#include "hex.h"

#include <gnutls/gnutls.h>

#include "crypto/crypto.h"
#include "live/lab_certificate.h"

static const struct {
    const char *certificate, *signature;
    uint16_t scheme;
} signatures[] = {
    {"rsa.crt", "rsa-0101.sig", 0x0101},
    {"rsa.crt", "rsa-0201.sig", 0x0201},
    {"rsa.crt", "rsa-0401.sig", 0x0401},
    {"rsa.crt", "rsa-0601.sig", 0x0601},
    {"rsa.crt", "rsa-0804.sig", 0x0804},
    {"rsa.crt", "rsa-0806.sig", 0x0806},
    {"rsa-pss.crt", "rsa-pss-0809.sig", 0x0809},
    {"rsa-pss.crt", "rsa-pss-080a.sig", 0x080a},
    {"p256.crt", "p256-0203.sig", 0x0203},
    {"p256.crt", "p256-0403.sig", 0x0403},
    {"p384.crt", "p384-0503.sig", 0x0503},
    {"p384.crt", "p384-0403.sig", 0x0403},
    {"dsa.crt", "dsa-0202.sig", 0x0202},
    {"dsa.crt", "dsa-0402.sig", 0x0402},
    {"ed25519.crt", "ed25519-0807.sig", 0x0807},
    {"ed448.crt", "ed448-0808.sig", 0x0808},
    {"rsa.crt", "rsa-tls10.sig", 0},
    {"p256.crt", "p256-0203.sig", 0},
    {"dsa.crt", "dsa-0202.sig", 0},
};

typedef struct fixture {
    uint8_t storage[3][KEY_FILE_MAX];
    hsi_bytes certificate, signed_data, signature;
    uint16_t scheme;
} fixture;

static void load(fixture *f, size_t i)
{
    f->certificate = data_key(f->storage[0], signatures[i].certificate);
    f->signed_data = data_key(f->storage[1], "signed.bin");
    f->signature = data_key(f->storage[2], signatures[i].signature);
    f->scheme = signatures[i].scheme;
}

static bool fits(const fixture *f)
{
    bool ok = false;
    assert_int_equal(hsi_signature_verify(&ok, f->certificate, f->scheme, f->signed_data, f->signature), HSI_OK);
    return ok;
}

static void signatures_by_openssl_fit_their_certificates(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(signatures); i++) {
        fixture f;
        load(&f, i);
        if (!fits(&f)) {
            fail_msg("%s does not fit", signatures[i].signature);
        }
    }
}

static void no_signature_fits_other_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(signatures); i++) {
        fixture f;
        load(&f, i);
        f.storage[1][5] ^= 1;
        assert_false(fits(&f));
    }
}

static void no_damaged_signature_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(signatures); i++) {
        fixture f;
        load(&f, i);
        f.storage[2][f.signature.length - 3] ^= 1;
        assert_false(fits(&f));
    }
}

/* The signature comes from the wire: every cut of it, down to nothing, is a no and never a failure. */
static void no_signature_that_is_cut_short_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(signatures); i++) {
        fixture f;
        load(&f, i);
        for (size_t length = 0; length < f.signature.length; length += 1 + length / 8) {
            fixture cut = f;
            cut.signature = hsi_bytes_of(f.storage[2], length);
            assert_false(fits(&cut));
        }
    }
}

static void a_signature_followed_by_more_bytes_fits_no_rsa_key(void **state)
{
    (void)state;
    fixture f;
    load(&f, 2);
    f.storage[2][f.signature.length] = 0;
    f.signature.length++;
    assert_false(fits(&f));
}

static void a_signature_fits_under_its_own_scheme_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(signatures); i++) {
        for (size_t j = 0; j < HSI_COUNT(signatures); j++) {
            fixture f;
            load(&f, i);
            if (signatures[j].scheme == f.scheme || signatures[j].scheme == 0 || f.scheme == 0) {
                continue;
            }
            f.scheme = signatures[j].scheme;
            assert_false(fits(&f));
        }
    }
}

static void rsa_before_tls_1_2_is_neither_md5_nor_sha1_alone(void **state)
{
    (void)state;
    fixture f;
    load(&f, 0);
    f.scheme = 0;
    assert_false(fits(&f));
    load(&f, 1);
    f.scheme = 0;
    assert_false(fits(&f));
}

static void an_ed25519_signature_fits_nothing_before_tls_1_2(void **state)
{
    (void)state;
    fixture f;
    load(&f, 14);
    f.scheme = 0;
    assert_false(fits(&f));
}

static void a_scheme_that_nobody_knows_is_unsupported(void **state)
{
    (void)state;
    fixture f;
    bool ok = true;
    load(&f, 2);
    assert_int_equal(hsi_signature_verify(&ok, f.certificate, 0xfefe, f.signed_data, f.signature), HSI_UNSUPPORTED);
    assert_false(ok);
}

/* A modulus of 16388 bits; and one of 2048 bits with an exponent of 65. */
static void a_key_made_to_keep_us_busy_is_unsupported(void **state)
{
    (void)state;
    const char *const oversized[] = {"rsa-16388-bits.crt", "rsa-long-exponent.crt"};
    for (size_t i = 0; i < HSI_COUNT(oversized); i++) {
        fixture f;
        bool ok = true;
        load(&f, 2);
        hsi_bytes certificate = data_key(f.storage[0], oversized[i]);
        assert_int_equal(hsi_signature_verify(&ok, certificate, 0x0401, f.signed_data, f.signature), HSI_UNSUPPORTED);
        assert_int_equal(hsi_signature_verify(&ok, certificate, 0, f.signed_data, f.signature), HSI_UNSUPPORTED);
        assert_false(ok);
    }
}

/* The certificate comes from the wire, too. */
static void a_certificate_that_cannot_be_read_is_illegal(void **state)
{
    (void)state;
    fixture f;
    bool ok = true;
    load(&f, 2);
    for (size_t length = 0; length < f.certificate.length; length += 13) {
        hsi_bytes cut = hsi_bytes_of(f.storage[0], length);
        assert_int_equal(hsi_signature_verify(&ok, cut, f.scheme, f.signed_data, f.signature), HSI_ILLEGAL);
    }
    assert_false(ok);
}

/* SSL 3.0 signs hashes that are made otherwise; with those of TLS 1.0 the signatures are the same. */
static void a_signature_over_two_hashes_fits_the_key_that_signs_both_or_the_second(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"rsa.crt", "rsa-tls10.sig"}, {"dsa.crt", "dsa-0202.sig"}};
    uint8_t storage[3][KEY_FILE_MAX], hashes[HSI_SSL3_HASHES];
    hsi_bytes content = data_key(storage[0], "signed.bin");
    assert_int_equal(hsi_hash_of(&hsi_md5, hashes, &content, 1), HSI_OK);
    assert_int_equal(hsi_hash_of(&hsi_sha1, hashes + 16, &content, 1), HSI_OK);
    for (size_t i = 0; i < HSI_COUNT(pairs); i++) {
        hsi_bytes certificate = data_key(storage[1], pairs[i][0]), signature = data_key(storage[2], pairs[i][1]);
        bool ok = false;
        assert_int_equal(hsi_signature_verify_hashes(&ok, certificate, hashes, signature), HSI_OK);
        assert_true(ok);
        hashes[35] ^= 1;
        assert_int_equal(hsi_signature_verify_hashes(&ok, certificate, hashes, signature), HSI_OK);
        assert_false(ok);
        hashes[35] ^= 1;
    }
    bool ok = true;
    hsi_bytes signature = data_key(storage[2], "ed25519-0807.sig");
    assert_int_equal(hsi_signature_verify_hashes(&ok, data_key(storage[1], "ed25519.crt"), hashes, signature), HSI_OK);
    assert_false(ok);
    assert_int_equal(hsi_signature_verify_hashes(&ok, hsi_bytes_text("none"), hashes, signature), HSI_ILLEGAL);
}

/* By GnuTLS; the numbers of the lab's curve are of 32 bytes. */
static void a_gost_signature_is_taken_as_a_certificate_has_it(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    hsi_buffer made = HSI_BUFFER_EMPTY;
    gnutls_datum_t der;
    assert_int_equal(hsi_lab_certificate_get(&lab, "GOST"), HSI_OK);
    gnutls_datum_t pem = {(uint8_t *)lab.authority.data, (unsigned)lab.authority.length};
    assert_int_equal(gnutls_pem_base64_decode2("CERTIFICATE", &pem, &der), 0);
    assert_int_equal(hsi_lab_sign(&made, "GOST", hsi_bytes_text("signed")), HSI_OK);
    hsi_bytes signature = hsi_buffer_peek(&made), authority = hsi_bytes_of(der.data, der.size);
    uint8_t reversed[129] = {0};
    assert_int_equal(signature.length, 64);
    for (size_t i = 0; i < 64; i++) {
        reversed[i] = signature.data[63 - i];
    }
    const struct {
        hsi_bytes signature;
        const char *text;
        bool fits;
    } rows[] = {
        {signature, "signed", true},
        {signature, "Signed", false},
        {hsi_bytes_of(reversed, 64), "signed", false}, /* as TLS has it */
        {hsi_bytes_of(reversed, sizeof reversed), "signed", false}, /* longer than any */
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        bool ok = !rows[i].fits;
        assert_int_equal(hsi_signature_verify(&ok, authority, 0x0840, hsi_bytes_text(rows[i].text), rows[i].signature),
                         HSI_OK);
        assert_int_equal(ok, rows[i].fits);
    }
    gnutls_free(der.data);
    hsi_buffer_cleanup(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_by_openssl_fit_their_certificates),
        cmocka_unit_test(no_signature_fits_other_data),
        cmocka_unit_test(no_damaged_signature_fits),
        cmocka_unit_test(no_signature_that_is_cut_short_fits),
        cmocka_unit_test(a_signature_followed_by_more_bytes_fits_no_rsa_key),
        cmocka_unit_test(a_signature_fits_under_its_own_scheme_only),
        cmocka_unit_test(rsa_before_tls_1_2_is_neither_md5_nor_sha1_alone),
        cmocka_unit_test(an_ed25519_signature_fits_nothing_before_tls_1_2),
        cmocka_unit_test(a_scheme_that_nobody_knows_is_unsupported),
        cmocka_unit_test(a_key_made_to_keep_us_busy_is_unsupported),
        cmocka_unit_test(a_certificate_that_cannot_be_read_is_illegal),
        cmocka_unit_test(a_signature_over_two_hashes_fits_the_key_that_signs_both_or_the_second),
        cmocka_unit_test(a_gost_signature_is_taken_as_a_certificate_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
