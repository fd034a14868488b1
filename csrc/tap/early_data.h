/* Early data (0-RTT): which of the offered cipher suites protects it, before a server has said anything; and what a server
 * that rejects it leaves behind. RFC 8446 sections 2.3, 4.2.10 and 7.1.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_EARLY_DATA_H
#define HSI_TAP_EARLY_DATA_H

#include "tap/fold.h"

/* hsi_early_data_offer notes what a ClientHello says of it. `root` is of its fields. */
void hsi_early_data_offer(hsi_handshake *handshake, const hsi_field *root);

/* hsi_early_data_settle finds the cipher suite: one that opens the record under the known secret. `missing` NULL: it is
 * settled. */
HSI_MUST_USE hsi_status hsi_early_data_settle(hsi_tap *tap, hsi_handshake *handshake, const hsi_record *record,
                                              const char **missing);

/* What `missing` is where the secret is known and nothing opens the record: the next one may open. */
extern const char hsi_early_data_closed[];

/* hsi_keys_open: would these keys open the record? It stays as it is. No where GnuTLS does not have the cipher. */
HSI_MUST_USE hsi_status hsi_keys_open(const hsi_record_keys *keys, const hsi_record *record, bool *opens);

/* hsi_early_data_refuse shows such a record under the first suite that was offered and fits: it is REJECTED. */
HSI_MUST_USE hsi_status hsi_early_data_refuse(hsi_tap *tap, hsi_handshake *handshake, hsi_record *record);

/* hsi_early_data_ended: early data was accepted, but cannot be read; is it over, and does this record open under the keys of
 * the handshake, that come next? */
HSI_MUST_USE hsi_status hsi_early_data_ended(hsi_tap *tap, const hsi_stream *stream, const hsi_record *record,
                                             bool *ended);

/* hsi_early_data_reject keeps the keys of early data, which the client may send until it hears of the rejection. */
void hsi_early_data_reject(hsi_tap *tap, hsi_stream *stream);

/* hsi_early_data_take opens a record of a client that may not have heard of the rejection. False: it is none of early
 * data, as far as can be known; the record is as it was. */
HSI_MUST_USE hsi_status hsi_early_data_take(hsi_tap *tap, hsi_stream *stream, hsi_record *record, bool *taken);

/* hsi_early_data_closed_to_us is asked after a record was opened with the keys of the handshake, or not: may it be early data
 * whose secret is not known? After the first record that opens nothing more is. */
bool hsi_early_data_closed_to_us(hsi_stream *stream, const hsi_record *record);

#endif
