/* Sink: who is told what a capture holds, TCP connection by connection. In: what hsi_packets finds. Knows no TLS.
 * A connection is called a flow here, since it may have been captured in part only.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_SINK_H
#define HSI_CAPTURE_SINK_H

#include "base/bytes.h"
#include "base/status.h"
#include "tap/journal.h" /* hsi_end, hsi_fault_kind */

typedef struct hsi_endpoint {
    uint8_t version;     /* of IP: 4 or 6 */
    uint8_t address[16]; /* as in the packet; of IPv4 the first four, the others are zero */
    uint16_t port;
} hsi_endpoint;

typedef struct hsi_capture_fault {
    hsi_fault_kind kind;
    uint64_t offset; /* in the stream of this direction: of the first byte that is missing, or that is another */
    uint64_t length; /* in bytes; of a conflict from the first that differs to the last; 0: not known */
    uint64_t packet; /* in which it showed: its number in the file, from 1, as Wireshark counts */
    uint64_t time_ns;
} hsi_capture_fault;

/* Offsets count the bytes of a direction as they were sent: after a hole or cut of n bytes the next byte given is n further
 * on. A status other than OK ends the reading with it. `from` is the index in `ends` of who sent. Times are the file's, in
 * ns since 1970: of the packet that made the bytes readable, so they may go back where the file's do. */
typedef struct hsi_capture_sink {
    void *context;

    /* open begins a flow: `flow` is what all calls about it carry. ends[0] sent the SYN, or is who did not send the
     * SYN-ACK, or where there was neither who sent the first packet with data. Called for flows without data too. */
    hsi_status (*open)(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **flow);

    /* bytes: in order, nothing twice, nothing after the end of that direction; data is borrowed for the call. */
    hsi_status (*bytes)(void *context, void *flow, uint8_t from, hsi_bytes data, uint64_t time_ns);

    /* fault: what follows in this direction comes behind it (but for CONFLICT, whose offset is anywhere). */
    hsi_status (*fault)(void *context, void *flow, uint8_t from, const hsi_capture_fault *fault);

    /* end: FIN (behind all bytes) or RST. At most once for each direction. The other may go on. */
    hsi_status (*end)(void *context, void *flow, uint8_t from, hsi_end end, uint64_t time_ns);

    /* close: the last call for this flow; also when reading is abandoned. Comes as soon as both directions have ended,
     * soon after a reset, for a flow that had to make room for others, or with the end of the file. */
    hsi_status (*close)(void *context, void *flow);

    /* secrets: the text of a key log in the file (pcapng's Decryption Secrets Block). Stands where it does in the file,
     * mostly before the packets that need it. */
    hsi_status (*secrets)(void *context, hsi_bytes text);
} hsi_capture_sink;

#endif
