/* Oid: finding the name of an object identifier, and writing it with dots. See the header.
 * SPDX-License-Identifier: MIT */
#include "proto/oid.h"

#include "base/cursor.h"
#include "base/decimal.h"

enum {
    ARC_TEXT = sizeof ".9223372036854775807",
    TEXT_PER_OCTET = 4 /* the longest way: an octet that is an arc of its own, ".127" */
};

/* As memcmp, and a shorter one comes before those that begin like it. */
static int compare(hsi_bytes a, const hsi_oid *b)
{
    size_t shared = a.length < b->length ? a.length : b->length;
    int order = memcmp(a.data, b->content, shared);
    return order != 0 ? order : (a.length > b->length) - (a.length < b->length);
}

const char *hsi_oid_find(const hsi_oid *oids, size_t count, hsi_bytes content)
{
    size_t low = 0, high = content.length == 0 ? 0 : count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(content, &oids[middle]);
        if (order == 0) {
            return oids[middle].name;
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* The next arc: groups of seven bits, the last without the high one. Its first octet is no padding. */
static hsi_status read_arc(hsi_cursor *in, uint64_t *arc)
{
    uint8_t octet = 0x80;
    bool padded = !hsi_cursor_empty(in) && *in->at == 0x80;
    for (*arc = 0; (octet & 0x80) != 0; *arc = *arc << 7 | (octet & 0x7f)) {
        if (padded || *arc >> 56 != 0 || hsi_cursor_u8(in, &octet) != HSI_OK) {
            return HSI_ILLEGAL;
        }
    }
    return HSI_OK;
}

hsi_status hsi_oid_text(const char **out, hsi_arena *arena, hsi_bytes content)
{
    size_t size = content.length * TEXT_PER_OCTET + ARC_TEXT;
    hsi_cursor in = hsi_cursor_of(content);
    uint64_t arc;
    HSI_TRY(read_arc(&in, &arc));
    char *text = hsi_arena_new(arena, size);
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    uint64_t first = arc < 80 ? arc / 40 : 2; /* both first arcs in one, X.690 section 8.19.4 */
    *out = text;
    text = hsi_decimal_write(text, first);
    *text++ = '.';
    text = hsi_decimal_write(text, arc - 40 * first);
    while (!hsi_cursor_empty(&in)) {
        HSI_TRY(read_arc(&in, &arc));
        *text++ = '.';
        text = hsi_decimal_write(text, arc);
    }
    return HSI_OK;
}
