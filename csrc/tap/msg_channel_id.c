/* ChannelID: a key of the client's own on P-256, and its signature. It is written as an extension.
 * draft-balfanz-tls-channelid.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

enum { COORDINATE = 32 };

static hsi_status dissect_channel_id_extension(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque(f, in, "x", COORDINATE));
    HSI_TRY(hsi_field_opaque(f, in, "y", COORDINATE));
    HSI_TRY(hsi_field_opaque(f, in, "r", COORDINATE));
    return hsi_field_opaque(f, in, "s", COORDINATE);
}

static hsi_status dissect_channel_id(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor data;
    HSI_TRY(hsi_field_u16(f, in, "extension_type", hsi_extension_name));
    HSI_TRY(hsi_field_nested(f, in, "extension_data", 2, &data));
    HSI_TRY(dissect_channel_id_extension(f, &data));
    return hsi_cursor_empty(&data) ? HSI_OK : HSI_ILLEGAL;
}

const hsi_message_type hsi_msg_channel_id = {HSI_CHANNEL_ID, "ChannelID", "draft-balfanz-tls-channelid",
                                             dissect_channel_id};
