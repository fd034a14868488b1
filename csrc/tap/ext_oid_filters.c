/* oid_filters: which certificate extensions a server wants to see in a client's certificate. RFC 8446 section 4.2.5.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_oid_filters(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, "filters", 2, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(hsi_field_begin(f, &list, HSI_ITEM));
        HSI_TRY(hsi_field_opaque_vector(f, &list, "certificate_extension_oid", 1));
        HSI_TRY(hsi_field_opaque_vector(f, &list, "certificate_extension_values", 2));
        hsi_field_end(f, &list);
    }
    return HSI_OK;
}

const hsi_extension hsi_ext_oid_filters = {48, "oid_filters", HSI_IN_CR, dissect_oid_filters, "RFC 8446 section 4.2.5"};
