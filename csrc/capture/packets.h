/* Packets: a capture file's bytes in, in pieces of any size; TCP connections out, through a sink (sink.h). Does no I/O.
 * Formats: pcap and pcapng (file.h). What is bounded, and by what: limits.h.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_PACKETS_H
#define HSI_CAPTURE_PACKETS_H

#include "capture/sink.h"

/* What was in the file beside what the sink was told. */
typedef struct hsi_packets_notes {
    uint64_t packets; /* in the file */
    uint64_t bytes; /* of them, as captured */
    uint64_t unknown_links; /* packets of a link type that link.c has not */
    uint64_t not_ip; /* ARP and so on */
    uint64_t not_tcp; /* UDP and so on */
    uint64_t malformed; /* packets and blocks whose headers are cut or contradict themselves */
    uint64_t fragments; /* of IP datagrams */
    uint64_t fragments_dropped; /* of them such as whose datagram was given up incomplete, or can have none */
    uint64_t segments; /* of TCP */
    uint64_t strays; /* of them with data that belongs to no open flow: what came again after its end */
    uint64_t flows; /* opened */
    uint64_t flows_evicted; /* of them closed for others, since there were too many */
    bool cut_tail; /* the file ends inside a packet or block */
} hsi_packets_notes;

typedef struct hsi_packets hsi_packets;

/* hsi_packets_new: heap; the sink is copied. NULL: out of memory. Ends in hsi_packets_free, which closes what is open and
 * gives nothing more. */
hsi_packets *hsi_packets_new(const hsi_capture_sink *sink);
void hsi_packets_free(hsi_packets *packets);

/* hsi_packets_feed takes the next bytes of the file, and tells the sink what came of them. FORMAT: neither pcap nor pcapng,
 * or damaged beyond reading on; what came before has been given. Else what the sink returned. Any failure stays. */
HSI_MUST_USE hsi_status hsi_packets_feed(hsi_packets *packets, hsi_bytes piece);

/* hsi_packets_finish says that the file has ended: what waited for missing bytes is given, with its faults, and flows that
 * are open are closed. Legal after FORMAT, which it says again; FORMAT also: the file was too short to be a capture. A cut
 * tail is no error, but noted. */
HSI_MUST_USE hsi_status hsi_packets_finish(hsi_packets *packets);

hsi_packets_notes hsi_packets_noted(const hsi_packets *packets);

#endif
