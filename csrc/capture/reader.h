/* Reader: a capture file's bytes in, in pieces of any size; traces out, each as its connection ends. Holds the keys that were
 * given for it (keyring.h). Memory is bounded by the connections that are open, and by limits.h. Does no I/O.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_READER_H
#define HSI_CAPTURE_READER_H

#include "capture/keyring.h"
#include "capture/packets.h"

typedef struct hsi_reader hsi_reader;

/* hsi_reader_new: heap; NULL: out of memory; ends in hsi_reader_free (NULL is legal). */
hsi_reader *hsi_reader_new(void);
void hsi_reader_free(hsi_reader *reader);

/* hsi_reader_keyring borrows the keyring, for who gives keys: before the connections that need them end. */
hsi_keyring *hsi_reader_keyring(hsi_reader *reader);

/* hsi_reader_feed and hsi_reader_finish: as those of packets.h. What had ended before they failed is there. */
HSI_MUST_USE hsi_status hsi_reader_feed(hsi_reader *reader, hsi_bytes piece);
HSI_MUST_USE hsi_status hsi_reader_finish(hsi_reader *reader);

/* hsi_reader_waiting is how many traces have ended and were not taken; hsi_reader_take hands the oldest of them on: finished,
 * with one reference. NULL: there is none. */
size_t hsi_reader_waiting(const hsi_reader *reader);
hsi_trace *hsi_reader_take(hsi_reader *reader);

typedef struct hsi_reader_counts {
    hsi_packets_notes packets;
    uint64_t connections; /* that ended, and were TLS */
    uint64_t others; /* that ended, and were not */
} hsi_reader_counts;

hsi_reader_counts hsi_reader_counted(const hsi_reader *reader);

#endif
