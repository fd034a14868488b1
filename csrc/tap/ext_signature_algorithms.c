/* signature_algorithms, and signature_algorithms_cert for those in certificates: the same list. RFC 8446 section 4.2.3,
 * RFC 5246 section 7.4.1.4.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_signature_algorithms(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u16s(f, in, "supported_signature_algorithms", 2, hsi_signature_scheme);
}

const hsi_extension hsi_ext_signature_algorithms = {13, "signature_algorithms", HSI_IN_CH | HSI_IN_CR,
                                                    dissect_signature_algorithms, "RFC 8446 section 4.2.3"};
const hsi_extension hsi_ext_signature_algorithms_cert = {50, "signature_algorithms_cert", HSI_IN_CH | HSI_IN_CR,
                                                         dissect_signature_algorithms, "RFC 8446 section 4.2.3"};
