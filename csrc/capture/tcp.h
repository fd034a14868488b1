/* TCP: the segments of a capture in; the sink is told of flows. Which connection does a segment belong to, when does one
 * begin and when is it over? Their bytes: half.c. How many are kept, and how long: limits.h. RFC 9293.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_TCP_H
#define HSI_CAPTURE_TCP_H

#include "capture/flows.h"
#include "capture/ip.h"
#include "capture/packets.h"

typedef struct hsi_tcp {
    hsi_capture_sink sink;
    hsi_packets_notes *notes;
    uint64_t packet; /* the one that is taken now, or was last: its number and time */
    uint64_t time_ns;
    hsi_flows flows;
} hsi_tcp;

/* hsi_tcp_init: the caller's storage, which does not move; the notes stay the caller's. Ends in hsi_tcp_cleanup. */
void hsi_tcp_init(hsi_tcp *tcp, const hsi_capture_sink *sink, hsi_packets_notes *notes);

/* hsi_tcp_cleanup closes what is open. */
void hsi_tcp_cleanup(hsi_tcp *tcp);

/* hsi_tcp_take takes an IP packet with TCP in it. It fails with what the sink returned, or NO_MEMORY; then only cleanup may
 * follow. */
HSI_MUST_USE hsi_status hsi_tcp_take(hsi_tcp *tcp, const hsi_ip *ip, uint64_t packet, uint64_t time_ns);

/* hsi_tcp_finish gives all that waits and closes all flows: no packet follows. */
HSI_MUST_USE hsi_status hsi_tcp_finish(hsi_tcp *tcp);

#endif
