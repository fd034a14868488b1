/* Certificate: a chain, each certificate opaque DER. RFC 8446 section 4.4.2; before TLS 1.3, RFC 5246 section 7.4.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_certificate_entry(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, HSI_ITEM));
    HSI_TRY(hsi_field_opaque_vector(f, in, "cert_data", 3));
    HSI_TRY(hsi_extensions_dissect(f, in, HSI_IN_CT));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_certificate(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_dissect_is_tls13(f)) {
        hsi_field_rfc(f, "RFC 5246 section 7.4.2");
        return hsi_dissect_opaques(f, in, "certificate_list", 3, 3);
    }
    hsi_cursor list;
    HSI_TRY(hsi_field_opaque_vector(f, in, "certificate_request_context", 1));
    HSI_TRY(hsi_field_vector(f, in, "certificate_list", 3, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(dissect_certificate_entry(f, &list));
    }
    return HSI_OK;
}

const hsi_message_type hsi_msg_certificate = {HSI_CERTIFICATE, "Certificate", "RFC 8446 section 4.4.2",
                                              dissect_certificate};
