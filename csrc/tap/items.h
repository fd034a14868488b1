/* Items: what a journal folds into. Made by the tap in its arena, never moved and never changed once they are in its lists,
 * but for what is filled in when looked at (said below). Names are those of the Python types.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_ITEMS_H
#define HSI_TAP_ITEMS_H

#include "base/list.h"
#include "crypto/crypto.h"
#include "tap/field.h"
#include "tap/journal.h"
#include "tap/message.h"
#include "tap/transcript.h"

/* ContentType, RFC 8446 section 5.1. */
enum {
    HSI_CONTENT_CHANGE_CIPHER_SPEC = 20,
    HSI_CONTENT_ALERT = 21,
    HSI_CONTENT_HANDSHAKE = 22,
    HSI_CONTENT_APPLICATION_DATA = 23
};

/* ProtocolVersion */
enum { HSI_SSL30 = 0x0300, HSI_TLS10 = 0x0301, HSI_TLS11 = 0x0302, HSI_TLS12 = 0x0303, HSI_TLS13 = 0x0304 };

/* AlertDescription, those that the tap itself must know. RFC 8446 section 6. */
enum { HSI_ALERT_FATAL = 2, HSI_ALERT_CLOSE_NOTIFY = 0, HSI_ALERT_BAD_RECORD_MAC = 20 };

typedef struct hsi_record_mac {
    const char *kind; /* "hmac", "aead", "ssl3" or "imit" */
    const char *algorithm; /* "SHA1", or the AEAD's GnuTLS name */
    const char *order; /* "mac-then-encrypt", "encrypt-then-mac", "aead" */
    hsi_bytes key;
    hsi_bytes nonce; /* of an AEAD; the CBC IV; empty otherwise */
    hsi_bytes input; /* exactly what was authenticated; of an AEAD: its additional data */
    hsi_bytes received;
    hsi_bytes computed;
    bool ok; /* MAC or tag, and the padding, are right */
    bool padding_ok;
} hsi_record_mac;

typedef enum hsi_record_state {
    HSI_RECORD_PLAIN, /* no keys yet: the fragment is the plaintext */
    HSI_RECORD_OPENED, /* protection removed, MAC or tag right */
    HSI_RECORD_REJECTED, /* protection removed, MAC, tag or padding wrong: the plaintext is unauthenticated */
    HSI_RECORD_UNREADABLE, /* protected, and its key or cipher is not known here: `reason` */
    HSI_RECORD_CUT, /* the stream ends inside it */
    HSI_RECORD_ELIDED /* a run of records of application data that were not kept: `elided` */
} hsi_record_state;

typedef struct hsi_record {
    size_t index;
    uint8_t sender;
    uint64_t time_ns; /* of its first byte */
    uint8_t outer_type;
    uint8_t content_type; /* TLS 1.3: the inner one; as outer_type where that is not known */
    uint16_t version;
    uint64_t epoch;
    uint64_t sequence_number;
    hsi_bytes header; /* 5 bytes; 2 of an SSLv2-format ClientHello; fewer where cut */
    hsi_bytes fragment;
    hsi_bytes plaintext;
    hsi_bytes padding; /* CBC: with its length byte; TLS 1.3: the zeros after the type */
    hsi_record_mac *mac; /* NULL: not protected, or not readable */
    hsi_record_state state;
    const char *reason; /* why it is not readable, or what is odd about it; NULL */
    hsi_bytes sent; /* the original, header included, where it was altered on its way */
    bool altered;
    bool unread; /* it arrived after GnuTLS stopped reading */
    uint64_t elided; /* how many records it stands for; header and sequence_number are those of the first; 0: itself */
    uint64_t elided_bytes; /* of their fragments together */
} hsi_record;

typedef struct hsi_handshake hsi_handshake;

typedef struct hsi_message {
    size_t index;
    uint8_t type;
    uint8_t sender;
    uint64_t time_ns; /* of the record that completed it */
    bool sslv2;
    bool cut; /* its bytes ended early: an alert, a key change or the end of the stream came first */
    const char *name;
    hsi_bytes raw; /* with its 4-byte header */
    size_t first_record;
    size_t last_record;
    hsi_handshake *handshake;
    size_t transcript_end; /* bytes of the handshake's transcript up to here; 0: not part of it */
    hsi_bytes transcript_hash; /* over those bytes, by the hash `hashed_with`; filled in by hsi_tap_transcript_hash */
    const hsi_hash *hashed_with; /* NULL: MD5 and SHA1 */
    hsi_field_context context;
    hsi_fields *fields; /* filled in by hsi_tap_fields */
} hsi_message;

