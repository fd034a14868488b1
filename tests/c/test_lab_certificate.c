/* Lab certificates: GnuTLS's own verification accepts each kind, for each name, and the same one comes every time.
 * SPDX-License-Identifier: MIT */
#include <gnutls/x509.h>
#include <pthread.h>

#include "pair.h"

static const struct {
    const char *name;
    gnutls_pk_algorithm_t algorithm;
} kinds[] = {
    {"RSA", GNUTLS_PK_RSA},          {"RSA-PSS", GNUTLS_PK_RSA_PSS},       {"DSA", GNUTLS_PK_DSA},
    {"ECDSA", GNUTLS_PK_ECDSA},      {"Ed25519", GNUTLS_PK_EDDSA_ED25519}, {"Ed448", GNUTLS_PK_EDDSA_ED448},
    {"GOST", GNUTLS_PK_GOST_12_256},
};

static gnutls_x509_crt_t read_certificate(hsi_bytes pem)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t datum = {(uint8_t *)pem.data, (unsigned)pem.length};
    assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
    assert_int_equal(gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM), 0);
    return certificate;
}

static void every_kind_is_signed_by_its_authority_for_the_names_of_the_lab(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", "lab", "127.0.0.1", "::1"};
    for (size_t i = 0; i < HSI_COUNT(kinds); i++) {
        hsi_lab_certificate lab;
        unsigned status, bits;
        assert_int_equal(hsi_lab_certificate_get(&lab, kinds[i].name), HSI_OK);
        gnutls_x509_crt_t certificate = read_certificate(lab.chain), authority = read_certificate(lab.authority);
        assert_int_equal(gnutls_x509_crt_get_pk_algorithm(certificate, &bits), kinds[i].algorithm);
        assert_int_equal(gnutls_x509_crt_verify(certificate, &authority, 1, 0, &status), 0);
        assert_int_equal(status, 0);
        for (size_t j = 0; j < HSI_COUNT(names); j++) {
            assert_true(gnutls_x509_crt_check_hostname(certificate, names[j]));
        }
        assert_false(gnutls_x509_crt_check_hostname(certificate, "example.org"));
        gnutls_x509_crt_deinit(certificate);
        gnutls_x509_crt_deinit(authority);
    }
}

static void the_second_time_the_same_certificate_comes(void **state)
{
    (void)state;
    hsi_lab_certificate first, second;
    assert_int_equal(hsi_lab_certificate_get(&first, "ECDSA"), HSI_OK);
    assert_int_equal(hsi_lab_certificate_get(&second, "ECDSA"), HSI_OK);
    assert_ptr_equal(first.chain.data, second.chain.data);
    assert_ptr_equal(first.key.data, second.key.data);
}

static void an_unknown_kind_is_unsupported(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    assert_int_equal(hsi_lab_certificate_get(&lab, "rsa"), HSI_UNSUPPORTED);
}

static void *get(void *argument)
{
    hsi_lab_certificate *lab = argument;
    return hsi_lab_certificate_get(lab, "Ed25519") == HSI_OK ? lab : NULL;
}

static void threads_get_the_same_certificate(void **state)
{
    (void)state;
    pthread_t threads[4];
    hsi_lab_certificate labs[4];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, get, &labs[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        void *got;
        assert_int_equal(pthread_join(threads[i], &got), 0);
        assert_ptr_equal(got, &labs[i]);
        assert_ptr_equal(labs[i].chain.data, labs[0].chain.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_get_the_same_certificate),
        cmocka_unit_test(every_kind_is_signed_by_its_authority_for_the_names_of_the_lab),
        cmocka_unit_test(the_second_time_the_same_certificate_comes),
        cmocka_unit_test(an_unknown_kind_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
