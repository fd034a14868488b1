/* Framer: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/framer.h"

#include "base/cursor.h"
#include "tap/items.h"

enum { HEADER = HSI_RECORD_HEADER, SSLV2_HEADER = 2, SSLV2 = 0x0002 };

void hsi_framer_cleanup(hsi_framer *framer)
{
    hsi_buffer_cleanup(&framer->bytes);
}

/* Bytes are taken as soon as a record is whole, so what is older than the newest feed is one unfinished record at most:
 * two times are enough to know when any record began. */
hsi_status hsi_framer_feed(hsi_framer *framer, hsi_bytes bytes, uint64_t time_ns)
{
    if (hsi_buffer_length(&framer->bytes) == 0) {
        framer->time_ns = time_ns;
    }
    framer->newest_ns = time_ns;
    return hsi_buffer_append(&framer->bytes, bytes);
}

/* A length with its top bit set, then msg_type client_hello: RFC 5246 appendix E.2. */
static bool begins_sslv2(const hsi_framer *framer, hsi_bytes bytes)
{
    return !framer->started && bytes.length > SSLV2_HEADER && (bytes.data[0] & 0x80) != 0 &&
           bytes.data[SSLV2_HEADER] == HSI_CLIENT_HELLO;
}

static hsi_status read_sslv2(hsi_cursor *in, hsi_frame *out)
{
    uint16_t length;
    hsi_cursor start = *in;
    HSI_TRY(hsi_cursor_u16(in, &length));
    HSI_TRY(hsi_cursor_take(in, &out->fragment, length & 0x7fff));
    out->header = hsi_bytes_of(start.at, SSLV2_HEADER);
    out->type = HSI_CONTENT_HANDSHAKE;
    out->version = SSLV2;
    out->sslv2 = true;
    return HSI_OK;
}

static hsi_status read_record(hsi_cursor *in, hsi_frame *out)
{
    hsi_cursor fragment;
    hsi_cursor start = *in;
    HSI_TRY(hsi_cursor_u8(in, &out->type));
    HSI_TRY(hsi_cursor_u16(in, &out->version));
    HSI_TRY(hsi_cursor_vector(in, 2, &fragment));
    out->header = hsi_bytes_of(start.at, HEADER);
    out->fragment = hsi_cursor_rest(&fragment);
    return HSI_OK;
}

bool hsi_framer_peek(const hsi_framer *framer, hsi_frame *out)
{
    hsi_bytes bytes = hsi_buffer_peek(&framer->bytes);
    hsi_cursor in = hsi_cursor_of(bytes);
    *out = (hsi_frame){.time_ns = framer->time_ns};
    hsi_status status = begins_sslv2(framer, bytes) ? read_sslv2(&in, out) : read_record(&in, out);
    return status == HSI_OK;
}

bool hsi_framer_peek_cut(const hsi_framer *framer, hsi_frame *out)
{
    hsi_bytes bytes = hsi_buffer_peek(&framer->bytes);
    size_t header = bytes.length < HEADER ? bytes.length : HEADER;
    *out = (hsi_frame){.time_ns = framer->time_ns,
                       .header = hsi_bytes_slice(bytes, 0, header),
                       .fragment = hsi_bytes_slice(bytes, header, bytes.length - header),
                       .type = bytes.length > 0 ? bytes.data[0] : 0,
                       .version = (uint16_t)(bytes.length > 2 ? bytes.data[1] << 8 | bytes.data[2] : 0)};
    return bytes.length > 0;
}

void hsi_framer_consume(hsi_framer *framer, const hsi_frame *frame)
{
    hsi_buffer_consume(&framer->bytes, frame->header.length + frame->fragment.length);
    framer->time_ns = framer->newest_ns;
    framer->started = true;
}

static bool is_header(const uint8_t *at)
{
    enum { LAST_TYPE = 24, MAJOR = 3, NEWEST_MINOR = 4, FRAGMENT_MOST = (1 << 14) + 2048 }; /* heartbeat, RFC 6520 */
    size_t length = (size_t)at[3] << 8 | at[4];
    return at[0] >= HSI_CONTENT_CHANGE_CIPHER_SPEC && at[0] <= LAST_TYPE && at[1] == MAJOR && at[2] <= NEWEST_MINOR &&
           length > 0 && length <= FRAGMENT_MOST;
}

bool hsi_framer_finds(hsi_bytes bytes)
{
    if (bytes.length < HEADER || !is_header(bytes.data)) {
        return false;
    }
    size_t next = HEADER + ((size_t)bytes.data[3] << 8 | bytes.data[4]);
    return bytes.length == next || (bytes.length >= next + HEADER && is_header(bytes.data + next));
}
