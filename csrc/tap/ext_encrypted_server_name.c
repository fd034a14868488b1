/* encrypted_server_name: the server's name, encrypted, before there was encrypted_client_hello.
 * draft-ietf-tls-esni-06 section 5.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"
#include "tap/journal.h"

static hsi_status dissect_client(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "suite", hsi_cipher_suite));
    HSI_TRY(hsi_field_begin(f, in, "key_share"));
    HSI_TRY(hsi_field_u16(f, in, "group", hsi_named_group));
    HSI_TRY(hsi_dissect_share(f, in, "key_exchange", hsi_field_last(f)->number, HSI_CLIENT));
    hsi_field_end(f, in);
    HSI_TRY(hsi_field_opaque_vector(f, in, "record_digest", 2));
    return hsi_field_opaque_vector(f, in, "encrypted_sni", 2);
}

static hsi_status dissect_encrypted_server_name(hsi_fields *f, hsi_cursor *in)
{
    return hsi_fields_in(f, HSI_IN_CH) ? dissect_client(f, in) : hsi_field_rest(f, in, "response");
}

const hsi_extension hsi_ext_encrypted_server_name = {65486, "encrypted_server_name", HSI_IN_CH | HSI_IN_EE,
                                                     dissect_encrypted_server_name, "draft-ietf-tls-esni-06 section 5"};
