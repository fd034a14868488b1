/* max_fragment_length: how long a plaintext fragment may be. RFC 6066 section 4.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name lengths[] = {{1, "2^9"}, {2, "2^10"}, {3, "2^11"}, {4, "2^12"}};

static const char *max_fragment_length(uint32_t value)
{
    return hsi_name_find(lengths, HSI_COUNT(lengths), value);
}

static hsi_status dissect_max_fragment_length(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u8(f, in, "max_fragment_length", max_fragment_length);
}

const hsi_extension hsi_ext_max_fragment_length = {1, "max_fragment_length", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                   dissect_max_fragment_length, "RFC 6066 section 4"};
