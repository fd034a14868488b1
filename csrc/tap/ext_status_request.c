/* status_request: the client asks for an OCSP response; a server says yes with nothing, and in TLS 1.3 puts the
 * response beside its certificate. RFC 6066 section 8, RFC 8446 section 4.4.2.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_request(hsi_fields *f, hsi_cursor *in)
{
    enum { OCSP = 1 };
    hsi_cursor ahead = *in;
    uint8_t status_type;
    HSI_TRY(hsi_cursor_u8(&ahead, &status_type));
    HSI_TRY(hsi_field_u8(f, in, "status_type", hsi_certificate_status_type));
    if (status_type != OCSP) {
        return hsi_field_rest(f, in, "request");
    }
    HSI_TRY(hsi_field_begin(f, in, "request"));
    HSI_TRY(hsi_dissect_list(f, in, "responder_id_list", 2, hsi_dissect_responder_id));
    HSI_TRY(hsi_dissect_request_extensions(f, in, "request_extensions"));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_status_request(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return dissect_request(f, in);
    }
    return hsi_fields_in(f, HSI_IN_CT) ? hsi_dissect_certificate_status(f, in) : HSI_OK;
}

const hsi_extension hsi_ext_status_request = {5, "status_request", HSI_IN_CH | HSI_IN_SH | HSI_IN_CR | HSI_IN_CT,
                                              dissect_status_request, "RFC 6066 section 8"};
