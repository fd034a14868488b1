/* Key-log index: a hash table of queues, one line after another in each. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/keylog_index.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "tap/keylog.h"

enum { SMALLEST = 64, PREMASTER_BYTES = 8 }; /* SMALLEST: slots, a power of two */

typedef struct known_line {
    struct known_line *next; /* in its slot, the newer one */
    uint64_t number; /* from 1, in the order in which they were added */
    hsi_keylog_owner owner;
    const char *label;
    hsi_bytes whose;
    hsi_bytes value;
} known_line;

typedef struct slot {
    known_line *oldest;
    known_line *newest;
} slot;

struct hsi_keylog_index {
    hsi_arena arena;
    slot *slots;
    size_t size; /* of slots, a power of two or 0 */
    size_t count; /* of lines */
    uint64_t newest; /* number */
    hsi_buffer line; /* what read_line fills */
};

hsi_status hsi_keylog_index_new(hsi_keylog_index **out)
{
    *out = hsi_memory_new(sizeof **out);
    return *out == NULL ? HSI_NO_MEMORY : HSI_OK;
}

void hsi_keylog_index_free(hsi_keylog_index *index)
{
    if (index != NULL) {
        hsi_arena_cleanup(&index->arena);
        hsi_buffer_cleanup(&index->line);
        hsi_memory_free(index->slots, index->size * sizeof *index->slots);
        hsi_memory_free(index, sizeof *index);
    }
}

