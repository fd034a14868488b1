/* Fuzzes csrc/capture/tcp.c, half.c and window.c: segments of one connection in any order. The input is a list of segments, each
 *     who sent it | scale << 1 | cut << 3, flags: a byte each; sequence, acknowledgment: two bytes, signed, times the scale;
 *     length: a byte, times 8
 * where a byte of data is a function of its sequence number and its sender, as if nobody ever sent anything else.
 * Seeds: tests/fuzz/corpus/tcp, connections in disorder (tests/fuzz/seeds.py).
 * Holds: each byte that comes out is the one of its place in the stream; there are no conflicts; all of it is in order
 * (order.h); what waits has its bound.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
#include "capture/limits.h"
#include "capture/tcp.h"
#include "order.h"

enum { HEADER = 20, LONGEST = 255 * 8 };
static const uint32_t scales[] = {1, 100, 5000, 1 << 19};
static hsi_tcp tcp;
static const hsi_endpoint ends[2] = {{4, {1}, 40000}, {4, {2}, 443}};

static uint8_t byte_at(uint8_t from, uint32_t sequence)
{
    return (uint8_t)((sequence * 2654435761U + from) >> 23);
}

static void check_byte(order *o, uint8_t from, uint64_t offset, uint8_t byte)
{
    const hsi_flow *flow = hsi_flows_find(&tcp.flows, &ends[0], &ends[1]);
    must(flow != NULL);
    uint8_t end = hsi_endpoints_equal(&flow->ends[from], &ends[0]) ? 0 : 1;
    must(byte == byte_at(end, flow->halves[from].base + (uint32_t)offset));
    HSI_UNUSED(o);
}

static void write_uint(uint8_t *out, size_t width, uint32_t value)
{
    for (size_t i = width; i-- > 0; value >>= 8) {
        out[i] = (uint8_t)value;
    }
}

static void write_header(uint8_t *out, uint8_t from, uint32_t sequence, uint32_t acknowledgment, uint8_t flags)
{
    memset(out, 0, HEADER);
    write_uint(out, 2, ends[from].port);
    write_uint(out + 2, 2, ends[!from].port);
    write_uint(out + 4, 4, sequence);
    write_uint(out + 8, 4, acknowledgment);
    out[12] = HEADER / 4 << 4;
    out[13] = flags;
}

/* The next segment, as an IP packet whose payload is at `out`. */
static hsi_status read_segment(hsi_cursor *in, uint8_t out[HEADER + LONGEST], hsi_ip *ip)
{
    uint8_t control, flags, eighth;
    uint16_t sequence, acknowledgment;
    HSI_TRY(hsi_cursor_u8(in, &control));
    HSI_TRY(hsi_cursor_u8(in, &flags));
    HSI_TRY(hsi_cursor_u16(in, &sequence));
    HSI_TRY(hsi_cursor_u16(in, &acknowledgment));
    HSI_TRY(hsi_cursor_u8(in, &eighth));
    uint8_t from = control & 1;
    uint32_t scale = scales[control >> 1 & 3];
    uint32_t first = (uint32_t)(int16_t)sequence * scale;
    size_t cut = 8U * (eighth < control >> 3 ? eighth : control >> 3);
    size_t length = 8U * eighth - cut;
    write_header(out, from, first, (uint32_t)(int16_t)acknowledgment * scale, flags);
    for (uint32_t i = 0; i < length; i++) {
        out[HEADER + i] = byte_at(from, first + i + ((flags & HSI_TCP_SYN) != 0));
    }
    *ip = (hsi_ip){.version = 4, .payload = hsi_bytes_of(out, HEADER + length), .missing = cut};
    ip->source[0] = ends[from].address[0];
    ip->destination[0] = ends[!from].address[0];
    return HSI_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    order o = {.check = check_byte};
    hsi_capture_sink sink = order_sink(&o);
    hsi_packets_notes notes = {0};
    hsi_cursor in = hsi_cursor_over(data, size);
    uint8_t segment[HEADER + LONGEST];
    hsi_ip ip;
    uint64_t packet = 0;
    hsi_tcp_init(&tcp, &sink, &notes);
    while (read_segment(&in, segment, &ip) == HSI_OK) {
        packet++;
        must(hsi_tcp_take(&tcp, &ip, packet, packet * 100000000) == HSI_OK);
        must(tcp.flows.waiting <= 2 * (size_t)HSI_WINDOW_MOST * 3);
    }
    must(hsi_tcp_finish(&tcp) == HSI_OK);
    must(o.opened == o.closed && tcp.flows.waiting == 0);
    hsi_tcp_cleanup(&tcp);
    return 0;
}
