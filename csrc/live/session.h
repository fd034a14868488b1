/* Session: a GnuTLS session over memory: bytes from the peer are fed, bytes for the peer are taken. What happens in it
 * goes to a trace: wire bytes, secrets, phases, record keys, return codes, the certificate's verdict. Knows no socket
 * (pump.h) and no tap. One lock per session, held while GnuTLS works and never over a wait; another thread waits for
 * it, the same thread in a callback gets BUSY. Calls into a session may run anything in `observer`, so hold no lock of
 * yours.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_SESSION_H
#define HSI_LIVE_SESSION_H

#include "base/buffer.h"
#include "live/config.h"
#include "tap/trace.h"

typedef struct hsi_session hsi_session;

/* What a session tells while it works; each may be NULL. A status other than OK ends the GnuTLS call (as soon as the
 * peer could read an alert: a flight that has begun is finished), sends the alert internal_error and comes out of the
 * call that drove the session; after it nothing is told any more. Called with the session's lock held. */
typedef struct hsi_observer {
    void *context;
    /* after each entry that the session appended to its trace */
    hsi_status (*appended)(void *context);
    /* for each record on its way out, before it is journalled: append to `out` what shall arrive instead. */
    hsi_status (*tamper)(void *context, hsi_bytes record, hsi_buffer *out);
} hsi_observer;

typedef struct hsi_session_options {
    uint8_t side;
    const char *server_name; /* asked for in the ClientHello and verified; NULL: neither. An IP address is not sent */
    bool verify_name; /* the peer's certificate must be for server_name */
    bool common_name; /* which may be in its subject, where it has no DNS name in a subjectAltName */
    size_t capture; /* bytes of application data that the trace keeps, see hsi_trace_bound; a two-sided one keeps all */
    bool two_sided; /* the peer writes to the same trace: only what is sent is journalled, in whole records */
    hsi_transport transport;
    hsi_bytes client_address; /* "host\0port" for the START entry, may be empty */
    hsi_bytes server_address;
    hsi_bytes resumption; /* a client: from hsi_session_resumption of an earlier session; may be empty */
    hsi_observer observer;
} hsi_session_options;

enum { HSI_HEADER = 5 }; /* bytes of a record's header, RFC 8446 section 5.1 */

/* What a call had to send: it is out when the queue has been emptied up to `end`, a count of all bytes that were ever
 * queued. `data`: the application data in it. */
typedef struct hsi_sent {
    uint64_t end;
    size_t data;
} hsi_sent;

/* How the last failed call failed. */
typedef struct hsi_failure {
    hsi_status status;
    int code; /* GnuTLS's return code, or an errno for SYSTEM; 0: none */
    const char *text; /* GnuTLS's words for it; static or the session's */
    int alert; /* the AlertDescription sent or received, -1: none */
    uint8_t alert_sender; /* HSI_CLIENT, HSI_SERVER or HSI_NOBODY */
    unsigned verify; /* GnuTLS's certificate status bits */
    const char *verify_text;
} hsi_failure;

/* A session belongs to the process that made it: two would write the same numbers under the same keys. In a child of
 * fork() what drives it, feed and take too, gives FORKED, what looks knows nothing, and hsi_session_free sends nothing. */
bool hsi_session_forked(const hsi_session *session);

/* hsi_session_new holds config and trace until hsi_session_free, which tells the trace what was fed and never read, and
 * finishes it unless it is two-sided. The first session of a trace appends START. */
HSI_MUST_USE hsi_status hsi_session_new(hsi_session **out, hsi_config *config, hsi_trace *trace,
                                        const hsi_session_options *options);
void hsi_session_free(hsi_session *session);

/* ---- bytes ---- */

/* hsi_session_feed gives the session bytes from its peer; hsi_session_feed_end says that none follow. */
HSI_MUST_USE hsi_status hsi_session_feed(hsi_session *session, hsi_bytes bytes);
HSI_MUST_USE hsi_status hsi_session_feed_end(hsi_session *session, hsi_end end);

/* hsi_session_take moves what the session has for its peer to the end of `out`, at most `limit` bytes. */
HSI_MUST_USE hsi_status hsi_session_take(hsi_session *session, hsi_buffer *out, size_t limit);
size_t hsi_session_pending_out(hsi_session *session); /* bytes that hsi_session_take would give */

/* hsi_session_sent_end says that our side of the transport was closed: an END entry. */
HSI_MUST_USE hsi_status hsi_session_sent_end(hsi_session *session, hsi_end end);

