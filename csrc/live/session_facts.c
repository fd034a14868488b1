/* What is known of a session. Asked from anywhere, a callback of the session included; nothing here moves bytes.
 * SPDX-License-Identifier: MIT */
#include "live/info.h"
#include "live/session_state.h"

enum { EXPORTED = 32 }; /* bytes of a tls-exporter binding, RFC 9266 section 2 */

const hsi_failure *hsi_session_failure(const hsi_session *session)
{
    return &session->failure;
}

bool hsi_session_established(const hsi_session *session)
{
    return atomic_load(&session->established);
}

size_t hsi_session_pending(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    size_t length = gnutls_record_check_pending(session->gnutls);
    hsi_session_unlook(session, looked);
    return length;
}

const char *hsi_session_version(hsi_session *session)
{
    if (!hsi_session_established(session)) {
        return NULL;
    }
    bool looked = hsi_session_look(session);
    gnutls_protocol_t protocol = gnutls_protocol_get_version(session->gnutls);
    hsi_session_unlook(session, looked);
    return hsi_info_protocol(protocol);
}

/* Before TLS 1.3 key exchange, cipher and MAC name one suite, in TLS 1.3 the cipher alone does. */
static int find_suite(gnutls_session_t gnutls)
{
    bool tls13 = gnutls_protocol_get_version(gnutls) == GNUTLS_TLS1_3;
    gnutls_kx_algorithm_t kx;
    gnutls_cipher_algorithm_t cipher;
    gnutls_mac_algorithm_t mac;
    gnutls_protocol_t lowest;
    unsigned char id[2];
    for (size_t i = 0; gnutls_cipher_suite_info(i, id, &kx, &cipher, &mac, &lowest) != NULL; i++) {
        bool of_tls13 = lowest == GNUTLS_TLS1_3;
        if (of_tls13 == tls13 && cipher == gnutls_cipher_get(gnutls) &&
            (tls13 || (kx == gnutls_kx_get(gnutls) && mac == gnutls_mac_get(gnutls)))) {
            return id[0] << 8 | id[1];
        }
    }
    return -1;
}

int hsi_session_suite(hsi_session *session)
{
    if (!hsi_session_established(session)) {
        return -1;
    }
    bool looked = hsi_session_look(session);
    int suite = find_suite(session->gnutls);
    hsi_session_unlook(session, looked);
    return suite;
}

hsi_status hsi_session_alpn(hsi_session *session, hsi_bytes *out)
{
    gnutls_datum_t chosen = {NULL, 0};
    bool looked = hsi_session_look(session);
    int code = gnutls_alpn_get_selected_protocol(session->gnutls, &chosen);
    hsi_session_unlook(session, looked);
    *out = code < 0 ? HSI_BYTES_EMPTY : hsi_bytes_of(chosen.data, chosen.size);
    return HSI_OK;
}

/* What the client asked for: we know what we asked for, GnuTLS knows what a peer did. */
hsi_status hsi_session_server_name(hsi_session *session, hsi_buffer *out)
{
    char name[256]; /* a DNS name has at most 255 bytes, RFC 1035 section 2.3.4 */
    size_t length = sizeof name;
    unsigned type;
    if (session->side == HSI_CLIENT) {
        hsi_bytes own = hsi_buffer_peek(&session->server_name);
        return hsi_buffer_append(out, hsi_bytes_of(own.data, own.length == 0 ? 0 : own.length - 1));
    }
    bool looked = hsi_session_look(session);
    int code = gnutls_server_name_get(session->gnutls, name, &length, &type, 0);
    hsi_session_unlook(session, looked);
    return code < 0 ? HSI_OK : hsi_buffer_append(out, hsi_bytes_of(name, length));
}

bool hsi_session_peer_certificate(hsi_session *session, size_t index, hsi_bytes *out)
{
    unsigned count = 0;
    bool looked = hsi_session_look(session);
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session->gnutls, &count);
    bool there = chain != NULL && index < count;
    if (there) {
        *out = hsi_bytes_of(chain[index].data, chain[index].size);
    }
    hsi_session_unlook(session, looked);
    return there;
}

