/* ticket_request: how many tickets the client wants, and how many it may expect. RFC 9149 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_ticket_request(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u8(f, in, "expected_count", NULL);
    }
    HSI_TRY(hsi_field_u8(f, in, "new_session_count", NULL));
    return hsi_field_u8(f, in, "resumption_count", NULL);
}

const hsi_extension hsi_ext_ticket_request = {58, "ticket_request", HSI_IN_CH | HSI_IN_EE, dissect_ticket_request,
                                              "RFC 9149 section 3"};
