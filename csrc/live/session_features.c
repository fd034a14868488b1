/* What a session does besides its handshake and moving data: early data, KeyUpdate, another handshake, authentication after
 * the handshake. RFC 8446 sections 2.3, 4.6.2 and 4.6.3, RFC 5246 section 7.4.1.1.
 * SPDX-License-Identifier: MIT */
#include "live/session_state.h"

static bool is_tls13(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    gnutls_protocol_t protocol = gnutls_protocol_get_version(session->gnutls);
    hsi_session_unlook(session, looked);
    return protocol == GNUTLS_TLS1_3;
}

/* ---- early data ---- */

typedef struct early_transfer {
    uint8_t *out;
    hsi_bytes in;
    size_t size;
    size_t done;
} early_transfer;

/* GnuTLS keeps it and sends it behind its ClientHello. It says 0 for all of it, and refuses what is more than the ticket
 * allows. */
static int call_write_early(hsi_session *session, void *arguments)
{
    const early_transfer *write = arguments;
    ssize_t code = gnutls_record_send_early_data(session->gnutls, write->in.data, write->in.length);
    return code < 0 ? (int)code : 0;
}

hsi_status hsi_session_write_early(hsi_session *session, hsi_bytes bytes)
{
    early_transfer transfer = {.in = bytes};
    if (session->side != HSI_CLIENT || hsi_session_established(session) || !session->resuming) {
        return HSI_USAGE;
    }
    return hsi_session_run(session, "gnutls_record_send_early_data", call_write_early, &transfer);
}

static int call_read_early(hsi_session *session, void *arguments)
{
    early_transfer *read = arguments;
    ssize_t length = gnutls_record_recv_early_data(session->gnutls, read->out, read->size);
    if (length == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
        return GNUTLS_E_AGAIN;
    }
    read->done = length > 0 ? (size_t)length : 0;
    return length < 0 ? (int)length : 0;
}

hsi_status hsi_session_read_early(hsi_session *session, uint8_t *out, size_t size, size_t *read)
{
    early_transfer transfer = {.out = out, .size = size};
    *read = 0;
    if (!hsi_session_established(session)) {
        return hsi_session_unestablished(session);
    }
    if (session->side != HSI_SERVER) {
        return HSI_USAGE;
    }
    HSI_TRY(hsi_session_run(session, "gnutls_record_recv_early_data", call_read_early, &transfer));
    *read = transfer.done;
    return HSI_OK;
}

/* ---- KeyUpdate ---- */

static int call_key_update(hsi_session *session, void *arguments)
{
    const bool *peer_too = arguments;
    return gnutls_session_key_update(session->gnutls, *peer_too ? GNUTLS_KU_PEER : 0);
}

hsi_status hsi_session_key_update(hsi_session *session, bool peer_too)
{
    if (!hsi_session_established(session) || !is_tls13(session)) {
        return HSI_USAGE;
    }
    return hsi_session_run(session, "gnutls_session_key_update", call_key_update, &peer_too);
}

/* ---- another handshake ---- */

void hsi_session_begin_again(hsi_session *session)
{
    session->rehandshaking = true;
    session->verified = false;
}

static int call_rehandshake(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    if (session->side == HSI_SERVER) {
        return gnutls_rehandshake(session->gnutls); /* the client's hello begins it */
    }
    if (!session->rehandshaking) {
        hsi_session_begin_again(session);
    }
    return hsi_session_shake_hands(session);
}

hsi_status hsi_session_rehandshake(hsi_session *session)
{
    if (!hsi_session_established(session) || is_tls13(session)) {
        return HSI_USAGE;
    }
    return hsi_session_run(session, "gnutls_rehandshake", call_rehandshake, NULL);
}

/* ---- authentication after the handshake ---- */

static int authenticate(hsi_session *session)
{
    int code = gnutls_reauth(session->gnutls, 0);
    if (code >= 0) {
        session->reauthenticating = false;
    }
    return code;
}

static int call_reauth(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    if (!session->reauthenticating) {
        session->reauthenticating = true;
        session->verified = false;
        gnutls_certificate_server_set_request(session->gnutls, GNUTLS_CERT_REQUIRE);
    }
    return authenticate(session);
}

/* Did the client say that it can be asked? */
static bool can_be_asked(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    bool can = (gnutls_session_get_flags(session->gnutls) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH) != 0;
    hsi_session_unlook(session, looked);
    return can;
}

hsi_status hsi_session_reauth(hsi_session *session)
{
    if (!hsi_session_established(session) || session->side != HSI_SERVER || !can_be_asked(session)) {
        return HSI_USAGE;
    }
    return hsi_session_run(session, "gnutls_reauth", call_reauth, NULL);
}

int hsi_session_go_on(hsi_session *session)
{
    if (session->rehandshaking) {
        return hsi_session_shake_hands(session);
    }
    return session->reauthenticating ? authenticate(session) : 0;
}
