/* client_certificate_type and server_certificate_type: X.509 or a raw public key; a client lists, a server chooses.
 * RFC 7250 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_client_certificate_type(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u8(f, in, "client_certificate_type", hsi_certificate_type);
    }
    return hsi_dissect_u8s(f, in, "client_certificate_types", 1, hsi_certificate_type);
}

static hsi_status dissect_server_certificate_type(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u8(f, in, "server_certificate_type", hsi_certificate_type);
    }
    return hsi_dissect_u8s(f, in, "server_certificate_types", 1, hsi_certificate_type);
}

const hsi_extension hsi_ext_client_certificate_type = {19, "client_certificate_type", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                       dissect_client_certificate_type, "RFC 7250 section 3"};
const hsi_extension hsi_ext_server_certificate_type = {20, "server_certificate_type", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                       dissect_server_certificate_type, "RFC 7250 section 3"};
