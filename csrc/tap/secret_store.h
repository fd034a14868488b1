/* Secret store: the secrets of a journal under their labels, and those that were computed from them. A secret of another
 * connection (a key log has many) counts for nothing, nor does a candidate (from the probe or GnuTLS's log) until
 * key_schedule.c ties it to a secret that is known.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_SECRET_STORE_H
#define HSI_TAP_SECRET_STORE_H

#include "tap/fold.h"

/* hsi_secret_surface takes a SECRET entry. */
HSI_MUST_USE hsi_status hsi_secret_surface(hsi_tap *tap, const hsi_entry *entry);

/* hsi_secret_claim takes those that waited for what a negotiation now has: its client random, session ID or encrypted
 * premaster secret. */
HSI_MUST_USE hsi_status hsi_secret_claim(hsi_tap *tap, const hsi_handshake *handshake);

/* hsi_secret_admit makes a secret count, with its event. hsi_secret_suppose makes a candidate count, the newest of its label,
 * until hsi_secret_unsuppose. hsi_secret_forget lets go of what was derived for a negotiation and is not proven. */
HSI_MUST_USE hsi_status hsi_secret_admit(hsi_tap *tap, hsi_secret *secret);
HSI_MUST_USE hsi_status hsi_secret_suppose(hsi_tap *tap, hsi_secret *candidate);
void hsi_secret_unsuppose(hsi_tap *tap, hsi_secret *candidate);
void hsi_secret_forget(hsi_tap *tap, const hsi_handshake *handshake);

/* hsi_secret_claims finds what nobody in particular says a secret of a negotiation is, newest first; it adds to `out`, up to
 * `most`. */
void hsi_secret_claims(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint64_t epoch,
                       hsi_secret **out, size_t *count, size_t most);

/* hsi_secret_refute: it is not that of this negotiation; one that does not say whose it is may be of another. */
void hsi_secret_refute(hsi_secret *secret, const hsi_handshake *handshake);

/* hsi_secret_prove marks the secret that is known: others of its label do not count any more. */
void hsi_secret_prove(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint64_t epoch);

/* hsi_secret_known finds the newest secret of a negotiation that counts, surfaced before derived; `epoch` HSI_NO_EPOCH: one
 * that belongs to none. NULL: there is none. */
const hsi_secret *hsi_secret_known(const hsi_tap *tap, const hsi_handshake *handshake, const char *label,
                                   uint8_t sender, uint64_t epoch);

/* hsi_secret_is: is it of that label, and of that negotiation (as far as it says whose it is)? */
bool hsi_secret_is(const hsi_secret *secret, const hsi_handshake *handshake, const char *label);

/* hsi_secret_derive adds a computed secret; `value` is copied. */
HSI_MUST_USE hsi_status hsi_secret_derive(hsi_tap *tap, const hsi_secret *secret, hsi_bytes value,
                                          const hsi_secret **out);

/* hsi_secret_surfaced finds the newest secret of that label and epoch that `side` surfaced (HSI_NOBODY: anybody); NULL: there
 * is none. */
const hsi_secret *hsi_secret_surfaced(const hsi_tap *tap, const hsi_handshake *handshake, const char *label,
                                      uint64_t epoch, uint8_t side);

#endif
