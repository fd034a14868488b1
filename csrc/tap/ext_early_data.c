/* early_data: announces or accepts 0-RTT data with nothing; a ticket says how much of it may be sent.
 * RFC 8446 section 4.2.10.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_early_data(hsi_fields *f, hsi_cursor *in)
{
    return hsi_fields_in(f, HSI_IN_NST) ? hsi_field_u32(f, in, "max_early_data_size", NULL) : HSI_OK;
}

const hsi_extension hsi_ext_early_data = {42, "early_data", HSI_IN_CH | HSI_IN_EE | HSI_IN_NST, dissect_early_data,
                                          "RFC 8446 section 4.2.10"};
