/* Tap: folds a journal into events, as far as the journal goes. It does no I/O and knows no session. Entries are taken in
 * order; a protected record waits, and the wire behind it, until the secret that opens it is in the journal, or no secret
 * can follow. So a fold in steps and a fold at once come to the same.
 *
 *     framer.c        wire bytes      -> records
 *     protection.c    record, keys    -> plaintext, MAC
 *     reassembly.c    plaintext       -> messages
 *     negotiation.c   messages        -> what was negotiated (hsi_handshake)
 *     key_schedule.c  secrets         -> the secrets and keys below them
 *     checks.c        all of it       -> checks, when looked at
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_TAP_H
#define HSI_TAP_TAP_H

#include "base/list.h"
#include "tap/items.h"

typedef struct hsi_tap hsi_tap;

/* hsi_tap_new makes a tap over a journal, which it borrows. NULL: out of memory. Gives one reference; hsi_tap_drop of the
 * last one wipes it, with all its items. */
hsi_tap *hsi_tap_new(const hsi_journal *journal);
hsi_tap *hsi_tap_hold(hsi_tap *tap);
void hsi_tap_drop(hsi_tap *tap);

/* hsi_tap_advance takes what the journal holds beyond what was taken before. hsi_tap_begun: did it ever take anything? */
HSI_MUST_USE hsi_status hsi_tap_advance(hsi_tap *tap);
bool hsi_tap_begun(const hsi_tap *tap);

/* hsi_tap_retire ends it, for a journal that has lost entries: it looks at the journal no more, and what it has found
 * stays as it is. */
void hsi_tap_retire(hsi_tap *tap);

/* What has been found so far, in order: hsi_event, hsi_record, hsi_message, hsi_alert, hsi_phase, hsi_handshake, hsi_close,
 * hsi_application_data. */
const hsi_list *hsi_tap_events(const hsi_tap *tap);
const hsi_list *hsi_tap_records(const hsi_tap *tap);
const hsi_list *hsi_tap_messages(const hsi_tap *tap);
const hsi_list *hsi_tap_alerts(const hsi_tap *tap);
const hsi_list *hsi_tap_phases(const hsi_tap *tap);
const hsi_list *hsi_tap_handshakes(const hsi_tap *tap);
const hsi_list *hsi_tap_closes(const hsi_tap *tap);
const hsi_list *hsi_tap_application_data(const hsi_tap *tap);

/* hsi_tap_look makes what is made when looked at: hsi_secret (surfaced ones in journal order, then derived ones),
 * hsi_derivation and hsi_check. Good until the next look after an advance; the items themselves for the tap's life. */
HSI_MUST_USE hsi_status hsi_tap_look(hsi_tap *tap);
const hsi_list *hsi_tap_secrets(const hsi_tap *tap);
const hsi_list *hsi_tap_derivations(const hsi_tap *tap);
const hsi_list *hsi_tap_checks(const hsi_tap *tap);

/* hsi_tap_fields is a message's tree, made at the first look. */
HSI_MUST_USE hsi_status hsi_tap_fields(hsi_tap *tap, const hsi_message *message, const hsi_fields **out);

/* hsi_tap_transcript_hash borrows the transcript hash after a message, made at the first look; empty: outside the
 * transcript, or the hash is not known (yet). */
HSI_MUST_USE hsi_status hsi_tap_transcript_hash(hsi_tap *tap, const hsi_message *message, hsi_bytes *out);

/* hsi_tap_known borrows a secret of a negotiation that belongs to no epoch ("premaster secret"), as it was surfaced or can be
 * computed so far; empty: it is not known. */
HSI_MUST_USE hsi_status hsi_tap_known(hsi_tap *tap, const hsi_handshake *handshake, const char *label, hsi_bytes *out);

/* hsi_tap_waits: does a record wait for a secret, or for a better one than is known? */
bool hsi_tap_waits(const hsi_tap *tap);

/* hsi_tap_handshake is the last completed negotiation, or the last one; NULL: none was begun. */
const hsi_handshake *hsi_tap_handshake(const hsi_tap *tap);

#endif
