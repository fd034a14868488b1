/* dnssec_chain: the port that the client wants to reach, and the signed DNS records that prove the server's TLSA record
 * for it. RFC 9102 section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_dnssec_chain(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u16(f, in, "PortNumber", NULL);
    }
    HSI_TRY(hsi_field_u16(f, in, "ExtSupportLifetime", NULL));
    return hsi_field_opaque_vector(f, in, "AuthenticationChain", 2);
}

const hsi_extension hsi_ext_dnssec_chain = {59, "dnssec_chain", HSI_IN_CH | HSI_IN_SH | HSI_IN_CT, dissect_dnssec_chain,
                                            "RFC 9102 section 2"};
