/* key_share: the client's (EC)DHE values, the server's one, or the group for which it wants one.
 * RFC 8446 section 4.2.8.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_key_share_entry(hsi_fields *f, hsi_cursor *in, const char *name)
{
    HSI_TRY(hsi_field_begin(f, in, name));
    HSI_TRY(hsi_field_u16(f, in, "group", hsi_named_group));
    HSI_TRY(hsi_field_opaque_vector(f, in, "key_exchange", 2));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_client_shares(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, "client_shares", 2, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(dissect_key_share_entry(f, &list, HSI_ITEM));
    }
    return HSI_OK;
}

static hsi_status dissect_key_share(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return dissect_client_shares(f, in);
    }
    if (hsi_fields_in(f, HSI_IN_HRR)) {
        return hsi_field_u16(f, in, "selected_group", hsi_named_group);
    }
    return dissect_key_share_entry(f, in, "server_share");
}

const hsi_extension hsi_ext_key_share = {51, "key_share", HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR, dissect_key_share,
                                         "RFC 8446 section 4.2.8"};
