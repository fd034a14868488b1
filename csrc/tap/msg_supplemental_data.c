/* SupplementalData: who the user is and what he may do, for the application. RFC 4680 section 2; user mappings,
 * RFC 4681 section 3; authorizations, RFC 5878 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

enum { USER_MAPPING_DATA = 0, AUTHZ_DATA = 16386, UPN_DOMAIN_HINT = 64, X509_ATTR_CERT = 0, SAML_ASSERTION = 1 };

/* What has no layout here ends where its entry does. */
static hsi_status dissect_user_mapping_data(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "user_mapping_version", hsi_user_mapping_type));
    if (hsi_field_last(f)->number != UPN_DOMAIN_HINT) {
        return hsi_field_rest(f, in, "user_mapping_data");
    }
    HSI_TRY(hsi_field_text_vector(f, in, "user_principal_name", 2));
    return hsi_field_text_vector(f, in, "domain_name", 2);
}

static hsi_status dissect_authz_data(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "authz_format", hsi_authz_data_format));
    bool whole = hsi_field_last(f)->number <= SAML_ASSERTION;
    return whole ? hsi_field_opaque_vector(f, in, "authz_data", 2) : hsi_field_rest(f, in, "authz_data");
}

static hsi_status dissect_data(hsi_fields *f, hsi_cursor *in, uint64_t type)
{
    if (type == USER_MAPPING_DATA) {
        return hsi_dissect_structs(f, in, "user_mapping_data_list", 2, dissect_user_mapping_data);
    }
    if (type == AUTHZ_DATA) {
        return hsi_dissect_structs(f, in, "authz_data_list", 2, dissect_authz_data);
    }
    return hsi_field_rest(f, in, "opaque");
}

static hsi_status dissect_entry(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor data;
    HSI_TRY(hsi_field_u16(f, in, "supp_data_type", hsi_supplemental_data_type));
    uint64_t type = hsi_field_last(f)->number;
    HSI_TRY(hsi_field_nested(f, in, "supp_data", 2, &data));
    HSI_TRY(dissect_data(f, &data, type));
    return hsi_cursor_empty(&data) ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status dissect_supplemental_data(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_structs(f, in, "supp_data", 3, dissect_entry);
}

const hsi_message_type hsi_msg_supplemental_data = {HSI_SUPPLEMENTAL_DATA, "SupplementalData", "RFC 4680 section 2",
                                                    dissect_supplemental_data};
