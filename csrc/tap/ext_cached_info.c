/* cached_info: what the client has kept of the server's certificates, by hash; the server says which of it it will
 * leave out. RFC 7924 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_cached_object(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "type", hsi_cached_information_type));
    return hsi_fields_in(f, HSI_IN_CH) ? hsi_field_opaque_vector(f, in, "hash_value", 1) : HSI_OK;
}

static hsi_status dissect_cached_info(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_structs(f, in, "cached_info", 2, dissect_cached_object);
}

const hsi_extension hsi_ext_cached_info = {25, "cached_info", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE, dissect_cached_info,
                                           "RFC 7924 section 3"};
