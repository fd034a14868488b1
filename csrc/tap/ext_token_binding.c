/* token_binding: the version and the kinds of keys that tokens may be bound to; the server answers with one kind.
 * RFC 8472 section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_token_binding(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "major", NULL));
    HSI_TRY(hsi_field_u8(f, in, "minor", NULL));
    return hsi_dissect_u8s(f, in, "key_parameters_list", 1, hsi_token_binding_key_parameters);
}

const hsi_extension hsi_ext_token_binding = {24, "token_binding", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                             dissect_token_binding, "RFC 8472 section 2"};
