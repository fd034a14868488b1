/* RequestConnectionId and NewConnectionId: DTLS 1.3 connections change how they are called. RFC 9147 section 9.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name usages[] = {{0, "cid_immediate"}, {1, "cid_spare"}};

static const char *connection_id_usage(uint32_t value)
{
    return hsi_name_find(usages, HSI_COUNT(usages), value);
}

static hsi_status dissect_request_connection_id(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u8(f, in, "num_cids", NULL);
}

static hsi_status dissect_new_connection_id(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_dissect_opaques(f, in, "cids", 2, 1));
    return hsi_field_u8(f, in, "usage", connection_id_usage);
}

const hsi_message_type hsi_msg_request_connection_id = {HSI_REQUEST_CONNECTION_ID, "RequestConnectionId",
                                                        "RFC 9147 section 9", dissect_request_connection_id};
const hsi_message_type hsi_msg_new_connection_id = {HSI_NEW_CONNECTION_ID, "NewConnectionId", "RFC 9147 section 9",
                                                    dissect_new_connection_id};
