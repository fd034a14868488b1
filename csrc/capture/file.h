/* File: a capture file's bytes in, in pieces of any size; its packets out, and the key logs in it. The formats (pcap.c,
 * pcapng.c) say how long the unit is that comes next and what is in it; a unit is looked at where it lies if it lies in one
 * piece, else it is put together first. Knows nothing of what is in a packet.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_FILE_H
#define HSI_CAPTURE_FILE_H

#include "base/buffer.h"
#include "capture/order.h"
#include "capture/packets.h"

typedef struct hsi_packet {
    hsi_bytes data; /* as captured; borrowed for the call */
    size_t length; /* on the wire: more, where it was cut */
    uint16_t link_type; /* LINKTYPE_, see link.c */
    uint64_t number; /* in the file, from 1 */
    uint64_t time_ns; /* since 1970; 0 where the file does not say (Simple Packet Block) */
} hsi_packet;

typedef struct hsi_file_sink {
    void *context;
    hsi_status (*packet)(void *context, const hsi_packet *packet);
    hsi_status (*secrets)(void *context, hsi_bytes text);
} hsi_file_sink;

typedef struct hsi_file hsi_file;

typedef struct hsi_file_format {
    /* measure says how many bytes the unit at the front has, as far as these bytes tell: more than there are until the whole
     * unit is there, and never fewer than it said before. FORMAT: no unit begins like this. */
    hsi_status (*measure)(hsi_file *file, hsi_bytes front, size_t *length);
    /* take reads a whole unit. */
    hsi_status (*take)(hsi_file *file, hsi_bytes unit);
} hsi_file_format;

extern const hsi_file_format hsi_pcap, hsi_pcapng;

typedef struct hsi_pcap_state {
    bool begun; /* the file header was read */
    uint16_t link_type;
    uint32_t tick_ns; /* what the second half of a time counts: 1 or 1000 ns */
    uint8_t record_header; /* its length */
} hsi_pcap_state;

typedef struct hsi_interface {
    uint16_t link_type;
    uint32_t snaplen; /* 0: none */
    uint64_t ticks; /* in a second */
    uint64_t ticks_base; /* what that is a power of: 2 or 10 */
    uint64_t offset_s; /* added to its times; negative as two's complement */
} hsi_interface;

typedef struct hsi_pcapng_state {
    hsi_interface *interfaces; /* of this section */
    size_t count, capacity;
    uint32_t closing; /* the length that has to stand at the end of the block that is passed over; 0: none is */
} hsi_pcapng_state;

struct hsi_file {
    hsi_file_sink sink;
    hsi_packets_notes *notes;
    const hsi_file_format *format; /* NULL: not known yet */
    hsi_order order;
    hsi_buffer unit; /* what is there of the next unit, where pieces cut it */
    uint64_t passing; /* so many bytes are to be passed over first */
    hsi_pcap_state pcap;
    hsi_pcapng_state pcapng;
};

/* hsi_file_init: the caller's storage; both stay the caller's. Ends in hsi_file_cleanup. */
void hsi_file_init(hsi_file *file, const hsi_file_sink *sink, hsi_packets_notes *notes);
void hsi_file_cleanup(hsi_file *file);

/* hsi_file_feed: as hsi_packets_feed. */
HSI_MUST_USE hsi_status hsi_file_feed(hsi_file *file, hsi_bytes piece);

/* hsi_file_finish notes a cut tail. FORMAT: not enough has come to know the format. */
HSI_MUST_USE hsi_status hsi_file_finish(hsi_file *file);

#endif
