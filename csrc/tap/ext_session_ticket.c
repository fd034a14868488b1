/* session_ticket: a ticket to resume with, or the wish for one (empty). RFC 5077 section 3.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_session_ticket(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_rest(f, in, "ticket");
}

const hsi_extension hsi_ext_session_ticket = {35, "session_ticket", HSI_IN_CH | HSI_IN_SH, dissect_session_ticket,
                                              "RFC 5077 section 3.2"};