bool hsi_session_resumed(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    bool resumed = gnutls_session_is_resumed(session->gnutls) != 0;
    hsi_session_unlook(session, looked);
    return resumed;
}

/* ---- what can be taken from it ---- */

static hsi_status append_datum(hsi_buffer *out, int code, gnutls_datum_t *datum, hsi_status otherwise)
{
    if (code < 0) {
        return otherwise;
    }
    hsi_status status = hsi_buffer_append(out, hsi_bytes_of(datum->data, datum->size));
    gnutls_memset(datum->data, 0, datum->size);
    gnutls_free(datum->data);
    return status;
}

/* In TLS 1.3 GnuTLS would wait for a ticket that has not come. */
static hsi_status resumption(hsi_session *session, hsi_buffer *out)
{
    gnutls_datum_t data = {NULL, 0};
    bool ticket = (gnutls_session_get_flags(session->gnutls) & GNUTLS_SFLAGS_SESSION_TICKET) != 0;
    if (!hsi_session_established(session) ||
        (!ticket && gnutls_protocol_get_version(session->gnutls) == GNUTLS_TLS1_3)) {
        return HSI_USAGE;
    }
    return append_datum(out, gnutls_session_get_data2(session->gnutls, &data), &data, HSI_USAGE);
}

hsi_status hsi_session_resumption(hsi_session *session, hsi_buffer *out)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_probe_target *before = hsi_probe_enter(NULL);
    hsi_status status = resumption(session, out);
    (void)hsi_probe_enter(before);
    hsi_session_unlock(session);
    return status;
}

static hsi_status bind_rfc5929(hsi_session *session, gnutls_channel_binding_t kind, hsi_buffer *out)
{
    gnutls_datum_t binding = {NULL, 0};
    return append_datum(out, gnutls_session_channel_binding(session->gnutls, kind, &binding), &binding,
                        HSI_UNSUPPORTED);
}

/* RFC 5929 section 3; TLS 1.3 has none (RFC 8446 appendix C.5). */
static hsi_status bind_unique(hsi_session *session, hsi_buffer *out)
{
    return gnutls_protocol_get_version(session->gnutls) == GNUTLS_TLS1_3
               ? HSI_UNSUPPORTED
               : bind_rfc5929(session, GNUTLS_CB_TLS_UNIQUE, out);
}

/* RFC 5929 section 4. */
static hsi_status bind_end_point(hsi_session *session, hsi_buffer *out)
{
    return bind_rfc5929(session, GNUTLS_CB_TLS_SERVER_END_POINT, out);
}

/* RFC 9266 section 2; exported here, since GnuTLS has it by name from 3.7.2 on only. */
static hsi_status bind_exporter(hsi_session *session, hsi_buffer *out)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    char exported[EXPORTED];
    int code = gnutls_prf_rfc5705(session->gnutls, sizeof label - 1, label, 0, "", sizeof exported, exported);
    return code < 0 ? HSI_UNSUPPORTED : hsi_buffer_append(out, hsi_bytes_of(exported, sizeof exported));
}

static const struct {
    const char *kind;
    hsi_status (*bind)(hsi_session *session, hsi_buffer *out);
} bindings[] = {
    {"tls-unique", bind_unique},
    {"tls-server-end-point", bind_end_point},
    {"tls-exporter", bind_exporter},
};

hsi_status hsi_session_channel_binding(hsi_session *session, const char *kind, hsi_buffer *out)
{
    hsi_status status = HSI_UNSUPPORTED;
    bool looked = hsi_session_look(session);
    hsi_probe_target *before = hsi_probe_enter(NULL);
    for (size_t i = 0; i < HSI_COUNT(bindings) && hsi_session_established(session); i++) {
        if (strcmp(kind, bindings[i].kind) == 0) {
            status = bindings[i].bind(session, out);
        }
    }
    (void)hsi_probe_enter(before);
    hsi_session_unlook(session, looked);
    return status;
}
