/* heartbeat: whether the peer may send heartbeat requests. RFC 6520 section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_heartbeat(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u8(f, in, "mode", hsi_heartbeat_mode);
}

const hsi_extension hsi_ext_heartbeat = {15, "heartbeat", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE, dissect_heartbeat,
                                         "RFC 6520 section 2"};
