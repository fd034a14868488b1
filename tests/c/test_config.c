/* Configs: what is accepted, what is refused, and that a refusal changes nothing.
 * SPDX-License-Identifier: MIT */
#include <gnutls/x509.h>

#include "base/memory.h"

#include "pair.h"

static void a_priority_string_is_refused_at_the_place_where_it_goes_wrong(void **state)
{
    (void)state;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    size_t position = 99;
    assert_int_equal(hsi_config_priority(config, "NORMAL:-VERS-ALL:+VERS-TLS9.9", &position), HSI_PRIORITY);
    assert_int_equal(position, strlen("NORMAL:-VERS-ALL:"));
    assert_int_equal(hsi_config_priority(config, "NORMAL", &position), HSI_OK);
    hsi_config_drop(config);
}

static void what_a_priority_string_allows_can_be_walked(void **state)
{
    (void)state;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    size_t position;
    assert_null(hsi_config_key_exchange(config, 0)); /* none was set */
    assert_null(hsi_config_signature(config, 0));
    assert_int_equal(hsi_config_priority(config, "NORMAL:-KX-ALL:+DHE-PSK:+RSA:-SIGN-ALL:+SIGN-RSA-SHA256", &position),
                     HSI_OK);
    assert_string_equal(hsi_config_key_exchange(config, 0), "DHE-PSK");
    assert_string_equal(hsi_config_key_exchange(config, 1), "RSA");
    assert_null(hsi_config_key_exchange(config, 2));
    assert_string_equal(hsi_config_signature(config, 0), "RSA-SHA256");
    assert_null(hsi_config_signature(config, 1));
    hsi_config_drop(config);
}

static void text_that_is_no_certificate_is_a_credentials_error(void **state)
{
    (void)state;
    hsi_lab_certificate lab, other;
    size_t count = 99;
    hsi_config *config = hsi_config_new(HSI_SERVER);
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    assert_int_equal(hsi_lab_certificate_get(&other, "Ed25519"), HSI_OK);
    assert_int_equal(hsi_config_certificate(config, hsi_bytes_text("no"), lab.key, NULL), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_certificate(config, HSI_BYTES_EMPTY, lab.key, NULL), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_certificate(config, lab.chain, hsi_bytes_text("no"), NULL), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_certificate(config, lab.chain, other.key, NULL), HSI_CREDENTIALS); /* another's key */
    assert_int_equal(hsi_config_trust(config, hsi_bytes_text("no"), &count), HSI_CREDENTIALS);
    assert_int_equal(count, 0);
    assert_int_equal(hsi_config_trust(config, HSI_BYTES_EMPTY, &count), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_psk(config, hsi_bytes_text("id"), HSI_BYTES_EMPTY), HSI_CREDENTIALS);
    hsi_config_drop(config);
}

/* The certificate and key as DER, by GnuTLS, instead of the lab's PEM. */
static void certificates_and_keys_may_be_der_too(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    gnutls_datum_t certificate, key, authority;
    size_t count;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    gnutls_datum_t pem[3] = {{(uint8_t *)lab.chain.data, (unsigned)lab.chain.length},
                             {(uint8_t *)lab.key.data, (unsigned)lab.key.length},
                             {(uint8_t *)lab.authority.data, (unsigned)lab.authority.length}};
    assert_int_equal(gnutls_pem_base64_decode2("CERTIFICATE", &pem[0], &certificate), 0);
    assert_int_equal(gnutls_pem_base64_decode2("PRIVATE KEY", &pem[1], &key), 0);
    assert_int_equal(gnutls_pem_base64_decode2("CERTIFICATE", &pem[2], &authority), 0);
    pair it = pair_of(TLS("1.3"), "ECDSA");
    for (uint8_t side = 0; side < 2; side++) {
        size_t position;
        hsi_config_drop(it.configs[side]);
        it.configs[side] = hsi_config_new(side);
        assert_int_equal(hsi_config_priority(it.configs[side], TLS("1.3"), &position), HSI_OK);
    }
    hsi_config_verify(it.configs[HSI_CLIENT], HSI_VERIFY_REQUIRED);
    assert_int_equal(hsi_config_certificate(it.configs[HSI_SERVER], hsi_bytes_of(certificate.data, certificate.size),
                                            hsi_bytes_of(key.data, key.size), NULL),
                     HSI_OK);
    assert_int_equal(hsi_config_trust(it.configs[HSI_CLIENT], hsi_bytes_of(authority.data, authority.size), &count),
                     HSI_OK);
    assert_int_equal(count, 1);
    pair_run(&it);
    pair_end(&it);
    gnutls_free(certificate.data);
    gnutls_free(key.data);
    gnutls_free(authority.data);
}

