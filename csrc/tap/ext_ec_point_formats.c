/* ec_point_formats: how points of a curve may be written. RFC 8422 section 5.1.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_ec_point_formats(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u8s(f, in, "ec_point_format_list", 1, hsi_ec_point_format);
}

const hsi_extension hsi_ext_ec_point_formats = {11, "ec_point_formats", HSI_IN_CH | HSI_IN_SH, dissect_ec_point_formats,
                                                "RFC 8422 section 5.1.2"};
