/* Conversation: see the header. Until it is known what the flow is, its entries wait in a journal of their own, in which the
 * sender is the end's number.
 * SPDX-License-Identifier: MIT */
#include "capture/conversation.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/memory.h"
#include "capture/detect.h"
#include "capture/walk.h"
#include "tap/framer.h"
#include "tap/hello.h"

enum { ADDRESS_TEXT = INET6_ADDRSTRLEN + sizeof "65535", FAULT_AUX = 16 };

struct hsi_conversation {
    hsi_endpoint ends[2];
    uint64_t time_ns;
    bool late; /* its start is not in the capture, or not all of it */
    bool other; /* it is not TLS */
    hsi_detector detector;
    hsi_journal *waiting;
    size_t waits[2]; /* bytes of each end in there */
    hsi_trace *trace; /* NULL: not known to be TLS */
    hsi_walk walks[2]; /* by sender, once it is */
};

hsi_conversation *hsi_conversation_new(const hsi_endpoint ends[2], uint64_t time_ns)
{
    hsi_conversation *c = hsi_memory_new(sizeof *c);
    if (c != NULL) {
        c->ends[0] = ends[0];
        c->ends[1] = ends[1];
        c->time_ns = time_ns;
    }
    return c;
}

static void stop_waiting(hsi_conversation *c)
{
    hsi_detector_cleanup(&c->detector);
    hsi_journal_free(c->waiting);
    c->waiting = NULL;
}

void hsi_conversation_free(hsi_conversation *c)
{
    if (c != NULL) {
        stop_waiting(c);
        hsi_trace_drop(c->trace);
        hsi_memory_free(c, sizeof *c);
    }
}

hsi_trace *hsi_conversation_trace(const hsi_conversation *c)
{
    return c->trace;
}

bool hsi_conversation_has_data(const hsi_conversation *c)
{
    return c->walks[HSI_CLIENT].data || c->walks[HSI_SERVER].data;
}

/* ---- entries ---- */

static uint8_t side_of(const hsi_conversation *c, uint8_t end)
{
    return end == c->detector.client ? HSI_CLIENT : HSI_SERVER;
}

static hsi_status append(hsi_journal *journal, const hsi_entry *entry)
{
    hsi_journal_set_now(journal, entry->time_ns);
    return hsi_journal_append(journal, entry);
}

/* Appends to the trace's journal. */
static hsi_status append_known(hsi_conversation *c, hsi_journal *journal, const hsi_entry *entry)
{
    if (entry->kind == HSI_ENTRY_WIRE) {
        hsi_walk_take(&c->walks[entry->sender], entry->data);
    } else if (entry->kind == HSI_ENTRY_FAULT && entry->code != HSI_FAULT_CONFLICT) {
        hsi_walk_miss(&c->walks[entry->sender]);
    }
    return append(journal, entry);
}

/* Appends to the trace, or to what waits. */
static hsi_status tell(hsi_conversation *c, hsi_entry *entry)
{
    if (c->other) {
        return HSI_OK;
    }
    if (c->trace != NULL) {
        entry->sender = side_of(c, entry->sender);
        return append_known(c, hsi_trace_journal(c->trace), entry);
    }
    if (c->waiting == NULL) {
        c->waiting = hsi_journal_new();
    }
    return c->waiting == NULL ? HSI_NO_MEMORY : append(c->waiting, entry);
}

/* "host\0port", as a START entry has it. */
static hsi_bytes address(char out[ADDRESS_TEXT], const hsi_endpoint *end)
{
    if (inet_ntop(end->version == 4 ? AF_INET : AF_INET6, end->address, out, INET6_ADDRSTRLEN) == NULL) {
        out[0] = '\0';
    }
    size_t host = strlen(out) + 1;
    int port = snprintf(out + host, ADDRESS_TEXT - host, "%u", end->port);
    return hsi_bytes_of(out, host + (size_t)port);
}

static hsi_status tell_start(const hsi_conversation *c, hsi_journal *journal)
{
    char client[ADDRESS_TEXT];
    char server[ADDRESS_TEXT];
    const hsi_entry entry = {.kind = HSI_ENTRY_START,
                             .side = HSI_NOBODY,
                             .sender = HSI_NOBODY,
                             .code = HSI_TRANSPORT_TCP,
                             .number = c->time_ns,
                             .time_ns = c->time_ns,
                             .data = address(client, &c->ends[c->detector.client]),
                             .name = address(server, &c->ends[!c->detector.client])};
    return append(journal, &entry);
}

/* Bytes that waited: what is before `begins` is the opening, the rest is TLS. */
static hsi_status tell_waited(hsi_conversation *c, hsi_journal *journal, const hsi_entry *entry, size_t *begins)
{
    hsi_entry part = *entry;
    size_t before = entry->data.length < *begins ? entry->data.length : *begins;
    *begins -= before;
    part.data = hsi_bytes_slice(entry->data, 0, before);
    if (before > 0) {
        HSI_TRY(append_known(c, journal, &part));
    }
    part.kind = HSI_ENTRY_WIRE;
    part.data = hsi_bytes_slice(entry->data, before, entry->data.length - before);
    return part.data.length == 0 ? HSI_OK : append_known(c, journal, &part);
}

