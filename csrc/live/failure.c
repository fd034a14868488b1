/* How a session fails: what GnuTLS's return codes mean to a caller, the RESULT entry, and the alert that the peer is
 * owed, once. GnuTLS sends none by itself. RFC 8446 section 6.2.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* strerror_r, the one that fills the buffer */
#include <errno.h>

#include "live/session_state.h"

enum { INTERNAL_ERROR = GNUTLS_A_INTERNAL_ERROR };

typedef struct code_meaning {
    int code;
    hsi_status status;
    bool silent; /* the peer is gone, or knows: no alert */
} code_meaning;

static const code_meaning meanings[] = {
    {GNUTLS_E_SESSION_EOF, HSI_CLOSED, true}, /* close_notify where a handshake message was due */
    {GNUTLS_E_FATAL_ALERT_RECEIVED, HSI_TLS, true},
    {GNUTLS_E_MEMORY_ERROR, HSI_NO_MEMORY, false},
};

static code_meaning meaning_of(const hsi_session *session, int code)
{
    if (session->broken != HSI_OK) {
        return (code_meaning){code, session->broken, false};
    }
    if (session->in_ended && session->starved) { /* whatever GnuTLS calls it: it wanted more, and nothing follows */
        return (code_meaning){code, session->in_end == HSI_END_RST ? HSI_SYSTEM : HSI_EOF, true};
    }
    if (session->untrusted) {
        return (code_meaning){code, HSI_UNTRUSTED, false};
    }
    for (size_t i = 0; i < HSI_COUNT(meanings); i++) {
        if (meanings[i].code == code) {
            return meanings[i];
        }
    }
    return (code_meaning){code, HSI_TLS, false};
}

static void note_system(hsi_session *session, int error)
{
    hsi_failure *failure = &session->failure;
    failure->status = HSI_SYSTEM;
    failure->code = error;
    if (strerror_r(error, session->system_text, sizeof session->system_text) != 0) {
        session->system_text[0] = '\0';
    }
    failure->text = session->system_text;
}

static void note_failure(hsi_session *session, const code_meaning *meaning)
{
    hsi_failure *failure = &session->failure;
    failure->status = meaning->status;
    failure->code = meaning->code < 0 ? meaning->code : 0;
    failure->text = session->broken == HSI_OK ? gnutls_strerror(meaning->code) : hsi_status_text(session->broken);
    if (meaning->status == HSI_SYSTEM) {
        note_system(session, session->broken == HSI_OK ? ECONNRESET : session->system_error);
    }
    if (meaning->code == GNUTLS_E_FATAL_ALERT_RECEIVED) {
        hsi_session_note_alert(session);
    }
}

void hsi_session_note_alert(hsi_session *session)
{
    session->failure.alert = (int)gnutls_alert_get(session->gnutls);
    session->failure.alert_sender = hsi_peer_of(session->side);
}

static void append_result(hsi_session *session, const char *function, int code)
{
    if (function == NULL) {
        return;
    }
    hsi_entry entry = {
        .kind = HSI_ENTRY_RESULT,
        .side = session->side,
        .number = (uint64_t)(int64_t)code,
        .data = hsi_bytes_text(session->failure.text),
        .name = hsi_bytes_text(function),
    };
    hsi_session_tell(session, &entry);
}

static int alert_for(const hsi_session *session, const code_meaning *meaning)
{
    int level;
    if (meaning->status == HSI_UNTRUSTED) {
        return hsi_verification_alert(session->failure.verify);
    }
    return session->broken != HSI_OK ? INTERNAL_ERROR : gnutls_error_to_alert(meaning->code, &level);
}

static void send_alert(hsi_session *session, int alert)
{
    if (alert >= 0 && gnutls_alert_send(session->gnutls, GNUTLS_AL_FATAL, (gnutls_alert_description_t)alert) >= 0) {
        session->failure.alert = alert;
        session->failure.alert_sender = session->side;
    }
}

hsi_status hsi_session_fail(hsi_session *session, const char *function, int code)
{
    code_meaning meaning = meaning_of(session, code);
    session->failed = true;
    session->secrets.target.listening = false;
    note_failure(session, &meaning);
    append_result(session, function, code);
    if (!meaning.silent) {
        send_alert(session, alert_for(session, &meaning));
    }
    if (session->broken != HSI_OK) { /* perhaps just now: an observer was told of the failure, and failed */
        session->failure.status = session->broken;
    }
    return session->failure.status;
}

hsi_status hsi_session_settle(hsi_session *session)
{
    return session->broken == HSI_OK || session->failed ? HSI_OK : hsi_session_fail(session, NULL, 0);
}

hsi_status hsi_session_gate(hsi_session *session)
{
    if (!session->failed) {
        return hsi_session_settle(session);
    }
    if (session->failure.status == HSI_CALLBACK) {
        session->failure.status = HSI_TLS; /* the callback's own failure comes out once */
    }
    return session->failure.status;
}

hsi_status hsi_session_fail_system(hsi_session *session, int error)
{
    HSI_TRY(hsi_session_lock(session));
    if (!session->failed) {
        note_system(session, error);
    }
    hsi_status status = session->failure.status;
    hsi_session_unlock(session);
    return status;
}
