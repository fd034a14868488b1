/* ClientHello. RFC 8446 section 4.1.2; the struct of RFC 5246 section 7.4.1.2 has the same bytes.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_client_hello(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "legacy_version", hsi_protocol_version));
    HSI_TRY(hsi_field_opaque(f, in, "random", 32));
    HSI_TRY(hsi_field_opaque_vector(f, in, "legacy_session_id", 1));
    HSI_TRY(hsi_dissect_u16s(f, in, "cipher_suites", 2, hsi_cipher_suite));
    HSI_TRY(hsi_dissect_u8s(f, in, "legacy_compression_methods", 1, hsi_compression_method));
    return hsi_extensions_dissect(f, in, HSI_IN_CH);
}

const hsi_message_type hsi_msg_client_hello = {HSI_CLIENT_HELLO, "ClientHello", "RFC 8446 section 4.1.2",
                                               dissect_client_hello};
