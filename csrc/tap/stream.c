/* Stream: one direction, record by record: opens it with the keys of its epoch (stream_keys.c) and hands its content on. A record
 * whose key can still come waits; one whose key cannot is UNREADABLE, with the reason.
 * RFC 8446 section 5, RFC 5246 section 6.2.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
#include "tap/early_data.h"
#include "tap/fold.h"
#include "tap/gap.h"
#include "tap/rivals.h"

enum { ALERT_LENGTH = 2 };

static const char *const close_kinds[] = {
    [HSI_END_FIN] = "fin", [HSI_END_RST] = "rst", [HSI_END_TRUNCATED] = "truncated"};

void hsi_stream_cleanup(hsi_stream *stream)
{
    hsi_framer_cleanup(&stream->framer);
    hsi_protection_free(stream->protection);
    hsi_protection_free(stream->early);
    hsi_buffer_cleanup(&stream->handshake);
}

void hsi_stream_rekey(hsi_stream *stream, uint64_t epoch, hsi_handshake *from)
{
    hsi_protection_free(stream->protection);
    stream->protection = NULL;
    stream->epoch = epoch;
    stream->sequence_number = 0;
    stream->opened = false;
    stream->keys_from = from;
    stream->no_keys = NULL;
    stream->asked = 0;
    stream->doubted = false;
    stream->gap.breaks_message = false; /* no message goes on over a change of keys */
    stream->gap.blind = stream->gap.blind && from == NULL;
}

/* ---- records ---- */

static hsi_status make_record(hsi_tap *tap, const hsi_stream *stream, const hsi_frame *frame, hsi_record **out)
{
    hsi_record *record = hsi_arena_new(&tap->arena, sizeof *record);
    if (record == NULL) {
        return HSI_NO_MEMORY;
    }
    record->index = tap->records.count;
    record->sender = stream->sender;
    record->time_ns = frame->time_ns;
    record->outer_type = record->content_type = frame->type;
    record->version = frame->version;
    record->epoch = stream->epoch;
    record->sequence_number = stream->sequence_number;
    record->sent = stream->sent;
    record->altered = stream->altered;
    record->unread = stream->unread;
    HSI_TRY(hsi_arena_copy(&tap->arena, &record->header, frame->header));
    HSI_TRY(hsi_arena_copy(&tap->arena, &record->fragment, frame->fragment));
    *out = record;
    return HSI_OK;
}

static hsi_status keep_record(hsi_tap *tap, hsi_stream *stream, hsi_record *record)
{
    stream->altered = false;
    stream->sent = HSI_BYTES_EMPTY;
    return hsi_list_append(&tap->records, record);
}

hsi_status hsi_stream_record(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, hsi_record **out)
{
    HSI_TRY(make_record(tap, stream, frame, out));
    return keep_record(tap, stream, *out);
}

/* Where no session of ours vouches for the keys, and nothing opens with them, they may be wrong: what they make of a record is
 * no plaintext then, not even an unauthenticated one. */
static void conceal(hsi_record *record)
{
    record->plaintext = HSI_BYTES_EMPTY;
    record->padding = HSI_BYTES_EMPTY;
    record->reason = "it does not open with the keys that are known for it: it was altered, or they are wrong";
}

/* The keys that are known are wrong, and others may come: as if there were none. */
static void wait_for_others(const hsi_tap *tap, hsi_stream *stream)
{
    hsi_protection_free(stream->protection);
    stream->protection = NULL;
    stream->doubted = true;
    stream->asked = tap->clues + 1;
}

/* Records of early data, rejected and sent before the client knew of it, do not count in the epoch of the handshake. */
static hsi_status open_protected(hsi_tap *tap, hsi_stream *stream, hsi_record *record, bool *waiting)
{
    bool early;
    HSI_TRY(hsi_early_data_take(tap, stream, record, &early));
    if (early) {
        return HSI_OK;
    }
    const hsi_record before = *record;
    HSI_TRY(hsi_protection_open(stream->protection, &tap->arena, record));
    if (hsi_early_data_closed_to_us(stream, record)) {
        *record = before;
        record->epoch = HSI_EPOCH_EARLY;
        record->sequence_number = stream->early_sequence_number++;
        record->state = HSI_RECORD_UNREADABLE;
        record->reason =
            "early data that the server rejected: its secret is not known, and the handshake's does not open it";
        return HSI_OK;
    }
    *waiting = hsi_rivals_may_come(tap, stream, record);
    if (*waiting) {
        wait_for_others(tap, stream);
        return HSI_OK;
    }
    hsi_gap_doubt(stream, record);
    if (record->state == HSI_RECORD_OPENED && !stream->opened) {
        stream->opened = true;
        HSI_TRY(hsi_rivals_proven(tap, stream));
    }
    if (record->state == HSI_RECORD_REJECTED && !stream->opened && !hsi_tap_vouched(tap)) {
        conceal(record);
    }
    stream->sequence_number++;
    return HSI_OK;
}

/* Application data is never plain (RFC 8446 section 5.1): what says that it is may be sealed under keys of which this
 * wire does not tell. */
