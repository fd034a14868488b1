/* cert_type: X.509 or OpenPGP certificates; a client lists, a server chooses. RFC 6091 section 3.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_cert_type(hsi_fields *f, hsi_cursor *in)
{
    bool lists = hsi_fields_in(f, HSI_IN_CH);
    return lists ? hsi_dissect_u8s(f, in, "certificate_types", 1, hsi_certificate_type)
                 : hsi_field_u8(f, in, "certificate_type", hsi_certificate_type);
}

const hsi_extension hsi_ext_cert_type = {9, "cert_type", HSI_IN_CH | HSI_IN_SH, dissect_cert_type,
                                         "RFC 6091 section 3.1"};
