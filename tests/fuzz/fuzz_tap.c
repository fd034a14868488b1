/* Fuzzes all of csrc/tap: a journal of any entries is folded, and then everything is looked at.
 * The input is a list of entries (see hsi_entry), each
 *     kind, sender | side << 4, code, number: a byte each; data: 2 bytes of length and so many bytes; name, aux: 1 byte
 *     of length and so many bytes
 * where kind 0 has a key log's text for its data. Kind and sides count modulo what there is. What is cut short is left out.
 * Seeds: tests/fuzz/corpus/tap: the handshakes of RFC 8448 and of the Illustrated TLS 1.2 Connection with their secrets,
 * and lab handshakes with all that a live session notes, one for each way to protect a record or to come to a secret.
 * Holds: folding after every entry comes to the same events as folding once; the records of a sender, one after another,
 * are the bytes that it sent; nothing comes of a record that was not opened; the fields of every message tile it; looking
 * never fails.
 * SPDX-License-Identifier: MIT */
#include "../c/tiling.h"
#include "must.h"
#include "tap/keylog.h"
#include "tap/tap.h"

enum { KINDS = HSI_ENTRY_KINDS, KEY_LOG = 0, START_TIME = 1000 };

/* ---- the input, as a journal ---- */

static hsi_status read_entry(hsi_cursor *in, hsi_entry *out)
{
    uint8_t kind, sides, number;
    hsi_cursor data, name, aux;
    HSI_TRY(hsi_cursor_u8(in, &kind));
    HSI_TRY(hsi_cursor_u8(in, &sides));
    HSI_TRY(hsi_cursor_u8(in, &out->code));
    HSI_TRY(hsi_cursor_u8(in, &number));
    HSI_TRY(hsi_cursor_vector(in, 2, &data));
    HSI_TRY(hsi_cursor_vector(in, 1, &name));
    HSI_TRY(hsi_cursor_vector(in, 1, &aux));
    out->kind = (hsi_entry_kind)(kind % KINDS);
    out->sender = (sides & 0xf) % (HSI_NOBODY + 1);
    out->side = (sides >> 4) % (HSI_NOBODY + 1);
    out->number = number;
    out->time_ns = START_TIME;
    out->data = hsi_cursor_rest(&data);
    out->name = hsi_cursor_rest(&name);
    out->aux = hsi_cursor_rest(&aux);
    return HSI_OK;
}

static void append(hsi_journal *journal, const hsi_entry *entry)
{
    size_t lines;
    if (entry->kind == KEY_LOG) {
        must(hsi_keylog_append(journal, entry->side, entry->data, &lines) == HSI_OK);
    } else {
        must(hsi_journal_append(journal, entry) == HSI_OK);
    }
}

/* Makes a journal of the input; `tap`, if there is one, is brought up to date after every entry. */
static void read_journal(hsi_journal *journal, hsi_tap *tap, hsi_bytes input)
{
    hsi_cursor in = hsi_cursor_of(input);
    hsi_entry entry;
    while (read_entry(&in, &entry) == HSI_OK) {
        append(journal, &entry);
        must(tap == NULL || hsi_tap_advance(tap) == HSI_OK);
    }
    hsi_journal_finish(journal);
}

/* ---- what must hold ---- */

static bool was_opened(const hsi_record *record)
{
    return record->state == HSI_RECORD_PLAIN || record->state == HSI_RECORD_OPENED;
}

/* Nothing comes of a record that could not be read, or whose MAC is wrong. */
static void check_sources(const hsi_tap *tap)
{
    const hsi_list *data = hsi_tap_application_data(tap), *alerts = hsi_tap_alerts(tap);
    for (size_t i = 0; i < data->count; i++) {
        must(((const hsi_application_data *)data->items[i])->record->state == HSI_RECORD_OPENED);
    }
    for (size_t i = 0; i < alerts->count; i++) {
        must(was_opened(((const hsi_alert *)alerts->items[i])->record));
    }
    must((hsi_tap_handshake(tap) == NULL) == (hsi_tap_handshakes(tap)->count == 0));
}

static void check_same(const hsi_list *a, const hsi_list *b)
{
    must(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        must(((const hsi_event *)a->items[i])->kind == ((const hsi_event *)b->items[i])->kind);
    }
}

static void check_wire(const hsi_tap *tap, const hsi_journal *journal, uint8_t sender)
{
    hsi_buffer sent = HSI_BUFFER_EMPTY, found = HSI_BUFFER_EMPTY;
    const hsi_list *records = hsi_tap_records(tap);
    for (size_t i = 0; i < hsi_journal_count(journal); i++) {
        const hsi_entry *entry = hsi_journal_peek(journal, i);
        if (entry->kind == HSI_ENTRY_WIRE && entry->sender == sender) {
            must(hsi_buffer_append(&sent, entry->data) == HSI_OK);
        }
    }
    for (size_t i = 0; i < records->count; i++) {
        const hsi_record *record = records->items[i];
        if (record->sender == sender && record->state != HSI_RECORD_ELIDED) {
            must(hsi_buffer_append(&found, record->header) == HSI_OK);
            must(hsi_buffer_append(&found, record->fragment) == HSI_OK);
        }
    }
    must(hsi_bytes_equal(hsi_buffer_peek(&sent), hsi_buffer_peek(&found)));
    hsi_buffer_cleanup(&sent);
    hsi_buffer_cleanup(&found);
}

static void check_messages(hsi_tap *tap)
{
    const hsi_list *messages = hsi_tap_messages(tap);
    for (size_t i = 0; i < messages->count; i++) {
        const hsi_message *message = messages->items[i];
        const hsi_fields *fields;
        hsi_bytes hash;
        must(message->name != NULL);
        must(hsi_tap_fields(tap, message, &fields) == HSI_OK);
        must(tiles(fields));
        must(hsi_tap_transcript_hash(tap, message, &hash) == HSI_OK);
        must(hash.length <= HSI_HASH_MAX);
    }
}

static void check_checks(hsi_tap *tap)
{
    must(hsi_tap_look(tap) == HSI_OK);
    const hsi_list *checks = hsi_tap_checks(tap);
    for (size_t i = 0; i < checks->count; i++) {
        const hsi_check *check = checks->items[i];
        must(check->name != NULL && (check->verdict == HSI_PASSED || check->reason != NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hsi_bytes input = hsi_bytes_of(data, size);
    hsi_journal *journals[] = {hsi_journal_new(), hsi_journal_new()};
    must(journals[0] != NULL && journals[1] != NULL);
    hsi_tap *at_once = hsi_tap_new(journals[0]), *in_steps = hsi_tap_new(journals[1]);
    must(at_once != NULL && in_steps != NULL);
    read_journal(journals[0], NULL, input);
    read_journal(journals[1], in_steps, input);
    must(hsi_tap_advance(at_once) == HSI_OK && hsi_tap_advance(in_steps) == HSI_OK);
    check_same(hsi_tap_events(at_once), hsi_tap_events(in_steps));
    check_wire(at_once, journals[0], HSI_CLIENT);
    check_wire(at_once, journals[0], HSI_SERVER);
    check_sources(at_once);
    check_messages(at_once);
    check_checks(at_once);
    hsi_tap_drop(at_once);
    hsi_tap_drop(in_steps);
    hsi_journal_free(journals[0]);
    hsi_journal_free(journals[1]);
    return 0;
}
