/* NextProtocol: the protocol that the client chose (NPN), padded to hide how long its name is.
 * draft-agl-tls-nextprotoneg section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_next_protocol(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_text_vector(f, in, "selected_protocol", 1));
    return hsi_field_opaque_vector(f, in, "padding", 1);
}

const hsi_message_type hsi_msg_next_protocol = {HSI_NEXT_PROTOCOL, "NextProtocol",
                                                "draft-agl-tls-nextprotoneg section 3", dissect_next_protocol};
