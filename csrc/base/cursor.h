/* Cursor: a place in borrowed bytes, read forwards. A value: copy it to look ahead. A read that fails changes nothing.
 * Inline: dissecting is little else. Integers are big-endian, vectors are TLS's (RFC 8446 section 3.4).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_CURSOR_H
#define HSI_BASE_CURSOR_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_cursor {
    const uint8_t *at;
    const uint8_t *end;
} hsi_cursor;

static inline hsi_cursor hsi_cursor_over(const void *data, size_t length)
{
    const uint8_t *at = data;
    return (hsi_cursor){at, length == 0 ? at : at + length};
}

static inline hsi_cursor hsi_cursor_of(hsi_bytes bytes)
{
    return hsi_cursor_over(bytes.data, bytes.length);
}

static inline size_t hsi_cursor_left(const hsi_cursor *in)
{
    return (size_t)(in->end - in->at);
}

static inline bool hsi_cursor_empty(const hsi_cursor *in)
{
    return in->at == in->end;
}

/* hsi_cursor_rest borrows what is left, without moving. */
static inline hsi_bytes hsi_cursor_rest(const hsi_cursor *in)
{
    return hsi_bytes_of(in->at, hsi_cursor_left(in));
}

/* hsi_cursor_uint reads a big-endian integer of `width` bytes, 1 to 8. TRUNCATED: there are fewer. */
HSI_MUST_USE static inline hsi_status hsi_cursor_uint(hsi_cursor *in, size_t width, uint64_t *out)
{
    if (hsi_cursor_left(in) < width) {
        return HSI_TRUNCATED;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) {
        value = value << 8 | in->at[i];
    }
    in->at += width;
    *out = value;
    return HSI_OK;
}

HSI_MUST_USE static inline hsi_status hsi_cursor_u8(hsi_cursor *in, uint8_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 1, &value));
    *out = (uint8_t)value;
    return HSI_OK;
}

HSI_MUST_USE static inline hsi_status hsi_cursor_u16(hsi_cursor *in, uint16_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 2, &value));
    *out = (uint16_t)value;
    return HSI_OK;
}

HSI_MUST_USE static inline hsi_status hsi_cursor_u24(hsi_cursor *in, uint32_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 3, &value));
    *out = (uint32_t)value;
    return HSI_OK;
}

/* hsi_cursor_slice sets `out` to the next `length` bytes and moves past them. TRUNCATED: there are fewer. */
HSI_MUST_USE static inline hsi_status hsi_cursor_slice(hsi_cursor *in, hsi_cursor *out, size_t length)
{
    if (hsi_cursor_left(in) < length) {
        return HSI_TRUNCATED;
    }
    *out = hsi_cursor_over(in->at, length);
    in->at = out->end;
    return HSI_OK;
}

/* hsi_cursor_take is hsi_cursor_slice with bytes for its result. */
HSI_MUST_USE static inline hsi_status hsi_cursor_take(hsi_cursor *in, hsi_bytes *out, size_t length)
{
    hsi_cursor slice;
    HSI_TRY(hsi_cursor_slice(in, &slice, length));
    *out = hsi_cursor_rest(&slice);
    return HSI_OK;
}

/* hsi_cursor_vector sets `out` to the body of a vector whose length field has `width` bytes, and moves past it.
 * `out` borrows the bytes under `in`. TRUNCATED: the length or the body is cut short. */
HSI_MUST_USE static inline hsi_status hsi_cursor_vector(hsi_cursor *in, size_t width, hsi_cursor *out)
{
    hsi_cursor ahead = *in; /* a copy: if this fails, `in` has not moved */
    uint64_t length;
    HSI_TRY(hsi_cursor_uint(&ahead, width, &length));
    HSI_TRY(hsi_cursor_slice(&ahead, out, (size_t)length));
    *in = ahead;
    return HSI_OK;
}

#endif
