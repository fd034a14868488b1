/* Tests the csrc/tap/ext_*.c of extensions that GnuTLS neither sends nor answers: their layout in each message that they may
 * stand in. The bytes are written by hand after the structs of the RFCs and drafts.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extension_rows.h"

/* clang-format off */
#define TRUSTED_CA_KEYS "0003" "001f" "001d" "00" "01000102030405060708090a0b0c0d0e0f10111213" "02" "0004" "30023100"
#define STATUS_REQUESTS "0011" "0010" "000e" "02" "0004" "0000" "0000" "01" "0004" "0000" "0000"
#define KEY "302a" "3005" "06032b6570" "0321" "00" "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" /* Ed25519 */
#define CREDENTIAL "0022" "003c" "00093a80" "0403" "00002c" KEY "0804" "0003" "515253"
#define QUIC_PARAMETERS "0039" "0010" "01" "04" "80007530" "0f" "02" "c1d2" "1b" "01" "00" "4063" "00"
#define QUIC_VERSIONS \
    "0039" "002d" "0d" "2b" "c0000201" "01bb" "20010db8000000000000000000000001" "01bc" "02" "c1d2" \
    "000102030405060708090a0b0c0d0e0f"
#define PAKE "8a3b" "000e" "0001" "63" "0001" "73" "0006" "7d96" "0002" "abcd"
#define ECH_OUTER "fe0d" "000f" "00" "0001" "0003" "2a" "0002" "e1e2" "0003" "515253"
#define ECH_RETRY_CONFIGS \
    "fe0d" "0028" "0026" "fe0d" "001c" "07" "0020" "0002" "a1a2" "0004" "0001" "0001" "40" "05" \
    "6578616d70" "0006" "3a3a" "0002" "abcd" "fe0c" "0002" "cdef"
#define ENCRYPTED_NAME "ffce" "000f" "1301" "001d" "0002" "99aa" "0001" "dd" "0002" "ee01"

