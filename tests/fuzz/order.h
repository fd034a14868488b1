/* What must hold of all that a capture's sink is told: flows open and close once, each direction's bytes, holes and cuts follow
 * one another, and nothing follows its end. Comes with a digest of everything, to compare two readings.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_FUZZ_ORDER_H
#define HSI_FUZZ_ORDER_H

#include "capture/sink.h"
#include "must.h"

typedef struct order {
    size_t opened, closed;
    uint64_t digest;
    /* Is this byte the right one? NULL: any is. */
    void (*check)(struct order *order, uint8_t from, uint64_t offset, uint8_t byte);
} order;

typedef struct order_flow {
    size_t number;
    uint64_t next[2];
    bool ended[2];
} order_flow;

static inline void order_note(order *o, uint64_t value)
{
    o->digest = (o->digest ^ value) * 0x100000001b3;
    o->digest ^= o->digest >> 29;
}

static inline hsi_status order_open(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **flow)
{
    order *o = context;
    order_flow *f = calloc(1, sizeof *f);
    must(f != NULL && ends[0].version == ends[1].version);
    f->number = ++o->opened;
    order_note(o, time_ns);
    *flow = f;
    return HSI_OK;
}

static inline hsi_status order_bytes(void *context, void *flow, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    order *o = context;
    order_flow *f = flow;
    must(!f->ended[from] && data.length > 0);
    order_note(o, f->number * 2 + from);
    order_note(o, time_ns);
    for (size_t i = 0; i < data.length; i++) {
        order_note(o, data.data[i]);
        if (o->check != NULL) {
            o->check(o, from, f->next[from] + i, data.data[i]);
        }
    }
    f->next[from] += data.length;
    return HSI_OK;
}

static inline hsi_status order_fault(void *context, void *flow, uint8_t from, const hsi_capture_fault *fault)
{
    order *o = context;
    order_flow *f = flow;
    bool gap = fault->kind == HSI_FAULT_HOLE || fault->kind == HSI_FAULT_CUT;
    must(!f->ended[from]);
    must(!gap || (fault->offset == f->next[from] && fault->length > 0));
    must(fault->kind != HSI_FAULT_START || (f->next[from] == 0 && fault->offset == 0));
    must(fault->kind != HSI_FAULT_CONFLICT || (fault->length > 0 && o->check == NULL));
    f->next[from] += gap ? fault->length : 0;
    order_note(o, fault->kind);
    order_note(o, fault->offset);
    order_note(o, fault->packet);
    return HSI_OK;
}

static inline hsi_status order_end(void *context, void *flow, uint8_t from, hsi_end end, uint64_t time_ns)
{
    order_flow *f = flow;
    must(!f->ended[from]);
    f->ended[from] = true;
    order_note(context, end);
    order_note(context, time_ns);
    return HSI_OK;
}

static inline hsi_status order_close(void *context, void *flow)
{
    order *o = context;
    o->closed++;
    order_note(o, ((order_flow *)flow)->number);
    free(flow);
    return HSI_OK;
}

static inline hsi_status order_secrets(void *context, hsi_bytes text)
{
    order_note(context, text.length);
    return HSI_OK;
}

static inline hsi_capture_sink order_sink(order *o)
{
    return (hsi_capture_sink){o, order_open, order_bytes, order_fault, order_end, order_close, order_secrets};
}

#endif
