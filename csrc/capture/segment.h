/* Segment: the header of a TCP segment. RFC 9293 section 3.1. Its checksum is not verified, its urgent pointer not heeded:
 * urgent data stands in the stream like any other.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_SEGMENT_H
#define HSI_CAPTURE_SEGMENT_H

#include "base/cursor.h"

enum { HSI_TCP_FIN = 0x01, HSI_TCP_SYN = 0x02, HSI_TCP_RST = 0x04, HSI_TCP_ACK = 0x10 };

typedef struct hsi_segment {
    uint16_t source, destination; /* ports */
    uint32_t sequence; /* of the first byte of data: behind the SYN, where it is one */
    uint32_t acknowledgment;
    uint8_t flags;
    hsi_bytes data;
    size_t missing; /* bytes at its end that were not captured */
} hsi_segment;

/* hsi_segment_read reads an IP payload of which `missing` bytes at the end were not captured. TRUNCATED, ILLEGAL: no TCP
 * header, or one that is cut before its flags. */
HSI_MUST_USE hsi_status hsi_segment_read(hsi_segment *out, hsi_bytes payload, size_t missing);

#endif