static hsi_status tell_all_waited(hsi_conversation *c, hsi_journal *journal)
{
    size_t *begins = c->detector.begins;
    HSI_TRY(tell_start(c, journal));
    for (size_t i = 0; i < hsi_journal_count(c->waiting); i++) {
        hsi_entry entry = *hsi_journal_peek(c->waiting, i);
        uint8_t end = entry.sender;
        entry.sender = side_of(c, end);
        HSI_TRY(entry.kind == HSI_ENTRY_OPENING ? tell_waited(c, journal, &entry, &begins[end])
                                                : append_known(c, journal, &entry));
    }
    return HSI_OK;
}

static hsi_status begin(hsi_conversation *c)
{
    hsi_journal *journal = hsi_journal_new();
    if (journal == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = tell_all_waited(c, journal);
    if (status != HSI_OK) {
        hsi_journal_free(journal);
        return status;
    }
    stop_waiting(c);
    return hsi_trace_of(&c->trace, journal);
}

/* ---- what it is ---- */

/* Bytes of an end before the packet that begins with its hello; all of them where none does. */
static size_t before_hello(const hsi_conversation *c, uint8_t end)
{
    size_t before = 0;
    for (size_t i = 0; i < hsi_journal_count(c->waiting); i++) {
        const hsi_entry *entry = hsi_journal_peek(c->waiting, i);
        if (entry->kind != HSI_ENTRY_OPENING || entry->sender != end) {
            continue;
        }
        hsi_hello hello = hsi_hello_begins(entry->data);
        if (hello == HSI_HELLO_CLIENT || hello == HSI_HELLO_SERVER) {
            return before;
        }
        before += entry->data.length;
    }
    return before;
}

/* What waited before this packet, and before a hello of the other end, was in no record that is known to begin, and may be plain
 * text: it is the opening. Where no hello says who the client is: servers have the lower ports. */
static hsi_status begin_late(hsi_conversation *c, uint8_t from, hsi_bytes data, hsi_hello hello)
{
    uint8_t by_ports = c->ends[0].port < c->ends[1].port;
    uint8_t other = !from;
    c->detector.client = hello == HSI_HELLO_CLIENT ? from : hello == HSI_HELLO_SERVER ? other : by_ports;
    c->detector.begins[from] = c->waits[from] - data.length;
    c->detector.begins[other] = before_hello(c, other);
    return begin(c);
}

/* A connection whose start is not in the capture may be TLS although it begins with no hello: a hello, which may go on in the
 * next packet, and records are looked for where a packet begins, for as long as an opening may take. */
static hsi_status decide(hsi_conversation *c, uint8_t from, hsi_bytes data)
{
    if (c->detector.verdict == HSI_DETECT_TLS) {
        return begin(c);
    }
    hsi_hello hello = hsi_hello_begins(data);
    if (c->late && (hello == HSI_HELLO_CLIENT || hello == HSI_HELLO_SERVER || hsi_framer_finds(data))) {
        return begin_late(c, from, data, hello);
    }
    bool most = c->waits[0] + c->waits[1] > HSI_OPENING_MOST;
    c->other = c->detector.verdict == HSI_DETECT_OTHER && (!c->late || most);
    if (c->other) {
        stop_waiting(c);
    }
    return HSI_OK;
}

hsi_status hsi_conversation_bytes(hsi_conversation *c, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    hsi_entry entry = {.kind = c->trace == NULL ? HSI_ENTRY_OPENING : HSI_ENTRY_WIRE,
                       .side = HSI_NOBODY,
                       .sender = from,
                       .time_ns = time_ns,
                       .data = data};
    HSI_TRY(tell(c, &entry));
    if (c->trace != NULL || c->other) {
        return HSI_OK;
    }
    c->waits[from] += data.length;
    if (c->detector.verdict == HSI_DETECT_UNDECIDED) {
        HSI_TRY(hsi_detector_take(&c->detector, from, data));
    }
    return decide(c, from, data);
}

hsi_status hsi_conversation_fault(hsi_conversation *c, uint8_t from, const hsi_capture_fault *fault)
{
    uint8_t aux[FAULT_AUX];
    for (size_t i = 0; i < FAULT_AUX / 2; i++) {
        aux[i] = (uint8_t)(fault->length >> (56 - 8 * i));
        aux[i + 8] = (uint8_t)(fault->packet >> (56 - 8 * i));
    }
    hsi_entry entry = {.kind = HSI_ENTRY_FAULT,
                       .side = HSI_NOBODY,
                       .sender = from,
                       .code = (uint8_t)fault->kind,
                       .number = fault->offset,
                       .time_ns = fault->time_ns,
                       .aux = hsi_bytes_of(aux, sizeof aux)};
    c->late = c->late || (c->trace == NULL && fault->kind != HSI_FAULT_CONFLICT);
    return tell(c, &entry);
}

hsi_status hsi_conversation_end(hsi_conversation *c, uint8_t from, hsi_end end, uint64_t time_ns)
{
    hsi_entry entry = {
        .kind = HSI_ENTRY_END, .side = HSI_NOBODY, .sender = from, .code = (uint8_t)end, .time_ns = time_ns};
    return tell(c, &entry);
}
