/* Detect: is this connection TLS, and since when? By its bytes, on any port: its first bytes are a hello, or the first after the
 * opening of a protocol that changes to TLS (opening.h). A hello counts only where such a change can be: at the start of a
 * turn, when an end speaks after the other, so that the same bytes inside of other data are none.
 * In: the bytes of both ends in order. Out: a verdict, who the client is, and where TLS begins in each direction.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_DETECT_H
#define HSI_CAPTURE_DETECT_H

#include "base/buffer.h"

/* How many bytes of both ends together an opening may have, an answer to CONNECT with its page of explanations too. */
#define HSI_OPENING_MOST ((size_t)32 << 10)

typedef enum hsi_detection { HSI_DETECT_UNDECIDED, HSI_DETECT_TLS, HSI_DETECT_OTHER } hsi_detection;

typedef struct hsi_detector {
    hsi_buffer said[2]; /* by each end, while it is undecided */
    uint8_t speaker;
    size_t turn; /* where in `said` the speaker's turn began */
    hsi_detection verdict;
    uint8_t client; /* TLS: which end it is */
    size_t begins[2]; /* TLS: how many bytes of each end came before it */
} hsi_detector;

void hsi_detector_cleanup(hsi_detector *detector);

/* hsi_detector_take takes the next bytes, of end 0 or 1, while the verdict is UNDECIDED. */
HSI_MUST_USE hsi_status hsi_detector_take(hsi_detector *detector, uint8_t from, hsi_bytes bytes);

#endif
