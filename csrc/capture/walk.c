/* Walk: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/walk.h"

#include "tap/items.h"

/* A ClientHello in SSLv2 format has a header of two bytes, and is longer than the three that were taken with it. */
static size_t fragment_left(const uint8_t *header)
{
    enum { SSLV2 = 0x80, SSLV2_TAKEN = 3 };
    size_t sslv2 = (size_t)(header[0] & 0x7f) << 8 | header[1];
    if ((header[0] & SSLV2) != 0) {
        return sslv2 < SSLV2_TAKEN ? 0 : sslv2 - SSLV2_TAKEN;
    }
    return (size_t)header[3] << 8 | header[4];
}

static void take_header(hsi_walk *walk, uint8_t byte)
{
    walk->header[walk->have++] = byte;
    if (walk->have == HSI_RECORD_HEADER) {
        walk->data = walk->data || walk->header[0] == HSI_CONTENT_APPLICATION_DATA;
        walk->left = fragment_left(walk->header);
        walk->have = 0;
    }
}

void hsi_walk_take(hsi_walk *walk, hsi_bytes bytes)
{
    walk->lost = walk->lost && !hsi_framer_finds(bytes);
    for (size_t at = 0; at < bytes.length && !walk->lost && !walk->data;) {
        if (walk->left == 0) {
            take_header(walk, bytes.data[at++]);
        } else {
            size_t step = walk->left < bytes.length - at ? walk->left : bytes.length - at;
            walk->left -= step;
            at += step;
        }
    }
}

void hsi_walk_miss(hsi_walk *walk)
{
    walk->have = walk->left = 0;
    walk->lost = true;
}
