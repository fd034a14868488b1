/* Tests csrc/proto/registries_generated.c: values copied from the RFCs by hand, one or more for every lookup.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "proto/registries.h"

typedef struct registered {
    hsi_registry registry;
    uint32_t value;
    const char *name;
} registered;

static const registered from_rfcs[] = {
    {hsi_alert_description, 0, "close_notify"}, /* RFC 8446 section 6 */
    {hsi_alert_description, 20, "bad_record_mac"},
    {hsi_alert_description, 116, "certificate_required"},
    {hsi_alert_level, 1, "warning"},
    {hsi_alert_level, 2, "fatal"},
    {hsi_authz_data_format, 1, "saml_assertion"}, /* RFC 5878 section 3.1 */
    {hsi_cached_information_type, 2, "cert_req"}, /* RFC 7924 section 3 */
    {hsi_certificate_status_type, 1, "ocsp"}, /* RFC 6066 section 8 */
    {hsi_certificate_type, 0, "X509"}, /* RFC 8446 section 4.4.2 */
    {hsi_certificate_compression, 2, "brotli"}, /* RFC 8879 section 7.3 */
    {hsi_cipher_suite, 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"}, /* RFC 5246 appendix A.5 */
    {hsi_cipher_suite, 0x1301, "TLS_AES_128_GCM_SHA256"}, /* RFC 8446 appendix B.4 */
    {hsi_cipher_suite, 0xc0aa, "TLS_PSK_DHE_WITH_AES_128_CCM_8"}, /* RFC 6655 section 4: not DHE_PSK */
    {hsi_cipher_suite, 0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"}, /* RFC 5746 section 3.3 */
    {hsi_client_certificate_type, 64, "ecdsa_sign"}, /* RFC 8422 section 5.5 */
    {hsi_compression_method, 0, "NULL"}, /* RFC 3749 section 2 */
    {hsi_compression_method, 1, "DEFLATE"},
    {hsi_content_type, 22, "handshake"}, /* RFC 8446 section 5.1 */
    {hsi_ec_curve_type, 3, "named_curve"}, /* RFC 8422 section 5.4 */
    {hsi_ec_point_format, 0, "uncompressed"}, /* RFC 8422 section 5.1.2 */
    {hsi_extension_name, 43, "supported_versions"}, /* RFC 8446 section 4.2 */
    {hsi_extension_name, 0xff01, "renegotiation_info"}, /* RFC 5746 section 3.2 */
    {hsi_extension_name, 0xfe0d, "encrypted_client_hello"}, /* RFC 9849 section 5 */
    {hsi_handshake_type, 1, "client_hello"}, /* RFC 8446 section 4 */
    {hsi_handshake_type, 254, "message_hash"},
    {hsi_handshake_type, 67, "next_protocol"}, /* draft-agl-tls-nextprotoneg */
    {hsi_hash_algorithm, 2, "sha1"}, /* RFC 5246 section 7.4.1.4.1 */
    {hsi_heartbeat_mode, 1, "peer_allowed_to_send"}, /* RFC 6520 section 2 */
    {hsi_hpke_aead, 2, "AES-256-GCM"}, /* RFC 9180 section 7.3 */
    {hsi_hpke_kdf, 1, "HKDF-SHA256"}, /* section 7.2 */
    {hsi_hpke_kem, 0x20, "DHKEM(X25519, HKDF-SHA256)"}, /* section 7.1 */
    {hsi_named_group, 0x001d, "x25519"}, /* RFC 8446 section 4.2.7 */
    {hsi_named_group, 0x0100, "ffdhe2048"},
    {hsi_psk_mode, 1, "psk_dhe_ke"}, /* RFC 8446 section 4.2.9 */
    {hsi_quic_transport_parameter, 0x0e, "active_connection_id_limit"}, /* RFC 9000 section 18.2 */
    {hsi_signature_algorithm, 3, "ecdsa"}, /* RFC 5246 section 7.4.1.4.1 */
    {hsi_signature_scheme, 0x0804, "rsa_pss_rsae_sha256"}, /* RFC 8446 section 4.2.3 */
    {hsi_srtp_protection_profile, 7, "SRTP_AEAD_AES_128_GCM"}, /* RFC 7714 section 14.2 */
    {hsi_supplemental_data_type, 16386, "authz_data"}, /* RFC 5878 section 3 */
    {hsi_token_binding_key_parameters, 2, "ecdsap256"}, /* RFC 8471 section 6.3 */
    {hsi_user_mapping_type, 64, "upn_domain_hint"}, /* RFC 4681 section 3 */
};

static const registered versions[] = {
    {hsi_protocol_version, 0x0002, "SSLv2"},    {hsi_protocol_version, 0x0300, "SSLv3"},
    {hsi_protocol_version, 0x0301, "TLSv1"},    {hsi_protocol_version, 0x0302, "TLSv1.1"},
    {hsi_protocol_version, 0x0303, "TLSv1.2"},  {hsi_protocol_version, 0x0304, "TLSv1.3"},
    {hsi_protocol_version, 0xfeff, "DTLSv1"},   {hsi_protocol_version, 0xfefd, "DTLSv1.2"},
    {hsi_protocol_version, 0xfefc, "DTLSv1.3"},
};

static const registered before_tls13[] = {
    {hsi_handshake_type, 0, "hello_request"},         {hsi_handshake_type, 12, "server_key_exchange"},
    {hsi_handshake_type, 14, "server_hello_done"},    {hsi_handshake_type, 16, "client_key_exchange"},
    {hsi_alert_description, 100, "no_renegotiation"}, {hsi_client_certificate_type, 20, "fortezza_dms"},
};

static const registered grease[] = {
    {hsi_cipher_suite, 0x0a0a, "GREASE_0x0A0A"},
    {hsi_cipher_suite, 0xfafa, "GREASE_0xFAFA"},
    {hsi_ech_config_extension, 0x1a1a, "GREASE_0x1A1A"},
    {hsi_extension_name, 0x1a1a, "GREASE_0x1A1A"},
    {hsi_named_group, 0x2a2a, "GREASE_0x2A2A"},
    {hsi_signature_scheme, 0x3a3a, "GREASE_0x3A3A"},
    {hsi_protocol_version, 0x4a4a, "GREASE_0x4A4A"},
    {hsi_protocol_name_grease, 0x5a5a, "GREASE_0x5A5A"},
    {hsi_psk_mode, 0x0b, "GREASE_0x0B"},
    {hsi_psk_mode, 0xe4, "GREASE_0xE4"},
};

static void assert_all_registered(const registered *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = rows[i].registry(rows[i].value);
        assert_non_null(name);
        assert_string_equal(name, rows[i].name);
    }
}

