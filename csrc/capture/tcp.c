/* TCP: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/tcp.h"

#include "capture/limits.h"

/* What a state may hold: so many flows, each so long after its last packet. */
static const struct {
    size_t most;
    uint64_t age_ns;
} bounds[HSI_FLOWS_STATES] = {
    [HSI_FLOWS_OPEN] = {HSI_FLOWS_MOST, UINT64_MAX},
    [HSI_FLOWS_RESET] = {HSI_FLOWS_MOST, HSI_RESET_AGE_NS},
    [HSI_FLOWS_CLOSED] = {HSI_CLOSED_MOST, HSI_CLOSED_AGE_NS},
};

void hsi_tcp_init(hsi_tcp *tcp, const hsi_capture_sink *sink, hsi_packets_notes *notes)
{
    *tcp = (hsi_tcp){.sink = *sink, .notes = notes, .flows = HSI_FLOWS_EMPTY};
}

static hsi_delivery delivery(const hsi_tcp *tcp, const hsi_flow *flow, uint8_t from)
{
    return (hsi_delivery){&tcp->sink, flow->handle, from, tcp->packet, tcp->time_ns};
}

/* ---- a flow ends ---- */

static hsi_status close_flow(hsi_tcp *tcp, hsi_flow *flow)
{
    flow->opened = false;
    hsi_half_cleanup(&flow->halves[0]);
    hsi_half_cleanup(&flow->halves[1]);
    hsi_flows_note_waiting(&tcp->flows, flow);
    hsi_flows_move(&tcp->flows, flow, HSI_FLOWS_CLOSED);
    return tcp->sink.close(tcp->sink.context, flow->handle);
}

/* Gives what waits, then closes. */
static hsi_status finish_flow(hsi_tcp *tcp, hsi_flow *flow)
{
    for (uint8_t from = 0; from < 2; from++) {
        hsi_delivery to = delivery(tcp, flow, from);
        HSI_TRY(hsi_half_finish(&flow->halves[from], &to));
    }
    return close_flow(tcp, flow);
}

hsi_status hsi_tcp_finish(hsi_tcp *tcp)
{
    for (hsi_flow_queue state = HSI_FLOWS_OPEN; state < HSI_FLOWS_CLOSED; state++) {
        while (tcp->flows.queues[state].first != NULL) {
            HSI_TRY(finish_flow(tcp, tcp->flows.queues[state].first));
        }
    }
    return HSI_OK;
}

/* Nobody is left to be told that closing failed. */
void hsi_tcp_cleanup(hsi_tcp *tcp)
{
    for (hsi_flow_queue state = HSI_FLOWS_OPEN; state < HSI_FLOWS_CLOSED; state++) {
        for (hsi_flow *flow = tcp->flows.queues[state].first; flow != NULL; flow = flow->links[0].next) {
            hsi_status status = flow->opened ? tcp->sink.close(tcp->sink.context, flow->handle) : HSI_OK;
            HSI_UNUSED(status);
        }
    }
    hsi_flows_cleanup(&tcp->flows);
}

/* Forgets a flow that is closed; closes one that is open, and forgets it too where it had to make room, so that what follows
 * of it is a flow again. */
static hsi_status retire(hsi_tcp *tcp, hsi_flow *flow)
{
    if (flow->state != HSI_FLOWS_CLOSED) {
        tcp->notes->flows_evicted += flow->state == HSI_FLOWS_OPEN;
        hsi_flow_queue was = flow->state;
        HSI_TRY(finish_flow(tcp, flow));
        if (was == HSI_FLOWS_RESET) {
            return HSI_OK;
        }
    }
    hsi_flows_remove(&tcp->flows, flow);
    return HSI_OK;
}

static bool is_over(const hsi_tcp *tcp, hsi_flow_queue state)
{
    const hsi_flow *first = tcp->flows.queues[state].first;
    return first != NULL && (tcp->flows.queues[state].count > bounds[state].most ||
                             (tcp->time_ns > first->time_ns && tcp->time_ns - first->time_ns > bounds[state].age_ns));
}

static bool has_ended(const hsi_flow *flow)
{
    return flow->halves[0].ended && flow->halves[1].ended;
}

