/* CertificateVerify. RFC 8446 section 4.4.3, RFC 5246 section 7.4.8; before TLS 1.2 it names no algorithm.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_certificate_verify(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_dissect_is_tls13(f)) {
        hsi_field_rfc(f, "RFC 5246 section 7.4.8");
    }
    if (hsi_dissect_names_algorithm(f)) {
        HSI_TRY(hsi_field_u16(f, in, "algorithm", hsi_signature_scheme));
    }
    return hsi_field_opaque_vector(f, in, "signature", 2);
}

const hsi_message_type hsi_msg_certificate_verify = {HSI_CERTIFICATE_VERIFY, "CertificateVerify",
                                                     "RFC 8446 section 4.4.3", dissect_certificate_verify};
