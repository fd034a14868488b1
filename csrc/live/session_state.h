/* The inside of a session, for the files of csrc/live.
 *
 * How a failure travels: GnuTLS calls back into hooks.c, transport.c and secrets.c; whatever goes wrong there (an
 * observer, memory) is kept in `broken`, the first one only, and makes the callback, or the next that can, fail, which
 * ends the GnuTLS call. Whoever made that call (hsi_session_run) sees `broken` and reports it instead of GnuTLS's
 * code.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_SESSION_STATE_H
#define HSI_LIVE_SESSION_STATE_H

#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdatomic.h>

#include "crypto/crypto.h"
#include "live/probe.h"
#include "live/session.h"

/* The traffic secret of one direction in TLS 1.3, to notice a KeyUpdate by. */
typedef struct hsi_traffic {
    uint8_t secret[HSI_HASH_MAX];
    size_t length; /* 0: none yet */
    uint64_t epoch;
} hsi_traffic;

/* What secrets.c and candidates.c remember between GnuTLS's callbacks. */
typedef struct hsi_secrets {
    hsi_probe_target target;    /* this thread's, while GnuTLS works for the session */
    bool premaster_due;         /* ClientKeyExchange has gone by, the master secret has not */
    bool premaster_seen;        /* its first HMAC key too */
    bool log_raised;            /* the log level is up for this call */
    hsi_buffer first_half;      /* of a premaster secret before TLS 1.2, until the second comes */
    unsigned extracts;          /* HKDF-Extracts of this handshake that have gone by */
    uint8_t early[HSI_HASH_MAX]; /* the last early secret told */
    size_t early_length;
    uint8_t master[HSI_MASTER]; /* the last master secret told */
    hsi_traffic traffic[2];     /* by who writes with it */
} hsi_secrets;

struct hsi_session {
    gnutls_session_t gnutls;
    hsi_config *config;
    hsi_trace *trace;
    pthread_mutex_t lock; /* of the kind that notices its owner */
    unsigned forks;       /* as when it was made */
    uint8_t side;
    hsi_transport transport;
    hsi_observer observer;

    /* transport.c */
    bool two_sided;
    hsi_buffer in, out;
    size_t pulled_ahead; /* bytes at the front of `in` that GnuTLS has, of a record that it has not pulled whole yet */
    uint64_t pulled_ns; /* when the first of them was pulled */
    hsi_buffer cut; /* a record that GnuTLS has not pushed whole yet */
    size_t whole; /* entries of whole records since hsi_transport_begin */
    bool told_more; /* and of anything else */
    bool in_ended; /* nothing follows what is in `in` */
    bool in_end_told;
    hsi_end in_end;
    bool pulled, starved; /* in this GnuTLS call: something was read; there was nothing to read */
    uint64_t queued; /* bytes that ever went to `out` */
    uint64_t taken; /* bytes that ever left it */
    hsi_sent owed; /* by hsi_session_write to who calls it next */
    uint8_t header[HSI_HEADER]; /* of the record that is arriving on a socket */
    size_t arrived; /* bytes of that record */

    /* session.c, failure.c */
    atomic_bool established;
    bool rehandshaking; /* the peer asked for another handshake, or we began one, and it is not done */
    bool reauthenticating; /* so with an authentication after the handshake */
    bool resuming; /* it was given an earlier session */
    bool close_notified;
    uint64_t said; /* `queued` after the last handshake or close_notify */
    hsi_status broken; /* the first failure in a callback */
    int system_error; /* the errno of it, where it is SYSTEM */
    char system_text[128];
    bool failed; /* for good; `failure` says how */
    hsi_failure failure;

    /* verification.c */
    hsi_buffer server_name; /* with its end mark; empty: none */
    bool verify_name, common_name;
    bool verified; /* in this handshake */
    bool untrusted;
    gnutls_datum_t verify_text; /* GnuTLS's; hsi_failure borrows it */

    hsi_secrets secrets;
};

/* ---- session.c ---- */

/* hsi_session_tell appends an entry to the trace and has the observer told; a failure goes to `broken`. */
void hsi_session_tell(hsi_session *session, const hsi_entry *entry);

/* hsi_session_break notes a failure in a callback. */
void hsi_session_break(hsi_session *session, hsi_status status);

/* hsi_session_code is what a callback tells GnuTLS: 0, or an error of ours where the session is broken. */
int hsi_session_code(const hsi_session *session);

/* A call into GnuTLS, with its arguments; returns GnuTLS's code. */
typedef int hsi_gnutls_call(hsi_session *session, void *arguments);

/* hsi_session_run is the one way into GnuTLS for what may read, write or compute secrets: takes the lock, names the
 * probe's target, repeats the call while it has bytes to read, and turns its code into a status. */
HSI_MUST_USE hsi_status hsi_session_run(hsi_session *session, const char *function, hsi_gnutls_call *call,
                                        void *arguments);

/* hsi_session_shake_hands goes on with a handshake, in hsi_session_run. Returns GnuTLS's code. */
int hsi_session_shake_hands(hsi_session *session);

/* hsi_session_unestablished says why there is no data to move: the handshake has failed, or (USAGE) is not done. */
HSI_MUST_USE hsi_status hsi_session_unestablished(hsi_session *session);

/* hsi_session_lock: BUSY where this thread holds the lock already, FORKED in another process. hsi_session_look
 * and _unlook stand around a look from anywhere, a callback too. */
