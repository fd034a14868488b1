/* The extensions that say all by being there: encrypt_then_mac, extended_master_secret, post_handshake_auth.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

const hsi_extension hsi_ext_encrypt_then_mac = {22, "encrypt_then_mac", HSI_IN_CH | HSI_IN_SH, hsi_dissect_nothing,
                                                "RFC 7366 section 2"};
const hsi_extension hsi_ext_extended_master_secret = {23, "extended_master_secret", HSI_IN_CH | HSI_IN_SH,
                                                      hsi_dissect_nothing, "RFC 7627 section 5.1"};
const hsi_extension hsi_ext_post_handshake_auth = {49, "post_handshake_auth", HSI_IN_CH, hsi_dissect_nothing,
                                                   "RFC 8446 section 4.2.6"};
