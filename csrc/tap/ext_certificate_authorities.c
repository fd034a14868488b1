/* certificate_authorities: the authorities that the sender trusts, as DER names. RFC 8446 section 4.2.4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_certificate_authorities(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_list(f, in, "authorities", 2, hsi_dissect_distinguished_name);
}

const hsi_extension hsi_ext_certificate_authorities = {47, "certificate_authorities", HSI_IN_CH | HSI_IN_CR,
                                                       dissect_certificate_authorities, "RFC 8446 section 4.2.4"};
