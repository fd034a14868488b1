/* Failing calls: every call of csrc into GnuTLS that can fail, but for gnutls_handshake; one of them does, by its number,
 * and does nothing else. Linked with --wrap for each name in the table (tests/c/Makefile reads it here), which
 * tests/py/test_failing_calls.py compares with the sources.
 * gnutls_handshake is left out because the probe finds libgnutls by its address; hooks make it fail in test_failure.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TEST_FAILING_CALLS_H
#define HSI_TEST_FAILING_CALLS_H

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct failing_calls {
    size_t made; /* calls since `fail_call` */
    size_t fails; /* the one with this number fails; SIZE_MAX: none */
    int code; /* with this */
    const char *name; /* of the one that did; NULL: none */
    bool peerless; /* from now on GnuTLS has no certificate of any peer */
} failing_calls;

static failing_calls failing = {.fails = SIZE_MAX};

/* From here on call number `fails` fails, once. */
static inline void fail_call(size_t fails, int code)
{
    failing = (failing_calls){.fails = fails, .code = code};
}

static inline bool call_fails(const char *name)
{
    bool fails = failing.made++ == failing.fails;
    failing.name = fails ? name : failing.name;
    return fails;
}

#define CALL1(result, name, A) \
    result __real_##name(A a); \
    result __wrap_##name(A a); \
    result __wrap_##name(A a) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a); \
    }
#define CALL2(result, name, A, B) \
    result __real_##name(A a, B b); \
    result __wrap_##name(A a, B b); \
    result __wrap_##name(A a, B b) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b); \
    }
#define CALL3(result, name, A, B, C) \
    result __real_##name(A a, B b, C c); \
    result __wrap_##name(A a, B b, C c); \
    result __wrap_##name(A a, B b, C c) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c); \
    }
#define CALL4(result, name, A, B, C, D) \
    result __real_##name(A a, B b, C c, D d); \
    result __wrap_##name(A a, B b, C c, D d); \
    result __wrap_##name(A a, B b, C c, D d) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d); \
    }
#define CALL5(result, name, A, B, C, D, E) \
    result __real_##name(A a, B b, C c, D d, E e); \
    result __wrap_##name(A a, B b, C c, D d, E e); \
    result __wrap_##name(A a, B b, C c, D d, E e) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d, e); \
    }
#define CALL6(result, name, A, B, C, D, E, F) \
    result __real_##name(A a, B b, C c, D d, E e, F f); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d, e, f); \
    }
#define CALL7(result, name, A, B, C, D, E, F, G) \
    result __real_##name(A a, B b, C c, D d, E e, F f, G g); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d, e, f, g); \
    }
#define CALL9(result, name, A, B, C, D, E, F, G, H, I) \
    result __real_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d, e, f, g, h, i); \
    }
