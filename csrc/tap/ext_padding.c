/* padding: zeros that make a ClientHello longer. RFC 7685 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_padding(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_rest(f, in, "padding");
}

const hsi_extension hsi_ext_padding = {21, "padding", HSI_IN_CH, dissect_padding, "RFC 7685 section 3"};
