/* Fold: the inside of a tap, for the files that make it up. Nothing outside csrc/tap includes it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_FOLD_H
#define HSI_TAP_FOLD_H

#include <stdatomic.h>

#include "tap/framer.h"
#include "tap/protection.h"
#include "tap/secret_index.h"
#include "tap/tap.h"

/* What bytes that are missing in a capture mean for a direction, gap.h. */
typedef struct hsi_gap {
    bool seen;           /* some are missing */
    bool adrift;         /* where its next record begins is not known */
    bool late;           /* its start is missing: a packet may show it */
    bool blind;          /* what keys it has, if any, is not known; until it has some */
    bool breaks_message; /* a handshake message may have begun in what is missing */
    bool damaged;        /* of a record, what is behind the gap in it is still to be passed over: */
    size_t rest;         /* so many bytes */
    size_t fragment;     /* of that record, all of it */
} hsi_gap;

/* One direction: what one end sends. */
typedef struct hsi_stream {
    uint8_t sender;
    hsi_framer framer;
    hsi_bytes sent; /* the original of the next record, where it was altered on its way; borrowed from the journal */
    bool altered;
    bool unread;
    const hsi_entry *elided; /* a run of records that comes before what the framer holds; NULL: none */
    uint64_t epoch;
    uint64_t sequence_number; /* of the next record */
    bool opened; /* a record of this epoch was: its keys are right */
    hsi_protection *protection; /* of this epoch, once its keys are known */
    hsi_handshake *keys_from;   /* the negotiation whose keys this epoch has; NULL: epoch 0, plain */
    const char *no_keys;        /* why this epoch cannot be opened; NULL: it can, or nobody has tried */
    hsi_protection *early; /* of early data that the server rejected, and that may still come; NULL: not known */
    uint64_t early_sequence_number;
    bool early_rejected;
    size_t asked;               /* tap->clues plus 1 when its keys were last sought in vain; 0: not yet */
    bool doubted;               /* keys were there, and its next record did not open */
    hsi_buffer handshake;       /* bytes of a handshake message that is not whole yet */
    size_t first_record;        /* where it began */
    hsi_gap gap;
} hsi_stream;

enum { HSI_RECORD_RULES = 6, HSI_MESSAGE_RULES = 24 };

/* What one rule of check_messages.c found so far. */
typedef struct hsi_message_survey {
    size_t judged; /* messages that it had something to say about */
    const hsi_message *faulty; /* the first that breaks it */
    const hsi_field *culprit;
} hsi_message_survey;

/* What the rules of check_wire.c and check_messages.c found so far; each record and message is judged once, however often
 * somebody looks. */
typedef struct hsi_survey {
    size_t records; /* judged so far */
    size_t messages;
    size_t judged[HSI_RECORD_RULES]; /* records that the rule had something to say about */
    const hsi_record *faulty[HSI_RECORD_RULES]; /* the first that breaks the rule */
    hsi_message_survey rules[HSI_MESSAGE_RULES];
    size_t well_formed;
    const hsi_message *malformed;  /* the first; NULL */
    const hsi_record *rejected[2]; /* the first of each sender; NULL */
} hsi_survey;

