/* next_protocol_negotiation (NPN): asked for with nothing, answered with the protocols that the server speaks; the
 * client's choice is in NextProtocol. draft-agl-tls-nextprotoneg section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_next_protocol_negotiation(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH) || hsi_cursor_empty(in)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_field_bounded(f, in, "protocol_name_list", hsi_cursor_left(in)));
    while (!hsi_cursor_empty(in)) {
        HSI_TRY(hsi_dissect_protocol_name(f, in, HSI_ITEM));
    }
    return HSI_OK;
}

const hsi_extension hsi_ext_next_protocol_negotiation = {13172, "next_protocol_negotiation", HSI_IN_CH | HSI_IN_SH,
                                                         dissect_next_protocol_negotiation,
                                                         "draft-agl-tls-nextprotoneg section 3"};
