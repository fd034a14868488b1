/* Flows: the TCP connections of a capture that are remembered, found by their ends and kept in order of their last packet.
 * Finding one takes the same time however many there are. Knows no sequence numbers (half.c) and makes no decisions (tcp.c).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_FLOWS_H
#define HSI_CAPTURE_FLOWS_H

#include "capture/half.h"

/* Which queues a flow stands in: one of the first three, and the last where bytes of it wait for missing ones. */
typedef enum hsi_flow_queue {
    HSI_FLOWS_OPEN,
    HSI_FLOWS_RESET, /* open for what was on its way: it was reset, or one direction ended and of the other there is none */
    HSI_FLOWS_CLOSED, /* remembered, so that late retransmissions begin no other */
    HSI_FLOWS_STATES,
    HSI_FLOWS_WAITING = HSI_FLOWS_STATES,
    HSI_FLOWS_QUEUES
} hsi_flow_queue;

typedef struct hsi_flow hsi_flow;

typedef struct hsi_flow_link {
    hsi_flow *previous, *next;
} hsi_flow_link;

struct hsi_flow {
    hsi_endpoint ends[2];
    hsi_half halves[2]; /* what ends[i] sends */
    bool seen[2]; /* a packet of it was seen */
    bool opened; /* the sink knows it */
    bool reset;
    void *handle; /* the sink's */
    uint64_t time_ns; /* of its last packet */
    hsi_flow_queue state;
    bool waits; /* stands in HSI_FLOWS_WAITING */
    hsi_flow_link links[2]; /* in the queue of its state, and in that of those that wait */
    hsi_flow *chain; /* the next with the same slot */
};

typedef struct hsi_flows {
    hsi_flow **slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    struct {
        hsi_flow *first, *last; /* the first has been there longest */
        size_t count;
    } queues[HSI_FLOWS_QUEUES];
    size_t waiting; /* bytes of memory for what waits */
} hsi_flows;

#define HSI_FLOWS_EMPTY ((hsi_flows){0})

/* hsi_flows_cleanup frees all flows; nobody is told. */
void hsi_flows_cleanup(hsi_flows *flows);

/* hsi_flows_find: the flow between two ends; NULL: there is none. */
hsi_flow *hsi_flows_find(const hsi_flows *flows, const hsi_endpoint *source, const hsi_endpoint *destination);

/* hsi_flows_add makes one, OPEN. The caller knows that there is none between these ends. */
HSI_MUST_USE hsi_status hsi_flows_add(hsi_flows *flows, const hsi_endpoint ends[2], hsi_flow **out);

/* hsi_flows_remove frees one. */
void hsi_flows_remove(hsi_flows *flows, hsi_flow *flow);

/* hsi_flows_move puts it last in the queue of a state. */
void hsi_flows_move(hsi_flows *flows, hsi_flow *flow, hsi_flow_queue state);

/* hsi_flows_note_waiting puts it in the queue of those that wait, or takes it out, as it is. */
void hsi_flows_note_waiting(hsi_flows *flows, hsi_flow *flow);

/* hsi_endpoints_equal */
bool hsi_endpoints_equal(const hsi_endpoint *a, const hsi_endpoint *b);

#endif