/* Randoms are chosen by those who connect: they do not know where the index lies, which is what the hash begins with. */
static size_t hash_of(const hsi_keylog_index *index, hsi_keylog_owner owner, hsi_bytes whose)
{
    uint64_t hash = (uint64_t)(uintptr_t)index + owner;
    for (size_t i = 0; i < whose.length; i++) {
        hash = (hash ^ whose.data[i]) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    return (size_t)hash;
}

static void push(slot *slots, size_t place, known_line *line)
{
    slot *into = &slots[place];
    line->next = NULL;
    if (into->oldest == NULL) {
        into->oldest = line;
    } else {
        into->newest->next = line;
    }
    into->newest = line;
}

static hsi_status grow(hsi_keylog_index *index)
{
    size_t size = index->size == 0 ? SMALLEST : 2 * index->size;
    slot *slots = hsi_memory_new(size * sizeof *slots);
    if (slots == NULL) {
        return HSI_NO_MEMORY;
    }
    for (size_t i = 0; i < index->size; i++) {
        for (known_line *line = index->slots[i].oldest; line != NULL;) {
            known_line *next = line->next;
            push(slots, hash_of(index, line->owner, line->whose) & (size - 1), line);
            line = next;
        }
    }
    hsi_memory_free(index->slots, index->size * sizeof *index->slots);
    index->slots = slots;
    index->size = size;
    return HSI_OK;
}

/* What the secret of a line is to a connection that is known by its client random. */
static const char *label_of(const hsi_keylog_line *line)
{
    static const char *const labels[] = {
        [HSI_KEYLOG_RANDOM] = NULL,
        [HSI_KEYLOG_PREMASTER] = "premaster secret",
        [HSI_KEYLOG_SESSION] = "master secret",
    };
    return line->owner == HSI_KEYLOG_RANDOM ? line->label : labels[line->owner];
}

/* A line as it was read, in memory that the next one takes. */
static hsi_status read_line(hsi_keylog_index *index, const hsi_keylog_line *read, known_line *out)
{
    uint8_t *bytes;
    size_t whose = read->whose.length / 2, value = read->value.length / 2;
    hsi_buffer_truncate(&index->line, 0);
    HSI_TRY(hsi_buffer_extend(&index->line, whose + value, &bytes));
    hsi_keylog_decode(bytes, read->whose);
    hsi_keylog_decode(bytes + whose, read->value);
    *out = (known_line){.owner = read->owner,
                        .label = label_of(read),
                        .whose = hsi_bytes_of(bytes, whose),
                        .value = hsi_bytes_of(bytes + whose, value)};
    return HSI_OK;
}

static hsi_status keep_line(hsi_keylog_index *index, const known_line *read, known_line **out)
{
    known_line *line = hsi_arena_new(&index->arena, sizeof *line);
    if (line == NULL) {
        return HSI_NO_MEMORY;
    }
    *line = (known_line){.owner = read->owner, .number = index->newest + 1};
    *out = line;
    HSI_TRY(hsi_arena_text(&index->arena, &line->label, hsi_bytes_text(read->label)));
    HSI_TRY(hsi_arena_copy(&index->arena, &line->whose, read->whose));
    return hsi_arena_copy(&index->arena, &line->value, read->value);
}

static bool is_of(const known_line *line, hsi_keylog_owner owner, hsi_bytes whose)
{
    return line->owner == owner && hsi_bytes_equal(line->whose, whose);
}

/* What the index has of a line's owner. */
typedef struct holding {
    size_t lines;
    size_t values; /* of the line's label */
    known_line *before; /* what stands before the oldest of these in the slot; NULL: it is the first */
    known_line *oldest;
    bool same; /* and one of them is the line's */
} holding;

static holding holding_of(const slot *place, const known_line *line)
{
    holding out = {.lines = 0};
    known_line *before = NULL;
    for (known_line *one = place->oldest; one != NULL; before = one, one = one->next) {
        if (!is_of(one, line->owner, line->whose)) {
            continue;
        }
        out.lines++;
        if (strcmp(one->label, line->label) != 0) {
            continue;
        }
        out.same = out.same || hsi_bytes_equal(one->value, line->value);
        if (out.values++ == 0) {
            out.before = before;
            out.oldest = one;
        }
    }
    return out;
}

static void take_out_oldest(hsi_keylog_index *index, slot *place, const holding *held)
{
    *(held->before == NULL ? &place->oldest : &held->before->next) = held->oldest->next;
    if (place->newest == held->oldest) {
        place->newest = held->before;
    }
    index->count--;
}

/* Of a label that is full the oldest gives way; of an owner that is, a label of which there is none yet. */
static hsi_status add_line(hsi_keylog_index *index, const hsi_keylog_line *text)
{
    known_line read, *line;
    HSI_TRY(read_line(index, text, &read));
    if (index->count == index->size) {
        HSI_TRY(grow(index));
    }
    size_t at = hash_of(index, read.owner, read.whose) & (index->size - 1);
    const holding held = holding_of(&index->slots[at], &read);
    bool full = held.values == HSI_KEYLOG_VALUES || held.lines >= HSI_KEYLOG_LINES;
    if (held.same || (full && held.values == 0)) {
        return HSI_OK;
    }
    HSI_TRY(keep_line(index, &read, &line));
    if (full) {
        take_out_oldest(index, &index->slots[at], &held);
    }
    push(index->slots, at, line);
    index->newest = line->number;
    index->count++;
    return HSI_OK;
}

hsi_status hsi_keylog_index_add(hsi_keylog_index *index, hsi_bytes text, size_t *lines)
{
    hsi_cursor in = hsi_cursor_of(text);
    hsi_keylog_line line;
    for (*lines = 0; hsi_keylog_next(&in, &line); ++*lines) {
        HSI_TRY(add_line(index, &line));
    }
    return HSI_OK;
}

uint64_t hsi_keylog_index_now(const hsi_keylog_index *index)
{
    return index->newest;
}

static hsi_status append(const hsi_keylog_index *index, uint64_t since, hsi_keylog_owner owner, hsi_bytes whose,
                         hsi_bytes client_random, hsi_journal *journal, size_t *appended)
{
    *appended = 0;
    if (index->size == 0) {
        return HSI_OK;
    }
    const known_line *line = index->slots[hash_of(index, owner, whose) & (index->size - 1)].oldest;
    for (; line != NULL; line = line->next) {
        if (line->number > since && is_of(line, owner, whose)) {
            HSI_TRY(
                hsi_journal_secret(journal, HSI_NOBODY, HSI_SOURCE_KEYLOG, line->label, client_random, line->value));
            ++*appended;
        }
    }
    return HSI_OK;
}

hsi_status hsi_keylog_index_random(const hsi_keylog_index *index, uint64_t since, hsi_bytes client_random,
                                   hsi_journal *journal, size_t *appended)
{
    return append(index, since, HSI_KEYLOG_RANDOM, client_random, client_random, journal, appended);
}

hsi_status hsi_keylog_index_premaster(const hsi_keylog_index *index, uint64_t since, hsi_bytes encrypted_premaster,
                                      hsi_bytes client_random, hsi_journal *journal, size_t *appended)
{
    hsi_bytes first = encrypted_premaster;
    first.length = first.length < PREMASTER_BYTES ? first.length : PREMASTER_BYTES;
    return append(index, since, HSI_KEYLOG_PREMASTER, first, client_random, journal, appended);
}

hsi_status hsi_keylog_index_session(const hsi_keylog_index *index, uint64_t since, hsi_bytes session_id,
                                    hsi_bytes client_random, hsi_journal *journal, size_t *appended)
{
    return append(index, since, HSI_KEYLOG_SESSION, session_id, client_random, journal, appended);
}
