/* CertificateRequest. RFC 8446 section 4.3.2; before TLS 1.3, RFC 5246 section 7.4.4, and before TLS 1.2 without the
 * algorithms, RFC 4346 section 7.4.4. ClientCertificateRequest, of exported authenticators: RFC 9261 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_rfc5246(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 5246 section 7.4.4");
    HSI_TRY(hsi_dissect_u8s(f, in, "certificate_types", 1, hsi_client_certificate_type));
    if (hsi_dissect_names_algorithm(f)) {
        HSI_TRY(hsi_dissect_u16s(f, in, "supported_signature_algorithms", 2, hsi_signature_scheme));
    }
    return hsi_dissect_list(f, in, "certificate_authorities", 2, hsi_dissect_distinguished_name);
}

static hsi_status dissect_rfc8446(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "certificate_request_context", 1));
    return hsi_extensions_dissect(f, in, HSI_IN_CR);
}

static hsi_status dissect_certificate_request(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_is_tls13(f) ? dissect_rfc8446(f, in) : dissect_rfc5246(f, in);
}

const hsi_message_type hsi_msg_certificate_request = {HSI_CERTIFICATE_REQUEST, "CertificateRequest",
                                                      "RFC 8446 section 4.3.2", dissect_certificate_request};
const hsi_message_type hsi_msg_client_certificate_request = {HSI_CLIENT_CERTIFICATE_REQUEST, "ClientCertificateRequest",
                                                             "RFC 9261 section 4", dissect_rfc8446};
