/* V2ClientHello: a ClientHello in the format of SSL 2.0. Its msg_length is the record's and not in the message, so
 * there is no handshake header either. RFC 5246 appendix E.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

/* V2CipherSpec cipher_specs[cipher_spec_length]: three bytes each; those of TLS begin with a zero. */
static hsi_status dissect_cipher_specs(hsi_fields *f, hsi_cursor *in, size_t length)
{
    hsi_cursor ahead = *in, specs;
    HSI_TRY(hsi_cursor_slice(&ahead, &specs, length));
    if (length == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_field_begin(f, &specs, "cipher_specs"));
    while (!hsi_cursor_empty(&specs)) {
        HSI_TRY(hsi_field_u24(f, &specs, HSI_ITEM, hsi_cipher_suite));
    }
    hsi_field_end(f, &specs);
    *in = ahead;
    return HSI_OK;
}

static hsi_status dissect_sslv2_client_hello(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "msg_type", hsi_handshake_type));
    HSI_TRY(hsi_field_u16(f, in, "version", hsi_protocol_version));
    HSI_TRY(hsi_field_u16(f, in, "cipher_spec_length", NULL));
    size_t cipher_spec_length = (size_t)f->root->last->number;
    HSI_TRY(hsi_field_u16(f, in, "session_id_length", NULL));
    size_t session_id_length = (size_t)f->root->last->number;
    HSI_TRY(hsi_field_u16(f, in, "challenge_length", NULL));
    size_t challenge_length = (size_t)f->root->last->number;
    HSI_TRY(dissect_cipher_specs(f, in, cipher_spec_length));
    HSI_TRY(hsi_field_opaque(f, in, "session_id", session_id_length));
    return hsi_field_opaque(f, in, "challenge", challenge_length);
}

const hsi_message_type hsi_msg_sslv2_client_hello = {HSI_CLIENT_HELLO, "ClientHello", "RFC 5246 appendix E.2",
                                                     dissect_sslv2_client_hello};
