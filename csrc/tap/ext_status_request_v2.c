/* status_request_v2: the client asks for the OCSP responses of a whole chain; the server says yes with nothing.
 * RFC 6961 section 2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

/* OCSPStatusRequest, the only kind of request that there is. */
static hsi_status dissect_ocsp_status_request(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_dissect_list(f, in, "responder_id_list", 2, hsi_dissect_responder_id));
    return hsi_dissect_request_extensions(f, in, "request_extensions");
}

static hsi_status dissect_item(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor request;
    HSI_TRY(hsi_field_u8(f, in, "status_type", hsi_certificate_status_type));
    if (hsi_field_last(f)->meaning == NULL) {
        return hsi_field_opaque_vector(f, in, "request", 2);
    }
    HSI_TRY(hsi_field_nested(f, in, "request", 2, &request));
    HSI_TRY(dissect_ocsp_status_request(f, &request));
    return hsi_cursor_empty(&request) ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status dissect_status_request_v2(hsi_fields *f, hsi_cursor *in)
{
    bool asks = hsi_fields_in(f, HSI_IN_CH);
    return asks ? hsi_dissect_structs(f, in, "certificate_status_req_list", 2, dissect_item) : HSI_OK;
}

const hsi_extension hsi_ext_status_request_v2 = {17, "status_request_v2", HSI_IN_CH | HSI_IN_SH,
                                                 dissect_status_request_v2, "RFC 6961 section 2.2"};