/* The flow whose bytes have waited longest gets those that are there. */
static hsi_status give_up_first(hsi_tcp *tcp)
{
    hsi_flow *flow = tcp->flows.queues[HSI_FLOWS_WAITING].first;
    for (uint8_t from = 0; from < 2; from++) {
        hsi_delivery to = delivery(tcp, flow, from);
        HSI_TRY(hsi_half_give_up(&flow->halves[from], &to));
    }
    hsi_flows_note_waiting(&tcp->flows, flow);
    return has_ended(flow) ? close_flow(tcp, flow) : HSI_OK;
}

static hsi_status keep_bounds(hsi_tcp *tcp)
{
    for (hsi_flow_queue state = HSI_FLOWS_OPEN; state < HSI_FLOWS_STATES; state++) {
        while (is_over(tcp, state)) {
            HSI_TRY(retire(tcp, tcp->flows.queues[state].first));
        }
    }
    while (tcp->flows.waiting > HSI_WAITING_MOST) {
        HSI_TRY(give_up_first(tcp));
    }
    return HSI_OK;
}

/* ---- a flow begins ---- */

static bool has_data(const hsi_segment *segment)
{
    return segment->data.length + segment->missing > 0;
}

/* A SYN-ACK with another sequence number, before there was data: the server kept nothing of the SYN, and chose anew. */
static bool is_chosen_anew(const hsi_flow *flow, uint8_t from, const hsi_segment *segment)
{
    const hsi_half *other = &flow->halves[!from];
    bool answers = (segment->flags & HSI_TCP_ACK) != 0;
    bool fits = !other->synchronized || other->base == segment->acknowledgment;
    return answers && fits && hsi_half_untouched(&flow->halves[from]) && !flow->reset;
}

/* A SYN of the connection that is there, or the first of another between the same ends? After a reset the same SYN may try
 * once more. */
static bool syn_is_of(const hsi_flow *flow, uint8_t from, const hsi_segment *segment)
{
    const hsi_half *half = &flow->halves[from];
    const hsi_half *other = &flow->halves[!from];
    bool answers = (segment->flags & HSI_TCP_ACK) != 0;
    if (flow->reset && !answers) {
        return false;
    }
    if (half->synchronized) {
        return half->base == segment->sequence || is_chosen_anew(flow, from, segment);
    }
    return flow->state == HSI_FLOWS_OPEN && (answers || (other->greeted && hsi_half_untouched(other)));
}

static bool is_of(const hsi_flow *flow, uint8_t from, const hsi_segment *segment)
{
    if ((segment->flags & HSI_TCP_SYN) != 0) {
        return syn_is_of(flow, from, segment);
    }
    const hsi_half *half = &flow->halves[from];
    return flow->state != HSI_FLOWS_CLOSED || !has_data(segment) || !half->synchronized ||
           hsi_half_near(half, segment->sequence);
}

/* Segments without data open no flow: what is late of one that is forgotten, and scans with FIN or ACK. */
static bool may_open(const hsi_segment *segment)
{
    return (segment->flags & HSI_TCP_SYN) != 0 || has_data(segment);
}

static hsi_status open_flow(hsi_tcp *tcp, const hsi_endpoint *source, const hsi_endpoint *destination,
                            const hsi_segment *segment, hsi_flow **out)
{
    const uint8_t syn_ack = HSI_TCP_SYN | HSI_TCP_ACK;
    bool answers = (segment->flags & syn_ack) == syn_ack;
    const hsi_endpoint ends[2] = {answers ? *destination : *source, answers ? *source : *destination};
    HSI_TRY(hsi_flows_add(&tcp->flows, ends, out));
    HSI_TRY(tcp->sink.open(tcp->sink.context, ends, tcp->time_ns, &(*out)->handle));
    (*out)->opened = true;
    tcp->notes->flows++;
    return HSI_OK;
}

/* ---- a segment of a flow ---- */

/* A SYN says where its direction begins; an acknowledgment says it of the other one, while that has sent no data: a SYN-ACK
 * whose SYN was not captured, or the first segment of who sent a SYN whose answer was not. */
