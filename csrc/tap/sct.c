/* Sct: SignedCertificateTimestampList, in a TLS extension, in a certificate's and in an OCSP response's. A timestamp of a
 * version other than v1 is opaque. Knows no log's key. RFC 6962 sections 3.2 and 3.3.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "tap/dissect.h"

enum { V1 = 0, LOG_ID = 32 };

static const char *version_name(uint32_t value)
{
    return value == V1 ? "v1" : NULL;
}

/* Milliseconds since 1970, as ISO 8601 has it; nothing for a time that no calendar has. */
static hsi_status describe_time(hsi_fields *f, uint64_t milliseconds, const char **out)
{
    time_t seconds = (time_t)(milliseconds / 1000);
    struct tm at;
    char text[sizeof "9223372036854775807-12-31T23:59:59"];
    if (gmtime_r(&seconds, &at) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &at) == 0) {
        return HSI_OK;
    }
    return hsi_arena_format(f->arena, out, "%s.%03uZ", text, (unsigned)(milliseconds % 1000));
}

static hsi_status dissect_timestamp(hsi_fields *f, hsi_cursor *in)
{
    enum { WIDTH = 8 };
    hsi_cursor ahead = *in;
    uint64_t milliseconds;
    const char *meaning = NULL;
    HSI_TRY(hsi_cursor_uint(&ahead, WIDTH, &milliseconds));
    HSI_TRY(describe_time(f, milliseconds, &meaning));
    return hsi_field_number(f, in, "timestamp", WIDTH, milliseconds, meaning);
}

/* What follows the length of a SerializedSCT. */
static hsi_status dissect_sct(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "sct_version", version_name));
    if (hsi_field_last(f)->number != V1) {
        return hsi_field_rest(f, in, "opaque");
    }
    HSI_TRY(hsi_field_opaque(f, in, "id", LOG_ID));
    HSI_TRY(dissect_timestamp(f, in));
    HSI_TRY(hsi_field_opaque_vector(f, in, "extensions", 2));
    HSI_TRY(hsi_field_u16(f, in, "algorithm", hsi_signature_scheme));
    return hsi_field_opaque_vector(f, in, "signature", 2);
}

hsi_status hsi_dissect_sct_list(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor list, sct;
    HSI_TRY(hsi_field_vector(f, in, "sct_list", 2, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(hsi_field_nested(f, &list, HSI_ITEM, 2, &sct));
        hsi_field *opened = f->open;
        HSI_TRY(hsi_fields_settle(f, opened, dissect_sct(f, &sct)));
    }
    return HSI_OK;
}
