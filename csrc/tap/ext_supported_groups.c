/* supported_groups: the groups for (EC)DHE, the most wanted first. RFC 8446 section 4.2.7, RFC 8422 section 5.1.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_supported_groups(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u16s(f, in, "named_group_list", 2, hsi_named_group);
}

const hsi_extension hsi_ext_supported_groups = {10, "supported_groups", HSI_IN_CH | HSI_IN_EE, dissect_supported_groups,
                                                "RFC 8446 section 4.2.7"};
