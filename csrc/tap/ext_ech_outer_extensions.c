/* ech_outer_extensions: which extensions the inner ClientHello has in common with the outer one. RFC 9849 section 5.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_ech_outer_extensions(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u16s(f, in, "OuterExtensions", 1, hsi_extension_name);
}

const hsi_extension hsi_ext_ech_outer_extensions = {64768, "ech_outer_extensions", HSI_IN_CH,
                                                    dissect_ech_outer_extensions, "RFC 9849 section 5.1"};
