/* Verification: is the peer's certificate one that we trust, and for the name we asked for? GnuTLS asks in the middle
 * of the handshake, as soon as it has the chain, so that a bad one is answered with an alert before anything is said.
 * Out: a VERDICT entry per handshake. RFC 5280, RFC 9525 (names), RFC 8446 section 6.2 (alerts).
 * SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <gnutls/x509.h>

#include "live/config_state.h"
#include "live/session_state.h"

/* The alerts, the first that fits: what is wrong with the certificate itself before what is wrong with its issuer. */
static const struct {
    unsigned status;
    int alert;
} alerts[] = {
    {GNUTLS_CERT_REVOKED, GNUTLS_A_CERTIFICATE_REVOKED},
    {GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE,
     GNUTLS_A_UNKNOWN_CA},
    {GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED, GNUTLS_A_CERTIFICATE_EXPIRED},
    {GNUTLS_CERT_PURPOSE_MISMATCH, GNUTLS_A_UNSUPPORTED_CERTIFICATE},
    {GNUTLS_CERT_SIGNATURE_FAILURE, GNUTLS_A_DECRYPT_ERROR},
};

int hsi_verification_alert(unsigned status)
{
    for (size_t i = 0; i < HSI_COUNT(alerts); i++) {
        if (status & alerts[i].status) {
            return alerts[i].alert;
        }
    }
    return status == 0 ? GNUTLS_A_HANDSHAKE_FAILURE : GNUTLS_A_BAD_CERTIFICATE;
}

/* The expected name, as GnuTLS takes it; an address is compared with addresses only. */
static unsigned expect_name(const hsi_session *session, gnutls_typed_vdata_st *out, uint8_t address[16])
{
    const char *name = (const char *)hsi_buffer_peek(&session->server_name).data;
    if (name == NULL || !session->verify_name) {
        return 0;
    }
    *out = (gnutls_typed_vdata_st){.type = GNUTLS_DT_IP_ADDRESS, .data = address};
    if (inet_pton(AF_INET, name, address) == 1) {
        out->size = 4;
    } else if (inet_pton(AF_INET6, name, address) == 1) {
        out->size = 16;
    } else {
        *out = (gnutls_typed_vdata_st){.type = GNUTLS_DT_DNS_HOSTNAME, .data = session->server_name.data};
    }
    return 1;
}

/* As GnuTLS looks for one: up to the first name that is longer than a DNS name can be (RFC 1035 section 2.3.4). */
static bool has_dns_name(gnutls_x509_crt_t certificate)
{
    int type = 0;
    for (unsigned i = 0; type >= 0; i++) {
        char name[256];
        size_t length = sizeof name;
        type = gnutls_x509_crt_get_subject_alt_name(certificate, i, name, &length, NULL);
        if (type == GNUTLS_SAN_DNSNAME) {
            return true;
        }
    }
    return false;
}

static bool peer_has_dns_name(const hsi_session *session)
{
    unsigned count = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session->gnutls, &count);
    gnutls_x509_crt_t certificate;
    if (count == 0 || gnutls_x509_crt_init(&certificate) < 0) {
        return false;
    }
    bool has = gnutls_x509_crt_import(certificate, chain, GNUTLS_X509_FMT_DER) >= 0 && has_dns_name(certificate);
    gnutls_x509_crt_deinit(certificate);
    return has;
}

/* Where a certificate has no DNS name GnuTLS looks for one in its subject; RFC 9525 section 2 no longer does. */
static unsigned refuse_common_name(const hsi_session *session, const gnutls_typed_vdata_st *name)
{
    bool subject = name->type == GNUTLS_DT_DNS_HOSTNAME && !session->common_name && !peer_has_dns_name(session);
    return subject ? GNUTLS_CERT_INVALID | GNUTLS_CERT_UNEXPECTED_OWNER : 0;
}

static int ask_gnutls(hsi_session *session, unsigned *status)
{
    static char server[] = GNUTLS_KP_TLS_WWW_SERVER, client[] = GNUTLS_KP_TLS_WWW_CLIENT;
    char *purpose = session->side == HSI_CLIENT ? server : client;
    uint8_t address[16];
    gnutls_typed_vdata_st expected[2] = {
        {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose},
    };
    unsigned count = 1 + expect_name(session, &expected[1], address);
    int code = gnutls_certificate_verify_peers(session->gnutls, expected, count, status);
    *status |= refuse_common_name(session, &expected[1]);
    return code;
}

static void note_verdict(hsi_session *session, unsigned status, const char *text)
{
    session->failure.verify = status;
    session->failure.verify_text = text;
    hsi_entry entry = {
        .kind = HSI_ENTRY_VERDICT,
        .side = session->side,
        .code = !session->untrusted,
        .number = status,
        .data = hsi_bytes_text(text),
    };
    hsi_session_tell(session, &entry);
}

static const char *print(hsi_session *session, unsigned status)
{
    gnutls_free(session->verify_text.data);
    session->verify_text = (gnutls_datum_t){NULL, 0};
    int code = gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &session->verify_text, 0);
    if (code < 0 || session->verify_text.data == NULL) { /* without memory GnuTLS 3.7.9 calls nothing a success */
        return status == 0 ? "The certificate is trusted." : "The certificate is NOT trusted.";
    }
    return (const char *)session->verify_text.data;
}

static int judge(hsi_session *session)
{
    unsigned status = 0;
    int code = ask_gnutls(session, &status);
    session->verified = true;
    session->untrusted = code < 0 || status != 0;
    note_verdict(session, status, code < 0 ? gnutls_strerror(code) : print(session, status));
    if (session->untrusted) {
        return GNUTLS_E_CERTIFICATE_ERROR;
    }
    return hsi_session_code(session);
}

static int on_certificate(gnutls_session_t gnutls)
{
    hsi_session *session = gnutls_session_get_ptr(gnutls);
    unsigned count = 0;
    (void)gnutls_certificate_get_peers(gnutls, &count);
    bool asked = (session->config->verify != HSI_VERIFY_NONE || session->reauthenticating) && !session->verified;
    return asked && count > 0 ? judge(session) : 0;
}

/* A client that verifies cannot trust a server without a certificate, or a key or password that both know. */
static int judge_anonymous(hsi_session *session)
{
    gnutls_credentials_type_t type = gnutls_auth_get_type(session->gnutls);
    if (session->side != HSI_CLIENT || session->config->verify == HSI_VERIFY_NONE || type == GNUTLS_CRD_PSK ||
        type == GNUTLS_CRD_SRP) {
        return hsi_session_code(session);
    }
    session->untrusted = true;
    note_verdict(session, 0,
                 type == GNUTLS_CRD_ANON ? "The server is anonymous: the cipher suite has no certificate."
                                         : "The server has no certificate.");
    return GNUTLS_E_CERTIFICATE_ERROR;
}

int hsi_verification_finish(hsi_session *session)
{
    int code = on_certificate(session->gnutls);
    return code < 0 || session->verified ? code : judge_anonymous(session);
}

void hsi_verification_install(hsi_session *session)
{
    gnutls_session_set_verify_function(session->gnutls, on_certificate);
}
