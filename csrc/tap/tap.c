/* Tap: takes the entries of a journal in order, and holds what comes of them. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/tap.h"

#include "base/memory.h"
#include "tap/fold.h"
#include "tap/gap.h"
#include "tap/given_keys.h"
#include "tap/key_schedule.h"
#include "tap/secret_store.h"

#define SKIPPABLE (UINT64_C(1) << 31) /* a journal from elsewhere may claim any number: seconds, not years */

hsi_tap *hsi_tap_new(const hsi_journal *journal)
{
    hsi_tap *tap = hsi_memory_new(sizeof *tap);
    if (tap != NULL) {
        atomic_init(&tap->references, 1);
        tap->journal = journal;
        tap->skippable = SKIPPABLE;
        tap->held = HSI_NOBODY;
        tap->streams[HSI_SERVER].sender = HSI_SERVER;
    }
    return tap;
}

static void destroy(hsi_tap *tap)
{
    for (size_t i = 0; i < tap->handshakes.count; i++) {
        hsi_negotiation_cleanup(tap->handshakes.items[i]);
    }
    for (size_t i = 0; i < HSI_COUNT(tap->streams); i++) {
        hsi_stream_cleanup(&tap->streams[i]);
    }
    hsi_list *const lists[] = {
        &tap->events,        &tap->records,    &tap->messages,         &tap->alerts,  &tap->phases, &tap->handshakes,
        &tap->closes,        &tap->surfaced,   &tap->application_data, &tap->secrets, &tap->checks, &tap->derivations,
        &tap->record_checks, &tap->candidates, &tap->unclaimed,        &tap->notes,   &tap->keys,   &tap->compared};
    for (size_t i = 0; i < HSI_COUNT(lists); i++) {
        hsi_list_cleanup(lists[i]);
    }
    hsi_given_keys_cleanup(tap);
    hsi_secret_index_cleanup(&tap->surfaced_index);
    hsi_secret_index_cleanup(&tap->derived);
    hsi_arena_cleanup(&tap->arena);
    hsi_memory_free(tap, sizeof *tap);
}

hsi_tap *hsi_tap_hold(hsi_tap *tap)
{
    atomic_fetch_add(&tap->references, 1);
    return tap;
}

void hsi_tap_drop(hsi_tap *tap)
{
    if (tap != NULL && atomic_fetch_sub(&tap->references, 1) == 1) {
        destroy(tap);
    }
}

void hsi_tap_retire(hsi_tap *tap)
{
    tap->retired = true;
}

hsi_status hsi_tap_emit(hsi_tap *tap, hsi_event_kind kind, const void *item)
{
    hsi_event *event = hsi_arena_new(&tap->arena, sizeof *event);
    if (event == NULL) {
        return HSI_NO_MEMORY;
    }
    *event = (hsi_event){kind, item};
    return hsi_list_append(&tap->events, event);
}

/* ---- what is not wire ---- */

static hsi_status take_phase(hsi_tap *tap, const hsi_entry *entry)
{
    hsi_phase *phase = hsi_arena_new(&tap->arena, sizeof *phase);
    if (phase == NULL) {
        return HSI_NO_MEMORY;
    }
    *phase = (hsi_phase){.index = tap->phases.count,
                         .side = entry->side,
                         .sender = entry->sender,
                         .type = entry->code,
                         .action = entry->number == HSI_LEAVE ? HSI_LEAVE : HSI_ENTER,
                         .time_ns = entry->time_ns,
                         .body = entry->data};
    const uint8_t type = entry->code;
    HSI_TRY(hsi_message_name(&phase->name, &tap->arena, hsi_bytes_of(&type, 1), false));
    HSI_TRY(hsi_list_append(&tap->phases, phase));
    return hsi_tap_emit(tap, HSI_EVENT_PHASE, phase);
}

