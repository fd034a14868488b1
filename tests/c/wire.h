/* IP packets for tests of csrc/capture: TCP in IPv4, with nothing in their headers that nobody reads.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_WIRE_H
#define HSI_TESTS_WIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "capture/segment.h"

enum { CLIENT_PORT = 40000, SERVER_PORT = 443, WIRE_HEADERS = 40 };

typedef struct wire_segment {
    uint8_t from; /* 0: the client */
    uint8_t flags;
    uint32_t sequence, acknowledgment;
    const char *data;
    uint16_t client_port; /* 0: CLIENT_PORT */
} wire_segment;

static inline void append_uint(hsi_buffer *out, size_t width, uint64_t value)
{
    assert_int_equal(hsi_buffer_append_uint(out, width, value), HSI_OK);
}

static inline void append_text(hsi_buffer *out, const char *text)
{
    assert_int_equal(hsi_buffer_append(out, hsi_bytes_text(text)), HSI_OK);
}

static inline void append_tcp(hsi_buffer *out, const wire_segment *segment)
{
    const uint16_t client = segment->client_port == 0 ? CLIENT_PORT : segment->client_port;
    append_uint(out, 2, segment->from == 0 ? client : SERVER_PORT);
    append_uint(out, 2, segment->from == 0 ? SERVER_PORT : client);
    append_uint(out, 4, segment->sequence);
    append_uint(out, 4, segment->acknowledgment);
    append_uint(out, 2, 0x5000U | segment->flags);
    append_uint(out, 6, 0); /* window, checksum, urgent pointer */
    append_text(out, segment->data);
}

static inline void append_ipv4(hsi_buffer *out, const wire_segment *segment)
{
    append_uint(out, 2, 0x4500);
    append_uint(out, 2, WIRE_HEADERS + strlen(segment->data));
    append_uint(out, 4, 0x00014000); /* identification, do not fragment */
    append_uint(out, 4, 0x40060000); /* time to live, TCP, checksum */
    append_uint(out, 4, segment->from == 0 ? 0x0a000001 : 0xc0000201);
    append_uint(out, 4, segment->from == 0 ? 0xc0000201 : 0x0a000001);
    append_tcp(out, segment);
}

#endif
