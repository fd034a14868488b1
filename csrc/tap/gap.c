/* Gap: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/gap.h"

#include "base/cursor.h"
#include "tap/hello.h"

static const char no_start[] = "the start of the connection is not in the capture";
static const char no_border[] = "bytes before these are missing in the capture: where a record begins is not known";
static const char damaged[] = "bytes of this record are missing in the capture";
static const char doubtful[] = "it does not open with the keys known: bytes before it are missing in the capture";

/* What hangs on the transcript of a handshake that is not complete cannot be checked: that bytes are missing may show only after
 * messages that came behind them. */
static void mark(hsi_tap *tap)
{
    hsi_handshake *handshake = tap->handshake;
    if (handshake != NULL && !handshake->complete) {
        tap->clues += !handshake->gap;
        handshake->gap = true;
        hsi_negotiation_lost(tap, handshake, 0);
        handshake->readable = 0;
    }
}

static uint64_t length_of(const hsi_entry *fault)
{
    hsi_cursor in = hsi_cursor_of(fault->aux);
    uint64_t length = 0;
    return hsi_cursor_uint(&in, 8, &length) == HSI_OK ? length : 0;
}

/* Nothing of TLS has come, and nothing that answers it: what is missing may all be of the opening. */
static bool is_before_tls(const hsi_tap *tap, const hsi_stream *stream)
{
    size_t before = stream->sender == HSI_SERVER ? 1 : 0; /* the ClientHello */
    return !stream->framer.started && hsi_buffer_length(&stream->framer.bytes) == 0 && tap->messages.count <= before;
}

/* ---- inside of a record ---- */

/* Is the gap inside of the fragment of a record whose header was seen? A ChangeCipherSpec, or SSLv2, is not worth it. */
static bool fits_in_record(const hsi_stream *stream, uint64_t length, size_t *whole)
{
    hsi_bytes seen = hsi_buffer_peek(&stream->framer.bytes);
    if (seen.length < HSI_RECORD_HEADER || seen.data[0] == HSI_CONTENT_CHANGE_CIPHER_SPEC ||
        (seen.data[0] & 0x80) != 0) {
        return false;
    }
    *whole = HSI_RECORD_HEADER + ((size_t)seen.data[3] << 8 | seen.data[4]);
    return length > 0 && length <= *whole - seen.length;
}

/* Does the record hold handshake messages, or may it? Protected ones of TLS 1.3 do not say. */
static bool may_be_handshake(const hsi_stream *stream)
{
    uint8_t type = hsi_buffer_peek(&stream->framer.bytes).data[0];
    bool hidden = stream->keys_from != NULL && hsi_handshake_may_be_tls13(stream->keys_from);
    return type == HSI_CONTENT_HANDSHAKE || (type == HSI_CONTENT_APPLICATION_DATA && hidden);
}

static hsi_status damage(hsi_tap *tap, hsi_stream *stream, uint64_t length, size_t whole)
{
    size_t seen = hsi_buffer_length(&stream->framer.bytes);
    if (may_be_handshake(stream)) {
        mark(tap);
        stream->gap.breaks_message = true;
    }
    HSI_TRY(hsi_stream_cut(tap, stream, damaged));
    stream->sequence_number++;
    stream->gap.damaged = true;
    stream->gap.rest = whole - seen - (size_t)length;
    stream->gap.fragment = whole - HSI_RECORD_HEADER;
    return HSI_OK;
}

/* One more gap in the same record. */
static bool damage_more(hsi_stream *stream, uint64_t length)
{
    size_t come = hsi_buffer_length(&stream->framer.bytes);
    if (length == 0 || come > stream->gap.rest || length > stream->gap.rest - come) {
        return false;
    }
    hsi_buffer_consume(&stream->framer.bytes, come);
    stream->gap.rest -= come + (size_t)length;
    return true;
}

/* The records behind it need what the cipher carries from one to the next: its last block, or how far its stream has run. */
static hsi_status skip(hsi_tap *tap, hsi_stream *stream, hsi_bytes rest)
{
    hsi_bytes tail = rest;
    if (rest.length > HSI_ELIDED_TAIL) {
        tail = hsi_bytes_slice(rest, rest.length - HSI_ELIDED_TAIL, HSI_ELIDED_TAIL);
    }
    if (stream->protection == NULL ||
        hsi_protection_skip(stream->protection, stream->gap.fragment, tail, &tap->skippable) == HSI_OK) {
        return HSI_OK;
    }
    hsi_protection_free(stream->protection);
    stream->protection = NULL;
    stream->no_keys = "the cipher's state after bytes that are missing in the capture is not known";
    return HSI_OK;
}

hsi_status hsi_gap_pass(hsi_tap *tap, hsi_stream *stream, bool *waiting, bool *ready)
{
    hsi_bytes come = hsi_buffer_peek(&stream->framer.bytes);
    *ready = !stream->gap.damaged;
    if (!stream->gap.damaged || come.length < stream->gap.rest) {
        return HSI_OK;
    }
    if (stream->keys_from != NULL && !hsi_handshake_may_be_tls13(stream->keys_from)) { /* whose ciphers carry nothing */
        const hsi_frame frame = {.type = HSI_CONTENT_APPLICATION_DATA};
        HSI_TRY(hsi_stream_protect(tap, stream, &frame, waiting));
    }
    *ready = !*waiting;
    if (*ready) {
        HSI_TRY(skip(tap, stream, hsi_bytes_slice(come, 0, stream->gap.rest)));
        hsi_buffer_consume(&stream->framer.bytes, stream->gap.rest);
        stream->gap.damaged = false;
    }
    return HSI_OK;
}

