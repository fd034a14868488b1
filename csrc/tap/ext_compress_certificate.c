/* compress_certificate: the ways in which a Certificate may be compressed. RFC 8879 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_compress_certificate(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u16s(f, in, "algorithms", 1, hsi_certificate_compression);
}

const hsi_extension hsi_ext_compress_certificate = {27, "compress_certificate", HSI_IN_CH | HSI_IN_CR,
                                                    dissect_compress_certificate, "RFC 8879 section 3"};
