/* Held keys: the inside of a keyring, for the files that make it up. Nothing else includes it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_HELD_KEYS_H
#define HSI_CAPTURE_HELD_KEYS_H

#include "base/arena.h"
#include "capture/keyring.h"
#include "capture/sessions.h"
#include "crypto/private_key.h"
#include "tap/keylog_index.h"

typedef struct hsi_held_psk {
    bool any; /* identity: it is for all */
    hsi_bytes identity;
    hsi_bytes key;
} hsi_held_psk;

struct hsi_keyring {
    hsi_arena arena;
    hsi_keylog_index *lines;
    hsi_list private_keys; /* hsi_private_key */
    hsi_list psks;         /* hsi_held_psk */
    hsi_sessions *sessions;
};

#endif