void hsi_gap_drop(hsi_stream *stream)
{
    if (stream->gap.damaged) {
        hsi_buffer_consume(&stream->framer.bytes, hsi_buffer_length(&stream->framer.bytes));
        stream->gap.damaged = false;
    }
}

/* ---- anywhere else ---- */

hsi_status hsi_gap_take(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry)
{
    uint64_t length = length_of(entry);
    size_t whole;
    if (entry->code == HSI_FAULT_CONFLICT) {
        return HSI_OK;
    }
    stream->gap.seen = true;
    if (stream->gap.damaged ? damage_more(stream, length) : stream->gap.adrift) {
        return HSI_OK;
    }
    if (!stream->gap.damaged && fits_in_record(stream, length, &whole)) {
        return damage(tap, stream, length, whole);
    }
    stream->gap.adrift = true;
    stream->gap.late = entry->code == HSI_FAULT_START || is_before_tls(tap, stream);
    stream->gap.blind = stream->gap.blind || stream->gap.late;
    if (!stream->gap.late) { /* else what comes shows whether anything is missing of TLS */
        mark(tap);
    }
    return hsi_stream_cut(tap, stream, damaged);
}

void hsi_gap_opening(hsi_stream *stream)
{
    stream->gap.late = stream->gap.late || stream->gap.adrift;
    stream->gap.blind = stream->gap.blind || stream->gap.adrift;
}

/* A hello is where TLS begins; without one, records are found where a packet begins. */
bool hsi_gap_hides(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry)
{
    if (!stream->gap.adrift) {
        return false;
    }
    hsi_hello hello = hsi_hello_begins(entry->data);
    if (stream->gap.late && (hello == HSI_HELLO_CLIENT || hello == HSI_HELLO_SERVER)) {
        stream->gap = (hsi_gap){0};
        return false;
    }
    mark(tap);
    if (stream->gap.late && hsi_framer_finds(entry->data)) {
        stream->gap.adrift = false;
        stream->framer.started = true;
    }
    return stream->gap.adrift;
}

hsi_status hsi_gap_show(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry)
{
    hsi_record *record;
    const hsi_frame frame = {.time_ns = entry->time_ns, .fragment = entry->data};
    HSI_TRY(hsi_stream_record(tap, stream, &frame, &record));
    record->state = HSI_RECORD_CUT;
    record->unread = true;
    record->reason = stream->gap.late ? no_start : no_border;
    return hsi_tap_emit(tap, HSI_EVENT_RECORD, record);
}

/* ---- what is read behind it ---- */

/* No protected record is as short as a plain ChangeCipherSpec or alert. */
static bool is_short(const hsi_record *record)
{
    enum { ALERT_LENGTH = 2 };
    return (record->outer_type == HSI_CONTENT_CHANGE_CIPHER_SPEC || record->outer_type == HSI_CONTENT_ALERT) &&
           record->fragment.length <= ALERT_LENGTH;
}

const char *hsi_gap_blind(const hsi_stream *stream, const hsi_record *record)
{
    if (!stream->gap.blind || stream->keys_from != NULL) {
        return NULL;
    }
    if (stream->gap.late) {
        return no_start;
    }
    return is_short(record) ? NULL : "no ServerHello was seen that says what the keys are";
}

void hsi_gap_doubt(const hsi_stream *stream, hsi_record *record)
{
    bool gap = stream->gap.seen || stream->keys_from->gap;
    if (gap && record->state == HSI_RECORD_REJECTED) {
        record->state = HSI_RECORD_UNREADABLE;
        record->reason = doubtful;
        record->mac = NULL;
        record->plaintext = record->padding = HSI_BYTES_EMPTY;
        record->content_type = record->outer_type;
    }
}

/* Between the records of one message stand no others (RFC 8446 section 5.1): where one of another type stands, none is open. */
bool hsi_gap_breaks(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    bool read = record->state == HSI_RECORD_PLAIN || record->state == HSI_RECORD_OPENED;
    bool handshake = read && record->content_type == HSI_CONTENT_HANDSHAKE;
    stream->gap.breaks_message = stream->gap.breaks_message && (!read || handshake);
    if (handshake && stream->gap.breaks_message) {
        mark(tap);
        return true;
    }
    return false;
}

void hsi_gap_begin(hsi_tap *tap, hsi_handshake *handshake, const hsi_message *message)
{
    bool beheaded = message->type != HSI_CLIENT_HELLO && message->type != HSI_HELLO_REQUEST;
    const hsi_gap *client = &tap->streams[HSI_CLIENT].gap;
    const hsi_gap *server = &tap->streams[HSI_SERVER].gap;
    bool lost = (client->adrift && !client->late) || (server->adrift && !server->late);
    handshake->gap = lost || (beheaded && (client->seen || server->seen));
    handshake->unreadable = handshake->gap;
}

void hsi_gap_change_cipher_spec(hsi_tap *tap, uint8_t sender)
{
    if (tap->handshake != NULL && tap->handshake->version == 0) {
        tap->streams[sender].gap.blind = true;
    }
}
