/* EKTKey: the key that wraps the keys of a conference. It is as secret as the record that carried it.
 * RFC 8870 section 5.2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_ekt_key(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "ekt_key_value", 2));
    HSI_TRY(hsi_field_opaque_vector(f, in, "srtp_master_salt", 2));
    HSI_TRY(hsi_field_u16(f, in, "ekt_spi", NULL));
    return hsi_field_u24(f, in, "ekt_ttl", NULL);
}

const hsi_message_type hsi_msg_ekt_key = {HSI_EKT_KEY, "EKTKey", "RFC 8870 section 5.2.2", dissect_ekt_key};
