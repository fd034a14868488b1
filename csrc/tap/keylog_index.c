/* Key-log index: a hash table of queues, one line after another in each. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/keylog_index.h"

#include "base/arena.h"
#include "base/memory.h"
#include "tap/keylog.h"

enum { SMALLEST = 64, PREMASTER_BYTES = 8 }; /* SMALLEST: slots, a power of two */

typedef struct known_line {
    struct known_line *next; /* in its slot, the newer one */
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

static hsi_status decode(hsi_arena *arena, hsi_bytes *out, hsi_bytes digits)
{
    uint8_t *bytes = hsi_arena_new(arena, digits.length / 2);
    if (bytes == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_keylog_decode(bytes, digits);
    *out = hsi_bytes_of(bytes, digits.length / 2);
    return HSI_OK;
}

/* What the secret of a line is to a connection that is known by its client random. */
static hsi_bytes label_of(const hsi_keylog_line *line)
{
    static const char *const labels[] = {
        [HSI_KEYLOG_RANDOM] = NULL,
        [HSI_KEYLOG_PREMASTER] = "premaster secret",
        [HSI_KEYLOG_SESSION] = "master secret",
    };
    return hsi_bytes_text(line->owner == HSI_KEYLOG_RANDOM ? line->label : labels[line->owner]);
}

static hsi_status add_line(hsi_keylog_index *index, const hsi_keylog_line *read)
{
    known_line *line = hsi_arena_new(&index->arena, sizeof *line);
    if (line == NULL) {
        return HSI_NO_MEMORY;
    }
    line->owner = read->owner;
    HSI_TRY(hsi_arena_text(&index->arena, &line->label, label_of(read)));
    HSI_TRY(decode(&index->arena, &line->whose, read->whose));
    HSI_TRY(decode(&index->arena, &line->value, read->value));
    if (index->count == index->size) {
        HSI_TRY(grow(index));
    }
    push(index->slots, hash_of(index, line->owner, line->whose) & (index->size - 1), line);
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

static hsi_status append(const hsi_keylog_index *index, hsi_keylog_owner owner, hsi_bytes whose,
                         hsi_bytes client_random, hsi_journal *journal, size_t *appended)
{
    *appended = 0;
    if (index->size == 0) {
        return HSI_OK;
    }
    const known_line *line = index->slots[hash_of(index, owner, whose) & (index->size - 1)].oldest;
    for (; line != NULL; line = line->next) {
        if (line->owner == owner && hsi_bytes_equal(line->whose, whose)) {
            HSI_TRY(
                hsi_journal_secret(journal, HSI_NOBODY, HSI_SOURCE_KEYLOG, line->label, client_random, line->value));
            ++*appended;
        }
    }
    return HSI_OK;
}

hsi_status hsi_keylog_index_random(const hsi_keylog_index *index, hsi_bytes client_random, hsi_journal *journal,
                                   size_t *appended)
{
    return append(index, HSI_KEYLOG_RANDOM, client_random, client_random, journal, appended);
}

hsi_status hsi_keylog_index_premaster(const hsi_keylog_index *index, hsi_bytes encrypted_premaster,
                                      hsi_bytes client_random, hsi_journal *journal, size_t *appended)
{
    hsi_bytes first = encrypted_premaster;
    first.length = first.length < PREMASTER_BYTES ? first.length : PREMASTER_BYTES;
    return append(index, HSI_KEYLOG_PREMASTER, first, client_random, journal, appended);
}

hsi_status hsi_keylog_index_session(const hsi_keylog_index *index, hsi_bytes session_id, hsi_bytes client_random,
                                    hsi_journal *journal, size_t *appended)
{
    return append(index, HSI_KEYLOG_SESSION, session_id, client_random, journal, appended);
}
