/* Secret index: finds the newest secret of a label and epoch without walking all the others; a peer may update
 * its keys as often as it likes. Owns no secret. Inside csrc/tap only: secret_store.c is the way to secrets.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_SECRET_INDEX_H
#define HSI_TAP_SECRET_INDEX_H

#include "tap/items.h"

typedef struct hsi_secret_index {
    hsi_secret **slots; /* each the newest of a chain over hsi_secret.older */
    size_t size;
    size_t count;
} hsi_secret_index;

void hsi_secret_index_cleanup(hsi_secret_index *index);

/* hsi_secret_index_add makes the secret the newest of its label and epoch. NO_MEMORY: nothing has changed. */
HSI_MUST_USE hsi_status hsi_secret_index_add(hsi_secret_index *index, hsi_secret *secret);

/* hsi_secret_index_drop takes out a secret that is in it; hsi_secret_index_forget all of a negotiation but the proven. */
void hsi_secret_index_drop(hsi_secret_index *index, hsi_secret *secret);
void hsi_secret_index_forget(hsi_secret_index *index, const hsi_handshake *handshake);

/* hsi_secret_index_chain is the newest secret that may have this label and epoch; the older ones hang on it,
 * and others that share the slot stand among them. NULL: there is none. */
hsi_secret *hsi_secret_index_chain(const hsi_secret_index *index, const char *label, uint64_t epoch);

#endif
