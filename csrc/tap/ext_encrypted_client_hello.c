/* encrypted_client_hello: the inner ClientHello, sealed with HPKE; in the inner one only that it is that. The server
 * gives fresh configurations where it could not open it, and in a HelloRetryRequest its confirmation. RFC 9849 sections 4,
 * 5 and 7.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

enum { OUTER = 0, INNER = 1, VERSION = 0xfe0d, CONFIRMATION_LENGTH = 8 };

static const hsi_name types[] = {{OUTER, "outer"}, {INNER, "inner"}};

static const char *client_hello_type(uint32_t value)
{
    return hsi_name_find(types, HSI_COUNT(types), value);
}

/* HpkeSymmetricCipherSuite */
static hsi_status dissect_cipher_suite(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "kdf_id", hsi_hpke_kdf));
    return hsi_field_u16(f, in, "aead_id", hsi_hpke_aead);
}

/* ---- the client's ---- */

static hsi_status dissect_client(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "type", client_hello_type));
    uint64_t type = hsi_field_last(f)->number;
    if (type != OUTER) {
        return type == INNER ? HSI_OK : HSI_ILLEGAL;
    }
    HSI_TRY(hsi_field_begin(f, in, "cipher_suite"));
    HSI_TRY(dissect_cipher_suite(f, in));
    hsi_field_end(f, in);
    HSI_TRY(hsi_field_u8(f, in, "config_id", NULL));
    HSI_TRY(hsi_field_opaque_vector(f, in, "enc", 2));
    return hsi_field_opaque_vector(f, in, "payload", 2);
}

/* ---- the server's ---- */

static hsi_status dissect_config_extension(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "type", hsi_ech_config_extension));
    return hsi_field_opaque_vector(f, in, "data", 2);
}

static hsi_status dissect_key_config(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, "key_config"));
    HSI_TRY(hsi_field_u8(f, in, "config_id", NULL));
    HSI_TRY(hsi_field_u16(f, in, "kem_id", hsi_hpke_kem));
    HSI_TRY(hsi_field_opaque_vector(f, in, "public_key", 2));
    HSI_TRY(hsi_dissect_structs(f, in, "cipher_suites", 2, dissect_cipher_suite));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_contents(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(dissect_key_config(f, in));
    HSI_TRY(hsi_field_u8(f, in, "maximum_name_length", NULL));
    HSI_TRY(hsi_field_text_vector(f, in, "public_name", 1));
    HSI_TRY(hsi_dissect_structs(f, in, "extensions", 2, dissect_config_extension));
    return hsi_cursor_empty(in) ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status dissect_config(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor contents;
    HSI_TRY(hsi_field_u16(f, in, "version", NULL));
    if (hsi_field_last(f)->number != VERSION) {
        return hsi_field_opaque_vector(f, in, "contents", 2);
    }
    HSI_TRY(hsi_field_nested(f, in, "contents", 2, &contents));
    return dissect_contents(f, &contents);
}

static hsi_status dissect_encrypted_client_hello(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return dissect_client(f, in);
    }
    if (hsi_fields_in(f, HSI_IN_HRR)) {
        return hsi_field_opaque(f, in, "confirmation", CONFIRMATION_LENGTH);
    }
    return hsi_dissect_structs(f, in, "retry_configs", 2, dissect_config);
}

const hsi_extension hsi_ext_encrypted_client_hello = {65037, "encrypted_client_hello",
                                                      HSI_IN_CH | HSI_IN_HRR | HSI_IN_EE,
                                                      dissect_encrypted_client_hello, "RFC 9849 section 5"};
