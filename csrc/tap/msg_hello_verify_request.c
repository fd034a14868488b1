/* HelloVerifyRequest: the cookie that a DTLS server wants to see first. RFC 6347 section 4.2.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_hello_verify_request(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "server_version", hsi_protocol_version));
    return hsi_field_opaque_vector(f, in, "cookie", 1);
}

const hsi_message_type hsi_msg_hello_verify_request = {HSI_HELLO_VERIFY_REQUEST, "HelloVerifyRequest",
                                                       "RFC 6347 section 4.2.1", dissect_hello_verify_request};