typedef struct hsi_alert {
    size_t index;
    uint8_t sender;
    uint8_t level;
    uint8_t code;
    uint64_t time_ns;
    const hsi_record *record;
} hsi_alert;

typedef struct hsi_change_cipher_spec {
    uint8_t sender;
    uint64_t time_ns;
    const hsi_record *record;
} hsi_change_cipher_spec;

typedef struct hsi_application_data {
    uint8_t sender;
    uint64_t time_ns;
    hsi_bytes data;
    const hsi_record *record;
} hsi_application_data;

typedef struct hsi_close {
    uint8_t sender;
    uint64_t time_ns;
    const char *kind; /* "close_notify", "fin", "rst", "truncated" */
    const hsi_record *record; /* of the close_notify; NULL otherwise */
} hsi_close;

typedef struct hsi_phase {
    size_t index;
    uint8_t side;
    uint8_t sender;
    uint8_t type; /* HandshakeType, on the wire */
    hsi_action action;
    uint64_t time_ns;
    hsi_bytes body; /* of the message as GnuTLS showed it, on enter; empty otherwise. Borrowed from the journal */
    const char *name; /* "ClientHello" */
} hsi_phase;

typedef struct hsi_derivation hsi_derivation;

typedef struct hsi_secret hsi_secret;
struct hsi_secret {
    const char *label;
    uint8_t side; /* who surfaced it; HSI_NOBODY: derived or given */
    uint8_t sender; /* who writes with it; HSI_NOBODY: shared */
    uint64_t epoch; /* HSI_NO_EPOCH: it belongs to none */
    hsi_source source;
    uint64_t time_ns; /* 0: derived */
    hsi_bytes value;
    hsi_bytes whose; /* as the key log says: a client random, or as `owner` has it; empty: it does not say */
    uint8_t owner; /* hsi_keylog_owner */
    hsi_handshake *handshake; /* whose it is, where that has been found out; NULL */
    size_t negotiation; /* the index of the negotiation it counts in, plus 1; 0: it does not say whose it is */
    size_t first,
        until; /* where it does not say whose it is: the negotiations that it may be of, before `until`; 0: any */
    size_t proven; /* the last negotiation of which a record opened with what follows from it: its index, plus 1 */
    bool refuted; /* another value of its label was proven: it does not count */
    size_t tried; /* the index of the record that it did not open, plus 1 */
    hsi_secret *older; /* see secret_index.h */
};

#define HSI_NO_EPOCH UINT64_MAX

/* A value that a derivation was made from. */
typedef struct hsi_input {
    const char *name; /* "master secret", "client_hello.random", "transcript hash" */
    hsi_bytes value;
} hsi_input;

enum { HSI_INPUTS_MAX = 4 };

struct hsi_derivation {
    const hsi_secret *output;
    const char *function; /* "PRF", "HKDF-Extract", "Derive-Secret"… */
    const char *formula; /* a line for people */
    const char *rfc;
    hsi_input inputs[HSI_INPUTS_MAX];
    size_t input_count;
    bool ok; /* the function of the inputs is the output */
};

typedef enum hsi_event_kind {
    HSI_EVENT_RECORD,
    HSI_EVENT_MESSAGE,
    HSI_EVENT_ALERT,
    HSI_EVENT_CHANGE_CIPHER_SPEC,
    HSI_EVENT_APPLICATION_DATA,
    HSI_EVENT_CLOSE,
    HSI_EVENT_PHASE,
    HSI_EVENT_SECRET,
    HSI_EVENT_KINDS
} hsi_event_kind;

/* What an item is, and the item: hsi_record for HSI_EVENT_RECORD, and so on. */
typedef struct hsi_event {
    hsi_event_kind kind;
    const void *item;
} hsi_event;

typedef enum hsi_verdict { HSI_FAILED, HSI_PASSED, HSI_NOT_CHECKABLE } hsi_verdict;
typedef enum hsi_check_kind { HSI_COMPUTED, HSI_RULE } hsi_check_kind;

enum { HSI_EVIDENCE_MAX = 4 };

typedef struct hsi_check {
    const char *name; /* "mac.record[9]" */
    hsi_check_kind kind;
    hsi_verdict verdict;
    const char *reason; /* why it failed or cannot be checked; NULL where it passed */
    const char *formula; /* what was computed, or the rule */
    const char *rfc;
    hsi_bytes expected; /* computed here */
    hsi_bytes found; /* on the wire, or surfaced */
    hsi_event evidence[HSI_EVIDENCE_MAX];
    size_t evidence_count;
} hsi_check;