#define CALL10(result, name, A, B, C, D, E, F, G, H, I, J) \
    result __real_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j); \
    result __wrap_##name(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j) \
    { \
        return call_fails(#name) ? failing.code : __real_##name(a, b, c, d, e, f, g, h, i, j); \
    }

/* clang-format off */
CALL10(int, gnutls_aead_cipher_decrypt, gnutls_aead_cipher_hd_t, const void *, size_t, const void *, size_t, size_t,
      const void *, size_t, void *, size_t *)
CALL10(int, gnutls_aead_cipher_encrypt, gnutls_aead_cipher_hd_t, const void *, size_t, const void *, size_t, size_t,
      const void *, size_t, void *, size_t *)
CALL3(int, gnutls_aead_cipher_init, gnutls_aead_cipher_hd_t *, gnutls_cipher_algorithm_t, const gnutls_datum_t *)
CALL3(int, gnutls_alert_send, gnutls_session_t, gnutls_alert_level_t, gnutls_alert_description_t)
CALL2(int, gnutls_alpn_get_selected_protocol, gnutls_session_t, gnutls_datum_t *)
CALL4(int, gnutls_alpn_set_protocols, gnutls_session_t, const gnutls_datum_t *, unsigned, unsigned)
CALL1(int, gnutls_anon_allocate_client_credentials, gnutls_anon_client_credentials_t *)
CALL1(int, gnutls_anon_allocate_server_credentials, gnutls_anon_server_credentials_t *)
CALL2(int, gnutls_anon_set_server_known_dh_params, gnutls_anon_server_credentials_t, gnutls_sec_param_t)
CALL1(int, gnutls_anti_replay_init, gnutls_anti_replay_t *)
CALL2(int, gnutls_bye, gnutls_session_t, gnutls_close_request_t)
CALL1(int, gnutls_certificate_allocate_credentials, gnutls_certificate_credentials_t *)
CALL2(int, gnutls_certificate_set_known_dh_params, gnutls_certificate_credentials_t, gnutls_sec_param_t)
CALL4(int, gnutls_certificate_set_ocsp_status_request_mem, gnutls_certificate_credentials_t, const gnutls_datum_t *,
      unsigned, gnutls_x509_crt_fmt_t)
CALL4(int, gnutls_certificate_set_x509_key, gnutls_certificate_credentials_t, gnutls_x509_crt_t *, int,
      gnutls_x509_privkey_t)
CALL1(int, gnutls_certificate_set_x509_system_trust, gnutls_certificate_credentials_t)
CALL3(int, gnutls_certificate_set_x509_trust_mem, gnutls_certificate_credentials_t, const gnutls_datum_t *,
      gnutls_x509_crt_fmt_t)
CALL4(int, gnutls_certificate_verification_status_print, unsigned, gnutls_certificate_type_t, gnutls_datum_t *,
      unsigned)
CALL4(int, gnutls_certificate_verify_peers, gnutls_session_t, gnutls_typed_vdata_st *, unsigned, unsigned *)
CALL5(int, gnutls_cipher_decrypt2, gnutls_cipher_hd_t, const void *, size_t, void *, size_t)
CALL4(int, gnutls_cipher_init, gnutls_cipher_hd_t *, gnutls_cipher_algorithm_t, const gnutls_datum_t *,
      const gnutls_datum_t *)
CALL3(int, gnutls_credentials_set, gnutls_session_t, gnutls_credentials_type_t, void *)
CALL3(int, gnutls_hash, gnutls_hash_hd_t, const void *, size_t)
CALL4(int, gnutls_hash_fast, gnutls_digest_algorithm_t, const void *, size_t, void *)
CALL2(int, gnutls_hash_init, gnutls_hash_hd_t *, gnutls_digest_algorithm_t)
CALL3(int, gnutls_hmac, gnutls_hmac_hd_t, const void *, size_t)
CALL6(int, gnutls_hmac_fast, gnutls_mac_algorithm_t, const void *, size_t, const void *, size_t, void *)
CALL4(int, gnutls_hmac_init, gnutls_hmac_hd_t *, gnutls_mac_algorithm_t, const void *, size_t)
CALL2(int, gnutls_init, gnutls_session_t *, unsigned)
CALL2(int, gnutls_ocsp_resp_import, gnutls_ocsp_resp_t, const gnutls_datum_t *)
CALL1(int, gnutls_ocsp_resp_init, gnutls_ocsp_resp_t *)
CALL3(int, gnutls_ocsp_resp_print, gnutls_ocsp_resp_const_t, gnutls_ocsp_print_formats_t, gnutls_datum_t *)
CALL4(int, gnutls_pkcs12_import, gnutls_pkcs12_t, const gnutls_datum_t *, gnutls_x509_crt_fmt_t, unsigned)
CALL1(int, gnutls_pkcs12_init, gnutls_pkcs12_t *)
CALL9(int, gnutls_pkcs12_simple_parse, gnutls_pkcs12_t, const char *, gnutls_x509_privkey_t *, gnutls_x509_crt_t **,
      unsigned *, gnutls_x509_crt_t **, unsigned *, gnutls_x509_crl_t *, unsigned)
CALL7(int, gnutls_prf_rfc5705, gnutls_session_t, size_t, const char *, size_t, const char *, size_t, char *)
CALL3(int, gnutls_priority_get_cipher_suite_index, gnutls_priority_t, unsigned, unsigned *)
CALL3(int, gnutls_priority_init, gnutls_priority_t *, const char *, const char **)
CALL2(int, gnutls_priority_kx_list, gnutls_priority_t, const unsigned **)
CALL2(int, gnutls_priority_protocol_list, gnutls_priority_t, const unsigned **)
CALL2(int, gnutls_priority_set, gnutls_session_t, gnutls_priority_t)
CALL2(int, gnutls_priority_sign_list, gnutls_priority_t, const unsigned **)
CALL5(int, gnutls_privkey_decrypt_data2, gnutls_privkey_t, unsigned, const gnutls_datum_t *, unsigned char *, size_t)
CALL3(int, gnutls_privkey_import_x509, gnutls_privkey_t, gnutls_x509_privkey_t, unsigned)
CALL1(int, gnutls_privkey_init, gnutls_privkey_t *)
CALL5(int, gnutls_privkey_sign_data, gnutls_privkey_t, gnutls_digest_algorithm_t, unsigned, const gnutls_datum_t *,
      gnutls_datum_t *)
CALL1(int, gnutls_psk_allocate_client_credentials, gnutls_psk_client_credentials_t *)
CALL1(int, gnutls_psk_allocate_server_credentials, gnutls_psk_server_credentials_t *)
CALL4(int, gnutls_psk_set_client_credentials2, gnutls_psk_client_credentials_t, const gnutls_datum_t *,
      const gnutls_datum_t *, gnutls_psk_key_flags)
CALL2(int, gnutls_psk_set_server_known_dh_params, gnutls_psk_server_credentials_t, gnutls_sec_param_t)
CALL4(int, gnutls_pubkey_export_rsa_raw2, gnutls_pubkey_t, gnutls_datum_t *, gnutls_datum_t *, unsigned)
CALL2(int, gnutls_pubkey_get_pk_algorithm, gnutls_pubkey_t, unsigned *)
CALL3(int, gnutls_pubkey_import, gnutls_pubkey_t, const gnutls_datum_t *, gnutls_x509_crt_fmt_t)
CALL1(int, gnutls_pubkey_init, gnutls_pubkey_t *)
CALL5(int, gnutls_pubkey_verify_data2, gnutls_pubkey_t, gnutls_sign_algorithm_t, unsigned, const gnutls_datum_t *,
      const gnutls_datum_t *)
CALL5(int, gnutls_pubkey_verify_hash2, gnutls_pubkey_t, gnutls_sign_algorithm_t, unsigned, const gnutls_datum_t *,
      const gnutls_datum_t *)
CALL2(int, gnutls_reauth, gnutls_session_t, unsigned)
CALL6(int, gnutls_record_get_state, gnutls_session_t, unsigned, gnutls_datum_t *, gnutls_datum_t *, gnutls_datum_t *,
      unsigned char *)
CALL3(ssize_t, gnutls_record_recv, gnutls_session_t, void *, size_t)
CALL3(ssize_t, gnutls_record_recv_early_data, gnutls_session_t, void *, size_t)
CALL3(ssize_t, gnutls_record_send, gnutls_session_t, const void *, size_t)
CALL3(ssize_t, gnutls_record_send_early_data, gnutls_session_t, const void *, size_t)
CALL2(ssize_t, gnutls_record_set_max_recv_size, gnutls_session_t, size_t)
CALL2(ssize_t, gnutls_record_set_max_size, gnutls_session_t, size_t)
CALL1(int, gnutls_rehandshake, gnutls_session_t)
CALL3(int, gnutls_rnd, gnutls_rnd_level_t, void *, size_t)
CALL5(int, gnutls_server_name_get, gnutls_session_t, void *, size_t *, unsigned *, unsigned)
CALL4(int, gnutls_server_name_set, gnutls_session_t, gnutls_server_name_type_t, const void *, size_t)
CALL3(int, gnutls_session_channel_binding, gnutls_session_t, gnutls_channel_binding_t, gnutls_datum_t *)
CALL10(int, gnutls_session_ext_register, gnutls_session_t, const char *, int, gnutls_ext_parse_type_t,
      gnutls_ext_recv_func, gnutls_ext_send_func, gnutls_ext_deinit_data_func, gnutls_ext_pack_func,
      gnutls_ext_unpack_func, unsigned)
CALL2(int, gnutls_session_get_data2, gnutls_session_t, gnutls_datum_t *)
CALL2(int, gnutls_session_key_update, gnutls_session_t, unsigned)
CALL3(int, gnutls_session_set_data, gnutls_session_t, const void *, size_t)
CALL2(int, gnutls_session_ticket_enable_server, gnutls_session_t, const gnutls_datum_t *)
CALL1(int, gnutls_session_ticket_key_generate, gnutls_datum_t *)
CALL1(int, gnutls_set_default_priority, gnutls_session_t)
CALL1(int, gnutls_srp_allocate_client_credentials, gnutls_srp_client_credentials_t *)
CALL1(int, gnutls_srp_allocate_server_credentials, gnutls_srp_server_credentials_t *)
CALL3(int, gnutls_srp_set_client_credentials, gnutls_srp_client_credentials_t, const char *, const char *)
CALL6(int, gnutls_srp_verifier, const char *, const char *, const gnutls_datum_t *, const gnutls_datum_t *,
      const gnutls_datum_t *, gnutls_datum_t *)
CALL5(int, gnutls_subject_alt_names_get, gnutls_subject_alt_names_t, unsigned, unsigned *, gnutls_datum_t *,
      gnutls_datum_t *)
CALL1(int, gnutls_subject_alt_names_init, gnutls_subject_alt_names_t *)
CALL3(int, gnutls_x509_crt_export2, gnutls_x509_crt_t, gnutls_x509_crt_fmt_t, gnutls_datum_t *)
CALL3(int, gnutls_x509_crt_get_dn3, gnutls_x509_crt_t, gnutls_datum_t *, unsigned)
CALL5(int, gnutls_x509_crt_get_extension_by_oid2, gnutls_x509_crt_t, const char *, unsigned, gnutls_datum_t *,
      unsigned *)
CALL4(int, gnutls_x509_crt_get_fingerprint, gnutls_x509_crt_t, gnutls_digest_algorithm_t, void *, size_t *)
CALL3(int, gnutls_x509_crt_get_issuer_dn3, gnutls_x509_crt_t, gnutls_datum_t *, unsigned)
CALL4(int, gnutls_x509_crt_get_key_id, gnutls_x509_crt_t, unsigned, unsigned char *, size_t *)
CALL2(int, gnutls_x509_crt_get_pk_algorithm, gnutls_x509_crt_t, unsigned *)
CALL3(int, gnutls_x509_crt_get_serial, gnutls_x509_crt_t, void *, size_t *)
CALL1(int, gnutls_x509_crt_get_signature_algorithm, gnutls_x509_crt_t)
CALL5(int, gnutls_x509_crt_get_subject_alt_name, gnutls_x509_crt_t, unsigned, void *, size_t *, unsigned *)
CALL3(int, gnutls_x509_crt_import, gnutls_x509_crt_t, const gnutls_datum_t *, gnutls_x509_crt_fmt_t)
CALL1(int, gnutls_x509_crt_init, gnutls_x509_crt_t *)
CALL5(int, gnutls_x509_crt_list_import2, gnutls_x509_crt_t **, unsigned *, const gnutls_datum_t *,
      gnutls_x509_crt_fmt_t, unsigned)
CALL3(int, gnutls_x509_crt_print, gnutls_x509_crt_t, gnutls_certificate_print_formats_t, gnutls_datum_t *)
CALL2(int, gnutls_x509_crt_set_activation_time, gnutls_x509_crt_t, time_t)
CALL2(int, gnutls_x509_crt_set_ca_status, gnutls_x509_crt_t, unsigned)
CALL5(int, gnutls_x509_crt_set_dn_by_oid, gnutls_x509_crt_t, const char *, unsigned, const void *, unsigned)
CALL2(int, gnutls_x509_crt_set_expiration_time, gnutls_x509_crt_t, time_t)
CALL2(int, gnutls_x509_crt_set_key, gnutls_x509_crt_t, gnutls_x509_privkey_t)
CALL3(int, gnutls_x509_crt_set_key_purpose_oid, gnutls_x509_crt_t, const void *, unsigned)
CALL2(int, gnutls_x509_crt_set_key_usage, gnutls_x509_crt_t, unsigned)
CALL3(int, gnutls_x509_crt_set_serial, gnutls_x509_crt_t, const void *, size_t)
CALL5(int, gnutls_x509_crt_set_subject_alt_name, gnutls_x509_crt_t, gnutls_x509_subject_alt_name_t, const void *,
      unsigned, unsigned)
CALL3(int, gnutls_x509_crt_set_subject_key_id, gnutls_x509_crt_t, const void *, size_t)
CALL2(int, gnutls_x509_crt_set_version, gnutls_x509_crt_t, unsigned)
CALL5(int, gnutls_x509_crt_sign2, gnutls_x509_crt_t, gnutls_x509_crt_t, gnutls_x509_privkey_t,
      gnutls_digest_algorithm_t, unsigned)
CALL3(int, gnutls_x509_ext_import_subject_alt_names, const gnutls_datum_t *, gnutls_subject_alt_names_t, unsigned)
CALL5(int, gnutls_x509_privkey_export2_pkcs8, gnutls_x509_privkey_t, gnutls_x509_crt_fmt_t, const char *, unsigned,
      gnutls_datum_t *)
CALL4(int, gnutls_x509_privkey_generate, gnutls_x509_privkey_t, gnutls_pk_algorithm_t, unsigned, unsigned)
CALL4(int, gnutls_x509_privkey_get_key_id, gnutls_x509_privkey_t, unsigned, unsigned char *, size_t *)
CALL1(int, gnutls_x509_privkey_get_pk_algorithm, gnutls_x509_privkey_t)
CALL5(int, gnutls_x509_privkey_import2, gnutls_x509_privkey_t, const gnutls_datum_t *, gnutls_x509_crt_fmt_t,
      const char *, unsigned)
CALL1(int, gnutls_x509_privkey_init, gnutls_x509_privkey_t *)
/* clang-format on */

const gnutls_datum_t *__real_gnutls_certificate_get_peers(gnutls_session_t session, unsigned *count);
const gnutls_datum_t *__wrap_gnutls_certificate_get_peers(gnutls_session_t session, unsigned *count);

const gnutls_datum_t *__wrap_gnutls_certificate_get_peers(gnutls_session_t session, unsigned *count)
{
    bool fails = call_fails("gnutls_certificate_get_peers") || failing.peerless;
    *count = fails ? 0 : *count;
    return fails ? NULL : __real_gnutls_certificate_get_peers(session, count);
}

#endif
