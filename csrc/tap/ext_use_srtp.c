/* use_srtp: how the media keyed by this handshake may be protected. RFC 5764 section 4.1.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_use_srtp(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_dissect_u16s(f, in, "SRTPProtectionProfiles", 2, hsi_srtp_protection_profile));
    return hsi_field_opaque_vector(f, in, "srtp_mki", 1);
}

const hsi_extension hsi_ext_use_srtp = {14, "use_srtp", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE, dissect_use_srtp,
                                        "RFC 5764 section 4.1.1"};
