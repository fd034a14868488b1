/* record_size_limit: the longest record that the sender takes. RFC 8449 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_record_size_limit(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u16(f, in, "record_size_limit", NULL);
}

const hsi_extension hsi_ext_record_size_limit = {28, "record_size_limit", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                 dissect_record_size_limit, "RFC 8449 section 4"};
