/* pre_shared_key: the keys that a client offers, with a proof for each, or the one that the server chose. The binders
 * cover the ClientHello up to the field `binders`. RFC 8446 section 4.2.11.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_identity(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "identity", 2));
    return hsi_field_u32(f, in, "obfuscated_ticket_age", NULL);
}

static hsi_status dissect_pre_shared_key(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_field_u16(f, in, "selected_identity", NULL);
    }
    HSI_TRY(hsi_dissect_structs(f, in, "identities", 2, dissect_identity));
    return hsi_dissect_opaques(f, in, "binders", 2, 1);
}

const hsi_extension hsi_ext_pre_shared_key = {41, "pre_shared_key", HSI_IN_CH | HSI_IN_SH, dissect_pre_shared_key,
                                              "RFC 8446 section 4.2.11"};
