/* Half: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/half.h"

#include "capture/limits.h"

enum { KEEP_ALIVE = 1, WINDOW_EVER = 1 << 30 }; /* RFC 7323 section 2.3: no window is larger */

/* Bytes of a segment in the stream; those at its end may not be there. */
typedef struct piece {
    uint64_t offset;
    hsi_bytes data;
    uint64_t missing;
} piece;

void hsi_half_init(hsi_half *half, size_t *waiting)
{
    *half = (hsi_half){.fin = HSI_NEVER, .stray = HSI_NEVER, .history = HSI_BUFFER_EMPTY};
    hsi_window_init(&half->window, waiting);
}

void hsi_half_cleanup(hsi_half *half)
{
    hsi_window_cleanup(&half->window);
    hsi_buffer_cleanup(&half->history);
}

void hsi_half_synchronize(hsi_half *half, uint32_t base)
{
    half->base = base;
    half->synchronized = true;
}

bool hsi_half_untouched(const hsi_half *half)
{
    return half->next == 0 && hsi_window_empty(&half->window) && !half->ended;
}

/* ---- pieces ---- */

static uint64_t piece_length(const piece *p)
{
    return p->data.length + p->missing;
}

static uint64_t piece_end(const piece *p)
{
    return p->offset + piece_length(p);
}

static void trim_front(piece *p, uint64_t length)
{
    size_t there = length < p->data.length ? (size_t)length : p->data.length;
    p->data = hsi_bytes_slice(p->data, there, p->data.length - there);
    p->missing -= length - there;
    p->offset += length;
}

static void trim_back(piece *p, uint64_t length)
{
    uint64_t missing = length < p->missing ? length : p->missing;
    p->missing -= missing;
    p->data.length -= (size_t)(length - missing);
}

/* How far a sequence number is from the next one, by the shorter way around. */
static int32_t distance(const hsi_half *half, uint32_t sequence)
{
    return (int32_t)(sequence - (half->base + (uint32_t)half->next));
}

bool hsi_half_near(const hsi_half *half, uint32_t sequence)
{
    int64_t far = distance(half, sequence);
    return far <= (int64_t)HSI_WINDOW_MOST && far >= -(int64_t)HSI_WINDOW_MOST;
}

/* Where in the stream a segment is; what would be before offset 0 is left out. */
static piece place(const hsi_half *half, const hsi_segment *segment)
{
    int64_t offset = (int64_t)half->next + distance(half, segment->sequence);
    piece p = {0, segment->data, segment->missing};
    if (offset >= 0) {
        p.offset = (uint64_t)offset;
        return p;
    }
    uint64_t before = (uint64_t)-offset;
    trim_front(&p, before < piece_length(&p) ? before : piece_length(&p));
    p.offset = 0;
    return p;
}

/* ---- what goes out ---- */

static hsi_status give_fault(hsi_fault_kind kind, uint64_t offset, uint64_t length, const hsi_delivery *to)
{
    const hsi_capture_fault fault = {
        .kind = kind, .offset = offset, .length = length, .packet = to->packet, .time_ns = to->time_ns};
    return to->sink->fault(to->sink->context, to->flow, to->from, &fault);
}

/* Bytes that will not be had: what follows is behind them. */
static hsi_status give_gap(hsi_half *half, hsi_fault_kind kind, uint64_t length, const hsi_delivery *to)
{
    uint64_t offset = half->next;
    half->next += length;
    hsi_buffer_consume(&half->history, hsi_buffer_length(&half->history));
    return give_fault(kind, offset, length, to);
}

static hsi_status remember(hsi_half *half, hsi_bytes bytes)
{
    size_t length = bytes.length < HSI_HISTORY_MOST ? bytes.length : HSI_HISTORY_MOST;
    HSI_TRY(hsi_buffer_append(&half->history, hsi_bytes_slice(bytes, bytes.length - length, length)));
    size_t there = hsi_buffer_length(&half->history);
    hsi_buffer_consume(&half->history, there < HSI_HISTORY_MOST ? 0 : there - HSI_HISTORY_MOST);
    return HSI_OK;
}

static hsi_status give_bytes(hsi_half *half, hsi_bytes bytes, const hsi_delivery *to)
{
    half->next += bytes.length;
    HSI_TRY(remember(half, bytes));
    return to->sink->bytes(to->sink->context, to->flow, to->from, bytes, to->time_ns);
}

