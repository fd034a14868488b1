/* pake: a password-authenticated key exchange in the place of (EC)DHE; a client sends shares, a server one.
 * draft-bmw-tls-pake13.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_pake_share(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u16(f, in, "pake_scheme", NULL));
    return hsi_field_opaque_vector(f, in, "pake_message", 2);
}

static hsi_status dissect_pake(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        HSI_TRY(hsi_field_begin(f, in, "server_share"));
        HSI_TRY(dissect_pake_share(f, in));
        hsi_field_end(f, in);
        return HSI_OK;
    }
    HSI_TRY(hsi_field_text_vector(f, in, "client_identity", 2));
    HSI_TRY(hsi_field_text_vector(f, in, "server_identity", 2));
    return hsi_dissect_structs(f, in, "client_shares", 2, dissect_pake_share);
}

const hsi_extension hsi_ext_pake = {35387, "pake", HSI_IN_CH | HSI_IN_SH, dissect_pake, "draft-bmw-tls-pake13"};
