/* server_name: the host that the client wants. A server answers with nothing. RFC 6066 section 3.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name name_types[] = {{0, "host_name"}};

static const char *name_type(uint32_t value)
{
    return hsi_name_find(name_types, HSI_COUNT(name_types), value);
}

static hsi_status dissect_server_name(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor list;
    if (!hsi_fields_in(f, HSI_IN_CH)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_field_vector(f, in, "server_name_list", 2, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(hsi_field_begin(f, &list, HSI_ITEM));
        HSI_TRY(hsi_field_u8(f, &list, "name_type", name_type));
        HSI_TRY(hsi_field_text_vector(f, &list, "name", 2));
        hsi_field_end(f, &list);
    }
    return HSI_OK;
}

const hsi_extension hsi_ext_server_name = {0, "server_name", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE, dissect_server_name,
                                           "RFC 6066 section 3"};