struct hsi_tap {
    atomic_size_t references;
    const hsi_journal *journal;
    bool retired; /* see hsi_tap_retire */
    hsi_arena arena;
    size_t scanned; /* entries of the journal whose secrets, phases and notes have been taken */
    size_t wired; /* entries whose wire bytes have been taken; a protected record without its secret holds it back */
    hsi_status failed; /* of an advance that ran out of memory; OK */
    bool final; /* no secret can follow: nothing waits any more */
    hsi_stream streams[2];
    uint64_t skippable; /* bytes of key stream that may yet be run through for records that were not kept */
    uint8_t held; /* the sender whose next record waits for a secret; HSI_NOBODY */
    hsi_handshake *handshake; /* the current negotiation; NULL before the first hello */
    hsi_list events, records, messages, alerts, phases, handshakes, closes, application_data;
    hsi_list surfaced; /* hsi_secret from the journal, in the order in which they came to count */
    hsi_list candidates; /* hsi_secret that may be what its label says */
    hsi_list unclaimed; /* hsi_secret whose client random no ClientHello has had yet */
    hsi_list private_keys, psks; /* see given_keys.c */
    hsi_list notes, keys; /* hsi_entry of these kinds, borrowed from the journal */
    hsi_secret_index surfaced_index;
    hsi_secret_index derived; /* hsi_secret computed here */
    /* made when looked at */
    size_t clues; /* counts what keys and checks may hang on: secrets, notes, messages, key changes */
    size_t looked; /* events and secrets there were at the last look, plus 1 */
    size_t weighed; /* clues and alerts there were when the checks were last made, plus 1; 0: they must be made */
    hsi_survey survey;
    hsi_list compared; /* hsi_comparison of what the rules came to with what was surfaced */
    hsi_list record_checks; /* hsi_check of the first `checked` records: they do not change any more */
    size_t checked;
    hsi_list secrets, derivations, checks;
};

/* hsi_tap_vouched: does a session of ours vouch for the secrets? It shows its phases, and surfaces what it has itself. */
static inline bool hsi_tap_vouched(const hsi_tap *tap)
{
    return tap->phases.count > 0;
}

/* tap.c */
HSI_MUST_USE hsi_status hsi_tap_emit(hsi_tap *tap, hsi_event_kind kind, const void *item);

/* stream.c: records, one by one. `waiting`: the next one waits for a secret. */
HSI_MUST_USE hsi_status hsi_stream_drain(hsi_tap *tap, hsi_stream *stream, bool *waiting);

/* hsi_stream_cut shows what is unfinished as it is, for a reason; hsi_stream_end does so because the stream ended. */
extern const char hsi_stream_ended[];
HSI_MUST_USE hsi_status hsi_stream_cut(hsi_tap *tap, hsi_stream *stream, const char *reason);
HSI_MUST_USE hsi_status hsi_stream_end(hsi_tap *tap, hsi_stream *stream, hsi_end end, uint64_t time_ns);

/* hsi_stream_rekey moves a direction to an epoch whose keys come from a negotiation. */
void hsi_stream_rekey(hsi_stream *stream, uint64_t epoch, hsi_handshake *from);
void hsi_stream_cleanup(hsi_stream *stream);

/* hsi_stream_record adds the record of a frame. */
HSI_MUST_USE hsi_status hsi_stream_record(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, hsi_record **out);

/* stream_keys.c: is the next record left unprotected where others are protected? */
bool hsi_stream_stays_plain(const hsi_stream *stream, const hsi_frame *frame);

/* hsi_stream_protect finds the protection of the epoch, with which `frame` may open. None: it is to wait, or see no_keys. */
HSI_MUST_USE hsi_status hsi_stream_protect(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, bool *waiting);

/* hsi_stream_opens: would the record open with the keys that follow from what counts now? */
HSI_MUST_USE hsi_status hsi_stream_opens(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, bool *opens);

/* reassembly.c: handshake bytes of one record; what an unfinished message comes to. */
HSI_MUST_USE hsi_status hsi_reassembly_take(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, bool sslv2);
HSI_MUST_USE hsi_status hsi_reassembly_cut(hsi_tap *tap, hsi_stream *stream);

/* negotiation.c: what a message says of the negotiation. Sets its handshake, context and place in the transcript. */
HSI_MUST_USE hsi_status hsi_negotiation_message(hsi_tap *tap, hsi_message *message);
HSI_MUST_USE hsi_status hsi_negotiation_change_cipher_spec(hsi_tap *tap, uint8_t sender);
void hsi_negotiation_cleanup(hsi_handshake *handshake);

/* hsi_negotiation_lost notes that a message that could not be read stands in the transcript after its first `end` bytes. */
void hsi_negotiation_lost(hsi_tap *tap, hsi_handshake *handshake, size_t end);

#endif
