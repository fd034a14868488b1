/* oid_filters: which certificate extensions a server wants to see in a client's certificate. RFC 8446 section 4.2.5.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_filter(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "certificate_extension_oid", 1));
    return hsi_field_opaque_vector(f, in, "certificate_extension_values", 2);
}

static hsi_status dissect_oid_filters(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_structs(f, in, "filters", 2, dissect_filter);
}

const hsi_extension hsi_ext_oid_filters = {48, "oid_filters", HSI_IN_CR, dissect_oid_filters, "RFC 8446 section 4.2.5"};
