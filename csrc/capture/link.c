/* Link: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/link.h"

enum { ETHERTYPE_AT = 12, SLL_PROTOCOL_AT = 14, SLL2_REST = 18, PPPOE_HEADER = 6 };
enum { IPV4 = 0x0800, IPV6 = 0x86dd, PPPOE_SESSION = 0x8864 };            /* EtherTypes; those of tags are below */
enum { PPP_FRAMING = 0xff03, PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 }; /* RFC 1662 section 3.1, RFC 1661, RFC 5072 */
enum { FAMILY_IPV4 = 2, LARGEST_FAMILY = 0xffff };

/* AF_INET6: Linux; NetBSD, OpenBSD; FreeBSD; macOS. */
static const uint32_t families_ipv6[] = {10, 24, 28, 30};

/* 802.1Q, 802.1ad, and those from before it. */
static const uint16_t tags[] = {0x8100, 0x88a8, 0x9100, 0x9200};

static hsi_status skip(hsi_cursor *in, size_t length)
{
    hsi_cursor skipped;
    return hsi_cursor_slice(in, &skipped, length);
}

static bool is_tag(uint16_t ethertype)
{
    for (size_t i = 0; i < HSI_COUNT(tags); i++) {
        if (tags[i] == ethertype) {
            return true;
        }
    }
    return false;
}

/* RFC 1661 section 2; address and control may be left out, and the first byte of a protocol below 0x100. */
static hsi_status strip_ppp(hsi_cursor *in)
{
    hsi_cursor ahead = *in;
    uint16_t protocol;
    uint8_t first;
    HSI_TRY(hsi_cursor_u16(&ahead, &protocol));
    if (protocol == PPP_FRAMING) {
        *in = ahead;
    }
    HSI_TRY(hsi_cursor_u8(in, &first));
    protocol = first;
    if ((first & 1) == 0) {
        HSI_TRY(hsi_cursor_u8(in, &first));
        protocol = (uint16_t)(protocol << 8 | first);
    }
    return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? HSI_OK : HSI_ILLEGAL;
}

/* From an EtherType on: tags, of which there may be any number, and PPPoE (RFC 2516 section 4). */
static hsi_status strip_ethertype(hsi_cursor *in)
{
    uint16_t ethertype;
    HSI_TRY(hsi_cursor_u16(in, &ethertype));
    while (is_tag(ethertype)) {
        HSI_TRY(skip(in, 2));
        HSI_TRY(hsi_cursor_u16(in, &ethertype));
    }
    if (ethertype == PPPOE_SESSION) {
        HSI_TRY(skip(in, PPPOE_HEADER));
        return strip_ppp(in);
    }
    return ethertype == IPV4 || ethertype == IPV6 ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status strip_ethernet(hsi_cursor *in)
{
    HSI_TRY(skip(in, ETHERTYPE_AT));
    return strip_ethertype(in);
}

static hsi_status strip_sll(hsi_cursor *in)
{
    HSI_TRY(skip(in, SLL_PROTOCOL_AT));
    return strip_ethertype(in);
}

/* Cooked capture version 2 begins with the EtherType and has its other fields behind it. A tag would follow those. */
static hsi_status strip_sll2(hsi_cursor *in)
{
    uint16_t ethertype;
    HSI_TRY(hsi_cursor_u16(in, &ethertype));
    HSI_TRY(skip(in, SLL2_REST));
    if (is_tag(ethertype)) {
        HSI_TRY(skip(in, 2));
        return strip_ethertype(in);
    }
    return ethertype == IPV4 || ethertype == IPV6 ? HSI_OK : HSI_ILLEGAL;
}

/* BSD loopback: an address family, in the byte order of the machine that captured (NULL) or of the network (LOOP). */
static hsi_status strip_family(hsi_cursor *in)
{
    uint64_t value;
    HSI_TRY(hsi_cursor_uint(in, 4, &value));
    uint32_t family = value > LARGEST_FAMILY ? __builtin_bswap32((uint32_t)value) : (uint32_t)value;
    bool ip = family == FAMILY_IPV4;
    for (size_t i = 0; i < HSI_COUNT(families_ipv6); i++) {
        ip = ip || family == families_ipv6[i];
    }
    return ip ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status strip_nothing(hsi_cursor *in)
{
    return hsi_cursor_empty(in) ? HSI_TRUNCATED : HSI_OK;
}

static const struct {
    uint16_t type;
    hsi_status (*strip)(hsi_cursor *in);
} links[] = {
    {0, strip_family}, /* NULL */
    {1, strip_ethernet}, /* ETHERNET */
    {9, strip_ppp}, /* PPP */
    {12, strip_nothing}, /* RAW, as DLT_RAW of most systems */
    {14, strip_nothing}, /* RAW, as DLT_RAW of OpenBSD */
    {50, strip_ppp}, /* PPP_HDLC */
    {101, strip_nothing}, /* RAW */
    {108, strip_family}, /* LOOP */
    {113, strip_sll}, /* LINUX_SLL */
    {228, strip_nothing}, /* IPV4 */
    {229, strip_nothing}, /* IPV6 */
    {276, strip_sll2}, /* LINUX_SLL2 */
};

static size_t find(uint16_t link_type)
{
    size_t i = 0;
    while (i < HSI_COUNT(links) && links[i].type != link_type) {
        i++;
    }
    return i;
}

bool hsi_link_known(uint16_t link_type)
{
    return find(link_type) < HSI_COUNT(links);
}

hsi_status hsi_link_strip(uint16_t link_type, hsi_cursor *in)
{
    size_t i = find(link_type);
    return i < HSI_COUNT(links) ? links[i].strip(in) : HSI_ILLEGAL;
}
