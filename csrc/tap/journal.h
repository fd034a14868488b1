/* Journal: what happened to one connection, in order, only appended to (but see hsi_journal_elide). All else is computed from it: a live trace, a pickle,
 * a saved file and a replay are the same journal. Owns its bytes; wipes them when freed, but for records of application
 * data as they were on the wire. Does no I/O.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_JOURNAL_H
#define HSI_TAP_JOURNAL_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/status.h"

enum { HSI_CLIENT = 0, HSI_SERVER = 1, HSI_NOBODY = 2 };

/* hsi_peer_of is the other end. */
static inline uint8_t hsi_peer_of(uint8_t side)
{
    return side == HSI_CLIENT ? HSI_SERVER : HSI_CLIENT;
}

/* hsi_side_name: "client", "server" or NULL. */
const char *hsi_side_name(uint8_t side);

/* The columns of an entry, by its kind. A column that a row does not name is zero or empty.
 *                  side            sender       code            number          data             name          aux */
typedef enum hsi_entry_kind {
    HSI_ENTRY_START =
        1, /*                      hsi_transport   realtime, ns    client address   server addr.  server name asked for */
    HSI_ENTRY_WIRE, /*                      who sent        hsi_wire_mark                   as received                    as sent, where altered on its way */
    HSI_ENTRY_END, /*                      who ended       hsi_end */
    HSI_ENTRY_SECRET, /* who surfaced it      who writes      hsi_source      epoch + 1, 0: unsaid  value     label         client random, or as the label has it (keylog.h); may be empty */
    HSI_ENTRY_PHASE, /* whose GnuTLS         who sent        HandshakeType   hsi_action      the body (on enter) */
    HSI_ENTRY_KEYS, /* whose GnuTLS         who writes                      epoch           key              IV              MAC key */
    HSI_ENTRY_RESULT, /* whose GnuTLS         -               -               return code     text             function */
    HSI_ENTRY_VERDICT, /* who verified         -               1: trusted      GnuTLS's status bits  text */
    HSI_ENTRY_NOTE, /* whose GnuTLS         -               -               -               why not          what is not surfaced: "probe" */
    HSI_ENTRY_PRIVATE_KEY, /* -                  -               -               -               the key, encoded  password */
    HSI_ENTRY_PSK, /* -                    -               1: any identity -               the key          identity */
    HSI_ENTRY_ELIDED, /* -                 who sent        -               how many records first's header  last's end      bytes of their fragments, 8 bytes */
    HSI_ENTRY_OPENING, /* -                who sent        -               -               plain bytes before TLS */
    HSI_ENTRY_FAULT, /* -                  who sent        hsi_fault_kind  offset in TCP's stream -        -        length and packet number, 8 bytes each */
    HSI_ENTRY_KINDS
} hsi_entry_kind;

typedef enum hsi_transport { HSI_TRANSPORT_MEMORY, HSI_TRANSPORT_TCP, HSI_TRANSPORT_SOCKET } hsi_transport;
typedef enum hsi_end { HSI_END_FIN, HSI_END_RST, HSI_END_TRUNCATED } hsi_end; /* TRUNCATED: the stream just stops */
typedef enum hsi_action { HSI_ENTER, HSI_LEAVE } hsi_action;

/* What is wrong with a direction of a capture; what follows of it comes behind the fault, but for CONFLICT. */
typedef enum hsi_fault_kind {
    HSI_FAULT_START, /* the flow was there before the capture: offset 0 is the first byte that was captured */
    HSI_FAULT_HOLE, /* `length` bytes were never captured, and will not come any more */
    HSI_FAULT_CONFLICT, /* bytes came again and were others; those that came first are given, or have been */
    HSI_FAULT_CUT /* `length` bytes of a packet were not kept when it was captured (snaplen) */
} hsi_fault_kind;

/* hsi_wire_mark */
enum {
    HSI_WIRE_UNREAD = 1, /* it arrived, and GnuTLS never read it */
    HSI_WIRE_APPLICATION = 2 /* one whole record of application data, which may be elided */
};

#define HSI_SOURCES(X)                                                                                                 \
    X(KEYLOG, "keylog")                                                                                                \
    X(PROBE, "probe")                                                                                                  \
    X(LOG, "gnutls log")                                                                                               \
    X(GNUTLS, "gnutls")                                                                                                \
    X(DERIVED, "derived")                                                                                              \
    X(PRIVATE_KEY, "private key")                                                                                      \
    X(GIVEN, "given")

