/* Gap: what bytes that are missing in a capture mean for the direction they are missing in. Nothing is invented: a record is
 * framed only where it is known to begin, a message likewise, and what does not open behind a gap is not called wrong.
 *
 *     inside of a record whose header was seen   that record is cut, the ones behind it are read
 *     anywhere else                              where records begin is not known any more: bytes are kept as they are
 *     before the first byte                      likewise, until a packet shows where one begins; which keys it has is not known
 *
 * Inside csrc/tap only.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_GAP_H
#define HSI_TAP_GAP_H

#include "tap/fold.h"

/* hsi_gap_take takes a FAULT entry; hsi_gap_opening: what the direction lacks so far was, as far as is known, before
 * TLS began (OPENING): as where the start is missing, what comes shows whether it is. */
HSI_MUST_USE hsi_status hsi_gap_take(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry);
void hsi_gap_opening(hsi_stream *stream);

/* hsi_gap_hides: are the bytes of this WIRE entry such of which no record can be made? hsi_gap_show shows them as they are. */
bool hsi_gap_hides(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry);
HSI_MUST_USE hsi_status hsi_gap_show(hsi_tap *tap, hsi_stream *stream, const hsi_entry *entry);

/* hsi_gap_pass goes past what came of a damaged record behind the gap in it. `ready`: it has, or there is none; not where it
 * has not all come, nor while it is `waiting` for the keys of the records around it. hsi_gap_drop: nothing more of it comes. */
HSI_MUST_USE hsi_status hsi_gap_pass(hsi_tap *tap, hsi_stream *stream, bool *waiting, bool *ready);
void hsi_gap_drop(hsi_stream *stream);

/* hsi_gap_blind: may this record, where no keys are known, be protected with keys of which the capture shows nothing? Gives the
 * reason, or NULL. hsi_gap_doubt: a record that was rejected behind a gap may have had other keys, or another number. */
const char *hsi_gap_blind(const hsi_stream *stream, const hsi_record *record);
void hsi_gap_doubt(const hsi_stream *stream, hsi_record *record);

/* hsi_gap_breaks: does this record's handshake message lack its beginning? Else the record may show that none is open. */
bool hsi_gap_breaks(hsi_tap *tap, hsi_stream *stream, const hsi_record *record);

/* hsi_gap_begin: a handshake begins with this message. hsi_gap_change_cipher_spec: one before any ServerHello was
 * seen changes to keys that are not known. */
void hsi_gap_begin(hsi_tap *tap, hsi_handshake *handshake, const hsi_message *message);
void hsi_gap_change_cipher_spec(hsi_tap *tap, uint8_t sender);

#endif
