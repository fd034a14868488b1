/* IP: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/ip.h"

#include "capture/limits.h"

enum { V4_HEADER = 20, V4_ADDRESS = 4, V6_ADDRESS = 16 };
enum {
    HOP_BY_HOP = 0,
    ROUTING = 43,
    FRAGMENT = 44,
    AUTHENTICATION = 51,
    DESTINATION = 60,
    MOBILITY = 135,
    HIP = 139,
    SHIM6 = 140
};
enum { MORE_FRAGMENTS = 0x2000, FRAGMENT_OFFSET = 0x1fff, V6_FRAGMENT_OFFSET = 0xfff8 };

/* Sets the payload to so many bytes, of which some may not be there; what lies behind them is no part of the packet. */
static void set_payload(hsi_ip *out, const hsi_cursor *in, size_t length)
{
    size_t there = hsi_cursor_left(in);
    out->payload = hsi_bytes_of(in->at, length < there ? length : there);
    out->missing = length - out->payload.length;
}

/* All that is there, and what was cut off it; but no packet is longer than HSI_PACKET_MOST. */
static size_t all_of(const hsi_cursor *in, size_t cut)
{
    size_t length = hsi_cursor_left(in) + cut;
    return length <= HSI_PACKET_MOST ? length : hsi_cursor_left(in);
}

static hsi_status read_address(hsi_cursor *in, uint8_t *out, size_t length)
{
    hsi_bytes address;
    HSI_TRY(hsi_cursor_take(in, &address, length));
    memcpy(out, address.data, length);
    return HSI_OK;
}

/* RFC 791 section 3.1. */
static hsi_status read_v4(hsi_cursor *in, size_t cut, hsi_ip *out)
{
    hsi_cursor options, checksum;
    uint8_t first, services, time_to_live;
    uint16_t total, identification, fragment;
    HSI_TRY(hsi_cursor_u8(in, &first));
    HSI_TRY(hsi_cursor_u8(in, &services));
    HSI_TRY(hsi_cursor_u16(in, &total));
    HSI_TRY(hsi_cursor_u16(in, &identification));
    HSI_TRY(hsi_cursor_u16(in, &fragment));
    HSI_TRY(hsi_cursor_u8(in, &time_to_live));
    HSI_TRY(hsi_cursor_u8(in, &out->protocol));
    HSI_TRY(hsi_cursor_slice(in, &checksum, 2));
    HSI_TRY(read_address(in, out->source, V4_ADDRESS));
    HSI_TRY(read_address(in, out->destination, V4_ADDRESS));
    size_t header = 4U * (first & 0x0fU);
    if (header < V4_HEADER || (total != 0 && total < header)) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(hsi_cursor_slice(in, &options, header - V4_HEADER));
    out->fragmented = (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
    out->fragment = (hsi_ip_fragment){identification, 8U * (uint32_t)(fragment & FRAGMENT_OFFSET),
                                      (fragment & MORE_FRAGMENTS) != 0};
    set_payload(out, in, total == 0 ? all_of(in, cut) : total - header);
    return HSI_OK;
}

/* RFC 8200 section 4.5. An atomic fragment (RFC 6946) is whole. */
static hsi_status read_fragment(hsi_cursor *in, hsi_ip *out)
{
    uint8_t reserved;
    uint16_t offset;
    uint64_t identification;
    HSI_TRY(hsi_cursor_u8(in, &out->protocol));
    HSI_TRY(hsi_cursor_u8(in, &reserved));
    HSI_TRY(hsi_cursor_u16(in, &offset));
    HSI_TRY(hsi_cursor_uint(in, 4, &identification));
    out->fragmented = (offset & (V6_FRAGMENT_OFFSET | 1)) != 0;
    out->fragment = (hsi_ip_fragment){(uint32_t)identification, offset & V6_FRAGMENT_OFFSET, (offset & 1) != 0};
    return HSI_OK;
}

/* The extension headers that have a next header, and a length in units of so many bytes without the first `plus` of them. */
static const struct {
    uint8_t protocol, unit, plus;
} extensions[] = {
    {HOP_BY_HOP, 8, 1},  {ROUTING, 8, 1},  {AUTHENTICATION, 4, 2}, /* RFC 8200 section 4, RFC 4302 section 2.2 */
    {DESTINATION, 8, 1}, {MOBILITY, 8, 1}, {HIP, 8, 1},
    {SHIM6, 8, 1},
};

static hsi_status read_extension(hsi_cursor *in, size_t row, hsi_ip *out)
{
    hsi_cursor rest;
    uint8_t length;
    HSI_TRY(hsi_cursor_u8(in, &out->protocol));
    HSI_TRY(hsi_cursor_u8(in, &length));
    return hsi_cursor_slice(in, &rest, (size_t)extensions[row].unit * (length + extensions[row].plus) - 2);
}

static size_t find_extension(uint8_t protocol)
{
    size_t row = 0;
    while (row < HSI_COUNT(extensions) && extensions[row].protocol != protocol) {
        row++;
    }
    return row;
}

hsi_status hsi_ip_extensions(hsi_ip *ip)
{
    hsi_cursor in = hsi_cursor_of(ip->payload);
    while (ip->version == 6 && !ip->fragmented) {
        size_t row = find_extension(ip->protocol);
        if (ip->protocol == FRAGMENT) {
            HSI_TRY(read_fragment(&in, ip));
        } else if (row < HSI_COUNT(extensions)) {
            HSI_TRY(read_extension(&in, row, ip));
        } else {
            break;
        }
    }
    ip->payload = hsi_cursor_rest(&in);
    return HSI_OK;
}

/* RFC 8200 section 3. */
static hsi_status read_v6(hsi_cursor *in, size_t cut, hsi_ip *out)
{
    hsi_cursor flow;
    uint16_t length;
    uint8_t hop_limit;
    HSI_TRY(hsi_cursor_slice(in, &flow, 4));
    HSI_TRY(hsi_cursor_u16(in, &length));
    HSI_TRY(hsi_cursor_u8(in, &out->protocol));
    HSI_TRY(hsi_cursor_u8(in, &hop_limit));
    HSI_TRY(read_address(in, out->source, V6_ADDRESS));
    HSI_TRY(read_address(in, out->destination, V6_ADDRESS));
    set_payload(out, in, length == 0 ? all_of(in, cut) : length);
    return hsi_ip_extensions(out);
}

hsi_status hsi_ip_read(hsi_cursor *in, size_t cut, hsi_ip *out)
{
    *out = (hsi_ip){0};
    if (hsi_cursor_empty(in)) {
        return HSI_TRUNCATED;
    }
    out->version = in->at[0] >> 4;
    switch (out->version) {
    case 4:
        return read_v4(in, cut, out);
    case 6:
        return read_v6(in, cut, out);
    default:
        return HSI_ILLEGAL;
    }
}