static const extension_row rows[] = {
    {"0002" "0000", HSI_IN_CH,
     {"client_certificate_url.length", 0, NULL, NULL}},
    {TRUSTED_CA_KEYS, HSI_IN_CH,
     {"trusted_ca_keys.trusted_authorities_list[0].identifier_type", 0, NULL, "pre_agreed"}},
    {TRUSTED_CA_KEYS, HSI_IN_CH,
     {"trusted_ca_keys.trusted_authorities_list[1].sha1_hash",
      0, "000102030405060708090a0b0c0d0e0f10111213", NULL}},
    {TRUSTED_CA_KEYS, HSI_IN_CH,
     {"trusted_ca_keys.trusted_authorities_list[2].x509_name", 0, "30023100", NULL}},
    {"0003" "0000", HSI_IN_SH,
     {"trusted_ca_keys.length", 0, NULL, NULL}},
    {"0004" "0000", HSI_IN_SH,
     {"truncated_hmac.length", 0, NULL, NULL}},
    {"0006" "0002" "01" "40", HSI_IN_SH,
     {"user_mapping.user_mapping_types[0]", 64, NULL, "upn_domain_hint"}},
    {"0007" "0003" "02" "0001", HSI_IN_CH,
     {"client_authz.authz_format_list[1]", 1, NULL, "saml_assertion"}},
    {"0008" "0002" "01" "40", HSI_IN_SH,
     {"server_authz.authz_format_list[0]", 64, NULL, "keynote_assertion_list"}},
    {"0009" "0003" "02" "0001", HSI_IN_CH,
     {"cert_type.certificate_types[1]", 1, NULL, "OpenPGP"}},
    {"0009" "0001" "01", HSI_IN_SH,
     {"cert_type.certificate_type", 1, NULL, "OpenPGP"}},
    {"000e" "0009" "0004" "00010007" "02" "abcd", HSI_IN_CH,
     {"use_srtp.SRTPProtectionProfiles[1]", 7, NULL, "SRTP_AEAD_AES_128_GCM"}},
    {"000e" "0009" "0004" "00010007" "02" "abcd", HSI_IN_CH,
     {"use_srtp.srtp_mki", 0, "abcd", NULL}},
    {STATUS_REQUESTS, HSI_IN_CH,
     {"status_request_v2.certificate_status_req_list[0].status_type", 2, NULL, "ocsp_multi"}},
    {STATUS_REQUESTS, HSI_IN_CH,
     {"status_request_v2.certificate_status_req_list[1].request", 0, "00000000", NULL}},
    {STATUS_REQUESTS, HSI_IN_CH,
     {"status_request_v2.certificate_status_req_list[0].request.responder_id_list.length", 0, NULL, NULL}},
    {"0011" "0007" "0005" "09" "0002" "abcd", HSI_IN_CH,
     {"status_request_v2.certificate_status_req_list[0].request", 0, "abcd", NULL}},
    {"0011" "0000", HSI_IN_SH,
     {"status_request_v2.length", 0, NULL, NULL}},
    {"0018" "0005" "01" "00" "02" "0201", HSI_IN_CH,
     {"token_binding.major", 1, NULL, NULL}},
    {"0018" "0005" "01" "00" "02" "0201", HSI_IN_CH,
     {"token_binding.key_parameters_list[0]", 2, NULL, "ecdsap256"}},
    {"0019" "0008" "0006" "01" "04" "a1a2a3a4", HSI_IN_CH,
     {"cached_info.cached_info[0].type", 1, NULL, "cert"}},
    {"0019" "0008" "0006" "01" "04" "a1a2a3a4", HSI_IN_CH,
     {"cached_info.cached_info[0].hash_value", 0, "a1a2a3a4", NULL}},
    {"0019" "0004" "0002" "0102", HSI_IN_EE,
     {"cached_info.cached_info[1].type", 2, NULL, "cert_req"}},
    {"001a" "0000", HSI_IN_CH,
     {"tls_lts.length", 0, NULL, NULL}},
    {"001d" "0004" "03" "a1a2a3", HSI_IN_CH,
     {"pwd_protect.pwd_name", 0, "a1a2a3", NULL}},
    {"001e" "0005" "04" "66726564", HSI_IN_CH,
     {"pwd_clear.pwd_name", 0, "66726564", NULL}},
    {"001f" "0004" "73616c74", HSI_IN_HRR,
     {"password_salt.salt", 0, "73616c74", NULL}},
    {"0020" "0000", HSI_IN_CH,
     {"ticket_pinning.length", 0, NULL, NULL}},
    {"0020" "0004" "0002" "abcd", HSI_IN_CH,
     {"ticket_pinning.ticket", 0, "abcd", NULL}},
    {"0020" "000a" "01" "ee" "0002" "abcd" "00278d00", HSI_IN_EE,
     {"ticket_pinning.proof", 0, "ee", NULL}},
    {"0020" "000a" "01" "ee" "0002" "abcd" "00278d00", HSI_IN_EE,
     {"ticket_pinning.lifetime", 2592000, NULL, NULL}},
    {"0021" "0000", HSI_IN_SH,
     {"tls_cert_with_extern_psk.length", 0, NULL, NULL}},
    {"0022" "0004" "0002" "0403", HSI_IN_CH,
     {"delegated_credential.supported_signature_algorithms[0]", 1027, NULL, "ecdsa_secp256r1_sha256"}},
    {CREDENTIAL, HSI_IN_CT,
     {"delegated_credential.cred.valid_time", 604800, NULL, NULL}},
    {CREDENTIAL, HSI_IN_CT,
     {"delegated_credential.cred.dc_cert_verify_algorithm", 1027, NULL, "ecdsa_secp256r1_sha256"}},
    {CREDENTIAL, HSI_IN_CT,
     {"delegated_credential.cred.ASN1_subjectPublicKeyInfo", 0, KEY, NULL}},
    {CREDENTIAL, HSI_IN_CT,
     {"delegated_credential.algorithm", 2052, NULL, "rsa_pss_rsae_sha256"}},
    {CREDENTIAL, HSI_IN_CT,
     {"delegated_credential.signature", 0, "515253", NULL}},
    {"0027" "0002" "01" "01", HSI_IN_CH,
     {"supported_ekt_ciphers.supported_ciphers[0]", 1, NULL, NULL}},
    {"0027" "0001" "01", HSI_IN_EE,
     {"supported_ekt_ciphers.selected_cipher", 1, NULL, NULL}},
    {"0034" "0000", HSI_IN_CH,
     {"transparency_info.length", 0, NULL, NULL}},
    {"0034" "0008" "0006" "0004" "0102" "aabb", HSI_IN_CT,
     {"transparency_info.trans_item_list[0].versioned_type", 258, NULL, "x509_sct_v2"}},
    {"0034" "0008" "0006" "0004" "0102" "aabb", HSI_IN_CT,
     {"transparency_info.trans_item_list[0]", 0, "0102aabb", NULL}},
    {"0035" "0003" "02" "c1d2", HSI_IN_CH,
     {"connection_id_deprecated.cid", 0, "c1d2", NULL}},
    {"0036" "0001" "00", HSI_IN_SH,
     {"connection_id.cid", 0, "", NULL}},
    {"0037" "0003" "02" "abcd", HSI_IN_EE,
     {"external_id_hash.binding_hash", 0, "abcd", NULL}},
    {"0038" "0003" "02" "abcd", HSI_IN_CH,
     {"external_session_id.session_id", 0, "abcd", NULL}},
    {QUIC_PARAMETERS, HSI_IN_CH,
     {"quic_transport_parameters.parameters[0].id", 1, NULL, "max_idle_timeout"}},
    {QUIC_PARAMETERS, HSI_IN_CH,
     {"quic_transport_parameters.parameters[0].value", 30000, NULL, NULL}},
    {QUIC_PARAMETERS, HSI_IN_CH,
     {"quic_transport_parameters.parameters[1].value", 0, "c1d2", NULL}},
    {QUIC_PARAMETERS, HSI_IN_CH,
     {"quic_transport_parameters.parameters[2].id", 27, NULL, "GREASE"}},
    {QUIC_PARAMETERS, HSI_IN_CH,
     {"quic_transport_parameters.parameters[3].id", 99, NULL, NULL}},
    {"0039" "000e" "11" "0c" "00000001" "0a1a2a3a" "00000001", HSI_IN_CH,
     {"quic_transport_parameters.parameters[0].chosen_version", 1, NULL, NULL}},
    {"0039" "000e" "11" "0c" "00000001" "0a1a2a3a" "00000001", HSI_IN_CH,
     {"quic_transport_parameters.parameters[0].available_versions[1]", 1, NULL, NULL}},
    {QUIC_VERSIONS, HSI_IN_EE,
     {"quic_transport_parameters.parameters[0].ipv4_address", 0, "c0000201", NULL}},
    {QUIC_VERSIONS, HSI_IN_EE,
     {"quic_transport_parameters.parameters[0].ipv6_port", 444, NULL, NULL}},
    {QUIC_VERSIONS, HSI_IN_EE,
     {"quic_transport_parameters.parameters[0].stateless_reset_token",
      0, "000102030405060708090a0b0c0d0e0f", NULL}},
    {"0039" "0011" "c000000000000021" "08" "c000000000000021", HSI_IN_CH,
     {"quic_transport_parameters.parameters[0].id", 33, NULL, NULL}},
    {"003a" "0002" "01" "02", HSI_IN_CH,
     {"ticket_request.resumption_count", 2, NULL, NULL}},
    {"003a" "0001" "03", HSI_IN_EE,
     {"ticket_request.expected_count", 3, NULL, NULL}},
    {"003b" "0002" "01bb", HSI_IN_CH,
     {"dnssec_chain.PortNumber", 443, NULL, NULL}},
    {"003b" "0007" "0018" "0003" "a1a2a3", HSI_IN_CT,
     {"dnssec_chain.ExtSupportLifetime", 24, NULL, NULL}},
    {"003b" "0007" "0018" "0003" "a1a2a3", HSI_IN_CT,
     {"dnssec_chain.AuthenticationChain", 0, "a1a2a3", NULL}},
    {"003d" "0000", HSI_IN_CH,
     {"rrc.length", 0, NULL, NULL}},
    {"003e" "0003" "02" "0080", HSI_IN_NST,
     {"tls_flags.flags", 0, "0080", NULL}},
    {"3374" "0000", HSI_IN_CH,
     {"next_protocol_negotiation.length", 0, NULL, NULL}},
    {"3374" "000a" "02" "6832" "06" "737064792f33", HSI_IN_SH,
     {"next_protocol_negotiation.protocol_name_list[1]", 0, "737064792f33", NULL}},
    {"4469" "0005" "0003" "02" "6832", HSI_IN_CH,
     {"application_settings_old.supported_protocols[0]", 0, "6832", NULL}},
    {"44cd" "0005" "0003" "02" "5a5a", HSI_IN_CH,
     {"application_settings.supported_protocols[0]", 0, "5a5a", "GREASE_0x5A5A"}},
    {"44cd" "0002" "abcd", HSI_IN_EE,
     {"application_settings.settings", 0, "abcd", NULL}},
    {"0010" "0008" "0006" "02" "6a6a" "02" "6832", HSI_IN_CH,
     {"application_layer_protocol_negotiation.protocol_name_list[0]", 0, "6a6a", "GREASE_0x6A6A"}},
    {"7550" "0000", HSI_IN_CH,
     {"channel_id.length", 0, NULL, NULL}},
    {PAKE, HSI_IN_CH,
     {"pake.client_identity", 0, "63", NULL}},
    {PAKE, HSI_IN_CH,
     {"pake.client_shares[0].pake_scheme", 32150, NULL, NULL}},
    {PAKE, HSI_IN_CH,
     {"pake.client_shares[0].pake_message", 0, "abcd", NULL}},
    {"8a3b" "0006" "7d96" "0002" "abcd", HSI_IN_SH,
     {"pake.server_share.pake_message", 0, "abcd", NULL}},
    {"ca34" "0006" "0004" "03" "8f6501", HSI_IN_CH,
     {"trust_anchors.trust_anchor_ids[0]", 0, "8f6501", NULL}},
    {"ca34" "0000", HSI_IN_CT,
     {"trust_anchors.length", 0, NULL, NULL}},
    {"fd00" "0005" "04" "000a" "0033", HSI_IN_CH,
     {"ech_outer_extensions.OuterExtensions[1]", 51, NULL, "key_share"}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.type", 0, NULL, "outer"}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.cipher_suite.kdf_id", 1, NULL, "HKDF-SHA256"}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.cipher_suite.aead_id", 3, NULL, "ChaCha20Poly1305"}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.config_id", 42, NULL, NULL}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.enc", 0, "e1e2", NULL}},
    {ECH_OUTER, HSI_IN_CH,
     {"encrypted_client_hello.payload", 0, "515253", NULL}},
    {"fe0d" "0001" "01", HSI_IN_CH,
     {"encrypted_client_hello.type", 1, NULL, "inner"}},
    {"fe0d" "0008" "0001020304050607", HSI_IN_HRR,
     {"encrypted_client_hello.confirmation", 0, "0001020304050607", NULL}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.key_config.kem_id",
      32, NULL, "DHKEM(X25519, HKDF-SHA256)"}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.key_config.public_key", 0, "a1a2", NULL}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.key_config.cipher_suites[0].aead_id",
      1, NULL, "AES-128-GCM"}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.maximum_name_length", 64, NULL, NULL}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.public_name", 0, "6578616d70", NULL}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[0].contents.extensions[0].type", 14906, NULL, "GREASE_0x3A3A"}},
    {ECH_RETRY_CONFIGS, HSI_IN_EE,
     {"encrypted_client_hello.retry_configs[1].contents", 0, "cdef", NULL}},
    {"ffa5" "0003" "04" "01" "10", HSI_IN_CH,
     {"quic_transport_parameters_draft.parameters[0].value", 16, NULL, NULL}},
    {ENCRYPTED_NAME, HSI_IN_CH,
     {"encrypted_server_name.suite", 4865, NULL, "TLS_AES_128_GCM_SHA256"}},
    {ENCRYPTED_NAME, HSI_IN_CH,
     {"encrypted_server_name.key_share.group", 29, NULL, "x25519"}},
    {ENCRYPTED_NAME, HSI_IN_CH,
     {"encrypted_server_name.encrypted_sni", 0, "ee01", NULL}},
    {"0000" "0008" "0006" "00" "0003" "612e62", HSI_IN_CR,
     {"server_name.server_name_list[0].name", 0, "612e62", NULL}},
};