/* The lab's key, encrypted by GnuTLS (PKCS #8, PBES2). */
static void an_encrypted_key_needs_its_password(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    gnutls_x509_privkey_t key;
    gnutls_datum_t encrypted;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    gnutls_datum_t pem = {(uint8_t *)lab.key.data, (unsigned)lab.key.length};
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM), 0);
    assert_int_equal(
        gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, "open", GNUTLS_PKCS_PBES2_AES_128, &encrypted), 0);
    hsi_config *config = hsi_config_new(HSI_SERVER);
    hsi_bytes bytes = hsi_bytes_of(encrypted.data, encrypted.size);
    assert_int_equal(hsi_config_certificate(config, lab.chain, bytes, NULL), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_certificate(config, lab.chain, bytes, "wrong"), HSI_CREDENTIALS);
    assert_int_equal(hsi_config_certificate(config, lab.chain, bytes, "open"), HSI_OK);
    hsi_config_drop(config);
    gnutls_x509_privkey_deinit(key);
    gnutls_free(encrypted.data);
}

static void the_protocol_list_has_the_limits_of_gnutls_and_of_rfc7301(void **state)
{
    (void)state;
    uint8_t name[256];
    hsi_bytes protocols[9];
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    memset(name, 'a', sizeof name);
    for (size_t i = 0; i < 9; i++) {
        protocols[i] = hsi_bytes_of(name, 255);
    }
    assert_int_equal(hsi_config_alpn(config, protocols, 8), HSI_OK);
    assert_int_equal(hsi_config_alpn(config, protocols, 9), HSI_USAGE);
    protocols[0] = hsi_bytes_of(name, 256);
    assert_int_equal(hsi_config_alpn(config, protocols, 1), HSI_USAGE);
    protocols[0] = HSI_BYTES_EMPTY;
    assert_int_equal(hsi_config_alpn(config, protocols, 1), HSI_USAGE);
    hsi_config_drop(config);
}

static void the_system_trust_store_says_how_many_it_holds(void **state)
{
    (void)state;
    size_t count = SIZE_MAX;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    assert_int_equal(hsi_config_trust_system(config, &count), HSI_OK);
    assert_true(count < 10000); /* 0 is legal: a machine without certificates */
    hsi_config_drop(config);
}

static void a_key_log_file_in_no_folder_is_a_system_error(void **state)
{
    (void)state;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    assert_int_equal(hsi_config_keylog(config, "/no/such/folder/keys"), HSI_SYSTEM);
    hsi_config_drop(config);
}

static void a_session_needs_a_config_of_its_own_side(void **state)
{
    (void)state;
    hsi_session *session;
    hsi_trace *trace = hsi_trace_new();
    hsi_config *config = hsi_config_new(HSI_SERVER);
    hsi_session_options options = {.side = HSI_CLIENT};
    assert_int_equal(hsi_session_new(&session, config, trace, &options), HSI_USAGE);
    hsi_config_drop(config);
    hsi_trace_drop(trace);
}

/* Whatever allocation fails, of the config or the session: a status, and nothing is lost. */
static void out_of_memory_is_a_status(void **state)
{
    (void)state;
    hsi_config *config = config_for(HSI_CLIENT, TLS("1.3"), "ECDSA");
    hsi_session_options options = {.side = HSI_CLIENT, .server_name = "localhost"};
    hsi_status status = HSI_NO_MEMORY;
    size_t failures = 0;
    for (; status == HSI_NO_MEMORY; failures++) {
        hsi_trace *trace = hsi_trace_new();
        hsi_session *session = NULL;
        assert_non_null(trace);
        hsi_memory_fail_after(failures);
        status = hsi_session_new(&session, config, trace, &options);
        if (status == HSI_OK) {
            status = hsi_session_handshake(session);
        }
        hsi_memory_fail_after(SIZE_MAX);
        hsi_session_free(session);
        hsi_trace_drop(trace);
    }
    assert_int_equal(status, HSI_WANT_READ);
    assert_true(failures > 5);
    hsi_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_priority_string_is_refused_at_the_place_where_it_goes_wrong),
        cmocka_unit_test(what_a_priority_string_allows_can_be_walked),
        cmocka_unit_test(text_that_is_no_certificate_is_a_credentials_error),
        cmocka_unit_test(certificates_and_keys_may_be_der_too),
        cmocka_unit_test(an_encrypted_key_needs_its_password),
        cmocka_unit_test(the_protocol_list_has_the_limits_of_gnutls_and_of_rfc7301),
        cmocka_unit_test(the_system_trust_store_says_how_many_it_holds),
        cmocka_unit_test(a_key_log_file_in_no_folder_is_a_system_error),
        cmocka_unit_test(a_session_needs_a_config_of_its_own_side),
        cmocka_unit_test(out_of_memory_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