/* Is it taken in its order on the wire, and tells of no secret? */
static bool is_wire(const hsi_entry *entry)
{
    return entry->kind == HSI_ENTRY_WIRE || entry->kind == HSI_ENTRY_END || entry->kind == HSI_ENTRY_ELIDED ||
           entry->kind == HSI_ENTRY_OPENING || entry->kind == HSI_ENTRY_FAULT;
}

static hsi_status take_entry(hsi_tap *tap, const hsi_entry *entry)
{
    tap->clues += !is_wire(entry);
    switch (entry->kind) {
    case HSI_ENTRY_SECRET:
        HSI_TRY(hsi_secret_surface(tap, entry));
        return hsi_key_schedule_confirm(tap);
    case HSI_ENTRY_PHASE:
        return take_phase(tap, entry);
    case HSI_ENTRY_PRIVATE_KEY:
    case HSI_ENTRY_PSK:
        return hsi_given_keys_take(tap, entry);
    case HSI_ENTRY_NOTE:
        return hsi_list_append(&tap->notes, (void *)entry);
    case HSI_ENTRY_KEYS:
        return hsi_list_append(&tap->keys, (void *)entry);
    default:
        return HSI_OK; /* wire entries are taken by take_wire */
    }
}

/* ---- wire ---- */

static hsi_status feed(hsi_stream *stream, const hsi_entry *entry)
{
    if (hsi_buffer_length(&stream->framer.bytes) == 0) {
        stream->sent = entry->aux;
        stream->altered = entry->aux.length > 0;
    }
    stream->unread = entry->code == HSI_WIRE_UNREAD;
    return hsi_framer_feed(&stream->framer, entry->data, entry->time_ns);
}

static hsi_status take_wire_entry(hsi_tap *tap, const hsi_entry *entry, bool *waiting)
{
    *waiting = false;
    if (entry->sender >= HSI_COUNT(tap->streams)) {
        return HSI_OK;
    }
    hsi_stream *stream = &tap->streams[entry->sender];
    switch (entry->kind) {
    case HSI_ENTRY_WIRE:
        if (hsi_gap_hides(tap, stream, entry)) {
            return hsi_gap_show(tap, stream, entry);
        }
        HSI_TRY(feed(stream, entry));
        return hsi_stream_drain(tap, stream, waiting);
    case HSI_ENTRY_ELIDED:
        stream->elided = entry;
        return hsi_stream_drain(tap, stream, waiting);
    case HSI_ENTRY_FAULT:
        return hsi_gap_take(tap, stream, entry);
    case HSI_ENTRY_OPENING:
        hsi_gap_opening(stream);
        return HSI_OK;
    case HSI_ENTRY_END:
        return hsi_stream_end(tap, stream, (hsi_end)entry->code, entry->time_ns);
    default:
        return HSI_OK;
    }
}

/* Takes wire entries up to where the others have been taken, or to a record that waits for its secret. */
static hsi_status take_wire(hsi_tap *tap)
{
    bool waiting = false;
    size_t messages = tap->messages.count;
    if (tap->held != HSI_NOBODY) {
        HSI_TRY(hsi_stream_drain(tap, &tap->streams[tap->held], &waiting));
    }
    while (!waiting && tap->wired < tap->scanned) {
        const hsi_entry *entry = hsi_journal_peek(tap->journal, tap->wired++);
        tap->held = entry->sender;
        HSI_TRY(take_wire_entry(tap, entry, &waiting));
    }
    if (!waiting) {
        tap->held = HSI_NOBODY;
    }
    return tap->messages.count > messages ? hsi_key_schedule_confirm(tap) : HSI_OK;
}

/* Nothing follows: what waits is taken without its secret, and what is unfinished is shown as it is. */
static hsi_status finish(hsi_tap *tap)
{
    tap->final = true;
    HSI_TRY(take_wire(tap));
    for (size_t i = 0; i < HSI_COUNT(tap->streams); i++) {
        HSI_TRY(hsi_stream_cut(tap, &tap->streams[i], hsi_stream_ended));
    }
    return HSI_OK;
}

