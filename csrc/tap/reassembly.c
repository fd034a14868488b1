/* Reassembly: from the handshake bytes of records to whole messages, several in a record or one over several.
 * RFC 8446 section 5.1. Knows no message but by its length.
 * SPDX-License-Identifier: MIT */
#include "tap/fold.h"

enum { HEADER = 4 };

/* Appends the first `length` bytes of what has come as a message, and its event. */
static hsi_status emit_message(hsi_tap *tap, hsi_stream *stream, size_t length, const hsi_record *record, bool sslv2,
                               bool cut)
{
    hsi_message *message = hsi_arena_new(&tap->arena, sizeof *message);
    if (message == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_bytes raw = hsi_bytes_slice(hsi_buffer_peek(&stream->handshake), 0, length);
    HSI_TRY(hsi_arena_copy(&tap->arena, &message->raw, raw));
    hsi_buffer_consume(&stream->handshake, length);
    HSI_TRY(hsi_message_name(&message->name, &tap->arena, message->raw, sslv2));
    message->index = tap->messages.count;
    message->type = sslv2 ? HSI_CLIENT_HELLO : message->raw.data[0];
    message->sender = stream->sender;
    message->time_ns = record->time_ns;
    message->sslv2 = sslv2;
    message->cut = cut;
    message->first_record = stream->first_record;
    message->last_record = record->index;
    stream->first_record = record->index; /* of the next one, where this record goes on */
    HSI_TRY(hsi_list_append(&tap->messages, message));
    HSI_TRY(hsi_negotiation_message(tap, message));
    return hsi_tap_emit(tap, HSI_EVENT_MESSAGE, message);
}

/* The length of the next message; 0: it is not whole yet. */
static size_t whole_message(const hsi_stream *stream)
{
    hsi_bytes bytes = hsi_buffer_peek(&stream->handshake);
    if (bytes.length < HEADER) {
        return 0;
    }
    size_t length = HEADER + ((size_t)bytes.data[1] << 16 | (size_t)bytes.data[2] << 8 | bytes.data[3]);
    return bytes.length < length ? 0 : length;
}

hsi_status hsi_reassembly_take(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, bool sslv2)
{
    if (hsi_buffer_length(&stream->handshake) == 0) {
        stream->first_record = record->index;
    }
    HSI_TRY(hsi_buffer_append(&stream->handshake, record->plaintext));
    if (sslv2) {
        return record->plaintext.length == 0 ? HSI_OK
                                             : emit_message(tap, stream, record->plaintext.length, record, true, false);
    }
    for (size_t length; (length = whole_message(stream)) != 0;) {
        HSI_TRY(emit_message(tap, stream, length, record, false, false));
    }
    return HSI_OK;
}

hsi_status hsi_reassembly_cut(hsi_tap *tap, hsi_stream *stream)
{
    size_t length = hsi_buffer_length(&stream->handshake);
    if (length == 0) {
        return HSI_OK;
    }
    return emit_message(tap, stream, length, tap->records.items[stream->first_record], false, true);
}
