/* pcapng: blocks, each with its type, its length before and behind it, and a body. draft-ietf-opsawg-pcapng.
 * Read are sections, interfaces, packets and the TLS key logs of Decryption Secrets Blocks; others are passed over. Each
 * section has its own byte order and interfaces.
 * SPDX-License-Identifier: MIT */
#include "capture/file.h"
#include "capture/interfaces.h"
#include "capture/limits.h"

enum {
    HEAD = 8, /* what a block has around its body: type, length; length */
    TRAILER = 4,
    FRAME = HEAD + TRAILER,
    SECTION_HEADER = 0x0a0d0d0a,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    TLS_KEY_LOG = 0x544c534b, /* "TLSK" */
};

/* What a block is read to: nothing, a packet (its number is not 0) or the text of a key log. */
typedef struct found {
    hsi_packet packet;
    hsi_bytes secrets;
} found;

/* Section 4.1; its order was found by measure. */
static hsi_status read_section(hsi_file *file, hsi_cursor *in, found *out)
{
    uint32_t magic;
    uint16_t major;
    HSI_UNUSED(out);
    HSI_TRY(hsi_order_u32(in, file->order, &magic));
    HSI_TRY(hsi_order_u16(in, file->order, &major));
    hsi_interfaces_clear(&file->pcapng);
    return major == 1 ? HSI_OK : HSI_FORMAT;
}

/* The packet itself: `captured` bytes of `length`. */
static hsi_status read_data(hsi_file *file, hsi_cursor *in, uint32_t interface_id, uint32_t captured, uint32_t length,
                            hsi_packet *out)
{
    if (interface_id >= file->pcapng.count) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(hsi_cursor_take(in, &out->data, captured));
    out->length = length < captured ? captured : length;
    out->link_type = file->pcapng.interfaces[interface_id].link_type;
    out->number = file->notes->packets;
    return HSI_OK;
}

/* What Enhanced Packet Blocks and the obsolete Packet Blocks have in common: from the time on. */
static hsi_status read_packet(hsi_file *file, hsi_cursor *in, uint32_t interface_id, hsi_packet *out)
{
    uint32_t high, low, captured, length;
    HSI_TRY(hsi_order_u32(in, file->order, &high));
    HSI_TRY(hsi_order_u32(in, file->order, &low));
    HSI_TRY(hsi_order_u32(in, file->order, &captured));
    HSI_TRY(hsi_order_u32(in, file->order, &length));
    HSI_TRY(read_data(file, in, interface_id, captured, length, out));
    out->time_ns = hsi_interface_time(&file->pcapng.interfaces[interface_id], (uint64_t)high << 32 | low);
    return HSI_OK;
}

/* Section 4.3. */
static hsi_status read_enhanced_packet(hsi_file *file, hsi_cursor *in, found *out)
{
    uint32_t interface_id;
    file->notes->packets++;
    HSI_TRY(hsi_order_u32(in, file->order, &interface_id));
    return read_packet(file, in, interface_id, &out->packet);
}

/* Appendix A: replaced by the enhanced one, but written by old programs. */
static hsi_status read_old_packet(hsi_file *file, hsi_cursor *in, found *out)
{
    uint16_t interface_id, drops;
    file->notes->packets++;
    HSI_TRY(hsi_order_u16(in, file->order, &interface_id));
    HSI_TRY(hsi_order_u16(in, file->order, &drops));
    return read_packet(file, in, interface_id, &out->packet);
}

/* Section 4.4: no time, the first interface, and as much of the packet as its snaplen leaves; then padding. */
static hsi_status read_simple_packet(hsi_file *file, hsi_cursor *in, found *out)
{
    uint32_t length;
    file->notes->packets++;
    HSI_TRY(hsi_order_u32(in, file->order, &length));
    if (file->pcapng.count == 0) {
        return HSI_ILLEGAL;
    }
    uint32_t snaplen = file->pcapng.interfaces[0].snaplen;
    return read_data(file, in, 0, snaplen != 0 && snaplen < length ? snaplen : length, length, &out->packet);
}

/* Section 4.7. Secrets of other protocols are passed over. */
static hsi_status read_secrets(hsi_file *file, hsi_cursor *in, found *out)
{
    uint32_t type, length;
    hsi_bytes text;
    HSI_TRY(hsi_order_u32(in, file->order, &type));
    HSI_TRY(hsi_order_u32(in, file->order, &length));
    HSI_TRY(hsi_cursor_take(in, &text, length));
    if (type == TLS_KEY_LOG) {
        out->secrets = text;
    }
    return HSI_OK;
}

static hsi_status read_interface(hsi_file *file, hsi_cursor *in, found *out)
{
    HSI_UNUSED(out);
    return hsi_interfaces_add(&file->pcapng, in, file->order);
}

