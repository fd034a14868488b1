/* renegotiation_info: ties a handshake to the one before it on the same connection. RFC 5746 section 3.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_renegotiation_info(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "renegotiated_connection", 1);
}

const hsi_extension hsi_ext_renegotiation_info = {65281, "renegotiation_info", HSI_IN_CH | HSI_IN_SH,
                                                  dissect_renegotiation_info, "RFC 5746 section 3.2"};
