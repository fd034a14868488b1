/* Journal: entries in order, each with its bytes in one piece. See the header for the columns.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "tap/journal_state.h"

#include <time.h>

#include "base/cursor.h"
#include "base/memory.h"

static const uint8_t magic[] = {'H', 'S', 'I', 'J', 0, 3}; /* the last two: the version of the format */

static const char *const side_names[] = {[HSI_CLIENT] = "client", [HSI_SERVER] = "server", [HSI_NOBODY] = NULL};

static const char *const source_names[HSI_SOURCE_COUNT] = {
#define HSI_SOURCE_ROW(name, text) [HSI_SOURCE_##name] = (text),
    HSI_SOURCES(HSI_SOURCE_ROW)
#undef HSI_SOURCE_ROW
};

const char *hsi_side_name(uint8_t side)
{
    return side < HSI_COUNT(side_names) ? side_names[side] : NULL;
}

const char *hsi_source_name(uint8_t source)
{
    return source < HSI_SOURCE_COUNT ? source_names[source] : NULL;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now); /* cannot fail for the two clocks that we ask */
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

hsi_journal *hsi_journal_new(void)
{
    hsi_journal *journal = hsi_memory_new(sizeof *journal);
    if (journal != NULL) {
        journal->realtime = clock_ns(CLOCK_REALTIME);
        journal->monotonic = clock_ns(CLOCK_MONOTONIC);
    }
    return journal;
}

size_t hsi_entry_size(const hsi_entry *entry)
{
    return sizeof *entry + entry->data.length + entry->name.length + entry->aux.length;
}

/* By what never changes in an entry: the content type application_data of a record, RFC 8446 section 5.1. */
bool hsi_entry_is_loose(const hsi_entry *entry)
{
    enum { APPLICATION_DATA = 23 };
    return entry->kind == HSI_ENTRY_WIRE && entry->data.length > 0 && entry->data.data[0] == APPLICATION_DATA;
}

void hsi_journal_free(hsi_journal *journal)
{
    if (journal != NULL) {
        for (size_t i = 0; i < journal->entries.count; i++) {
            hsi_entry *entry = journal->entries.items[i];
            if (hsi_entry_is_loose(entry)) {
                hsi_memory_free(entry, hsi_entry_size(entry));
            }
        }
        hsi_spare_cleanup(journal);
        hsi_list_cleanup(&journal->entries);
        hsi_arena_cleanup(&journal->arena);
        hsi_memory_free(journal, sizeof *journal);
    }
}

uint64_t hsi_journal_now(const hsi_journal *journal)
{
    return journal->past ? journal->realtime : journal->realtime + (clock_ns(CLOCK_MONOTONIC) - journal->monotonic);
}

void hsi_journal_set_now(hsi_journal *journal, uint64_t time_ns)
{
    journal->past = true;
    journal->realtime = time_ns;
}

/* Copies a column to where the entry's bytes go on, and moves that place. */
static hsi_bytes place(uint8_t **at, hsi_bytes column)
{
    if (column.length == 0) {
        return HSI_BYTES_EMPTY;
    }
    hsi_bytes copy = hsi_bytes_of(memcpy(*at, column.data, column.length), column.length);
    *at += column.length;
    return copy;
}

static hsi_entry *make_room(hsi_journal *journal, const hsi_entry *entry)
{
    size_t size = hsi_entry_size(entry);
    if (!hsi_entry_is_loose(entry)) {
        return hsi_arena_raw(&journal->arena, size);
    }
    void *spare = hsi_spare_take(journal, size);
    return spare == NULL ? hsi_memory_raw(size) : spare;
}

/* An entry and its bytes are one piece: this runs for every record of a live connection. */
hsi_status hsi_journal_append(hsi_journal *journal, const hsi_entry *entry)
{
    HSI_TRY(hsi_list_reserve(&journal->entries, 1));
    hsi_entry *copy = make_room(journal, entry);
    if (copy == NULL) {
        return HSI_NO_MEMORY;
    }
    uint8_t *at = (uint8_t *)(copy + 1);
    *copy = *entry;
    copy->data = place(&at, entry->data);
    copy->name = place(&at, entry->name);
    copy->aux = place(&at, entry->aux);
    return hsi_list_append(&journal->entries, copy);
}

size_t hsi_journal_count(const hsi_journal *journal)
{
    return journal->entries.count;
}

const hsi_entry *hsi_journal_peek(const hsi_journal *journal, size_t i)
{
    return journal->entries.items[i];
}

void hsi_journal_finish(hsi_journal *journal)
{
    journal->finished = true;
}

bool hsi_journal_finished(const hsi_journal *journal)
{
    return journal->finished;
}

static bool entries_equal(const hsi_entry *a, const hsi_entry *b)
{
    return a->kind == b->kind && a->side == b->side && a->sender == b->sender && a->code == b->code &&
           a->number == b->number && a->time_ns == b->time_ns && hsi_bytes_equal(a->data, b->data) &&
           hsi_bytes_equal(a->name, b->name) && hsi_bytes_equal(a->aux, b->aux);
}

bool hsi_journal_equal(const hsi_journal *a, const hsi_journal *b)
{
    if (a->finished != b->finished || a->entries.count != b->entries.count) {
        return false;
    }
    for (size_t i = 0; i < a->entries.count; i++) {
        if (!entries_equal(a->entries.items[i], b->entries.items[i])) {
            return false;
        }
    }
    return true;
}

static hsi_status write_column(hsi_buffer *out, hsi_bytes column)
{
    HSI_TRY(hsi_buffer_append_uint(out, 4, column.length));
    return hsi_buffer_append(out, column);
}

