/* Half: one direction of a TCP connection. In: its segments, in any order, and what the other side acknowledged. Out: its
 * bytes in order, its faults and its end, through the sink. RFC 9293 section 3.4 (sequence numbers) and 3.10.7.
 * Offsets count the bytes of the stream, in 64 bits; sequence numbers are what is left of them on the wire.
 *
 * When is a hole final? When the other side acknowledged all bytes before the next that is there (they were sent, and not
 * captured), when more than HSI_WINDOW_MOST bytes would have to wait for it, when all flows together have too many waiting
 * (tcp.c), or when the flow ends.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_HALF_H
#define HSI_CAPTURE_HALF_H

#include "base/buffer.h"
#include "capture/segment.h"
#include "capture/sink.h"
#include "capture/window.h"

typedef struct hsi_half {
    uint32_t base; /* the sequence number of offset 0 */
    bool synchronized; /* the base is known */
    bool greeted; /* from its SYN */
    bool ended;
    uint64_t next; /* the offset of the next byte to give */
    uint64_t acked; /* the other side has all before it; one more where it acknowledged the FIN */
    uint64_t fin; /* where the stream ends; HSI_NEVER: not known */
    uint64_t stray; /* where the last segment out of reach ended; HSI_NEVER: there was none */
    hsi_window window; /* what came before its turn */
    hsi_buffer history; /* the last bytes before `next`, to compare retransmissions with */
} hsi_half;

/* To whom, and on occasion of which packet. */
typedef struct hsi_delivery {
    const hsi_capture_sink *sink;
    void *flow;
    uint8_t from;
    uint64_t packet;
    uint64_t time_ns;
} hsi_delivery;

/* hsi_half_init: the caller's storage. `waiting` counts the memory of what waits, of all halves. Ends in hsi_half_cleanup. */
void hsi_half_init(hsi_half *half, size_t *waiting);
void hsi_half_cleanup(hsi_half *half);

/* hsi_half_synchronize says which sequence number the first byte has. */
void hsi_half_synchronize(hsi_half *half, uint32_t base);

/* hsi_half_untouched: no byte has been given, none waits, and it has not ended. */
bool hsi_half_untouched(const hsi_half *half);

/* hsi_half_near says whether a sequence number is one that may be sent now, or was not long ago. */
bool hsi_half_near(const hsi_half *half, uint32_t sequence);

/* hsi_half_take takes the data of a segment, and its FIN. What comes after the end is passed over. A half that is not
 * synchronized begins with it, and a fault START. */
HSI_MUST_USE hsi_status hsi_half_take(hsi_half *half, const hsi_segment *segment, const hsi_delivery *to);

/* hsi_half_acknowledge: the other side has sent this acknowledgment number. */
HSI_MUST_USE hsi_status hsi_half_acknowledge(hsi_half *half, uint32_t acknowledgment, const hsi_delivery *to);

/* hsi_half_give_up gives all that waits, with the holes before it. */
HSI_MUST_USE hsi_status hsi_half_give_up(hsi_half *half, const hsi_delivery *to);

/* hsi_half_finish is for when nothing follows: it gives all that waits, then the hole at the end where the other side
 * acknowledged more or a FIN stands behind it, and the FIN. Such a hole is a byte too long where the FIN is missing too. */
HSI_MUST_USE hsi_status hsi_half_finish(hsi_half *half, const hsi_delivery *to);

/* hsi_half_reset takes a RST: the direction ends with it. One with a sequence number out of reach is of no flow. */
HSI_MUST_USE hsi_status hsi_half_reset(hsi_half *half, uint32_t sequence, const hsi_delivery *to);

#endif