typedef enum hsi_source {
#define HSI_SOURCE_CODE(name, text) HSI_SOURCE_##name,
    HSI_SOURCES(HSI_SOURCE_CODE)
#undef HSI_SOURCE_CODE
        HSI_SOURCE_COUNT
} hsi_source;

/* hsi_source_name: "keylog"… */
const char *hsi_source_name(uint8_t source);

/* hsi_secret_writer is who writes with a secret of that label: the key log's labels begin with it. HSI_NOBODY: it is shared. */
uint8_t hsi_secret_writer(const char *label);

typedef struct hsi_entry {
    hsi_entry_kind kind;
    uint8_t side;
    uint8_t sender;
    uint8_t code;
    uint64_t number;
    uint64_t time_ns; /* wall clock: realtime at the journal's start + a monotonic difference; offline: as given */
    hsi_bytes data;
    hsi_bytes name;
    hsi_bytes aux;
} hsi_entry;

typedef struct hsi_journal hsi_journal;

/* hsi_journal_new: heap; NULL: out of memory; ends in hsi_journal_free, which wipes. */
hsi_journal *hsi_journal_new(void);
void hsi_journal_free(hsi_journal *journal);

/* hsi_journal_now is the time for an entry that is made now: the clock's, or what hsi_journal_set_now says for one of the
 * past, so that the same capture gives the same journal each time it is read. */
uint64_t hsi_journal_now(const hsi_journal *journal);
void hsi_journal_set_now(hsi_journal *journal, uint64_t time_ns);

/* hsi_journal_append copies an entry, its bytes included, to the end. NO_MEMORY: nothing has changed. */
HSI_MUST_USE hsi_status hsi_journal_append(hsi_journal *journal, const hsi_entry *entry);

size_t hsi_journal_count(const hsi_journal *journal);

/* hsi_journal_peek borrows the i-th entry: good as long as the journal lives, and where it is a record of application data
 * as long as nothing is elided. The caller knows that it is there. */
const hsi_entry *hsi_journal_peek(const hsi_journal *journal, size_t i);

/* hsi_journal_finish says that no entry follows. hsi_journal_finished: has it been said? */
void hsi_journal_finish(hsi_journal *journal);
bool hsi_journal_finished(const hsi_journal *journal);

/* ---- bounded journals: a run of records of application data becomes one ELIDED entry, where the first of them was ---- */

enum {
    HSI_ELIDED_TAIL =
        64, /* bytes at the end of the last fragment that are kept in TLS 1.0, whose next record needs them */
    HSI_ELIDED_LEAST = 256 /* what a kept record counts for at least, so that the memory of small ones is bounded too */
};

/* hsi_journal_mark_application says that of the last `count` entries those of content type application_data hold nothing
 * else. */
void hsi_journal_mark_application(hsi_journal *journal, size_t count);

/* hsi_journal_excess is how many bytes there are of such beyond the newest records that make up `keep` bytes. */
size_t hsi_journal_excess(const hsi_journal *journal, size_t keep);

/* hsi_journal_elide elides the oldest of them as long as the others still make up `keep` bytes. Entries move, and what was
 * peeked at of those is gone. Where memory for a run is missing less is elided. */
void hsi_journal_elide(hsi_journal *journal, size_t keep);

bool hsi_journal_equal(const hsi_journal *a, const hsi_journal *b);

/* hsi_journal_write appends the journal as bytes to `out`; hsi_journal_read makes a journal of such bytes.
 * FORMAT: they are not such bytes. Equal journals give equal bytes. */
HSI_MUST_USE hsi_status hsi_journal_write(const hsi_journal *journal, hsi_buffer *out);
HSI_MUST_USE hsi_status hsi_journal_read(hsi_journal **out, hsi_bytes in);

/* hsi_journal_copy is a journal with the first `count` entries of another. */
HSI_MUST_USE hsi_status hsi_journal_copy(hsi_journal **out, const hsi_journal *from, size_t count);

/* ---- shorthands for the entries that many places append ---- */

HSI_MUST_USE hsi_status hsi_journal_wire(hsi_journal *journal, uint8_t sender, hsi_bytes bytes);
HSI_MUST_USE hsi_status hsi_journal_end(hsi_journal *journal, uint8_t sender, hsi_end end);
HSI_MUST_USE hsi_status hsi_journal_secret(hsi_journal *journal, uint8_t side, hsi_source source, const char *label,
                                           hsi_bytes client_random, hsi_bytes value);

#endif
