/* Packets: see the header. Each packet goes file.c → link.c → ip.c (→ fragments.c) → tcp.c.
 * SPDX-License-Identifier: MIT */
#include "capture/packets.h"

#include "base/memory.h"
#include "capture/file.h"
#include "capture/fragments.h"
#include "capture/link.h"
#include "capture/tcp.h"

struct hsi_packets {
    hsi_file file;
    hsi_fragments fragments;
    hsi_tcp tcp;
    hsi_packets_notes notes;
    hsi_status failed; /* what reading ended with */
};

/* A packet that is not what it should be is no failure of reading. */
static hsi_status note_malformed(hsi_packets *packets, hsi_status status)
{
    if (status != HSI_TRUNCATED && status != HSI_ILLEGAL) {
        return status;
    }
    packets->notes.malformed++;
    return HSI_OK;
}

static hsi_status take_ip(hsi_packets *packets, hsi_ip *ip, const hsi_packet *packet)
{
    if (ip->fragmented && (ip->version == 6 || ip->protocol == HSI_IP_TCP)) {
        hsi_status status = hsi_fragments_take(&packets->fragments, ip, packet->time_ns);
        if (status != HSI_OK || ip->fragmented) {
            return note_malformed(packets, status);
        }
    }
    if (ip->protocol != HSI_IP_TCP) {
        packets->notes.not_tcp++;
        return HSI_OK;
    }
    return hsi_tcp_take(&packets->tcp, ip, packet->number, packet->time_ns);
}

static hsi_status take_packet(void *context, const hsi_packet *packet)
{
    hsi_packets *packets = context;
    hsi_cursor in = hsi_cursor_of(packet->data);
    hsi_ip ip;
    packets->notes.bytes += packet->data.length;
    if (!hsi_link_known(packet->link_type)) {
        packets->notes.unknown_links++;
        return HSI_OK;
    }
    hsi_status status = hsi_link_strip(packet->link_type, &in);
    if (status == HSI_ILLEGAL) {
        packets->notes.not_ip++;
        return HSI_OK;
    }
    status = status == HSI_OK ? hsi_ip_read(&in, packet->length - packet->data.length, &ip) : status;
    return status == HSI_OK ? take_ip(packets, &ip, packet) : note_malformed(packets, status);
}

static hsi_status take_secrets(void *context, hsi_bytes text)
{
    const hsi_packets *packets = context;
    return packets->tcp.sink.secrets(packets->tcp.sink.context, text);
}

hsi_packets *hsi_packets_new(const hsi_capture_sink *sink)
{
    hsi_packets *packets = hsi_memory_new(sizeof *packets);
    if (packets != NULL) {
        hsi_file_init(&packets->file, &(hsi_file_sink){packets, take_packet, take_secrets}, &packets->notes);
        hsi_fragments_init(&packets->fragments, &packets->notes);
        hsi_tcp_init(&packets->tcp, sink, &packets->notes);
    }
    return packets;
}

void hsi_packets_free(hsi_packets *packets)
{
    if (packets != NULL) {
        hsi_file_cleanup(&packets->file);
        hsi_fragments_cleanup(&packets->fragments);
        hsi_tcp_cleanup(&packets->tcp);
        hsi_memory_free(packets, sizeof *packets);
    }
}

hsi_status hsi_packets_feed(hsi_packets *packets, hsi_bytes piece)
{
    if (packets->failed == HSI_OK) {
        packets->failed = hsi_file_feed(&packets->file, piece);
    }
    return packets->failed;
}

hsi_status hsi_packets_finish(hsi_packets *packets)
{
    if (packets->failed != HSI_OK && packets->failed != HSI_FORMAT) {
        return packets->failed;
    }
    hsi_fragments_finish(&packets->fragments);
    hsi_status status = hsi_tcp_finish(&packets->tcp);
    if (status == HSI_OK && packets->failed == HSI_OK) {
        status = hsi_file_finish(&packets->file);
    }
    packets->failed = status == HSI_OK ? packets->failed : status;
    return packets->failed;
}

hsi_packets_notes hsi_packets_noted(const hsi_packets *packets)
{
    return packets->notes;
}
