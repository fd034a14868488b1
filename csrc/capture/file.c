/* File: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/file.h"

#include "base/memory.h"

enum { MAGIC = 4, PACKET_HEADER = 16, KUZNETZOV_HEADER = 24 };

/* draft-ietf-opsawg-pcap section 4, the magic number in the two byte orders; modified pcap (Linux, A. Kuznetzov) has longer
 * packet headers. pcapng: draft-ietf-opsawg-pcapng section 4.1, the same in both. */
static const struct {
    uint8_t magic[MAGIC];
    const hsi_file_format *format;
    hsi_order order;
    uint32_t tick_ns;
    uint8_t record_header;
} kinds[] = {
    {{0xa1, 0xb2, 0xc3, 0xd4}, &hsi_pcap, HSI_BIG_ENDIAN, 1000, PACKET_HEADER},
    {{0xd4, 0xc3, 0xb2, 0xa1}, &hsi_pcap, HSI_LITTLE_ENDIAN, 1000, PACKET_HEADER},
    {{0xa1, 0xb2, 0x3c, 0x4d}, &hsi_pcap, HSI_BIG_ENDIAN, 1, PACKET_HEADER},
    {{0x4d, 0x3c, 0xb2, 0xa1}, &hsi_pcap, HSI_LITTLE_ENDIAN, 1, PACKET_HEADER},
    {{0xa1, 0xb2, 0xcd, 0x34}, &hsi_pcap, HSI_BIG_ENDIAN, 1000, KUZNETZOV_HEADER},
    {{0x34, 0xcd, 0xb2, 0xa1}, &hsi_pcap, HSI_LITTLE_ENDIAN, 1000, KUZNETZOV_HEADER},
    {{0x0a, 0x0d, 0x0d, 0x0a}, &hsi_pcapng, HSI_BIG_ENDIAN, 0, 0},
};

void hsi_file_init(hsi_file *file, const hsi_file_sink *sink, hsi_packets_notes *notes)
{
    *file = (hsi_file){.sink = *sink, .notes = notes, .unit = HSI_BUFFER_EMPTY};
}

void hsi_file_cleanup(hsi_file *file)
{
    hsi_buffer_cleanup(&file->unit);
    hsi_memory_free(file->pcapng.interfaces, file->pcapng.capacity * sizeof *file->pcapng.interfaces);
}

static hsi_status recognise(hsi_file *file, hsi_bytes front)
{
    for (size_t i = 0; i < HSI_COUNT(kinds); i++) {
        if (memcmp(kinds[i].magic, front.data, MAGIC) == 0) {
            file->format = kinds[i].format;
            file->order = kinds[i].order;
            file->pcap.tick_ns = kinds[i].tick_ns;
            file->pcap.record_header = kinds[i].record_header;
            return HSI_OK;
        }
    }
    return HSI_FORMAT;
}

static hsi_status measure(hsi_file *file, hsi_bytes front, size_t *length)
{
    if (file->format == NULL) {
        if (front.length < MAGIC) {
            *length = MAGIC;
            return HSI_OK;
        }
        HSI_TRY(recognise(file, front));
    }
    return file->format->measure(file, front, length);
}

static void pass_over(hsi_file *file, hsi_cursor *in)
{
    uint64_t left = hsi_cursor_left(in);
    uint64_t length = file->passing < left ? file->passing : left;
    in->at += length;
    file->passing -= length;
}

/* Completes the unit that an earlier piece began, as far as this one goes; nothing of the next unit is copied. Freed, and so
 * wiped, afterwards: it may have been a key log. */
static hsi_status complete(hsi_file *file, hsi_cursor *in)
{
    size_t length;
    HSI_TRY(measure(file, hsi_buffer_peek(&file->unit), &length));
    while (hsi_buffer_length(&file->unit) < length) {
        size_t missing = length - hsi_buffer_length(&file->unit);
        size_t left = hsi_cursor_left(in);
        hsi_bytes more;
        if (left == 0) {
            return HSI_OK;
        }
        HSI_TRY(hsi_cursor_take(in, &more, missing < left ? missing : left));
        HSI_TRY(hsi_buffer_append(&file->unit, more));
        HSI_TRY(measure(file, hsi_buffer_peek(&file->unit), &length));
    }
    hsi_status status = file->format->take(file, hsi_buffer_peek(&file->unit));
    hsi_buffer_cleanup(&file->unit);
    return status;
}

/* Takes the unit at the front of the piece, where it lies. */
static hsi_status take(hsi_file *file, hsi_cursor *in)
{
    size_t length;
    hsi_bytes unit;
    HSI_TRY(measure(file, hsi_cursor_rest(in), &length));
    if (length > hsi_cursor_left(in)) {
        unit = hsi_cursor_rest(in);
        in->at = in->end;
        return hsi_buffer_append(&file->unit, unit);
    }
    HSI_TRY(hsi_cursor_take(in, &unit, length));
    return file->format->take(file, unit);
}

hsi_status hsi_file_feed(hsi_file *file, hsi_bytes piece)
{
    hsi_cursor in = hsi_cursor_of(piece);
    while (!hsi_cursor_empty(&in)) {
        if (file->passing > 0) {
            pass_over(file, &in);
        } else if (hsi_buffer_length(&file->unit) > 0) {
            HSI_TRY(complete(file, &in));
        } else {
            HSI_TRY(take(file, &in));
        }
    }
    return HSI_OK;
}

hsi_status hsi_file_finish(hsi_file *file)
{
    file->notes->cut_tail = hsi_buffer_length(&file->unit) > 0 || file->passing > 0 || file->pcapng.closing != 0;
    return file->format == NULL ? HSI_FORMAT : HSI_OK;
}
