/* Cursor: reading big-endian integers, slices and vectors. See the header.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"

hsi_status hsi_cursor_uint(hsi_cursor *in, size_t width, uint64_t *out)
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

hsi_status hsi_cursor_u8(hsi_cursor *in, uint8_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 1, &value));
    *out = (uint8_t)value;
    return HSI_OK;
}

hsi_status hsi_cursor_u16(hsi_cursor *in, uint16_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 2, &value));
    *out = (uint16_t)value;
    return HSI_OK;
}

hsi_status hsi_cursor_u24(hsi_cursor *in, uint32_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 3, &value));
    *out = (uint32_t)value;
    return HSI_OK;
}

hsi_status hsi_cursor_slice(hsi_cursor *in, hsi_cursor *out, size_t length)
{
    if (hsi_cursor_left(in) < length) {
        return HSI_TRUNCATED;
    }
    *out = hsi_cursor_over(in->at, length);
    in->at = out->end;
    return HSI_OK;
}

hsi_status hsi_cursor_take(hsi_cursor *in, hsi_bytes *out, size_t length)
{
    hsi_cursor slice;
    HSI_TRY(hsi_cursor_slice(in, &slice, length));
    *out = hsi_cursor_rest(&slice);
    return HSI_OK;
}

hsi_status hsi_cursor_vector(hsi_cursor *in, size_t width, hsi_cursor *out)
{
    hsi_cursor ahead = *in; /* a copy: if this fails, `in` has not moved */
    uint64_t length;
    HSI_TRY(hsi_cursor_uint(&ahead, width, &length));
    HSI_TRY(hsi_cursor_slice(&ahead, out, (size_t)length));
    *in = ahead;
    return HSI_OK;
}
