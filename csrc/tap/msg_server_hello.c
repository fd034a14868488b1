/* ServerHello and HelloRetryRequest: one struct, told apart by its random. RFC 8446 sections 4.1.3 and 4.1.4; the
 * ServerHello of RFC 5246 section 7.4.1.3 has the same bytes.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_as(hsi_fields *f, hsi_cursor *in, unsigned where)
{
    HSI_TRY(hsi_field_u16(f, in, "legacy_version", hsi_protocol_version));
    HSI_TRY(hsi_field_opaque(f, in, "random", 32));
    HSI_TRY(hsi_field_opaque_vector(f, in, "legacy_session_id_echo", 1));
    HSI_TRY(hsi_field_u16(f, in, "cipher_suite", hsi_cipher_suite));
    HSI_TRY(hsi_field_u8(f, in, "legacy_compression_method", hsi_compression_method));
    return hsi_extensions_dissect(f, in, where);
}

static hsi_status dissect_server_hello(hsi_fields *f, hsi_cursor *in)
{
    return dissect_as(f, in, HSI_IN_SH);
}

static hsi_status dissect_hello_retry_request(hsi_fields *f, hsi_cursor *in)
{
    return dissect_as(f, in, HSI_IN_HRR);
}

const hsi_message_type hsi_msg_server_hello = {HSI_SERVER_HELLO, "ServerHello", "RFC 8446 section 4.1.3",
                                               dissect_server_hello};
const hsi_message_type hsi_msg_hello_retry_request = {HSI_SERVER_HELLO, "HelloRetryRequest", "RFC 8446 section 4.1.4",
                                                      dissect_hello_retry_request};
