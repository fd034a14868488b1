/* Verification: which certificates are refused, with which alert on the wire, once (RFC 8446 section 6.2).
 * SPDX-License-Identifier: MIT */
#include <time.h>

#include <gnutls/x509.h>

#include "pair.h"

/* The alert's two bytes, where its record is not protected. */
static void expect_alert_on_the_wire(const pair *it, uint8_t sender, uint8_t description)
{
    hsi_bytes alert = record(it, sender, 21, 0);
    assert_int_equal(alert.length, 7);
    assert_int_equal(alert.data[5], 2);
    assert_int_equal(alert.data[6], description);
    assert_int_equal(count_records(it, sender, 21), 1);
}

static void expect_untrusted(pair *it, uint8_t description)
{
    pair_start(it);
    pair_handshake(it);
    assert_int_equal(it->handshakes[HSI_CLIENT], HSI_UNTRUSTED);
    assert_int_equal(failure(it, HSI_CLIENT)->alert, description);
    assert_int_equal(failure(it, HSI_CLIENT)->alert_sender, HSI_CLIENT);
    assert_true(strlen(failure(it, HSI_CLIENT)->verify_text) > 0);
    assert_int_equal(it->handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(failure(it, HSI_SERVER)->alert, description);
    assert_int_equal(failure(it, HSI_SERVER)->alert_sender, HSI_CLIENT);
    assert_int_equal(hsi_session_handshake(it->sessions[HSI_CLIENT]), HSI_UNTRUSTED); /* and no second alert */
    assert_int_equal(hsi_session_pending_out(it->sessions[HSI_CLIENT]), 0);
    assert_int_equal(count_kind(it, HSI_ENTRY_VERDICT, HSI_CLIENT), 1);
    assert_int_equal(count_kind(it, HSI_ENTRY_RESULT, HSI_CLIENT), 1);
    pair_end(it);
}

static pair pair_with_trust_of_another_authority(const char *priority)
{
    pair it = pair_of(priority, "ECDSA");
    hsi_config_drop(it.configs[HSI_CLIENT]);
    it.configs[HSI_CLIENT] = config_for(HSI_CLIENT, priority, "RSA");
    return it;
}

static void a_certificate_of_an_unknown_authority_is_answered_with_unknown_ca(void **state)
{
    (void)state;
    pair it = pair_with_trust_of_another_authority(TLS("1.2"));
    expect_untrusted(&it, 48);
    it = pair_with_trust_of_another_authority(TLS("1.3"));
    expect_untrusted(&it, 48);
}

static void a_certificate_for_another_name_is_answered_with_bad_certificate(void **state)
{
    (void)state;
    static const char *const names[] = {"example.org", "127.0.0.2", "::2"};
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        pair it = pair_of(TLS("1.2"), "ECDSA");
        it.options[HSI_CLIENT].server_name = names[i];
        expect_untrusted(&it, 42);
    }
}

static void addresses_and_names_of_the_certificate_are_accepted(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", "lab", "127.0.0.1", "::1"};
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        pair it = pair_of(TLS("1.3"), "ECDSA");
        it.options[HSI_CLIENT].server_name = names[i];
        pair_run(&it);
        assert_int_equal(failure(&it, HSI_CLIENT)->verify, 0);
        pair_end(&it);
    }
}

static void an_unverified_name_may_be_another(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].server_name = "example.org";
    it.options[HSI_CLIENT].verify_name = false;
    pair_run(&it);
    pair_end(&it);
}

/* A server's certificate of its own authority for CN=localhost, perhaps for the address 127.0.0.1, without a DNS name. */
typedef struct nameless_certificate {
    gnutls_datum_t chain, key; /* PEM */
} nameless_certificate;

static nameless_certificate make_nameless(bool with_address)
{
    static const uint8_t address[] = {127, 0, 0, 1};
    nameless_certificate out;
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t made;
    time_t now = time(NULL);
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(
        gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&made), 0);
    assert_int_equal(gnutls_x509_crt_set_version(made, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(made, "\x01", 1), 0);
    assert_int_equal(gnutls_x509_crt_set_activation_time(made, now - 60), 0);
    assert_int_equal(gnutls_x509_crt_set_expiration_time(made, now + 3600), 0);
    assert_int_equal(gnutls_x509_crt_set_dn_by_oid(made, GNUTLS_OID_X520_COMMON_NAME, 0, "localhost", 9), 0);
    if (with_address) {
        assert_int_equal(
            gnutls_x509_crt_set_subject_alt_name(made, GNUTLS_SAN_IPADDRESS, address, sizeof address, GNUTLS_FSAN_SET),
            0);
    }
    assert_int_equal(gnutls_x509_crt_set_key(made, key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(made, made, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(made, GNUTLS_X509_FMT_PEM, &out.chain), 0);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &out.key), 0);
    gnutls_x509_crt_deinit(made);
    gnutls_x509_privkey_deinit(key);
    return out;
}

