/* pcap: a file header, then packets, each behind a header of its own. draft-ietf-opsawg-pcap sections 4 and 5.
 * The variants differ in byte order, in what their times count and in how long a packet's header is; file.c has their magic
 * numbers. A link type has 16 bits; those above it say how long a frame check sequence is, which the IP length cuts anyway.
 * SPDX-License-Identifier: MIT */
#include "capture/file.h"
#include "capture/limits.h"

enum { FILE_HEADER = 24, LINK_TYPE_AT = 20, CAPTURED_AT = 8, SECOND = 1000000000 };

static hsi_status measure(hsi_file *file, hsi_bytes front, size_t *length)
{
    hsi_cursor in = hsi_cursor_of(front), times;
    uint32_t captured;
    *length = file->pcap.begun ? file->pcap.record_header : FILE_HEADER;
    if (!file->pcap.begun || front.length < *length) {
        return HSI_OK;
    }
    HSI_TRY(hsi_cursor_slice(&in, &times, CAPTURED_AT));
    HSI_TRY(hsi_order_u32(&in, file->order, &captured));
    *length += captured;
    return captured > HSI_PACKET_MOST ? HSI_FORMAT : HSI_OK;
}

static hsi_status take_header(hsi_file *file, hsi_cursor *in)
{
    hsi_cursor before;
    uint32_t link_type;
    HSI_TRY(hsi_cursor_slice(in, &before, LINK_TYPE_AT));
    HSI_TRY(hsi_order_u32(in, file->order, &link_type));
    file->pcap.link_type = (uint16_t)link_type;
    file->pcap.begun = true;
    return HSI_OK;
}

static hsi_status take(hsi_file *file, hsi_bytes unit)
{
    hsi_cursor in = hsi_cursor_of(unit);
    uint32_t seconds, ticks, captured, length;
    if (!file->pcap.begun) {
        return take_header(file, &in);
    }
    HSI_TRY(hsi_order_u32(&in, file->order, &seconds));
    HSI_TRY(hsi_order_u32(&in, file->order, &ticks));
    HSI_TRY(hsi_order_u32(&in, file->order, &captured));
    HSI_TRY(hsi_order_u32(&in, file->order, &length));
    const hsi_packet packet = {
        .data = hsi_bytes_slice(unit, file->pcap.record_header, captured),
        .length = length < captured ? captured : length, /* some writers had them the wrong way round */
        .link_type = file->pcap.link_type,
        .number = ++file->notes->packets,
        .time_ns = (uint64_t)seconds * SECOND + (uint64_t)ticks * file->pcap.tick_ns,
    };
    return file->sink.packet(file->sink.context, &packet);
}

const hsi_file_format hsi_pcap = {measure, take};