static hsi_status open_record(hsi_tap *tap, hsi_stream *stream, hsi_record *record, bool plain, bool *waiting)
{
    const char *blind = hsi_gap_blind(stream, record);
    if (blind != NULL) {
        record->state = HSI_RECORD_UNREADABLE;
        record->reason = blind;
    } else if (plain && record->outer_type == HSI_CONTENT_APPLICATION_DATA) {
        record->state = HSI_RECORD_UNREADABLE;
        record->reason = "application data is always protected, and no keys were agreed on that it could be under";
    } else if (plain) {
        record->state = HSI_RECORD_PLAIN;
        record->plaintext = record->fragment;
        if (stream->keys_from != NULL) {
            record->epoch = 0; /* it does not count in the protected epoch */
            record->sequence_number = 0;
            return HSI_OK;
        }
    } else if (stream->protection == NULL && stream->no_keys == hsi_early_data_closed) {
        HSI_TRY(hsi_early_data_refuse(tap, stream->keys_from, record));
    } else if (stream->protection == NULL) {
        record->state = HSI_RECORD_UNREADABLE;
        record->reason = stream->no_keys;
    } else {
        return open_protected(tap, stream, record, waiting);
    }
    stream->sequence_number++;
    return HSI_OK;
}

/* ---- content ---- */

static hsi_status emit_close(hsi_tap *tap, const hsi_stream *stream, const char *kind, uint64_t time_ns,
                             const hsi_record *record)
{
    hsi_close *close = hsi_arena_new(&tap->arena, sizeof *close);
    if (close == NULL) {
        return HSI_NO_MEMORY;
    }
    *close = (hsi_close){.sender = stream->sender, .time_ns = time_ns, .kind = kind, .record = record};
    HSI_TRY(hsi_list_append(&tap->closes, close));
    return hsi_tap_emit(tap, HSI_EVENT_CLOSE, close);
}

static hsi_status take_change_cipher_spec(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    hsi_change_cipher_spec *item = hsi_arena_new(&tap->arena, sizeof *item);
    if (item == NULL) {
        return HSI_NO_MEMORY;
    }
    *item = (hsi_change_cipher_spec){.sender = stream->sender, .time_ns = record->time_ns, .record = record};
    HSI_TRY(hsi_tap_emit(tap, HSI_EVENT_CHANGE_CIPHER_SPEC, item));
    return hsi_negotiation_change_cipher_spec(tap, stream->sender);
}

static hsi_status take_alert(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    for (size_t i = 0; i + ALERT_LENGTH <= record->plaintext.length; i += ALERT_LENGTH) {
        hsi_alert *alert = hsi_arena_new(&tap->arena, sizeof *alert);
        if (alert == NULL) {
            return HSI_NO_MEMORY;
        }
        *alert = (hsi_alert){.index = tap->alerts.count,
                             .sender = stream->sender,
                             .level = record->plaintext.data[i],
                             .code = record->plaintext.data[i + 1],
                             .time_ns = record->time_ns,
                             .record = record};
        HSI_TRY(hsi_list_append(&tap->alerts, alert));
        HSI_TRY(hsi_tap_emit(tap, HSI_EVENT_ALERT, alert));
        if (alert->code == HSI_ALERT_CLOSE_NOTIFY) {
            HSI_TRY(emit_close(tap, stream, "close_notify", record->time_ns, record));
        }
    }
    return HSI_OK;
}

static hsi_status take_application_data(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    hsi_application_data *item = hsi_arena_new(&tap->arena, sizeof *item);
    if (item == NULL) {
        return HSI_NO_MEMORY;
    }
    *item = (hsi_application_data){
        .sender = stream->sender, .time_ns = record->time_ns, .data = record->plaintext, .record = record};
    HSI_TRY(hsi_list_append(&tap->application_data, item));
    return hsi_tap_emit(tap, HSI_EVENT_APPLICATION_DATA, item);
}

/* A record that could not be read may have held a handshake message: what hangs on the transcript then cannot be checked. */
static void note_unread_content(hsi_tap *tap, const hsi_stream *stream, const hsi_record *record)
{
    bool handshake = record->outer_type == HSI_CONTENT_HANDSHAKE || record->outer_type == HSI_CONTENT_APPLICATION_DATA;
    if (stream->epoch == HSI_EPOCH_EARLY && stream->keys_from == tap->handshake && tap->handshake != NULL &&
        !tap->handshake->early_data_accepted && hsi_handshake_may_be_tls13(tap->handshake)) {
        tap->handshake->early_data_unread = true; /* if it is accepted the end of it was not read either */
        return;
    }
    if (stream->keys_from != NULL && tap->handshake != NULL && !tap->handshake->complete && handshake) {
        hsi_negotiation_lost(tap, tap->handshake, hsi_buffer_length(&tap->handshake->transcript.bytes));
    }
}