static hsi_status advance(hsi_tap *tap)
{
    while (tap->scanned < hsi_journal_count(tap->journal)) {
        HSI_TRY(take_entry(tap, hsi_journal_peek(tap->journal, tap->scanned++)));
        HSI_TRY(take_wire(tap));
    }
    return hsi_journal_finished(tap->journal) && !tap->final ? finish(tap) : HSI_OK;
}

/* A fold that broke off in the middle of an entry cannot be gone on with: what it had found stays, and the failure too. */
hsi_status hsi_tap_advance(hsi_tap *tap)
{
    if (tap->failed == HSI_OK && !tap->retired) {
        tap->failed = advance(tap);
    }
    return tap->failed;
}

bool hsi_tap_waits(const hsi_tap *tap)
{
    return tap->held != HSI_NOBODY;
}

bool hsi_tap_begun(const hsi_tap *tap)
{
    return tap->scanned > 0;
}

/* ---- what there is ---- */

#define LIST(name)                                                                                                     \
    const hsi_list *hsi_tap_##name(const hsi_tap *tap)                                                                 \
    {                                                                                                                  \
        return &tap->name;                                                                                             \
    }
LIST(events)
LIST(records)
LIST(messages)
LIST(alerts)
LIST(phases)
LIST(handshakes)
LIST(closes)
LIST(application_data)
LIST(secrets)
LIST(derivations)
LIST(checks)
#undef LIST

const hsi_handshake *hsi_tap_handshake(const hsi_tap *tap)
{
    const hsi_handshake *last = NULL;
    for (size_t i = 0; i < tap->handshakes.count; i++) {
        const hsi_handshake *handshake = tap->handshakes.items[i];
        if (last == NULL || handshake->complete || !last->complete) {
            last = handshake;
        }
    }
    return last;
}

hsi_status hsi_tap_fields(hsi_tap *tap, const hsi_message *message, const hsi_fields **out)
{
    hsi_message *own = tap->messages.items[message->index]; /* the tap may fill it in, whoever looks may not */
    if (own->fields == NULL) {
        hsi_fields *fields = hsi_arena_new(&tap->arena, sizeof *fields);
        if (fields == NULL) {
            return HSI_NO_MEMORY;
        }
        HSI_TRY(hsi_message_dissect(fields, &tap->arena, own->raw, &own->context));
        own->fields = fields;
    }
    *out = own->fields;
    return HSI_OK;
}

/* Hashes the transcript through a message into `out`. */
static hsi_status hash_through(const hsi_message *message, uint8_t *out)
{
    const hsi_handshake *handshake = message->handshake;
    if (handshake->hello_retry && message == handshake->retried_hello) {
        memcpy(out, handshake->transcript.first_hello, hsi_transcript_hash_size(handshake->hash));
        return HSI_OK;
    }
    return hsi_transcript_hash(&handshake->transcript, handshake->hash, message->transcript_end, HSI_BYTES_EMPTY, out);
}

/* Kept: the key schedule asks for the same few again and again. */
hsi_status hsi_tap_transcript_hash(hsi_tap *tap, const hsi_message *message, hsi_bytes *out)
{
    const hsi_handshake *handshake = message->handshake;
    hsi_message *own = tap->messages.items[message->index]; /* the tap may fill it in, whoever looks may not */
    bool known =
        handshake != NULL && handshake->suite_known && (handshake->hash != NULL || handshake->version < HSI_TLS12);
    *out = HSI_BYTES_EMPTY;
    if (!known || message->transcript_end == 0) {
        return HSI_OK;
    }
    if (own->transcript_hash.length == 0 || own->hashed_with != handshake->hash) {
        size_t length = hsi_transcript_hash_size(handshake->hash);
        uint8_t *digest = hsi_arena_new(&tap->arena, length);
        if (digest == NULL) {
            return HSI_NO_MEMORY;
        }
        HSI_TRY(hash_through(message, digest));
        own->transcript_hash = hsi_bytes_of(digest, length);
        own->hashed_with = handshake->hash;
    }
    *out = own->transcript_hash;
    return HSI_OK;
}
