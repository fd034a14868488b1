/* Hooks: GnuTLS's handshake hook, to phase entries. The body of a message is taken on the way in: on the way out GnuTLS
 * hands over only what it has not read of it. The way out does not always come (after a HelloRetryRequest, for one).
 * SPDX-License-Identifier: MIT */
#include "live/session_state.h"

/* GnuTLS's own numbers for what the wire calls otherwise; RFC 8446 section 4.1.4, RFC 5246 appendix E.2. */
static uint8_t wire_type(unsigned type)
{
    switch (type) {
    case GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST:
        return GNUTLS_HANDSHAKE_SERVER_HELLO;
    case GNUTLS_HANDSHAKE_CLIENT_HELLO_V2:
        return GNUTLS_HANDSHAKE_CLIENT_HELLO;
    default:
        return (uint8_t)type;
    }
}

/* May the hook fail? Not on the way out: what GnuTLS has sealed must go, or the peer could not read the alert that
 * follows (and for a TLS 1.3 ticket GnuTLS 3.7.9 would free a buffer twice). Nor with a ServerHello, after which a TLS
 * 1.3 server reads nothing that is not sealed: the failure waits for the keys. */
static bool may_fail(unsigned type, unsigned incoming)
{
    return incoming && type != GNUTLS_HANDSHAKE_SERVER_HELLO;
}

static int on_message(gnutls_session_t gnutls, unsigned type, unsigned when, unsigned incoming,
                      const gnutls_datum_t *body)
{
    hsi_session *session = gnutls_session_get_ptr(gnutls);
    bool enter = when == GNUTLS_HOOK_PRE;
    hsi_entry entry = {
        .kind = HSI_ENTRY_PHASE,
        .side = session->side,
        .sender = incoming ? hsi_peer_of(session->side) : session->side,
        .code = wire_type(type),
        .number = enter ? HSI_ENTER : HSI_LEAVE,
        .data = enter ? hsi_bytes_of(body->data, body->size) : HSI_BYTES_EMPTY,
    };
    hsi_session_tell(session, &entry);
    hsi_secrets_phase(session, type, enter ? HSI_ENTER : HSI_LEAVE, entry.sender);
    return may_fail(type, incoming) ? hsi_session_code(session) : 0;
}

void hsi_hooks_install(hsi_session *session)
{
    gnutls_handshake_set_hook_function(session->gnutls, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, on_message);
}
