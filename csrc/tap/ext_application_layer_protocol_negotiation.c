/* application_layer_protocol_negotiation: the protocols that the client speaks, or the one that the server chose.
 * RFC 7301 section 3.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_application_layer_protocol_negotiation(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_protocol_names(f, in, "protocol_name_list");
}

const hsi_extension hsi_ext_application_layer_protocol_negotiation = {
    16, "application_layer_protocol_negotiation", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
    dissect_application_layer_protocol_negotiation, "RFC 7301 section 3.1"};
