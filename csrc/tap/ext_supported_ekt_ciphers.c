/* supported_ekt_ciphers: how the keys of a conference may be wrapped; a client lists, a server chooses.
 * RFC 8870 section 5.2.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_supported_ekt_ciphers(hsi_fields *f, hsi_cursor *in)
{
    bool lists = hsi_fields_in(f, HSI_IN_CH);
    return lists ? hsi_dissect_u8s(f, in, "supported_ciphers", 1, NULL) : hsi_field_u8(f, in, "selected_cipher", NULL);
}

const hsi_extension hsi_ext_supported_ekt_ciphers = {39, "supported_ekt_ciphers", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                     dissect_supported_ekt_ciphers, "RFC 8870 section 5.2.1"};
