/* Interfaces: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/interfaces.h"

#include "base/memory.h"
#include "capture/limits.h"

enum {
    END_OF_OPTIONS = 0,
    IF_TSRESOL = 9,
    IF_TSOFFSET = 14,
    MICROSECONDS = 6,
    POWER_OF_TWO = 0x80,
    EXPONENT = 0x7f,
    SECOND = 1000000000
};

void hsi_interfaces_clear(hsi_pcapng_state *pcapng)
{
    pcapng->count = 0;
}

/* if_tsresol: times count in 10^-n seconds, or with the top bit set in 2^-n. FORMAT: that is no number of 64 bits. */
static hsi_status set_resolution(hsi_interface *interface, uint8_t resolution)
{
    uint8_t exponent = resolution & EXPONENT;
    interface->ticks_base = (resolution & POWER_OF_TWO) != 0 ? 2 : 10;
    interface->ticks = 1;
    for (uint8_t i = 0; i < exponent; i++) {
        if (interface->ticks > UINT64_MAX / interface->ticks_base) {
            return HSI_FORMAT;
        }
        interface->ticks *= interface->ticks_base;
    }
    return HSI_OK;
}

static hsi_status read_offset(hsi_interface *interface, hsi_cursor *value, hsi_order order)
{
    uint32_t first, second;
    HSI_TRY(hsi_order_u32(value, order, &first));
    HSI_TRY(hsi_order_u32(value, order, &second));
    interface->offset_s = order == HSI_BIG_ENDIAN ? (uint64_t)first << 32 | second : (uint64_t)second << 32 | first;
    return HSI_OK;
}

static hsi_status read_option(hsi_interface *interface, uint16_t code, hsi_cursor *value, hsi_order order)
{
    uint8_t resolution;
    switch (code) {
    case IF_TSRESOL:
        HSI_TRY(hsi_cursor_u8(value, &resolution));
        return set_resolution(interface, resolution);
    case IF_TSOFFSET:
        return read_offset(interface, value, order);
    default:
        return HSI_OK;
    }
}

/* Section 3.5. Each value is padded to 32 bits; who writes no end of options ends with the block. TRUNCATED: one is cut. */
static hsi_status read_options(hsi_interface *interface, hsi_cursor *in, hsi_order order)
{
    while (!hsi_cursor_empty(in)) {
        uint16_t code, length;
        hsi_cursor value, padding;
        HSI_TRY(hsi_order_u16(in, order, &code));
        HSI_TRY(hsi_order_u16(in, order, &length));
        if (code == END_OF_OPTIONS) {
            return HSI_OK;
        }
        HSI_TRY(hsi_cursor_slice(in, &value, length));
        HSI_TRY(hsi_cursor_slice(in, &padding, (4U - length % 4U) % 4U));
        HSI_TRY(read_option(interface, code, &value, order));
    }
    return HSI_OK;
}

static hsi_status make_room(hsi_pcapng_state *pcapng)
{
    if (pcapng->count < pcapng->capacity) {
        return HSI_OK;
    }
    if (pcapng->count == HSI_INTERFACES_MOST) {
        return HSI_FORMAT;
    }
    size_t capacity = pcapng->capacity == 0 ? 1 : 2 * pcapng->capacity;
    void *interfaces = pcapng->interfaces;
    HSI_TRY(hsi_memory_grow(&interfaces, pcapng->capacity * sizeof(hsi_interface), capacity * sizeof(hsi_interface)));
    pcapng->interfaces = interfaces;
    pcapng->capacity = capacity;
    return HSI_OK;
}

hsi_status hsi_interfaces_add(hsi_pcapng_state *pcapng, hsi_cursor *in, hsi_order order)
{
    hsi_interface interface = {0};
    uint16_t reserved;
    HSI_TRY(set_resolution(&interface, MICROSECONDS));
    HSI_TRY(hsi_order_u16(in, order, &interface.link_type));
    HSI_TRY(hsi_order_u16(in, order, &reserved));
    HSI_TRY(hsi_order_u32(in, order, &interface.snaplen));
    hsi_status status = read_options(&interface, in, order);
    HSI_TRY(status == HSI_TRUNCATED ? HSI_OK : status); /* those before count */
    HSI_TRY(make_room(pcapng));
    pcapng->interfaces[pcapng->count++] = interface;
    return HSI_OK;
}

/* Finer ticks than 64 bits of nanoseconds can count are made coarser: nothing of a nanosecond is lost by that. */
uint64_t hsi_interface_time(const hsi_interface *interface, uint64_t ticks)
{
    uint64_t in_a_second = interface->ticks;
    uint64_t fraction = ticks % in_a_second;
    uint64_t seconds = ticks / in_a_second + interface->offset_s;
    while (in_a_second > UINT64_MAX / SECOND) {
        in_a_second /= interface->ticks_base;
        fraction /= interface->ticks_base;
    }
    return seconds * SECOND + fraction * SECOND / in_a_second;
}