static hsi_status give_difference(const hsi_difference *difference, const hsi_delivery *to)
{
    return difference->end == 0
               ? HSI_OK
               : give_fault(HSI_FAULT_CONFLICT, difference->first, difference->end - difference->first, to);
}

static hsi_status give_end(hsi_half *half, hsi_end end, const hsi_delivery *to)
{
    half->ended = true;
    hsi_buffer_cleanup(&half->history);
    return to->sink->end(to->sink->context, to->flow, to->from, end, to->time_ns);
}

/* A cut may go on in the next page. */
static uint64_t cut_length(const hsi_half *half)
{
    uint64_t length = 0;
    hsi_bytes run;
    while (hsi_window_run(&half->window, half->next + length, &run) == HSI_BYTE_CUT) {
        length += run.length;
    }
    return length;
}

/* Gives what waited for the bytes before `next`. */
static hsi_status drain(hsi_half *half, const hsi_delivery *to)
{
    hsi_bytes run;
    hsi_byte_state state = hsi_window_run(&half->window, half->next, &run);
    while (state != HSI_BYTE_MISSING) {
        HSI_TRY(state == HSI_BYTE_HERE ? give_bytes(half, run, to)
                                       : give_gap(half, HSI_FAULT_CUT, cut_length(half), to));
        state = hsi_window_run(&half->window, half->next, &run);
    }
    hsi_window_forget(&half->window, half->next);
    return HSI_OK;
}

static hsi_status skip_hole(hsi_half *half, const hsi_delivery *to)
{
    HSI_TRY(give_gap(half, HSI_FAULT_HOLE, half->window.first - half->next, to));
    return drain(half, to);
}

static hsi_status end_at_fin(hsi_half *half, const hsi_delivery *to)
{
    return half->next == half->fin && !half->ended ? give_end(half, HSI_END_FIN, to) : HSI_OK;
}

hsi_status hsi_half_give_up(hsi_half *half, const hsi_delivery *to)
{
    while (!hsi_window_empty(&half->window)) {
        HSI_TRY(skip_hole(half, to));
    }
    return end_at_fin(half, to);
}

/* ---- what comes in ---- */

/* A flow that was there before the capture may begin with one, whose byte is none of the stream: all that is known of it is
 * what most systems send. */
static bool is_keep_alive(const hsi_segment *segment)
{
    return segment->data.length == KEEP_ALIVE && segment->missing == 0 && segment->data.data[0] == 0;
}

static hsi_status begin(hsi_half *half, const hsi_segment *segment, const hsi_delivery *to)
{
    hsi_half_synchronize(half, segment->sequence);
    return give_fault(HSI_FAULT_START, 0, 0, to);
}

/* Where two runs of the same length differ, that stand at this offset. Most do nowhere. */
static hsi_difference compare(hsi_bytes known, hsi_bytes again, uint64_t offset)
{
    hsi_difference difference = {0};
    if (hsi_bytes_equal(known, again)) {
        return difference;
    }
    for (size_t i = 0; i < known.length; i++) {
        if (known.data[i] != again.data[i]) {
            hsi_difference_note(&difference, offset + i);
        }
    }
    return difference;
}

/* Compares what was given with what comes again, as far back as is remembered, and takes it off the piece. One byte before
 * the next may be a keep-alive, whose byte is any (RFC 9293 section 3.8.4). */
static hsi_status compare_again(const hsi_half *half, piece *p, const hsi_delivery *to)
{
    hsi_bytes known = hsi_buffer_peek(&half->history);
    uint64_t from = half->next - known.length;
    uint64_t end = p->offset + p->data.length < half->next ? p->offset + p->data.length : half->next;
    uint64_t low = p->offset > from ? p->offset : from;
    hsi_difference difference = {0};
    bool alive = piece_length(p) == KEEP_ALIVE && p->offset + KEEP_ALIVE == half->next;
    if (low < end && !alive) {
        size_t length = (size_t)(end - low);
        difference = compare(hsi_bytes_slice(known, (size_t)(low - from), length),
                             hsi_bytes_slice(p->data, (size_t)(low - p->offset), length), low);
    }
    trim_front(p, piece_end(p) < half->next ? piece_length(p) : half->next - p->offset);
    return give_difference(&difference, to);
}

/* A segment further ahead than may wait: is it of this stream? It is where the other side acknowledged what is before it, or
 * where it continues what waits or another such segment; then the holes before it are final. Any other is left out: one
 * packet with a wrong sequence number must not end the stream. */
