/* Segment: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/segment.h"

enum { SHORTEST_HEADER = 20 };

hsi_status hsi_segment_read(hsi_segment *out, hsi_bytes payload, size_t missing)
{
    hsi_cursor in = hsi_cursor_of(payload);
    uint64_t sequence, acknowledgment;
    uint8_t words;
    HSI_TRY(hsi_cursor_u16(&in, &out->source));
    HSI_TRY(hsi_cursor_u16(&in, &out->destination));
    HSI_TRY(hsi_cursor_uint(&in, 4, &sequence));
    HSI_TRY(hsi_cursor_uint(&in, 4, &acknowledgment));
    HSI_TRY(hsi_cursor_u8(&in, &words));
    HSI_TRY(hsi_cursor_u8(&in, &out->flags));
    size_t header = 4U * (words >> 4);
    if (header < SHORTEST_HEADER || header > payload.length + missing) {
        return HSI_ILLEGAL;
    }
    size_t there = header < payload.length ? header : payload.length; /* options may be cut too */
    out->data = hsi_bytes_slice(payload, there, payload.length - there);
    out->missing = missing - (header - there);
    out->sequence = (uint32_t)sequence + ((out->flags & HSI_TCP_SYN) != 0);
    out->acknowledgment = (uint32_t)acknowledgment;
    return HSI_OK;
}
