/* ticket_pinning: a ticket by which a client knows a server again, and the server's proof that it can read the one it was
 * sent. RFC 8672 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_ticket_pinning(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_cursor_empty(in) ? HSI_OK : hsi_field_opaque_vector(f, in, "ticket", 2); /* the first time: none */
    }
    HSI_TRY(hsi_field_opaque_vector(f, in, "proof", 1));
    HSI_TRY(hsi_field_opaque_vector(f, in, "ticket", 2));
    return hsi_field_u32(f, in, "lifetime", NULL);
}

const hsi_extension hsi_ext_ticket_pinning = {32, "ticket_pinning", HSI_IN_CH | HSI_IN_EE, dissect_ticket_pinning,
                                              "RFC 8672 section 3"};
