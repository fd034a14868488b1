/* Chains of the lab: GnuTLS's own verification follows them to the authority; and what an authority signs.
 * SPDX-License-Identifier: MIT */
#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "pair.h"

enum { MOST = HSI_LAB_CHAIN_MOST };

/* Reads a chain into `out`; returns how many there are. */
static unsigned read_chain(gnutls_x509_crt_t out[MOST], hsi_bytes pem)
{
    gnutls_datum_t datum = {(uint8_t *)pem.data, (unsigned)pem.length};
    unsigned count = MOST;
    assert_true(gnutls_x509_crt_list_import(out, &count, &datum, GNUTLS_X509_FMT_PEM, 0) > 0);
    return count;
}

static void free_chain(gnutls_x509_crt_t *chain, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
}

/* Each certificate is signed by the next, under its name. */
static void check_links(gnutls_x509_crt_t *chain, unsigned count)
{
    for (unsigned i = 0; i + 1 < count; i++) {
        unsigned status = 99;
        assert_true(gnutls_x509_crt_check_issuer(chain[i], chain[i + 1]));
        assert_int_equal(gnutls_x509_crt_verify(chain[i], &chain[i + 1], 1, 0, &status), 0);
        assert_int_equal(status, 0);
    }
}

static void a_chain_leads_from_the_certificate_to_the_authority(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        size_t length;
    } rows[] = {{"RSA", 3}, {"ECDSA", MOST}, {"Ed25519", 17}, {"GOST", 2}};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_buffer pem = HSI_BUFFER_EMPTY;
        gnutls_x509_crt_t chain[MOST];
        hsi_lab_certificate lab;
        assert_int_equal(hsi_lab_certificate_get(&lab, rows[i].kind), HSI_OK);
        assert_int_equal(hsi_lab_chain(&pem, rows[i].kind, rows[i].length), HSI_OK);
        hsi_bytes all = hsi_buffer_peek(&pem);
        unsigned count = read_chain(chain, all);
        assert_int_equal(count, rows[i].length);
        check_links(chain, count);
        assert_true(gnutls_x509_crt_check_hostname(chain[0], "localhost"));
        hsi_bytes last = hsi_bytes_slice(all, all.length - lab.authority.length, lab.authority.length);
        assert_true(hsi_bytes_equal(last, lab.authority));
        free_chain(chain, count);
        hsi_buffer_cleanup(&pem);
    }
}

static void a_chain_has_two_certificates_at_least_and_a_hundred_at_most(void **state)
{
    (void)state;
    hsi_buffer out = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_lab_chain(&out, "RSA", 1), HSI_USAGE);
    assert_int_equal(hsi_lab_chain(&out, "RSA", MOST + 1), HSI_USAGE);
    assert_int_equal(hsi_lab_chain(&out, "paper", 2), HSI_UNSUPPORTED);
    assert_int_equal(hsi_buffer_length(&out), 0);
}

static void an_authority_signs_what_its_key_verifies(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        gnutls_sign_algorithm_t algorithm;
    } rows[] = {
        {"RSA-PSS", GNUTLS_SIGN_RSA_SHA256}, {"Ed448", GNUTLS_SIGN_ECDSA_SHA256}, {"GOST", GNUTLS_SIGN_GOST_256}};
    gnutls_datum_t text = {(uint8_t *)"signed", 6}, other = {(uint8_t *)"Signed", 6};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_lab_certificate lab;
        hsi_buffer signature = HSI_BUFFER_EMPTY;
        gnutls_x509_crt_t authority[MOST];
        gnutls_pubkey_t key;
        assert_int_equal(hsi_lab_sign(&signature, rows[i].kind, hsi_bytes_text("signed")), HSI_OK);
        assert_int_equal(hsi_lab_certificate_get(&lab, rows[i].kind), HSI_OK);
        assert_int_equal(read_chain(authority, lab.authority), 1);
        assert_int_equal(gnutls_pubkey_init(&key), 0);
        assert_int_equal(gnutls_pubkey_import_x509(key, authority[0], 0), 0);
        hsi_bytes bytes = hsi_buffer_peek(&signature);
        gnutls_datum_t made = {(uint8_t *)bytes.data, (unsigned)bytes.length};
        assert_int_equal(gnutls_pubkey_verify_data2(key, rows[i].algorithm, 0, &text, &made), 0);
        assert_true(gnutls_pubkey_verify_data2(key, rows[i].algorithm, 0, &other, &made) < 0);
        gnutls_pubkey_deinit(key);
        free_chain(authority, 1);
        hsi_buffer_cleanup(&signature);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_leads_from_the_certificate_to_the_authority),
        cmocka_unit_test(a_chain_has_two_certificates_at_least_and_a_hundred_at_most),
        cmocka_unit_test(an_authority_signs_what_its_key_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
