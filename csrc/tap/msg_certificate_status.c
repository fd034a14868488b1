/* CertificateStatus: OCSP responses. RFC 6066 section 8; several of them, RFC 6961 section 2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

hsi_status hsi_dissect_certificate_status(hsi_fields *f, hsi_cursor *in)
{
    enum { OCSP = 1, OCSP_MULTI = 2 };
    hsi_cursor ahead = *in;
    uint8_t status_type;
    HSI_TRY(hsi_cursor_u8(&ahead, &status_type));
    HSI_TRY(hsi_field_u8(f, in, "status_type", hsi_certificate_status_type));
    if (status_type == OCSP_MULTI) {
        return hsi_dissect_list(f, in, "ocsp_response_list", 3, hsi_dissect_ocsp_response);
    }
    return status_type == OCSP ? hsi_dissect_ocsp_response(f, in, "response") : hsi_field_rest(f, in, "response");
}

const hsi_message_type hsi_msg_certificate_status = {HSI_CERTIFICATE_STATUS, "CertificateStatus", "RFC 6066 section 8",
                                                     hsi_dissect_certificate_status};
