/* Elide: keeps a journal within a bound. Of application data only the newest records stay; older ones become runs, which
 * say how many there were and hold what the records after them need. In: marks on wire entries. Out: ELIDED entries.
 * Knows no TLS but the five bytes of a record's header, RFC 8446 section 5.1.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "tap/journal_state.h"

enum { HEADER = 5, TLS10_MINOR = 1, TOTAL = 8 };

static bool is_application(const hsi_entry *entry)
{
    return entry->kind == HSI_ENTRY_WIRE && entry->code == HSI_WIRE_APPLICATION;
}

static size_t cost(const hsi_entry *entry)
{
    return entry->data.length < HSI_ELIDED_LEAST ? HSI_ELIDED_LEAST : entry->data.length;
}

/* An altered record is kept for what was sent in its place. */
static bool may_be_marked(const hsi_entry *entry)
{
    return hsi_entry_is_loose(entry) && entry->code == 0 && entry->data.length >= HEADER && entry->aux.length == 0;
}

void hsi_journal_mark_application(hsi_journal *journal, size_t count)
{
    hsi_entry *first = NULL;
    for (size_t i = journal->entries.count; i > 0 && count > 0; i--, count--) {
        hsi_entry *entry = journal->entries.items[i - 1];
        if (may_be_marked(entry)) {
            entry->code = HSI_WIRE_APPLICATION;
            journal->application += cost(entry);
            first = entry;
        }
    }
    journal->oldest = journal->oldest == NULL ? first : journal->oldest;
}

size_t hsi_journal_excess(const hsi_journal *journal, size_t keep)
{
    size_t others = journal->oldest == NULL ? 0 : journal->application - cost(journal->oldest);
    return journal->oldest == NULL || others < keep ? 0 : journal->application - keep;
}

/* ---- memory: what an elided record leaves is what the next one needs ---- */

struct hsi_spare {
    hsi_spare *next;
    size_t size;
};

void hsi_spare_put(hsi_journal *journal, hsi_entry *entry)
{
    size_t size = hsi_entry_size(entry);
    hsi_spare *spare = (void *)entry;
    *spare = (hsi_spare){journal->spares, size};
    journal->spares = spare;
}

void *hsi_spare_take(hsi_journal *journal, size_t size)
{
    hsi_spare *spare = journal->spares;
    if (spare == NULL) {
        return NULL;
    }
    journal->spares = spare->next;
    if (spare->size >= size && spare->size / 2 <= size) {
        return spare;
    }
    hsi_memory_free(spare, spare->size); /* of no use, and so for most of those that come */
    return NULL;
}

void hsi_spare_cleanup(hsi_journal *journal)
{
    while (journal->spares != NULL) {
        hsi_spare *spare = journal->spares;
        journal->spares = spare->next;
        hsi_memory_free(spare, spare->size);
    }
}

/* ---- runs ---- */

/* The bytes of a run stand behind its entry, with room for the longest tail. */
typedef struct run {
    hsi_entry entry;
    uint8_t header[HEADER];
    uint8_t tail[HSI_ELIDED_TAIL];
    uint8_t total[TOTAL];
} run;

static hsi_entry *new_run(hsi_journal *journal, const hsi_entry *first)
{
    run *made = hsi_arena_new(&journal->arena, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    memcpy(made->header, first->data.data, HEADER);
    made->entry = (hsi_entry){.kind = HSI_ENTRY_ELIDED,
                              .side = first->side,
                              .sender = first->sender,
                              .time_ns = first->time_ns,
                              .data = hsi_bytes_of(made->header, HEADER),
                              .aux = hsi_bytes_of(made->total, TOTAL)};
    return &made->entry;
}

static void add_to_total(uint8_t total[TOTAL], size_t length)
{
    for (size_t i = TOTAL; i-- > 0; length >>= 8) {
        length += total[i];
        total[i] = (uint8_t)length;
    }
}

/* The initialisation vector of the next record in TLS 1.0 is the end of this one: RFC 2246 section 6.2.3.2. */
static void keep_tail(run *to, const hsi_entry *last)
{
    size_t fragment = last->data.length - HEADER;
    size_t length = last->data.data[2] != TLS10_MINOR ? 0 : fragment < HSI_ELIDED_TAIL ? fragment : HSI_ELIDED_TAIL;
    if (length > 0) {
        memcpy(to->tail, last->data.data + last->data.length - length, length);
    }
    to->entry.name = hsi_bytes_of(to->tail, length);
}

static void extend_run(hsi_entry *entry, const hsi_entry *by)
{
    run *to = (run *)(void *)entry; /* its first member */
    entry->number++;
    add_to_total(to->total, by->data.length - HEADER);
    keep_tail(to, by);
}

/* ---- eliding ---- */

/* The runs that may still grow: nothing of the same sender that is kept lies behind them. */
typedef struct growing {
    hsi_entry *runs[2];
} growing;

static void pass(const hsi_journal *journal, growing *open, hsi_entry *entry)
{
    if (entry->sender >= HSI_COUNT(open->runs)) {
        return;
    }
    if (entry == journal->runs[entry->sender]) {
        open->runs[entry->sender] = entry;
    } else if (entry->kind == HSI_ENTRY_WIRE || entry->kind == HSI_ENTRY_ELIDED) {
        open->runs[entry->sender] = NULL;
    }
}

/* Replaces the oldest by a run, or adds it to the one before it: then `*entry` is NULL. */
static hsi_status elide(hsi_journal *journal, growing *open, hsi_entry **entry)
{
    hsi_entry *elided = *entry;
    hsi_entry **grows = &open->runs[elided->sender];
    bool begins = *grows == NULL;
    if (begins) {
        *grows = new_run(journal, elided);
        if (*grows == NULL) {
            return HSI_NO_MEMORY;
        }
        journal->runs[elided->sender] = *grows;
    }
    extend_run(*grows, elided);
    journal->application -= cost(elided);
    journal->oldest = NULL;
    hsi_spare_put(journal, elided);
    *entry = begins ? *grows : NULL;
    return HSI_OK;
}

void hsi_journal_elide(hsi_journal *journal, size_t keep)
{
    growing open = {{NULL, NULL}};
    hsi_list *entries = &journal->entries;
    hsi_status status = HSI_OK;
    size_t left = 0;
    bool search = false; /* for the next that is the oldest */
    for (size_t i = 0; i < entries->count; i++) {
        hsi_entry *entry = entries->items[i];
        if (search && is_application(entry)) {
            journal->oldest = entry;
            search = false;
        }
        if (status == HSI_OK && entry == journal->oldest && hsi_journal_excess(journal, keep) > 0) {
            status = elide(journal, &open, &entry);
            search = status == HSI_OK;
        } else {
            pass(journal, &open, entry);
        }
        if (entry != NULL) {
            entries->items[left++] = entry;
        }
    }
    entries->count = left;
}