static pair pair_with_nameless(const nameless_certificate *certificate, const char *priority)
{
    pair it = pair_of(priority, "ECDSA");
    hsi_bytes chain = hsi_bytes_of(certificate->chain.data, certificate->chain.size);
    hsi_bytes key = hsi_bytes_of(certificate->key.data, certificate->key.size);
    size_t position, count;
    hsi_config_drop(it.configs[HSI_SERVER]);
    it.configs[HSI_SERVER] = hsi_config_new(HSI_SERVER);
    assert_non_null(it.configs[HSI_SERVER]);
    assert_int_equal(hsi_config_priority(it.configs[HSI_SERVER], priority, &position), HSI_OK);
    assert_int_equal(hsi_config_certificate(it.configs[HSI_SERVER], chain, key, NULL), HSI_OK);
    assert_int_equal(hsi_config_trust(it.configs[HSI_CLIENT], chain, &count), HSI_OK);
    return it;
}

static void a_name_in_the_subject_counts_only_where_it_may(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool with_address, common_name, verify_name, trusted;
    } cases[] = {
        {"localhost", false, true, true, true},  {"localhost", false, false, true, false},
        {"localhost", true, false, true, false}, {"localhost", false, false, false, true},
        {"127.0.0.1", true, false, true, true}, /* an address is not looked for in a subject */
    };
    for (size_t i = 0; i < HSI_COUNT(cases); i++) {
        nameless_certificate certificate = make_nameless(cases[i].with_address);
        pair it = pair_with_nameless(&certificate, TLS("1.2"));
        it.options[HSI_CLIENT].server_name = cases[i].name;
        it.options[HSI_CLIENT].common_name = cases[i].common_name;
        it.options[HSI_CLIENT].verify_name = cases[i].verify_name;
        if (cases[i].trusted) {
            pair_run(&it);
            assert_int_equal(failure(&it, HSI_CLIENT)->verify, 0);
            pair_end(&it);
        } else {
            expect_untrusted(&it, 42);
        }
        gnutls_free(certificate.chain.data);
        gnutls_free(certificate.key.data);
    }
}

static void a_name_that_may_not_be_in_the_subject_is_an_unexpected_owner(void **state)
{
    (void)state;
    nameless_certificate certificate = make_nameless(false);
    pair it = pair_with_nameless(&certificate, TLS("1.3"));
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_UNTRUSTED);
    assert_int_equal(failure(&it, HSI_CLIENT)->verify, GNUTLS_CERT_INVALID | GNUTLS_CERT_UNEXPECTED_OWNER);
    assert_non_null(strstr(failure(&it, HSI_CLIENT)->verify_text, "name"));
    pair_end(&it);
    gnutls_free(certificate.chain.data);
    gnutls_free(certificate.key.data);
}

static void an_anonymous_server_is_not_trusted_where_trust_is_asked_for(void **state)
{
    (void)state;
    static const hsi_verify asking[] = {HSI_VERIFY_OPTIONAL, HSI_VERIFY_REQUIRED};
    for (size_t i = 0; i < HSI_COUNT(asking); i++) {
        pair it = pair_of(TLS("1.2") ":-KX-ALL:+ANON-ECDH", "ECDSA");
        hsi_config_verify(it.configs[HSI_CLIENT], asking[i]);
        pair_start(&it);
        pair_handshake(&it);
        assert_int_equal(it.handshakes[HSI_CLIENT], HSI_UNTRUSTED);
        assert_int_equal(failure(&it, HSI_CLIENT)->alert, 40); /* handshake_failure */
        pair_end(&it);
    }
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+ANON-ECDH", "ECDSA");
    hsi_config_verify(it.configs[HSI_CLIENT], HSI_VERIFY_NONE);
    pair_run(&it);
    pair_end(&it);
}

static void a_server_that_requires_a_certificate_refuses_a_client_without(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    hsi_config_verify(it.configs[HSI_SERVER], HSI_VERIFY_REQUIRED);
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_TLS);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert_sender, HSI_SERVER);
    expect_alert_on_the_wire(&it, HSI_SERVER, (uint8_t)failure(&it, HSI_CLIENT)->alert);
    pair_end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_an_unknown_authority_is_answered_with_unknown_ca),
        cmocka_unit_test(a_certificate_for_another_name_is_answered_with_bad_certificate),
        cmocka_unit_test(addresses_and_names_of_the_certificate_are_accepted),
        cmocka_unit_test(an_unverified_name_may_be_another),
        cmocka_unit_test(a_name_in_the_subject_counts_only_where_it_may),
        cmocka_unit_test(a_name_that_may_not_be_in_the_subject_is_an_unexpected_owner),
        cmocka_unit_test(an_anonymous_server_is_not_trusted_where_trust_is_asked_for),
        cmocka_unit_test(a_server_that_requires_a_certificate_refuses_a_client_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