static void every_lookup_knows_the_names_of_the_rfcs(void **state)
{
    (void)state;
    assert_all_registered(from_rfcs, HSI_COUNT(from_rfcs));
}

static void versions_are_spelled_as_ssl_spells_them(void **state)
{
    (void)state;
    assert_all_registered(versions, HSI_COUNT(versions));
}

static void what_tls13_reserved_keeps_its_older_name(void **state)
{
    (void)state;
    assert_all_registered(before_tls13, HSI_COUNT(before_tls13));
}

static void grease_is_named_by_its_value(void **state)
{
    (void)state;
    assert_all_registered(grease, HSI_COUNT(grease)); /* RFC 8701 section 2 */
}

static void extension_23_keeps_the_name_that_rfc_7627_gave_it(void **state)
{
    (void)state;
    assert_string_equal(hsi_extension_name(23), "extended_master_secret");
}

static void numbers_in_use_that_iana_never_registered_have_names(void **state)
{
    (void)state;
    assert_string_equal(hsi_cipher_suite(0x0066), "TLS_DHE_DSS_WITH_RC4_128_SHA"); /* 56-bit-ciphersuites-01 */
    assert_string_equal(hsi_extension_name(13172), "next_protocol_negotiation");
    assert_string_equal(hsi_extension_name(17613), "application_settings");
}

static void unregistered_numbers_have_no_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(from_rfcs); i++) {
        assert_null(from_rfcs[i].registry(UINT32_MAX));
        assert_null(from_rfcs[i].registry(0x10000 + from_rfcs[i].value)); /* the low 16 bits alone would fit */
    }
    assert_null(hsi_alert_level(0));
    assert_null(hsi_psk_mode(2));
    assert_null(hsi_heartbeat_mode(3));
    assert_null(hsi_cipher_suite(0x1310));
}

static void the_walk_meets_every_suite_once_ascending_and_ends(void **state)
{
    (void)state;
    uint16_t value;
    assert_string_equal(hsi_cipher_suites(0, &value), "TLS_NULL_WITH_NULL_NULL");
    assert_int_equal(value, 0);
    size_t walked = 1;
    for (uint16_t last = value; hsi_cipher_suites(walked, &value) != NULL; walked++) {
        assert_true(value > last);
        assert_ptr_equal(hsi_cipher_suites(walked, &value), hsi_cipher_suite(value));
        last = value;
    }
    size_t registered_suites = 0;
    for (uint32_t id = 0; id <= UINT16_MAX; id++) {
        registered_suites += hsi_cipher_suite(id) != NULL;
    }
    assert_int_equal(walked, registered_suites);
    assert_null(hsi_cipher_suites(SIZE_MAX, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lookup_knows_the_names_of_the_rfcs),
        cmocka_unit_test(versions_are_spelled_as_ssl_spells_them),
        cmocka_unit_test(what_tls13_reserved_keeps_its_older_name),
        cmocka_unit_test(grease_is_named_by_its_value),
        cmocka_unit_test(extension_23_keeps_the_name_that_rfc_7627_gave_it),
        cmocka_unit_test(numbers_in_use_that_iana_never_registered_have_names),
        cmocka_unit_test(unregistered_numbers_have_no_name),
        cmocka_unit_test(the_walk_meets_every_suite_once_ascending_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