/* Epochs of TLS 1.3; each KeyUpdate adds one. Before it each ChangeCipherSpec does. */
enum { HSI_EPOCH_EARLY = 1, HSI_EPOCH_HANDSHAKE = 2, HSI_EPOCH_APPLICATION = 3 };

enum { HSI_TYPES_KEPT = 32 }; /* HandshakeTypes that anything here looks up are below */

/* One negotiation, from ClientHello to the last Finished. */
struct hsi_handshake {
    size_t index;
    uint16_t version; /* negotiated; 0: not yet */
    uint16_t suite_id;
    bool suite_named; /* suite_id has been negotiated */
    bool suite_known; /* and `suite` says what it means */
    hsi_suite suite;
    const hsi_hash *hash; /* of PRF, HKDF and transcript; NULL before TLS 1.2 (MD5 and SHA1) and while not known */
    uint8_t client_random[HSI_RANDOM];
    uint8_t server_random[HSI_RANDOM];
    hsi_bytes session_id; /* the server's; empty: none */
    hsi_bytes encrypted_premaster; /* of RSA key transport; empty: not seen */
    bool extended_master_secret;
    bool encrypt_then_mac;
    bool hello_retry;
    const hsi_message *retried_hello; /* the ClientHello before the HelloRetryRequest */
    bool resumed;
    bool early_data_offered;
    bool early_data_accepted;
    bool early_data_unread; /* a record of it could not be read */
    hsi_bytes early_identity; /* of the first pre-shared key that was offered, which protects it */
    const hsi_hash *early_hash; /* of that key; NULL: none was offered */
    hsi_suite early_suite; /* name NULL: not known */
    hsi_suite early_guess; /* an offered one that opened nothing so far; name NULL: none */
    bool psk; /* TLS 1.3: the server chose a pre-shared key */
    uint16_t psk_index;
    hsi_bytes psk_identity; /* as the client offered it */
    uint16_t group; /* 0: none */
    uint16_t signature_scheme; /* the server's; 0: none */
    hsi_bytes server_name; /* as the client asked; empty: it did not */
    hsi_bytes alpn;
    hsi_bytes server_certificate; /* DER of the first one; empty: not seen */
    hsi_bytes client_certificate;
    uint8_t certificate_types[2]; /* by sender, RFC 7250; 0: X.509 */
    const hsi_message *first[HSI_TYPES_KEPT][2]; /* see hsi_handshake_first */
    uint64_t epochs[2]; /* TLS 1.0 to 1.2: the epoch that its ChangeCipherSpec began, by sender; 0: none */
    hsi_transcript transcript;
    bool
        unreadable; /* a message of it could not be read: what hangs on the transcript from there on is not checkable */
    size_t readable; /* bytes of the transcript that are before it */
    bool gap; /* since bytes of it are missing in the capture */
    bool complete; /* both Finished were seen */
};

/* hsi_handshake_beheaded: is its ClientHello, and so the client's random, in what is missing? */
static inline bool hsi_handshake_beheaded(const hsi_handshake *handshake)
{
    return handshake->gap && handshake->first[HSI_CLIENT_HELLO][HSI_CLIENT] == NULL;
}

/* hsi_handshake_unread is why what hangs on the transcript of an unreadable handshake cannot be checked. */
static inline const char *hsi_handshake_unread(const hsi_handshake *handshake)
{
    return handshake->gap ? "bytes of the handshake are missing in the capture"
                          : "the transcript holds a message that could not be read";
}

/* hsi_handshake_first is the first whole message of a type from a sender; NULL: there is none. */
static inline const hsi_message *hsi_handshake_first(const hsi_handshake *handshake, uint8_t type, uint8_t sender)
{
    return type < HSI_TYPES_KEPT ? handshake->first[type][sender] : NULL;
}

/* hsi_handshake_was_read: is every message in the first `end` bytes of the transcript there? */
static inline bool hsi_handshake_was_read(const hsi_handshake *handshake, size_t end)
{
    return !handshake->unreadable || end <= handshake->readable;
}

/* hsi_handshake_may_be_tls13: it is, or no version has been negotiated yet; then only TLS 1.3 has keys. */
static inline bool hsi_handshake_may_be_tls13(const hsi_handshake *handshake)
{
    return handshake->version == HSI_TLS13 || handshake->version == 0;
}

/* hsi_handshake_rejected_early_data: the server has answered, and does not take it. RFC 8446 section 4.2.10. */
static inline bool hsi_handshake_rejected_early_data(const hsi_handshake *handshake)
{
    bool answered =
        handshake->hello_retry || hsi_handshake_first(handshake, HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER) != NULL;
    return handshake->early_data_offered && answered && !handshake->early_data_accepted;
}

#endif
