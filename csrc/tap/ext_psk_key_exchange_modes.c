/* psk_key_exchange_modes: whether a PSK may go with (EC)DHE or without. RFC 8446 section 4.2.9.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_psk_key_exchange_modes(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_u8s(f, in, "ke_modes", 1, hsi_psk_mode);
}

const hsi_extension hsi_ext_psk_key_exchange_modes = {45, "psk_key_exchange_modes", HSI_IN_CH,
                                                      dissect_psk_key_exchange_modes, "RFC 8446 section 4.2.9"};
