/* key_share: the client's (EC)DHE values, the server's one, or the group for which it wants one. What a value is made
 * of is in share.c. RFC 8446 section 4.2.8.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"
#include "tap/journal.h"

static hsi_status dissect_key_share_entry(hsi_fields *f, hsi_cursor *in, unsigned sender)
{
    HSI_TRY(hsi_field_u16(f, in, "group", hsi_named_group));
    return hsi_dissect_share(f, in, "key_exchange", hsi_field_last(f)->number, sender);
}

static hsi_status dissect_client_share(hsi_fields *f, hsi_cursor *in)
{
    return dissect_key_share_entry(f, in, HSI_CLIENT);
}

static hsi_status dissect_server_share(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, "server_share"));
    HSI_TRY(dissect_key_share_entry(f, in, HSI_SERVER));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_key_share(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_fields_in(f, HSI_IN_CH)) {
        return hsi_dissect_structs(f, in, "client_shares", 2, dissect_client_share);
    }
    if (hsi_fields_in(f, HSI_IN_HRR)) {
        return hsi_field_u16(f, in, "selected_group", hsi_named_group);
    }
    return dissect_server_share(f, in);
}

const hsi_extension hsi_ext_key_share = {51, "key_share", HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR, dissect_key_share,
                                         "RFC 8446 section 4.2.8"};
