/* Fuzzes csrc/tap/keylog.c and csrc/tap/keylog_index.c. The input is the text of a key log.
 * Seeds: tests/fuzz/corpus/keylog, one file for each way in which key logs are written.
 * Holds: as many secrets as lines were taken; each one is found in an index of the same text, under what it says of whose
 * it is, unless there are more of these than are kept.
 * SPDX-License-Identifier: MIT */
#include "must.h"
#include "tap/keylog.h"
#include "tap/keylog_index.h"

static size_t value_length(const hsi_entry *entry)
{
    bool master = hsi_bytes_are(entry->name, "master secret") || hsi_bytes_are(entry->name, HSI_LABEL_RSA) ||
                  hsi_bytes_are(entry->name, HSI_LABEL_RSA_SESSION);
    return master ? 48 : entry->data.length;
}

/* Is the value of an entry among those that the index appended? */
static bool is_among(const hsi_journal *found, const hsi_entry *entry)
{
    for (size_t i = 0; i < hsi_journal_count(found); i++) {
        const hsi_entry *other = hsi_journal_peek(found, i);
        if (hsi_bytes_equal(other->data, entry->data) && other->side == HSI_NOBODY) {
            return true;
        }
    }
    return false;
}

static void check_entry(const hsi_keylog_index *index, const hsi_entry *entry, size_t lines)
{
    hsi_bytes client_random = hsi_bytes_text("the client random is thirty-two.");
    size_t appended;
    hsi_journal *found = hsi_journal_new();
    must(found != NULL);
    must(entry->kind == HSI_ENTRY_SECRET && entry->side == HSI_CLIENT && entry->code == HSI_SOURCE_KEYLOG);
    must(entry->data.length > 0 && entry->data.length == value_length(entry));
    if (hsi_bytes_are(entry->name, HSI_LABEL_RSA)) {
        must(hsi_keylog_index_premaster(index, 0, entry->aux, client_random, found, &appended) == HSI_OK);
    } else if (hsi_bytes_are(entry->name, HSI_LABEL_RSA_SESSION)) {
        must(hsi_keylog_index_session(index, 0, entry->aux, client_random, found, &appended) == HSI_OK);
    } else {
        must(entry->aux.length == 32);
        must(hsi_keylog_index_random(index, 0, entry->aux, found, &appended) == HSI_OK);
    }
    must(appended > 0 && appended <= HSI_KEYLOG_LINES && appended == hsi_journal_count(found));
    must(lines > HSI_KEYLOG_VALUES || is_among(found, entry));
    hsi_journal_free(found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CHECKED = 100 }; /* lines of one connection, or it takes quadratic time */
    size_t lines, indexed;
    hsi_keylog_index *index;
    hsi_journal *journal = hsi_journal_new();
    must(journal != NULL);
    must(hsi_keylog_index_new(&index) == HSI_OK);
    must(hsi_keylog_index_add(index, hsi_bytes_of(data, size), &indexed) == HSI_OK);
    must(hsi_keylog_append(journal, HSI_CLIENT, hsi_bytes_of(data, size), &lines) == HSI_OK);
    must(hsi_journal_count(journal) == lines && indexed == lines);
    for (size_t i = 0; i < lines && i < CHECKED; i++) {
        check_entry(index, hsi_journal_peek(journal, i), lines);
    }
    hsi_keylog_index_free(index);
    hsi_journal_free(journal);
    return 0;
}