static hsi_status write_entry(hsi_buffer *out, const hsi_entry *entry)
{
    HSI_TRY(hsi_buffer_append_uint(out, 1, entry->kind));
    HSI_TRY(hsi_buffer_append_uint(out, 1, entry->side));
    HSI_TRY(hsi_buffer_append_uint(out, 1, entry->sender));
    HSI_TRY(hsi_buffer_append_uint(out, 1, entry->code));
    HSI_TRY(hsi_buffer_append_uint(out, 8, entry->number));
    HSI_TRY(hsi_buffer_append_uint(out, 8, entry->time_ns));
    HSI_TRY(write_column(out, entry->data));
    HSI_TRY(write_column(out, entry->name));
    return write_column(out, entry->aux);
}

hsi_status hsi_journal_write(const hsi_journal *journal, hsi_buffer *out)
{
    HSI_TRY(hsi_buffer_append(out, hsi_bytes_of(magic, sizeof magic)));
    HSI_TRY(hsi_buffer_append_uint(out, 1, journal->finished));
    for (size_t i = 0; i < journal->entries.count; i++) {
        HSI_TRY(write_entry(out, journal->entries.items[i]));
    }
    return HSI_OK;
}

static hsi_status read_column(hsi_cursor *in, hsi_bytes *column)
{
    hsi_cursor body;
    HSI_TRY(hsi_cursor_vector(in, 4, &body));
    *column = hsi_cursor_rest(&body);
    return HSI_OK;
}

static hsi_status read_entry(hsi_cursor *in, hsi_entry *entry)
{
    uint8_t kind;
    HSI_TRY(hsi_cursor_u8(in, &kind));
    HSI_TRY(hsi_cursor_u8(in, &entry->side));
    HSI_TRY(hsi_cursor_u8(in, &entry->sender));
    HSI_TRY(hsi_cursor_u8(in, &entry->code));
    HSI_TRY(hsi_cursor_uint(in, 8, &entry->number));
    HSI_TRY(hsi_cursor_uint(in, 8, &entry->time_ns));
    HSI_TRY(read_column(in, &entry->data));
    HSI_TRY(read_column(in, &entry->name));
    HSI_TRY(read_column(in, &entry->aux));
    entry->kind = (hsi_entry_kind)kind;
    bool known = kind >= HSI_ENTRY_START && kind < HSI_ENTRY_KINDS;
    return known && entry->side <= HSI_NOBODY && entry->sender <= HSI_NOBODY ? HSI_OK : HSI_FORMAT;
}

static hsi_status read_entries(hsi_journal *journal, hsi_bytes bytes)
{
    hsi_cursor in = hsi_cursor_of(bytes);
    hsi_bytes start;
    uint8_t finished;
    HSI_TRY(hsi_cursor_take(&in, &start, sizeof magic));
    HSI_TRY(hsi_cursor_u8(&in, &finished));
    if (!hsi_bytes_equal(start, hsi_bytes_of(magic, sizeof magic)) || finished > 1) {
        return HSI_FORMAT;
    }
    journal->finished = finished == 1;
    while (!hsi_cursor_empty(&in)) {
        hsi_entry entry;
        HSI_TRY(read_entry(&in, &entry));
        HSI_TRY(hsi_journal_append(journal, &entry));
    }
    return HSI_OK;
}

hsi_status hsi_journal_read(hsi_journal **out, hsi_bytes in)
{
    hsi_journal *journal = hsi_journal_new();
    if (journal == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = read_entries(journal, in);
    if (status != HSI_OK) {
        hsi_journal_free(journal);
        return status == HSI_NO_MEMORY ? status : HSI_FORMAT;
    }
    *out = journal;
    return HSI_OK;
}

static hsi_status copy_entries(hsi_journal *to, const hsi_journal *from, size_t count)
{
    to->realtime = from->realtime;
    to->monotonic = from->monotonic;
    to->past = from->past;
    for (size_t i = 0; i < count; i++) {
        HSI_TRY(hsi_journal_append(to, from->entries.items[i]));
    }
    return HSI_OK;
}

hsi_status hsi_journal_copy(hsi_journal **out, const hsi_journal *from, size_t count)
{
    hsi_journal *journal = hsi_journal_new();
    if (journal == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = copy_entries(journal, from, count);
    if (status != HSI_OK) {
        hsi_journal_free(journal);
        return status;
    }
    *out = journal;
    return HSI_OK;
}

hsi_status hsi_journal_wire(hsi_journal *journal, uint8_t sender, hsi_bytes bytes)
{
    return hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_WIRE,
                                                    .side = HSI_NOBODY,
                                                    .sender = sender,
                                                    .time_ns = hsi_journal_now(journal),
                                                    .data = bytes});
}

hsi_status hsi_journal_end(hsi_journal *journal, uint8_t sender, hsi_end end)
{
    return hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_END,
                                                    .side = HSI_NOBODY,
                                                    .sender = sender,
                                                    .code = (uint8_t)end,
                                                    .time_ns = hsi_journal_now(journal)});
}

uint8_t hsi_secret_writer(const char *label)
{
    if (strncmp(label, "CLIENT_", 7) == 0) {
        return HSI_CLIENT;
    }
    return strncmp(label, "SERVER_", 7) == 0 ? HSI_SERVER : HSI_NOBODY;
}

hsi_status hsi_journal_secret(hsi_journal *journal, uint8_t side, hsi_source source, const char *label,
                              hsi_bytes client_random, hsi_bytes value)
{
    return hsi_journal_append(journal, &(hsi_entry){.kind = HSI_ENTRY_SECRET,
                                                    .side = side,
                                                    .sender = hsi_secret_writer(label),
                                                    .code = (uint8_t)source,
                                                    .time_ns = hsi_journal_now(journal),
                                                    .data = value,
                                                    .name = hsi_bytes_text(label),
                                                    .aux = client_random});
}