static hsi_status take_content(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, bool sslv2)
{
    if (stream->early_rejected && record->epoch != stream->epoch) {
        return HSI_OK; /* nobody took it */
    }
    switch (record->state == HSI_RECORD_PLAIN || record->state == HSI_RECORD_OPENED ? record->content_type : 0) {
    case HSI_CONTENT_CHANGE_CIPHER_SPEC:
        return take_change_cipher_spec(tap, stream, record);
    case HSI_CONTENT_ALERT:
        return take_alert(tap, stream, record);
    case HSI_CONTENT_HANDSHAKE:
        return hsi_reassembly_take(tap, stream, record, sslv2);
    case HSI_CONTENT_APPLICATION_DATA:
        return take_application_data(tap, stream, record);
    default:
        note_unread_content(tap, stream, record);
        return HSI_OK;
    }
}

/* ---- records that were not kept ---- */

static uint64_t total_of(const hsi_entry *run)
{
    hsi_cursor in = hsi_cursor_of(run->aux);
    uint64_t total = 0;
    return hsi_cursor_uint(&in, 8, &total) == HSI_OK ? total : 0;
}

static hsi_status new_elided(hsi_tap *tap, hsi_stream *stream, const hsi_entry *run)
{
    hsi_record *record;
    hsi_bytes header = run->data;
    const hsi_frame frame = {.time_ns = run->time_ns,
                             .type = HSI_CONTENT_APPLICATION_DATA,
                             .version = (uint16_t)(header.length > 2 ? header.data[1] << 8 | header.data[2] : 0),
                             .header = header};
    HSI_TRY(hsi_stream_record(tap, stream, &frame, &record));
    record->state = HSI_RECORD_ELIDED;
    record->elided = run->number;
    record->elided_bytes = total_of(run);
    record->reason = "application data beyond what capture= keeps";
    return hsi_tap_emit(tap, HSI_EVENT_RECORD, record);
}

/* The records after them need the count, and what the cipher carries from one to the next. */
static hsi_status take_elided(hsi_tap *tap, hsi_stream *stream, bool *waiting)
{
    const hsi_entry *run = stream->elided;
    if (stream->keys_from != NULL) {
        const hsi_frame frame = {.header = run->data, .fragment = HSI_BYTES_EMPTY}; /* it opens under no keys */
        HSI_TRY(hsi_stream_protect(tap, stream, &frame, waiting));
    }
    if (*waiting) {
        return HSI_OK;
    }
    HSI_TRY(new_elided(tap, stream, run));
    stream->sequence_number += run->number;
    stream->elided = NULL;
    if (stream->protection == NULL ||
        hsi_protection_skip(stream->protection, total_of(run), run->name, &tap->skippable) == HSI_OK) {
        return HSI_OK;
    }
    hsi_protection_free(stream->protection);
    stream->protection = NULL;
    stream->no_keys = "the cipher's state after so many records that were not kept is not known";
    return HSI_OK;
}

static hsi_status take_record(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, bool *waiting)
{
    hsi_record *record;
    bool plain = hsi_stream_stays_plain(stream, frame);
    if (!plain) {
        HSI_TRY(hsi_stream_protect(tap, stream, frame, waiting));
        if (*waiting) {
            return HSI_OK;
        }
    }
    HSI_TRY(make_record(tap, stream, frame, &record));
    HSI_TRY(open_record(tap, stream, record, plain, waiting));
    if (*waiting) {
        return HSI_OK;
    }
    HSI_TRY(keep_record(tap, stream, record));
    hsi_framer_consume(&stream->framer, frame);
    HSI_TRY(hsi_tap_emit(tap, HSI_EVENT_RECORD, record));
    return take_content(tap, stream, record, frame->sslv2);
}

hsi_status hsi_stream_drain(hsi_tap *tap, hsi_stream *stream, bool *waiting)
{
    hsi_frame frame;
    bool ready;
    *waiting = false;
    if (stream->elided != NULL) {
        HSI_TRY(take_elided(tap, stream, waiting));
    }
    HSI_TRY(hsi_gap_pass(tap, stream, waiting, &ready));
    while (ready && !*waiting && hsi_framer_peek(&stream->framer, &frame)) {
        HSI_TRY(take_record(tap, stream, &frame, waiting));
    }
    return HSI_OK;
}

const char hsi_stream_ended[] = "the stream ends inside this record";

hsi_status hsi_stream_cut(hsi_tap *tap, hsi_stream *stream, const char *reason)
{
    hsi_frame frame;
    hsi_record *record;
    HSI_TRY(hsi_reassembly_cut(tap, stream));
    hsi_gap_drop(stream);
    if (!hsi_framer_peek_cut(&stream->framer, &frame)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_stream_record(tap, stream, &frame, &record));
    record->state = HSI_RECORD_CUT;
    record->reason = reason;
    hsi_framer_consume(&stream->framer, &frame);
    return hsi_tap_emit(tap, HSI_EVENT_RECORD, record);
}

hsi_status hsi_stream_end(hsi_tap *tap, hsi_stream *stream, hsi_end end, uint64_t time_ns)
{
    HSI_TRY(hsi_stream_cut(tap, stream, hsi_stream_ended));
    return emit_close(tap, stream, end < HSI_COUNT(close_kinds) ? close_kinds[end] : "truncated", time_ns, NULL);
}