HSI_MUST_USE hsi_status hsi_session_make_lock(hsi_session *session);
HSI_MUST_USE hsi_status hsi_session_lock(hsi_session *session);
void hsi_session_unlock(hsi_session *session);
bool hsi_session_look(hsi_session *session);
void hsi_session_unlook(hsi_session *session, bool looked);

/* ---- session_features.c ---- */

/* hsi_session_begin_again: another handshake begins, which hsi_session_go_on goes on with. */
void hsi_session_begin_again(hsi_session *session);

/* hsi_session_go_on goes on with another handshake or an authentication, if there is one. Returns GnuTLS's code. */
int hsi_session_go_on(hsi_session *session);

/* ---- failure.c ---- */

/* hsi_session_fail ends the session for good: RESULT entry, failure, and the alert on its way. */
HSI_MUST_USE hsi_status hsi_session_fail(hsi_session *session, const char *function, int code);

/* hsi_session_note_alert keeps an alert that came from the peer. */
void hsi_session_note_alert(hsi_session *session);

/* hsi_session_settle ends the session where an observer has failed outside a GnuTLS call; hsi_session_gate also refuses
 * one that has failed before. Both under the lock. */
HSI_MUST_USE hsi_status hsi_session_settle(hsi_session *session);
HSI_MUST_USE hsi_status hsi_session_gate(hsi_session *session);

/* hsi_session_fail_system notes that the operating system refused a socket operation, and gives SYSTEM; the session
 * stays of use. One that has failed before keeps, and gives, its own failure. */
HSI_MUST_USE hsi_status hsi_session_fail_system(hsi_session *session, int error);

/* ---- transport.c ---- */

void hsi_transport_install(hsi_session *session);

/* hsi_transport_leave tells the trace what arrived and was never read; for hsi_session_free. */
void hsi_transport_leave(hsi_session *session);

/* hsi_transport_told: an entry of another kind is about to be told: what GnuTLS has pulled of a handshake's record comes
 * before it. */
void hsi_transport_told(hsi_session *session);

/* A GnuTLS call that moves data and nothing else stands between these two. The second tells the trace that the records of
 * the call may be elided, if nothing else happened in it: in TLS 1.3 their type is hidden. */
void hsi_transport_begin(hsi_session *session);
void hsi_transport_moved(hsi_session *session);

/* hsi_transport_offer lets `taker` have what is queued for the peer, under the lock: it returns how much it took. */
typedef size_t hsi_transport_taker(void *context, hsi_bytes bytes);
HSI_MUST_USE hsi_status hsi_transport_offer(hsi_session *session, hsi_transport_taker *taker, void *context);

/* hsi_transport_receive feeds the session at most the rest of the record that is arriving, or a whole one, so that what
 * is behind a close_notify stays where it is, and no record waits unseen by who waits for the socket. `giver` puts up to
 * `size` bytes at `out` and returns how many; under the lock. USAGE: the stream has ended. */
typedef size_t hsi_transport_giver(void *context, uint8_t *out, size_t size);
HSI_MUST_USE hsi_status hsi_transport_receive(hsi_session *session, hsi_transport_giver *giver, void *context,
                                              size_t *received);

/* hsi_transport_sent: what this thread's last call that queued anything queued, but for those that an observer makes
 * in it. */
hsi_sent hsi_transport_sent(void);
void hsi_transport_set_sent(hsi_sent sent);

/* hsi_transport_taken: have all bytes up to where `queued` was `end` left the queue? */
bool hsi_transport_taken(hsi_session *session, uint64_t end);

/* hsi_transport_owe: who wrote is not told that it did, and will call again. */
void hsi_transport_owe(hsi_session *session, hsi_sent sent);

/* ---- hooks.c, secrets.c, candidates.c, verification.c ---- */

void hsi_hooks_install(hsi_session *session);

void hsi_secrets_install(hsi_session *session);
void hsi_secrets_cleanup(hsi_secrets *secrets);

/* hsi_secrets_phase: a handshake message of GnuTLS's type begins or ends. */
void hsi_secrets_phase(hsi_session *session, unsigned type, hsi_action action, uint8_t sender);

/* hsi_secrets_wire asks for the master secret that no key log tells of; before bytes move. */
void hsi_secrets_wire(hsi_session *session);

/* hsi_secrets_tell appends a secret as an entry. */
void hsi_secrets_tell(hsi_session *session, hsi_source source, const char *label, uint8_t sender, uint64_t number,
                      hsi_bytes value);

/* hsi_candidates_seen is the probe target's function. hsi_candidates_enter and _leave stand around a GnuTLS call. */
void hsi_candidates_seen(hsi_probe_target *target, hsi_probe_sight sight, hsi_bytes bytes);
void hsi_candidates_expect(hsi_session *session); /* a premaster secret may come from here on */
void hsi_candidates_settled(hsi_session *session); /* it has come: the master secret is known */
void hsi_candidates_enter(hsi_session *session);
void hsi_candidates_leave(hsi_session *session);

void hsi_verification_install(hsi_session *session);

/* hsi_verification_finish verifies at the end of a handshake without a certificate in it. Returns GnuTLS's code. */
int hsi_verification_finish(hsi_session *session);

/* hsi_verification_alert is the AlertDescription for the certificate status bits; RFC 8446 section 6.2. */
int hsi_verification_alert(unsigned status);

#endif
