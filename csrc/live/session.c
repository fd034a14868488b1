/* Session: the lock, the one way into GnuTLS, and what drives it. See the header; how a failure travels is in
 * session_state.h; what a session does besides its handshake and moving data is in session_features.c.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* error-checking mutexes */
#include <errno.h>

#include "base/lock.h"
#include "live/session_state.h"

enum { SOCKET_QUEUE = 65536 }; /* over a socket no more is encrypted ahead than this */

/* ---- telling ---- */

void hsi_session_break(hsi_session *session, hsi_status status)
{
    if (session->broken == HSI_OK) {
        session->broken = status;
    }
}

void hsi_session_tell(hsi_session *session, const hsi_entry *entry)
{
    if (entry->kind != HSI_ENTRY_WIRE) {
        hsi_transport_told(session);
    }
    hsi_session_break(session, hsi_trace_append(session->trace, entry));
    if (session->broken == HSI_OK && session->observer.appended != NULL) {
        hsi_probe_target *target = hsi_probe_enter(NULL);
        hsi_session_break(session, session->observer.appended(session->observer.context));
        (void)hsi_probe_enter(target);
    }
    if (hsi_session_forked(session)) { /* the observer did, and this is the child */
        hsi_session_break(session, HSI_FORKED);
    }
}

int hsi_session_code(const hsi_session *session)
{
    return session->broken == HSI_OK ? 0 : GNUTLS_E_APPLICATION_ERROR_MIN;
}

/* ---- the lock ---- */

bool hsi_session_forked(const hsi_session *session)
{
    return session->forks != hsi_fork_count();
}

/* In a child the lock may be held by a thread that is not there. */
hsi_status hsi_session_lock(hsi_session *session)
{
    if (hsi_session_forked(session)) {
        return HSI_FORKED;
    }
    return pthread_mutex_lock(&session->lock) == EDEADLK ? HSI_BUSY : HSI_OK;
}

void hsi_session_unlock(hsi_session *session)
{
    (void)pthread_mutex_unlock(&session->lock);
}

bool hsi_session_look(hsi_session *session)
{
    return !hsi_session_forked(session) && pthread_mutex_lock(&session->lock) == 0;
}

void hsi_session_unlook(hsi_session *session, bool looked)
{
    if (looked) {
        (void)pthread_mutex_unlock(&session->lock);
    }
}

hsi_status hsi_session_make_lock(hsi_session *session)
{
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes) != 0) {
        return HSI_NO_MEMORY;
    }
    bool made = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK) == 0 &&
                pthread_mutex_init(&session->lock, &attributes) == 0;
    (void)pthread_mutexattr_destroy(&attributes);
    return made ? HSI_OK : HSI_NO_MEMORY;
}

/* ---- into GnuTLS ---- */

static bool wants_more(int code)
{
    return code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED;
}

/* A ticket, a key update, a warning or a request for another handshake ends a call that has more to read: it goes on as
 * long as there is something, or the stream has ended (which inside a record GnuTLS first takes for a pause). */
static int repeat(hsi_session *session, hsi_gnutls_call *call, void *arguments)
{
    for (;;) {
        session->pulled = session->starved = false;
        int code = call(session, arguments);
        if (code == GNUTLS_E_WARNING_ALERT_RECEIVED) {
            hsi_session_note_alert(session);
        } else if (code == GNUTLS_E_REHANDSHAKE) {
            hsi_session_begin_again(session);
        } else if (code == GNUTLS_E_REAUTH_REQUEST) {
            session->reauthenticating = true;
        } else if (!wants_more(code) || !session->pulled || (session->starved && !session->in_ended)) {
            return code;
        }
        if (session->broken != HSI_OK) {
            return code;
        }
    }
}

static hsi_status run_locked(hsi_session *session, const char *function, hsi_gnutls_call *call, void *arguments)
{
    HSI_TRY(hsi_session_gate(session));
    hsi_probe_target *before = hsi_probe_enter(&session->secrets.target);
    hsi_candidates_enter(session);
    int code = repeat(session, call, arguments);
    hsi_candidates_leave(session);
    hsi_status status = HSI_OK;
    if (session->broken != HSI_OK || (code < 0 && !wants_more(code))) {
        status = hsi_session_fail(session, function, code);
    } else if (code < 0) {
        status = HSI_WANT_READ;
    }
    (void)hsi_probe_enter(before);
    return status;
}

hsi_status hsi_session_run(hsi_session *session, const char *function, hsi_gnutls_call *call, void *arguments)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_sent before = hsi_transport_sent(), now = {.end = session->queued};
    hsi_status status = run_locked(session, function, call, arguments);
    bool queued = session->queued != now.end;
    now.end = session->queued;
    /* put back as well: an observer may have written to another session */
    hsi_transport_set_sent(queued ? now : before);
    hsi_session_unlock(session);
    return status;
}

/* ---- what drives it ---- */

int hsi_session_shake_hands(hsi_session *session)
{
    session->secrets.target.listening = true;
    int code = gnutls_handshake(session->gnutls);
    if (code >= 0 && session->broken == HSI_OK) {
        session->secrets.target.listening = session->rehandshaking = false;
        code = hsi_verification_finish(session);
    }
    return code;
}

