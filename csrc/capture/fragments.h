/* Fragments: IP datagrams that come in pieces (RFC 791 section 3.2, RFC 8200 section 4.5), put together again.
 * Of bytes that come twice the first ones count. How many may be waited for, and how long: limits.h.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_FRAGMENTS_H
#define HSI_CAPTURE_FRAGMENTS_H

#include "base/buffer.h"
#include "capture/ip.h"
#include "capture/packets.h"
#include "capture/window.h"

typedef struct hsi_datagram hsi_datagram;

typedef struct hsi_fragments {
    hsi_packets_notes *notes;
    hsi_datagram *oldest, *newest; /* by their first fragment */
    size_t count;
    size_t memory;
    hsi_buffer whole; /* the payload that was completed last */
} hsi_fragments;

/* hsi_fragments_init: the caller's storage; the notes stay the caller's. Ends in hsi_fragments_cleanup. */
void hsi_fragments_init(hsi_fragments *fragments, hsi_packets_notes *notes);
void hsi_fragments_cleanup(hsi_fragments *fragments);

/* hsi_fragments_take takes a packet that is a fragment. Where it completes its datagram `ip` becomes that datagram, and its
 * payload is borrowed: good until the next call. Else it stays `fragmented`. */
HSI_MUST_USE hsi_status hsi_fragments_take(hsi_fragments *fragments, hsi_ip *ip, uint64_t time_ns);

/* hsi_fragments_finish drops what waits. */
void hsi_fragments_finish(hsi_fragments *fragments);

#endif
