/* client_authz and server_authz: the formats in which an end sends or takes authorizations; these are in
 * SupplementalData. RFC 5878 section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_authz(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u8s(f, in, "authz_format_list", 1, hsi_authz_data_format);
}

const hsi_extension hsi_ext_client_authz = {7, "client_authz", HSI_IN_CH | HSI_IN_SH, dissect_authz,
                                            "RFC 5878 section 2.3"};
const hsi_extension hsi_ext_server_authz = {8, "server_authz", HSI_IN_CH | HSI_IN_SH, dissect_authz,
                                            "RFC 5878 section 2.3"};
