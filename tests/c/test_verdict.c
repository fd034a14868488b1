/* Tests csrc/crypto/verdict.c: it says what hsi_signature_verify says, and asks GnuTLS once.
 * SPDX-License-Identifier: MIT */
#include "data.h"

#include <gnutls/abstract.h>

#include "crypto/crypto.h"

enum { ECDSA_SHA256 = 0x0403, RSA_SHA256 = 0x0401 };

static size_t judged;

int __real_gnutls_pubkey_verify_data2(gnutls_pubkey_t key, gnutls_sign_algorithm_t how, unsigned flags,
                                      const gnutls_datum_t *data, const gnutls_datum_t *signature);
int __wrap_gnutls_pubkey_verify_data2(gnutls_pubkey_t key, gnutls_sign_algorithm_t how, unsigned flags,
                                      const gnutls_datum_t *data, const gnutls_datum_t *signature);
int __wrap_gnutls_pubkey_verify_data2(gnutls_pubkey_t key, gnutls_sign_algorithm_t how, unsigned flags,
                                      const gnutls_datum_t *data, const gnutls_datum_t *signature)
{
    judged++;
    return __real_gnutls_pubkey_verify_data2(key, how, flags, data, signature);
}

typedef struct fixture {
    uint8_t storage[3][KEY_FILE_MAX];
    hsi_bytes certificate, signed_data, signature;
} fixture;

static void load(fixture *f)
{
    f->certificate = data_key(f->storage[0], "p256.crt");
    f->signed_data = data_key(f->storage[1], "signed.bin");
    f->signature = data_key(f->storage[2], "p256-0403.sig");
    judged = 0;
}

static void expect(const fixture *f, uint16_t scheme, bool expected, size_t times)
{
    bool ok = !expected;
    assert_int_equal(hsi_signature_recall(&ok, f->certificate, scheme, f->signed_data, f->signature), HSI_OK);
    assert_true(ok == expected);
    assert_int_equal(judged, times);
}

static void a_signature_is_judged_once(void **state)
{
    (void)state;
    fixture f;
    load(&f);
    for (size_t i = 0; i < 3; i++) {
        expect(&f, ECDSA_SHA256, true, 1);
    }
}

/* Each part of the question changed, asked twice, and the first one again. */
static void another_question_has_another_answer(void **state)
{
    (void)state;
    fixture f;
    load(&f);
    for (size_t i = 0; i < HSI_COUNT(f.storage); i++) {
        uint8_t *last = &f.storage[i][(i == 0 ? f.certificate : i == 1 ? f.signed_data : f.signature).length - 1];
        size_t before = judged;
        *last ^= 0x01;
        expect(&f, ECDSA_SHA256, i == 0, before + 1); /* the end of a certificate is its own signature */
        expect(&f, ECDSA_SHA256, i == 0, before + 1);
        *last ^= 0x01;
    }
    expect(&f, RSA_SHA256, false, judged); /* a key of another kind */
    size_t before = judged;
    expect(&f, ECDSA_SHA256, true, before); /* remembered by the test before this one */
}

static void what_cannot_be_judged_is_not_remembered(void **state)
{
    (void)state;
    fixture f;
    bool ok = true;
    load(&f);
    hsi_bytes cut = hsi_bytes_of(f.storage[0], 100);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(hsi_signature_recall(&ok, cut, ECDSA_SHA256, f.signed_data, f.signature), HSI_ILLEGAL);
        assert_false(ok);
        assert_int_equal(hsi_signature_recall(&ok, f.certificate, 0x7777, f.signed_data, f.signature), HSI_UNSUPPORTED);
    }
}

/* More of them than there are places. */
static void a_thousand_others_change_no_answer(void **state)
{
    (void)state;
    fixture f;
    load(&f);
    for (size_t i = 0; i < 1000; i++) {
        f.storage[2][f.signature.length - 1] ^= (uint8_t)(i / f.signed_data.length);
        f.signed_data.length = i % f.signed_data.length;
        bool ok = true;
        assert_int_equal(hsi_signature_recall(&ok, f.certificate, ECDSA_SHA256, f.signed_data, f.signature), HSI_OK);
        assert_false(ok);
        load(&f);
    }
    bool ok = false;
    assert_int_equal(hsi_signature_recall(&ok, f.certificate, ECDSA_SHA256, f.signed_data, f.signature), HSI_OK);
    assert_true(ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_judged_once),
        cmocka_unit_test(another_question_has_another_answer),
        cmocka_unit_test(what_cannot_be_judged_is_not_remembered),
        cmocka_unit_test(a_thousand_others_change_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
