/* supported_versions: a client lists versions, a server names the one it chose. RFC 8446 section 4.2.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_supported_versions(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u16(f, in, "selected_version", hsi_protocol_version);
    }
    return hsi_dissect_u16s(f, in, "versions", 1, hsi_protocol_version);
}

const hsi_extension hsi_ext_supported_versions = {43, "supported_versions", HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR,
                                                  dissect_supported_versions, "RFC 8446 section 4.2.1"};
