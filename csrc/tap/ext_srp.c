/* srp: the user name, for a handshake with a password. RFC 5054 section 2.8.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_srp(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_text_vector(f, in, "srp_I", 1);
}

const hsi_extension hsi_ext_srp = {12, "srp", HSI_IN_CH, dissect_srp, "RFC 5054 section 2.8.1"};
