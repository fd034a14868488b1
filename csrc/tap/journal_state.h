/* The inside of a journal, for journal.c and elide.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_JOURNAL_STATE_H
#define HSI_TAP_JOURNAL_STATE_H

#include "base/arena.h"
#include "base/list.h"
#include "tap/journal.h"

typedef struct hsi_spare hsi_spare;

struct hsi_journal {
    hsi_arena arena; /* of the entries and their bytes, but for the loose ones */
    hsi_list entries;
    uint64_t realtime;  /* at the start, ns since 1970 */
    uint64_t monotonic; /* at the start, ns */
    bool past;          /* `realtime` is now: it happened once, and is read */
    bool finished;
    size_t application; /* bytes of records that may be elided, by their cost */
    hsi_entry *oldest;  /* of those; NULL: there is none */
    hsi_entry *runs[2]; /* the last ELIDED entry that was made here, by sender; NULL: none */
    hsi_spare *spares;  /* memory of loose entries that were elided, for those that come */
};

/* hsi_entry_is_loose: has it memory of its own, so that it can be elided? */
bool hsi_entry_is_loose(const hsi_entry *entry);

/* hsi_entry_size: with the bytes behind it. */
size_t hsi_entry_size(const hsi_entry *entry);

/* hsi_spare_put keeps the memory of a loose entry; hsi_spare_take gives some of that size; NULL: there is none. */
void hsi_spare_put(hsi_journal *journal, hsi_entry *entry);
void *hsi_spare_take(hsi_journal *journal, size_t size);
void hsi_spare_cleanup(hsi_journal *journal);

#endif
