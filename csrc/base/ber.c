/* Ber: see the header.
 * SPDX-License-Identifier: MIT */
#include "base/ber.h"

enum { LONG_FORM = 0x80, ELEMENT_WIDTH = 4 };

hsi_status hsi_ber_content(hsi_cursor *in, size_t width, hsi_cursor *content)
{
    hsi_cursor ahead = *in;
    uint8_t first;
    HSI_TRY(hsi_cursor_u8(&ahead, &first));
    uint64_t length = first;
    if (first >= LONG_FORM) {
        size_t octets = first - LONG_FORM;
        HSI_TRY(octets == 0 || octets > width ? HSI_ILLEGAL : hsi_cursor_uint(&ahead, octets, &length));
    }
    if (length > hsi_cursor_left(&ahead)) {
        return HSI_TRUNCATED;
    }
    HSI_TRY(hsi_cursor_slice(&ahead, content, (size_t)length));
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_ber_element(hsi_cursor *in, uint8_t *tag, hsi_cursor *content)
{
    hsi_cursor ahead = *in;
    uint8_t found;
    HSI_TRY(hsi_cursor_u8(&ahead, &found));
    HSI_TRY(hsi_ber_content(&ahead, ELEMENT_WIDTH, content));
    *tag = found;
    *in = ahead;
    return HSI_OK;
}
