/* user_mapping: the ways in which a user may be named; the names are in SupplementalData. RFC 4681 section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_user_mapping(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u8s(f, in, "user_mapping_types", 1, hsi_user_mapping_type);
}

const hsi_extension hsi_ext_user_mapping = {6, "user_mapping", HSI_IN_CH | HSI_IN_SH, dissect_user_mapping,
                                            "RFC 4681 section 2"};