/* A step of the protocol that is made once. Called again, it has still to go out. */
static hsi_status step(hsi_session *session, const char *function, hsi_gnutls_call *call)
{
    hsi_sent sent = {0, 0};
    HSI_TRY(hsi_session_run(session, function, call, &sent.end));
    hsi_transport_set_sent(sent);
    return HSI_OK;
}

static int call_handshake(hsi_session *session, void *arguments)
{
    uint64_t *end = arguments;
    int code = atomic_load(&session->established) ? 0 : hsi_session_shake_hands(session);
    if (code >= 0 && session->broken == HSI_OK && !atomic_exchange(&session->established, true)) {
        session->said = session->queued;
    }
    *end = session->said;
    return code;
}

hsi_status hsi_session_handshake(hsi_session *session)
{
    return step(session, "gnutls_handshake", call_handshake);
}

hsi_status hsi_session_unestablished(hsi_session *session)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_status status = hsi_session_gate(session);
    hsi_session_unlock(session);
    return status == HSI_OK ? HSI_USAGE : status;
}

typedef struct data_transfer {
    uint8_t *out;
    hsi_bytes in;
    size_t size;
    size_t done;
    uint64_t end; /* of what was written: `queued` */
} data_transfer;

/* Application data may lie between the messages of another handshake (RFC 5246 section 7.4.1.1) and before those of an
 * authentication after it: it is read first. */
static int call_read(hsi_session *session, void *arguments)
{
    data_transfer *read = arguments;
    int code = hsi_session_go_on(session);
    if (code < 0 && code != GNUTLS_E_GOT_APPLICATION_DATA) {
        return code;
    }
    hsi_transport_begin(session);
    ssize_t length = gnutls_record_recv(session->gnutls, read->out, read->size);
    read->done = length > 0 ? (size_t)length : 0;
    if (length > 0 && (session->whole == 1 || gnutls_protocol_get_version(session->gnutls) < GNUTLS_TLS1_3)) {
        hsi_transport_moved(session); /* in TLS 1.3 of more than one record one alone is known to be data */
    }
    return length < 0 ? (int)length : 0;
}

hsi_status hsi_session_read(hsi_session *session, uint8_t *out, size_t size, size_t *read)
{
    *read = 0;
    if (!hsi_session_established(session)) {
        return hsi_session_unestablished(session);
    }
    if (size == 0) {
        return HSI_OK;
    }
    data_transfer transfer = {.out = out, .size = size};
    HSI_TRY(hsi_session_run(session, "gnutls_record_recv", call_read, &transfer));
    hsi_transport_set_sent((hsi_sent){0, 0}); /* data does not wait for an answer to a KeyUpdate: it could be lost */
    *read = transfer.done;
    return transfer.done == 0 ? HSI_CLOSED : HSI_OK;
}

static bool has_room(const hsi_session *session, size_t limit)
{
    return session->transport == HSI_TRANSPORT_MEMORY || hsi_buffer_length(&session->out) < limit;
}

/* What an earlier call encrypted and did not report is the beginning of what is written now. */
static int take_owed(hsi_session *session, data_transfer *write)
{
    write->done = session->owed.data < write->in.length ? session->owed.data : write->in.length;
    write->end = session->owed.end;
    session->owed.data -= write->done;
    return 0;
}

static int call_write(hsi_session *session, void *arguments)
{
    data_transfer *write = arguments;
    if (session->owed.data > 0) {
        return take_owed(session, write);
    }
    size_t limit = has_room(session, 1) ? SOCKET_QUEUE : 0; /* nothing behind what has not gone out yet */
    while (write->done < write->in.length && has_room(session, limit)) {
        hsi_transport_begin(session);
        ssize_t length =
            gnutls_record_send(session->gnutls, write->in.data + write->done, write->in.length - write->done);
        if (length < 0) {
            return (int)length;
        }
        write->done += (size_t)length;
        hsi_transport_moved(session);
    }
    write->end = session->queued;
    return 0;
}

hsi_status hsi_session_write(hsi_session *session, hsi_bytes bytes, size_t *written)
{
    *written = 0;
    if (!hsi_session_established(session)) {
        return hsi_session_unestablished(session);
    }
    data_transfer transfer = {.in = bytes};
    HSI_TRY(hsi_session_run(session, "gnutls_record_send", call_write, &transfer));
    *written = transfer.done;
    hsi_transport_set_sent((hsi_sent){transfer.end, transfer.done});
    return transfer.done == 0 && bytes.length > 0 ? HSI_WANT_WRITE : HSI_OK;
}

static int call_close_notify(hsi_session *session, void *arguments)
{
    uint64_t *end = arguments;
    int code = session->close_notified ? 0 : gnutls_bye(session->gnutls, GNUTLS_SHUT_WR);
    if (!session->close_notified) {
        session->close_notified = true;
        session->said = session->queued;
    }
    *end = session->said;
    return code;
}

hsi_status hsi_session_close_notify(hsi_session *session)
{
    return step(session, "gnutls_bye", call_close_notify);
}