static hsi_status reach(hsi_half *half, piece *p, const hsi_delivery *to)
{
    bool continues = p->offset <= half->acked || p->offset == half->window.end || p->offset == half->stray;
    half->stray = piece_end(p);
    if (!continues) {
        *p = (piece){.offset = HSI_NEVER};
        return HSI_OK;
    }
    while (!hsi_window_empty(&half->window) && piece_end(p) > half->next + HSI_WINDOW_MOST) {
        HSI_TRY(skip_hole(half, to));
    }
    return piece_end(p) <= half->next + HSI_WINDOW_MOST ? HSI_OK
                                                        : give_gap(half, HSI_FAULT_HOLE, p->offset - half->next, to);
}

/* In order, with nothing that waits where it is: given on where it lies. Else it is sorted in first. */
static hsi_status sort_in(hsi_half *half, const piece *p, const hsi_delivery *to)
{
    hsi_difference difference = {0};
    if (p->offset == half->next && piece_end(p) <= half->window.first) {
        HSI_TRY(p->data.length == 0 ? HSI_OK : give_bytes(half, p->data, to));
        HSI_TRY(p->missing == 0 ? HSI_OK : give_gap(half, HSI_FAULT_CUT, p->missing, to));
        return drain(half, to);
    }
    HSI_TRY(hsi_window_put(&half->window, p->offset, p->data, &difference));
    HSI_TRY(hsi_window_cut(&half->window, p->offset + p->data.length, p->missing));
    HSI_TRY(give_difference(&difference, to));
    return drain(half, to);
}

/* The first FIN in reach says where the stream ends; what a window holds behind it is no data. */
static void note_fin(hsi_half *half, const piece *p)
{
    uint64_t end = piece_end(p);
    if (half->fin == HSI_NEVER && end >= half->next && end <= half->next + HSI_WINDOW_MOST && end >= half->window.end) {
        half->fin = end;
    }
}

hsi_status hsi_half_take(hsi_half *half, const hsi_segment *segment, const hsi_delivery *to)
{
    if (half->ended || (!half->synchronized && is_keep_alive(segment))) {
        return HSI_OK;
    }
    HSI_TRY(half->synchronized ? HSI_OK : begin(half, segment, to));
    piece p = place(half, segment);
    if (piece_length(&p) > 0 && piece_end(&p) > half->next + HSI_WINDOW_MOST) {
        HSI_TRY(reach(half, &p, to));
    }
    if (p.offset < half->next) {
        HSI_TRY(compare_again(half, &p, to));
    }
    if ((segment->flags & HSI_TCP_FIN) != 0) {
        note_fin(half, &p);
    }
    if (piece_end(&p) > half->fin) {
        trim_back(&p, piece_end(&p) - (p.offset < half->fin ? half->fin : p.offset));
    }
    HSI_TRY(piece_length(&p) == 0 ? HSI_OK : sort_in(half, &p, to));
    return end_at_fin(half, to);
}

hsi_status hsi_half_finish(hsi_half *half, const hsi_delivery *to)
{
    if (half->ended) {
        return HSI_OK;
    }
    HSI_TRY(hsi_half_give_up(half, to));
    if (half->ended) {
        return HSI_OK;
    }
    uint64_t acked =
        half->acked > half->next + 1 ? half->acked : half->next; /* one more: a FIN that was not captured */
    uint64_t end = half->fin != HSI_NEVER ? half->fin : acked;
    if (end > half->next) {
        HSI_TRY(give_gap(half, HSI_FAULT_HOLE, end - half->next, to));
    }
    return end_at_fin(half, to);
}

hsi_status hsi_half_acknowledge(hsi_half *half, uint32_t acknowledgment, const hsi_delivery *to)
{
    int32_t ahead = half->synchronized && !half->ended ? distance(half, acknowledgment) : 0;
    if (ahead > 0 && ahead <= WINDOW_EVER) {
        uint64_t acked = half->next + (uint64_t)ahead;
        half->acked = acked > half->acked ? acked : half->acked;
    }
    while (!hsi_window_empty(&half->window) && half->window.first <= half->acked) {
        HSI_TRY(skip_hole(half, to));
    }
    return half->acked > half->fin ? hsi_half_finish(half, to) : HSI_OK; /* it acknowledged the FIN */
}

hsi_status hsi_half_reset(hsi_half *half, uint32_t sequence, const hsi_delivery *to)
{
    if (half->ended || (half->synchronized && !hsi_half_near(half, sequence))) {
        return HSI_OK;
    }
    HSI_TRY(hsi_half_finish(half, to));
    return half->ended ? HSI_OK : give_end(half, HSI_END_RST, to);
}
