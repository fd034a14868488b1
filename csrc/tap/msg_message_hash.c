/* MessageHash: what stands for the first ClientHello in a transcript with a HelloRetryRequest. It is never sent.
 * RFC 8446 section 4.4.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_message_hash(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_rest(f, in, "hash");
}

const hsi_message_type hsi_msg_message_hash = {HSI_MESSAGE_HASH, "MessageHash", "RFC 8446 section 4.4.1",
                                               dissect_message_hash};
