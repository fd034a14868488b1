/* CompressedCertificate: the compressed message stays one opaque leaf. RFC 8879 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_compressed_certificate(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "algorithm", hsi_certificate_compression));
    HSI_TRY(hsi_field_u24(f, in, "uncompressed_length", NULL));
    return hsi_field_opaque_vector(f, in, "compressed_certificate_message", 3);
}

const hsi_message_type hsi_msg_compressed_certificate = {HSI_COMPRESSED_CERTIFICATE, "CompressedCertificate",
                                                         "RFC 8879 section 4", dissect_compressed_certificate};
