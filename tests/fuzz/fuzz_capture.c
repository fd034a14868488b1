/* Fuzzes csrc/capture as a whole, and the fold behind it, through hsi_reader: what a file with a key log is to read_capture. The input
 * is the text of the key log, a zero, and the capture.
 * Seeds: tests/fuzz/corpus/capture, those of RFC 8448 and of the Illustrated TLS Connections.
 * Holds: whatever the pieces, the traces are the same; each can be looked at, and its bytes tile: records and openings of a
 * direction are what its wire entries hold; each negotiation is given no more lines than are kept of one.
 * SPDX-License-Identifier: MIT */
#include "capture/reader.h"

#include "must.h"
#include "tap/keylog_index.h"

enum { TRACES_MOST = 64 };

typedef struct reading {
    hsi_trace *traces[TRACES_MOST];
    size_t count;
    hsi_status status;
} reading;

static reading read_capture(hsi_bytes keylog, hsi_bytes capture, size_t piece)
{
    reading out = {.count = 0};
    hsi_reader *reader = hsi_reader_new();
    size_t lines;
    must(reader != NULL);
    must(hsi_keyring_lines(hsi_reader_keyring(reader), keylog, &lines) == HSI_OK);
    for (size_t at = 0; at < capture.length && out.status == HSI_OK; at += piece) {
        size_t left = capture.length - at;
        out.status = hsi_reader_feed(reader, hsi_bytes_slice(capture, at, piece < left ? piece : left));
    }
    must(out.status == HSI_OK || out.status == HSI_FORMAT);
    hsi_status finished = hsi_reader_finish(reader);
    must(finished == HSI_OK || finished == HSI_FORMAT);
    for (hsi_trace *trace; (trace = hsi_reader_take(reader)) != NULL;) {
        if (out.count < TRACES_MOST) {
            out.traces[out.count++] = trace;
        } else {
            hsi_trace_drop(trace);
        }
    }
    hsi_reader_free(reader);
    return out;
}

static uint64_t wire_of(hsi_journal *journal, uint8_t sender)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < hsi_journal_count(journal); i++) {
        const hsi_entry *entry = hsi_journal_peek(journal, i);
        bytes += entry->kind == HSI_ENTRY_WIRE && entry->sender == sender ? entry->data.length : 0;
    }
    return bytes;
}

static uint64_t records_of(const hsi_tap *tap, uint8_t sender)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < hsi_tap_records(tap)->count; i++) {
        const hsi_record *record = hsi_tap_records(tap)->items[i];
        bytes += record->sender == sender ? record->header.length + record->fragment.length : 0;
    }
    return bytes;
}

static bool is_damaged(hsi_journal *journal)
{
    bool damaged = false;
    for (size_t i = 0; i < hsi_journal_count(journal) && !damaged; i++) {
        damaged = hsi_journal_peek(journal, i)->kind == HSI_ENTRY_FAULT;
    }
    return damaged;
}

static size_t secrets_of(hsi_journal *journal)
{
    size_t secrets = 0;
    for (size_t i = 0; i < hsi_journal_count(journal); i++) {
        secrets += hsi_journal_peek(journal, i)->kind == HSI_ENTRY_SECRET;
    }
    return secrets;
}

static void look_at(hsi_trace *trace)
{
    enum { OWNERS = 3, OTHERS = 3 }; /* random, encrypted premaster secret, session; private key, session, ticket */
    hsi_tap *tap = hsi_trace_tap(trace);
    hsi_journal *journal = hsi_trace_journal(trace);
    must(hsi_trace_fold(trace) == HSI_OK);
    must(hsi_tap_look(tap) == HSI_OK);
    must(secrets_of(journal) <= hsi_tap_handshakes(tap)->count * (OWNERS * HSI_KEYLOG_LINES + OTHERS));
    for (uint8_t sender = 0; sender < 2; sender++) {
        uint64_t shown = records_of(tap, sender);
        uint64_t came = wire_of(journal, sender);
        must(shown == came || (shown < came && is_damaged(journal))); /* the rest of a damaged record is not shown */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *border = size == 0 ? NULL : memchr(data, 0, size);
    if (border == NULL) {
        return 0;
    }
    hsi_bytes keylog = hsi_bytes_of(data, (size_t)(border - data));
    hsi_bytes capture = hsi_bytes_of(border + 1, size - keylog.length - 1);
    reading whole = read_capture(keylog, capture, size);
    reading pieces = read_capture(keylog, capture, 61);
    must(whole.count == pieces.count);
    for (size_t i = 0; i < whole.count; i++) {
        must(hsi_journal_equal(hsi_trace_journal(whole.traces[i]), hsi_trace_journal(pieces.traces[i])));
        look_at(whole.traces[i]);
        hsi_trace_drop(whole.traces[i]);
        hsi_trace_drop(pieces.traces[i]);
    }
    return 0;
}
