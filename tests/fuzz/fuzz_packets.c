/* Fuzzes all of csrc/capture that is below TLS, through hsi_packets. The first byte says in pieces of how many bytes (plus 1)
 * the rest is fed, which is a capture file.
 * Seeds: tests/fuzz/corpus/packets, the captures of RFC 8448 and of the Illustrated TLS Connections, and generated ones of every
 * format and link layer (tests/fuzz/seeds.py).
 * Holds: whatever the pieces, the sink is told the same, in order (order.h); all flows that were opened are closed.
 * SPDX-License-Identifier: MIT */
#include "capture/packets.h"
#include "order.h"

static uint64_t read_file(hsi_bytes file, size_t piece)
{
    order o = {.opened = 0};
    hsi_capture_sink sink = order_sink(&o);
    hsi_packets *packets = hsi_packets_new(&sink);
    hsi_status status = HSI_OK;
    must(packets != NULL);
    for (size_t at = 0; at < file.length && status == HSI_OK; at += piece) {
        size_t left = file.length - at;
        status = hsi_packets_feed(packets, hsi_bytes_slice(file, at, piece < left ? piece : left));
    }
    must(status == HSI_OK || status == HSI_FORMAT);
    hsi_status finished = hsi_packets_finish(packets);
    must(finished == HSI_FORMAT || finished == status);
    order_note(&o, finished);
    hsi_packets_notes notes = hsi_packets_noted(packets);
    must(notes.flows == o.opened && o.opened == o.closed);
    must(notes.segments + notes.not_ip + notes.not_tcp + notes.unknown_links <= notes.packets);
    order_note(&o, notes.packets);
    order_note(&o, notes.malformed);
    order_note(&o, notes.cut_tail);
    hsi_packets_free(packets);
    return o.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0) {
        hsi_bytes file = hsi_bytes_of(data + 1, size - 1);
        must(read_file(file, size) == read_file(file, (size_t)data[0] + 1));
    }
    return 0;
}