typedef struct block_type {
    uint32_t type;
    size_t most;       /* bytes: a longer one is damage */
    bool may_be_wrong; /* one that does not hold what it should is left out; else nothing behind it can be read */
    hsi_status (*read)(hsi_file *file, hsi_cursor *in, found *out);
} block_type;

static const block_type block_types[] = {
    {SECTION_HEADER, HSI_BLOCK_MOST, false, read_section}, {1, HSI_BLOCK_MOST, false, read_interface},
    {2, HSI_PACKET_MOST, true, read_old_packet},           {3, HSI_PACKET_MOST, true, read_simple_packet},
    {6, HSI_PACKET_MOST, true, read_enhanced_packet},      {10, HSI_BLOCK_MOST, true, read_secrets},
};

/* NULL: blocks of this type are passed over. */
static const block_type *find_type(uint32_t type)
{
    for (size_t i = 0; i < HSI_COUNT(block_types); i++) {
        if (block_types[i].type == type) {
            return &block_types[i];
        }
    }
    return NULL;
}

static hsi_status find_order(hsi_file *file, hsi_bytes front)
{
    hsi_cursor in = hsi_cursor_of(front), before;
    uint32_t magic;
    HSI_TRY(hsi_cursor_slice(&in, &before, HEAD));
    HSI_TRY(hsi_order_u32(&in, HSI_BIG_ENDIAN, &magic));
    file->order = magic == BYTE_ORDER_MAGIC ? HSI_BIG_ENDIAN : HSI_LITTLE_ENDIAN;
    return magic == BYTE_ORDER_MAGIC || __builtin_bswap32(magic) == BYTE_ORDER_MAGIC ? HSI_OK : HSI_FORMAT;
}

static hsi_status read_head(const hsi_file *file, hsi_bytes front, uint32_t *type, uint32_t *length)
{
    hsi_cursor in = hsi_cursor_of(front);
    HSI_TRY(hsi_order_u32(&in, file->order, type));
    return hsi_order_u32(&in, file->order, length);
}

/* Of a block that is passed over the head is a unit, and the length behind it. */
static hsi_status measure(hsi_file *file, hsi_bytes front, size_t *length)
{
    uint32_t type, total;
    *length = file->pcapng.closing != 0 ? TRAILER : HEAD;
    if (file->pcapng.closing != 0 || front.length < HEAD) {
        return HSI_OK;
    }
    HSI_TRY(read_head(file, front, &type, &total));
    if (type == SECTION_HEADER) {
        *length = FRAME;
        if (front.length < FRAME) {
            return HSI_OK;
        }
        HSI_TRY(find_order(file, front));
        HSI_TRY(read_head(file, front, &type, &total));
    }
    const block_type *known = find_type(type);
    *length = known != NULL ? total : HEAD;
    bool fits = total >= FRAME && total % 4 == 0 && (known == NULL || total <= known->most);
    return fits ? HSI_OK : HSI_FORMAT;
}

/* The length behind a block has to be the one before it. */
static hsi_status close_block(hsi_file *file, hsi_bytes trailer, uint32_t length)
{
    hsi_cursor in = hsi_cursor_of(trailer);
    uint32_t again;
    HSI_TRY(hsi_order_u32(&in, file->order, &again));
    file->pcapng.closing = 0;
    return again == length ? HSI_OK : HSI_FORMAT;
}

static hsi_status deliver(hsi_file *file, const found *block)
{
    if (block->packet.number != 0) {
        return file->sink.packet(file->sink.context, &block->packet);
    }
    if (block->secrets.length > 0) {
        return file->sink.secrets(file->sink.context, block->secrets);
    }
    return HSI_OK;
}

static hsi_status take_block(hsi_file *file, const block_type *known, hsi_bytes body)
{
    hsi_cursor in = hsi_cursor_of(body);
    found block = {.secrets = HSI_BYTES_EMPTY};
    hsi_status status = known->read(file, &in, &block);
    bool wrong = status == HSI_TRUNCATED || status == HSI_ILLEGAL;
    if (wrong && known->may_be_wrong) {
        file->notes->malformed++;
        return HSI_OK;
    }
    HSI_TRY(wrong ? HSI_FORMAT : status);
    return deliver(file, &block);
}

static hsi_status take(hsi_file *file, hsi_bytes unit)
{
    uint32_t type, length;
    if (file->pcapng.closing != 0) {
        return close_block(file, unit, file->pcapng.closing);
    }
    HSI_TRY(read_head(file, unit, &type, &length));
    const block_type *known = find_type(type);
    if (known == NULL) {
        file->passing = length - FRAME;
        file->pcapng.closing = length;
        return HSI_OK;
    }
    HSI_TRY(close_block(file, hsi_bytes_slice(unit, length - TRAILER, TRAILER), length));
    return take_block(file, known, hsi_bytes_slice(unit, HEAD, length - FRAME));
}

const hsi_file_format hsi_pcapng = {measure, take};
