/* Order: integers of a capture file, in the byte order of the machine that wrote it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_ORDER_H
#define HSI_CAPTURE_ORDER_H

#include "base/cursor.h"

typedef enum hsi_order { HSI_BIG_ENDIAN, HSI_LITTLE_ENDIAN } hsi_order;

/* hsi_order_u32, hsi_order_u16: as hsi_cursor_uint. */
HSI_MUST_USE static inline hsi_status hsi_order_u32(hsi_cursor *in, hsi_order order, uint32_t *out)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 4, &value));
    *out = order == HSI_BIG_ENDIAN ? (uint32_t)value : __builtin_bswap32((uint32_t)value);
    return HSI_OK;
}

HSI_MUST_USE static inline hsi_status hsi_order_u16(hsi_cursor *in, hsi_order order, uint16_t *out)
{
    HSI_TRY(hsi_cursor_u16(in, out));
    *out = order == HSI_BIG_ENDIAN ? *out : __builtin_bswap16(*out);
    return HSI_OK;
}

#endif