/* ---- what drives GnuTLS. WANT_READ: feed first. Fatal: TLS, UNTRUSTED, EOF, CLOSED in a handshake, SYSTEM (a reset,
 * or the key-log file), NO_MEMORY, CALLBACK; the alert that goes with it has been queued. All later calls give the
 * same status, after CALLBACK: TLS. ---- */

HSI_MUST_USE hsi_status hsi_session_handshake(hsi_session *session);

/* hsi_session_read: at least one byte, or CLOSED (close_notify), EOF (the stream just ended), WANT_READ. Session
 * tickets, key updates and renegotiations happen inside it. USAGE: before the handshake is done; so for writing. */
HSI_MUST_USE hsi_status hsi_session_read(hsi_session *session, uint8_t *out, size_t size, size_t *read);

/* hsi_session_write encrypts bytes for the peer: over memory all of them; over a socket up to 64 KiB, and WANT_WRITE while
 * anything waits to be taken. Bytes that were encrypted for a call on a socket which then failed (it ran out of time,
 * say) count for the next: it has to begin with the same bytes, and they are not encrypted again. */
HSI_MUST_USE hsi_status hsi_session_write(hsi_session *session, hsi_bytes bytes, size_t *written);

/* hsi_session_close_notify sends close_notify, once. */
HSI_MUST_USE hsi_status hsi_session_close_notify(hsi_session *session);

/* ---- session_features.c: what else it does. USAGE: not now, not in this version, or not on this side ---- */

/* hsi_session_write_early has a client that resumes a session of TLS 1.3 send application data behind its ClientHello, before
 * hsi_session_handshake; hsi_session_read_early gives a server what it accepted of it, WANT_READ: no more. The config has to
 * enable early_data on both sides. RFC 8446 sections 2.3 and 4.2.10. */
HSI_MUST_USE hsi_status hsi_session_write_early(hsi_session *session, hsi_bytes bytes);
HSI_MUST_USE hsi_status hsi_session_read_early(hsi_session *session, uint8_t *out, size_t size, size_t *read);

/* hsi_session_key_update changes the key that the session writes with, and asks the peer to do the same where
 * `peer_too` says so; RFC 8446 section 4.6.3. */
HSI_MUST_USE hsi_status hsi_session_key_update(hsi_session *session, bool peer_too);

/* hsi_session_rehandshake begins another handshake, before TLS 1.3: a client says ClientHello, a server HelloRequest. Reading
 * goes on with it; WANT_READ: so far all is well. RFC 5246 section 7.4.1.1. */
HSI_MUST_USE hsi_status hsi_session_rehandshake(hsi_session *session);

/* hsi_session_reauth has a server ask a client for its certificate after a handshake of TLS 1.3. Reading goes on with it, on
 * both sides. The config of both has to enable post_handshake_auth. RFC 8446 section 4.6.2. */
HSI_MUST_USE hsi_status hsi_session_reauth(hsi_session *session);

/* ---- what is known. May be asked from a callback too; NULL, -1, false or empty: not known yet ---- */

const hsi_failure *hsi_session_failure(const hsi_session *session);
size_t hsi_session_pending(hsi_session *session); /* decrypted bytes that are waiting to be read */
bool hsi_session_established(const hsi_session *session);
const char *hsi_session_version(hsi_session *session); /* "TLSv1.3"; NULL: none yet */
int hsi_session_suite(hsi_session *session); /* IANA's number; -1: none yet */
HSI_MUST_USE hsi_status hsi_session_alpn(hsi_session *session, hsi_bytes *out); /* borrowed; empty: none */
HSI_MUST_USE hsi_status hsi_session_server_name(hsi_session *session, hsi_buffer *out); /* what the client asked for */

/* hsi_session_peer_certificate borrows the index-th certificate of the peer's chain, DER; false: there is none. */
bool hsi_session_peer_certificate(hsi_session *session, size_t index, hsi_bytes *out);
bool hsi_session_resumed(hsi_session *session);

/* hsi_session_resumption appends what a later session needs to resume this one. USAGE: the server has sent nothing that
 * can be resumed (in TLS 1.3 its tickets come after the handshake: read first). */
HSI_MUST_USE hsi_status hsi_session_resumption(hsi_session *session, hsi_buffer *out);

/* hsi_session_channel_binding: "tls-unique", "tls-exporter" or "tls-server-end-point". UNSUPPORTED: another one, or
 * GnuTLS has none for this session. */
HSI_MUST_USE hsi_status hsi_session_channel_binding(hsi_session *session, const char *kind, hsi_buffer *out);

#endif