/* What is wrong inside is so where it is: the leaf `trailing` begins there. */
static const struct fault {
    const char *extension;
    unsigned where;
    const char *trailing; /* below `extensions` */
} faults[] = {
    {"0003" "0005" "0003" "09" "abcd", HSI_IN_CH, "trusted_ca_keys.trusted_authorities_list[0].trailing"},
    {"0011" "000a" "0008" "01" "0005" "0000" "0000" "ff", HSI_IN_CH,
     "status_request_v2.certificate_status_req_list[0].request.trailing"},
    {"0039" "0004" "01" "02" "10ff", HSI_IN_CH, "quic_transport_parameters.parameters[0].trailing"},
    {"0039" "0003" "01" "05" "10", HSI_IN_CH, "quic_transport_parameters.parameters[0].trailing"},
    {"fe0d" "0002" "02" "ab", HSI_IN_CH, "encrypted_client_hello.trailing"},
    {"fe0d" "0009" "000102030405060708", HSI_IN_HRR, "encrypted_client_hello.trailing"},
    {"0034" "0005" "0003" "0001" "01", HSI_IN_CT, "transparency_info.trans_item_list[0].trailing"},
};
/* clang-format on */

static void each_extension_has_the_layout_of_its_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_extension(&rows[i]);
    }
}

static void an_extension_cut_short_keeps_its_bytes_and_the_next_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_the_next_after_a_cut_one(&rows[i]);
    }
}

static void without_memory_an_extension_is_not_read_and_nothing_leaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_no_memory(&rows[i]);
    }
}

static void what_makes_no_sense_trails_where_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(faults); i++) {
        dissected d;
        dissect(&d, faults[i].extension, faults[i].where);
        assert_int_not_equal(d.f.status, HSI_OK);
        if (hsi_field_find(hsi_field_find(d.f.root, "extensions"), faults[i].trailing) == NULL) {
            fail_msg("there is no %s", faults[i].trailing);
        }
        hsi_arena_cleanup(&d.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_extension_has_the_layout_of_its_message),
        cmocka_unit_test(an_extension_cut_short_keeps_its_bytes_and_the_next_goes_on),
        cmocka_unit_test(without_memory_an_extension_is_not_read_and_nothing_leaks),
        cmocka_unit_test(what_makes_no_sense_trails_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
