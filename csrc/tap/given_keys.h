/* Given keys: the private keys and pre-shared keys of a journal, which somebody has. Inside csrc/tap only.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_GIVEN_KEYS_H
#define HSI_TAP_GIVEN_KEYS_H

#include "crypto/private_key.h"
#include "tap/fold.h"

/* hsi_given_keys_take takes a PRIVATE_KEY or PSK entry. */
HSI_MUST_USE hsi_status hsi_given_keys_take(hsi_tap *tap, const hsi_entry *entry);
void hsi_given_keys_cleanup(hsi_tap *tap);

/* hsi_given_keys_private finds the key of the server's certificate. NULL: `missing` says why there is none. */
HSI_MUST_USE hsi_status hsi_given_keys_private(hsi_tap *tap, hsi_bytes certificate, const hsi_private_key **out,
                                               const char **missing);

/* hsi_given_keys_psk finds the pre-shared key of an identity, before one that is for any. False: there is none. */
bool hsi_given_keys_psk(const hsi_tap *tap, hsi_bytes identity, hsi_bytes *out);

#endif
