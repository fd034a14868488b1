/* IP: the header of an IP packet, and for IPv6 the extension headers behind it. RFC 791, RFC 8200.
 * Checksums are not verified: where the network card computes them, what was captured is wrong.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_IP_H
#define HSI_CAPTURE_IP_H

#include "base/cursor.h"

enum { HSI_IP_TCP = 6 };

typedef struct hsi_ip_fragment {
    uint32_t identification;
    uint32_t offset; /* in bytes */
    bool more;       /* fragments follow */
} hsi_ip_fragment;

typedef struct hsi_ip {
    uint8_t version;
    uint8_t source[16], destination[16]; /* of IPv4 the first four bytes, the others are zero */
    uint8_t protocol; /* of the payload; in a fragment of IPv6 it may still be an extension header */
    bool fragmented;
    hsi_ip_fragment fragment; /* where it is */
    hsi_bytes payload; /* as captured, without what lies behind the packet (Ethernet padding) */
    size_t missing; /* bytes at its end that were not captured */
} hsi_ip;

/* hsi_ip_read reads a packet of which `cut` bytes at the end were not captured. A length of 0 in the header means all that
 * is there: it was captured before the network card divided it up (TSO). ILLEGAL, TRUNCATED: that is no IP packet, or its
 * headers are cut. */
HSI_MUST_USE hsi_status hsi_ip_read(hsi_cursor *in, size_t cut, hsi_ip *out);

/* hsi_ip_extensions moves over the extension headers at the front of the payload of IPv6, up to a fragment header. For
 * hsi_ip_read, and for a datagram that was put together. */
HSI_MUST_USE hsi_status hsi_ip_extensions(hsi_ip *ip);

#endif
