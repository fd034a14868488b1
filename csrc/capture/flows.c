/* Flows: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/flows.h"

#include "base/memory.h"

enum { FEWEST_SLOTS = 64 };

bool hsi_endpoints_equal(const hsi_endpoint *a, const hsi_endpoint *b)
{
    return a->port == b->port && a->version == b->version && memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* ---- queues ---- */

static hsi_flow_link *link_of(hsi_flow *flow, hsi_flow_queue queue)
{
    return &flow->links[queue == HSI_FLOWS_WAITING];
}

static void enqueue(hsi_flows *flows, hsi_flow *flow, hsi_flow_queue queue)
{
    hsi_flow *last = flows->queues[queue].last;
    *link_of(flow, queue) = (hsi_flow_link){last, NULL};
    *(last == NULL ? &flows->queues[queue].first : &link_of(last, queue)->next) = flow;
    flows->queues[queue].last = flow;
    flows->queues[queue].count++;
}

static void dequeue(hsi_flows *flows, hsi_flow *flow, hsi_flow_queue queue)
{
    hsi_flow_link link = *link_of(flow, queue);
    *(link.previous == NULL ? &flows->queues[queue].first : &link_of(link.previous, queue)->next) = link.next;
    *(link.next == NULL ? &flows->queues[queue].last : &link_of(link.next, queue)->previous) = link.previous;
    flows->queues[queue].count--;
}

void hsi_flows_move(hsi_flows *flows, hsi_flow *flow, hsi_flow_queue state)
{
    dequeue(flows, flow, flow->state);
    flow->state = state;
    enqueue(flows, flow, state);
}

void hsi_flows_note_waiting(hsi_flows *flows, hsi_flow *flow)
{
    bool waits = !hsi_window_empty(&flow->halves[0].window) || !hsi_window_empty(&flow->halves[1].window);
    if (waits && !flow->waits) {
        enqueue(flows, flow, HSI_FLOWS_WAITING);
    }
    if (!waits && flow->waits) {
        dequeue(flows, flow, HSI_FLOWS_WAITING);
    }
    flow->waits = waits;
}

/* ---- the table ---- */

/* FNV-1a, from a start that nobody outside knows, so that nobody can choose addresses that share a slot. */
static uint64_t hash_end(uint64_t hash, const hsi_endpoint *end)
{
    for (size_t i = 0; i < sizeof end->address; i++) {
        hash = (hash ^ end->address[i]) * 0x100000001b3;
    }
    return (hash ^ end->port) * 0x100000001b3;
}

/* The same for both directions. */
static hsi_flow **slot(const hsi_flows *flows, const hsi_endpoint *a, const hsi_endpoint *b)
{
    uint64_t start = (uint64_t)(uintptr_t)flows * 0x9e3779b97f4a7c15;
    uint64_t hash = hash_end(start, a) + hash_end(start, b);
    return &flows->slots[(hash ^ hash >> 32) & (flows->capacity - 1)];
}

hsi_flow *hsi_flows_find(const hsi_flows *flows, const hsi_endpoint *source, const hsi_endpoint *destination)
{
    hsi_flow *flow = flows->capacity == 0 ? NULL : *slot(flows, source, destination);
    while (flow != NULL) {
        bool first = hsi_endpoints_equal(&flow->ends[0], source);
        if (hsi_endpoints_equal(&flow->ends[first], destination) && hsi_endpoints_equal(&flow->ends[!first], source)) {
            return flow;
        }
        flow = flow->chain;
    }
    return NULL;
}

static hsi_status grow(hsi_flows *flows)
{
    size_t capacity = flows->capacity == 0 ? FEWEST_SLOTS : 2 * flows->capacity;
    hsi_flow **old = flows->slots;
    size_t count = flows->capacity;
    hsi_flow **slots = hsi_memory_new(capacity * sizeof *slots);
    if (slots == NULL) {
        return HSI_NO_MEMORY;
    }
    flows->slots = slots;
    flows->capacity = capacity;
    for (size_t i = 0; i < count; i++) {
        while (old[i] != NULL) {
            hsi_flow *flow = old[i];
            hsi_flow **to = slot(flows, &flow->ends[0], &flow->ends[1]);
            old[i] = flow->chain;
            flow->chain = *to;
            *to = flow;
        }
    }
    hsi_memory_free(old, count * sizeof *old);
    return HSI_OK;
}

hsi_status hsi_flows_add(hsi_flows *flows, const hsi_endpoint ends[2], hsi_flow **out)
{
    HSI_TRY(flows->count < flows->capacity ? HSI_OK : grow(flows));
    hsi_flow *flow = hsi_memory_new(sizeof *flow);
    if (flow == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_flow **at = slot(flows, &ends[0], &ends[1]);
    for (int i = 0; i < 2; i++) {
        flow->ends[i] = ends[i];
        hsi_half_init(&flow->halves[i], &flows->waiting);
    }
    flow->chain = *at;
    *at = flow;
    flow->state = HSI_FLOWS_OPEN;
    enqueue(flows, flow, HSI_FLOWS_OPEN);
    flows->count++;
    *out = flow;
    return HSI_OK;
}

void hsi_flows_remove(hsi_flows *flows, hsi_flow *flow)
{
    hsi_flow **at = slot(flows, &flow->ends[0], &flow->ends[1]);
    while (*at != flow) {
        at = &(*at)->chain;
    }
    *at = flow->chain;
    dequeue(flows, flow, flow->state);
    if (flow->waits) {
        dequeue(flows, flow, HSI_FLOWS_WAITING);
    }
    for (int i = 0; i < 2; i++) {
        hsi_half_cleanup(&flow->halves[i]);
    }
    hsi_memory_free(flow, sizeof *flow);
    flows->count--;
}

void hsi_flows_cleanup(hsi_flows *flows)
{
    for (int state = 0; state < HSI_FLOWS_STATES; state++) {
        while (flows->queues[state].first != NULL) {
            hsi_flows_remove(flows, flows->queues[state].first);
        }
    }
    hsi_memory_free(flows->slots, flows->capacity * sizeof(hsi_flow *));
    *flows = HSI_FLOWS_EMPTY;
}
