/* Rivals: several values that key logs, private keys and others give for one secret, of which one at most is right: the one
 * with which the first record of an epoch opens. It counts for all that is derived and checked, in whatever order they came;
 * the others are refuted. Where a session of ours vouches for its secrets there are none.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_RIVALS_H
#define HSI_TAP_RIVALS_H

#include "tap/fold.h"

/* hsi_rivals_settle chooses among the values from which the keys of a stream's epoch may follow, by its first record. Where
 * none opens it, all stay as they were. */
HSI_MUST_USE hsi_status hsi_rivals_settle(hsi_tap *tap, hsi_stream *stream, const hsi_record *record);

/* hsi_rivals_proven: the first record has opened. */
HSI_MUST_USE hsi_status hsi_rivals_proven(hsi_tap *tap, const hsi_stream *stream);

/* hsi_rivals_may_come: the record does not open, and a value that is right may yet follow. */
bool hsi_rivals_may_come(const hsi_tap *tap, const hsi_stream *stream, const hsi_record *record);

#endif
