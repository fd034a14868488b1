/* Share: the public value of a key exchange, in its parts: a point's coordinates, the two halves of a hybrid group.
 * RFC 8446 section 4.2.8, RFC 8422 section 5.4.1, RFC 10024 section 3.
 * SPDX-License-Identifier: MIT */
#include "proto/group.h"
#include "tap/dissect.h"
#include "tap/journal.h"

enum { UNCOMPRESSED = 4 };

/* UncompressedPointRepresentation, RFC 8446 section 4.2.8.2: both coordinates are equally long. */
static hsi_status dissect_coordinates(hsi_fields *f, hsi_cursor *in, size_t coordinate)
{
    HSI_TRY(hsi_field_u8(f, in, "legacy_form", NULL));
    HSI_TRY(hsi_field_opaque(f, in, "X", coordinate));
    return hsi_field_opaque(f, in, "Y", coordinate);
}

hsi_status hsi_dissect_point(hsi_fields *f, hsi_cursor *in, const char *name, size_t width)
{
    hsi_cursor ahead = *in, point;
    HSI_TRY(hsi_cursor_vector(&ahead, width, &point));
    size_t length = hsi_cursor_left(&point);
    bool uncompressed = length >= 3 && length % 2 == 1 && *point.at == UNCOMPRESSED;
    if (!uncompressed) {
        return hsi_field_opaque_vector(f, in, name, width);
    }
    HSI_TRY(hsi_field_nested(f, in, name, width, &point));
    return dissect_coordinates(f, &point, length / 2);
}

/* One of two parts is a struct of its own; the only one stands directly in the share. */
static hsi_status dissect_part(hsi_fields *f, hsi_cursor *in, const hsi_share_part *part, unsigned sender, bool alone)
{
    static const char *const kem[2] = {[HSI_CLIENT] = "encapsulation_key", [HSI_SERVER] = "ciphertext"};
    size_t length = part->length[sender];
    if (part->kind != HSI_SHARE_POINT) {
        const char *name = part->kind == HSI_SHARE_KEM ? kem[sender] : "ephemeral_share";
        return hsi_field_opaque(f, in, alone ? "opaque" : name, length);
    }
    if (alone) {
        return dissect_coordinates(f, in, length / 2);
    }
    HSI_TRY(hsi_field_begin(f, in, "ephemeral_share"));
    HSI_TRY(dissect_coordinates(f, in, length / 2));
    hsi_field_end(f, in);
    return HSI_OK;
}

hsi_status hsi_dissect_share(hsi_fields *f, hsi_cursor *in, const char *name, uint64_t group, unsigned sender)
{
    enum { WIDTH = 2 };
    const hsi_group *known = hsi_group_find((uint32_t)group);
    hsi_cursor ahead = *in, share;
    HSI_TRY(hsi_cursor_vector(&ahead, WIDTH, &share));
    if (known == NULL || hsi_cursor_left(&share) != hsi_group_share_length(known, sender)) {
        return hsi_field_opaque_vector(f, in, name, WIDTH);
    }
    HSI_TRY(hsi_field_nested(f, in, name, WIDTH, &share));
    bool alone = known->parts[1].kind == HSI_SHARE_NONE;
    HSI_TRY(dissect_part(f, &share, &known->parts[0], sender, alone));
    return alone ? HSI_OK : dissect_part(f, &share, &known->parts[1], sender, false);
}
