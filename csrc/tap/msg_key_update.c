/* KeyUpdate. RFC 8446 section 4.6.3.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name requests[] = {{0, "update_not_requested"}, {1, "update_requested"}};

static const char *key_update_request(uint32_t value)
{
    return hsi_name_find(requests, HSI_COUNT(requests), value);
}

static hsi_status dissect_key_update(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u8(f, in, "request_update", key_update_request);
}

const hsi_message_type hsi_msg_key_update = {HSI_KEY_UPDATE, "KeyUpdate", "RFC 8446 section 4.6.3", dissect_key_update};
