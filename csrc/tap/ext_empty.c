/* The extensions that say all by being there: some in each message that has them, some in a server's answer only, which
 * are in a file of their own.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

const hsi_extension hsi_ext_client_certificate_url = {2, "client_certificate_url", HSI_IN_CH | HSI_IN_SH,
                                                      hsi_dissect_nothing, "RFC 6066 section 5"};
const hsi_extension hsi_ext_truncated_hmac = {4, "truncated_hmac", HSI_IN_CH | HSI_IN_SH, hsi_dissect_nothing,
                                              "RFC 6066 section 7"};
const hsi_extension hsi_ext_encrypt_then_mac = {22, "encrypt_then_mac", HSI_IN_CH | HSI_IN_SH, hsi_dissect_nothing,
                                                "RFC 7366 section 2"};
const hsi_extension hsi_ext_extended_master_secret = {23, "extended_master_secret", HSI_IN_CH | HSI_IN_SH,
                                                      hsi_dissect_nothing, "RFC 7627 section 5.1"};
const hsi_extension hsi_ext_tls_lts = {26, "tls_lts", HSI_IN_CH | HSI_IN_SH, hsi_dissect_nothing,
                                       "draft-gutmann-tls-lts"};
const hsi_extension hsi_ext_tls_cert_with_extern_psk = {33, "tls_cert_with_extern_psk", HSI_IN_CH | HSI_IN_SH,
                                                        hsi_dissect_nothing, "RFC 9973 section 5"};
const hsi_extension hsi_ext_post_handshake_auth = {49, "post_handshake_auth", HSI_IN_CH, hsi_dissect_nothing,
                                                   "RFC 8446 section 4.2.6"};
const hsi_extension hsi_ext_rrc = {61, "rrc", HSI_IN_CH | HSI_IN_SH, hsi_dissect_nothing, "RFC 9853 section 3"};
const hsi_extension hsi_ext_channel_id = {30032, "channel_id", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE, hsi_dissect_nothing,
                                          "draft-balfanz-tls-channelid"};
