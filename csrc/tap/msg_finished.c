/* Finished: all of it is verify_data, whose length the version and the hash give. RFC 8446 section 4.4.4, RFC 5246
 * section 7.4.9.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_finished(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_dissect_is_tls13(f)) {
        hsi_field_rfc(f, "RFC 5246 section 7.4.9");
    }
    return hsi_field_rest(f, in, "verify_data");
}

const hsi_message_type hsi_msg_finished = {HSI_FINISHED, "Finished", "RFC 8446 section 4.4.4", dissect_finished};
