/* NewSessionTicket. RFC 8446 section 4.6.1; before TLS 1.3, RFC 5077 section 3.3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_rfc5077(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 5077 section 3.3");
    HSI_TRY(hsi_field_u32(f, in, "ticket_lifetime_hint", NULL));
    return hsi_field_opaque_vector(f, in, "ticket", 2);
}

static hsi_status dissect_new_session_ticket(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_dissect_is_tls13(f)) {
        return dissect_rfc5077(f, in);
    }
    HSI_TRY(hsi_field_u32(f, in, "ticket_lifetime", NULL));
    HSI_TRY(hsi_field_u32(f, in, "ticket_age_add", NULL));
    HSI_TRY(hsi_field_opaque_vector(f, in, "ticket_nonce", 1));
    HSI_TRY(hsi_field_opaque_vector(f, in, "ticket", 2));
    return hsi_extensions_dissect(f, in, HSI_IN_NST);
}

const hsi_message_type hsi_msg_new_session_ticket = {HSI_NEW_SESSION_TICKET, "NewSessionTicket",
                                                     "RFC 8446 section 4.6.1", dissect_new_session_ticket};
