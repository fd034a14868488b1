/* Walk: from record to record of one sender, keeping no more than a header: has application data begun? Behind bytes that are
 * missing it goes on where a packet begins with a record.
 * In: the bytes of one end since TLS began. Out: that. Knows no keys.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_WALK_H
#define HSI_CAPTURE_WALK_H

#include "tap/framer.h"

/* Zeros to begin with. */
typedef struct hsi_walk {
    uint8_t header[HSI_RECORD_HEADER];
    size_t have; /* bytes of the header */
    size_t left; /* bytes of the fragment that are to come */
    bool lost; /* where a record begins is not known */
    bool data; /* a record of application data has begun */
} hsi_walk;

void hsi_walk_take(hsi_walk *walk, hsi_bytes bytes);
void hsi_walk_miss(hsi_walk *walk);

#endif