static void synchronize(hsi_half *half, hsi_half *other, const hsi_segment *segment)
{
    bool greets = (segment->flags & HSI_TCP_SYN) != 0;
    if (greets && (!half->synchronized || hsi_half_untouched(half))) {
        hsi_half_synchronize(half, segment->sequence);
        half->greeted = true;
    }
    bool first = half->greeted && half->base == segment->sequence;
    if ((segment->flags & HSI_TCP_ACK) != 0 && first && !other->synchronized) {
        hsi_half_synchronize(other, segment->acknowledgment);
    }
}

static hsi_status exchange(hsi_tcp *tcp, hsi_flow *flow, uint8_t from, const hsi_segment *segment)
{
    hsi_delivery to = delivery(tcp, flow, from);
    hsi_delivery to_other = delivery(tcp, flow, !from);
    hsi_half *half = &flow->halves[from];
    hsi_half *other = &flow->halves[!from];
    flow->seen[from] = true;
    synchronize(half, other, segment);
    if ((segment->flags & HSI_TCP_ACK) != 0) {
        HSI_TRY(hsi_half_acknowledge(other, segment->acknowledgment, &to_other));
    }
    if (has_data(segment) || (segment->flags & HSI_TCP_FIN) != 0) {
        HSI_TRY(hsi_half_take(half, segment, &to));
    }
    if ((segment->flags & HSI_TCP_RST) != 0) {
        HSI_TRY(hsi_half_reset(half, segment->sequence, &to));
        flow->reset = flow->reset || half->ended;
    }
    hsi_flows_note_waiting(&tcp->flows, flow);
    return HSI_OK;
}

/* Where a flow stands after a segment. */
static hsi_status settle(hsi_tcp *tcp, hsi_flow *flow)
{
    const hsi_half *halves = flow->halves;
    bool alone = (halves[0].ended && !flow->seen[1]) || (halves[1].ended && !flow->seen[0]);
    flow->time_ns = tcp->time_ns;
    if (has_ended(flow)) {
        return close_flow(tcp, flow);
    }
    hsi_flows_move(&tcp->flows, flow, flow->reset || alone ? HSI_FLOWS_RESET : HSI_FLOWS_OPEN);
    return HSI_OK;
}

static hsi_status take(hsi_tcp *tcp, const hsi_endpoint *source, const hsi_endpoint *destination,
                       const hsi_segment *segment)
{
    hsi_flow *flow = hsi_flows_find(&tcp->flows, source, destination);
    if (flow != NULL && !is_of(flow, !hsi_endpoints_equal(&flow->ends[0], source), segment)) {
        HSI_TRY(flow->opened ? finish_flow(tcp, flow) : HSI_OK);
        hsi_flows_remove(&tcp->flows, flow);
        flow = NULL;
    }
    if (flow == NULL && may_open(segment)) {
        HSI_TRY(open_flow(tcp, source, destination, segment, &flow));
    }
    if (flow == NULL || flow->state == HSI_FLOWS_CLOSED) {
        tcp->notes->strays += has_data(segment);
        return HSI_OK;
    }
    HSI_TRY(exchange(tcp, flow, !hsi_endpoints_equal(&flow->ends[0], source), segment));
    return settle(tcp, flow);
}

static hsi_endpoint endpoint(const hsi_ip *ip, const uint8_t address[16], uint16_t port)
{
    hsi_endpoint end = {.version = ip->version, .port = port};
    memcpy(end.address, address, sizeof end.address);
    return end;
}

hsi_status hsi_tcp_take(hsi_tcp *tcp, const hsi_ip *ip, uint64_t packet, uint64_t time_ns)
{
    hsi_segment segment;
    tcp->packet = packet;
    tcp->time_ns = time_ns;
    hsi_status status = hsi_segment_read(&segment, ip->payload, ip->missing);
    if (status != HSI_OK) {
        tcp->notes->malformed++;
        return HSI_OK;
    }
    tcp->notes->segments++;
    hsi_endpoint source = endpoint(ip, ip->source, segment.source);
    hsi_endpoint destination = endpoint(ip, ip->destination, segment.destination);
    HSI_TRY(take(tcp, &source, &destination, &segment));
    return keep_bounds(tcp);
}
