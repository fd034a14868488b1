/* Redact: see the header. A kind of entry stays only if its row says so.
 * SPDX-License-Identifier: MIT */
#include "tap/redact.h"

#include "tap/framer.h"
#include "tap/hello.h"

static const char noted[] = "secrets";
static const char why[] = "secrets were removed from this copy";

typedef struct redacting {
    bool addresses; /* these stay */
    bool lost[2]; /* bytes of this sender are missing in the capture */
    bool begun[2]; /* it is known where a record of this sender begins */
} redacting;

/* Leaves out of an entry what must not stay. */
typedef void redaction(hsi_entry *entry, redacting *how);

static void keep(hsi_entry *entry, redacting *how)
{
    HSI_UNUSED(entry);
    HSI_UNUSED(how);
}

static void redact_start(hsi_entry *entry, redacting *how)
{
    if (!how->addresses) {
        entry->data = entry->name = entry->aux = HSI_BYTES_EMPTY;
    }
}

static void redact_fault(hsi_entry *entry, redacting *how)
{
    if (entry->sender < HSI_COUNT(how->lost) && entry->code != HSI_FAULT_CONFLICT) {
        how->lost[entry->sender] = true;
    }
}

/* Bytes from before the first record that is known to begin may be those of an opening: gap.h. */
static bool may_be_opening(const hsi_entry *entry, redacting *how)
{
    if (entry->sender >= HSI_COUNT(how->lost) || how->begun[entry->sender]) {
        return false;
    }
    hsi_hello hello = hsi_hello_begins(entry->data);
    bool begins = hello == HSI_HELLO_CLIENT || hello == HSI_HELLO_SERVER || hsi_framer_finds(entry->data);
    how->begun[entry->sender] = begins || !how->lost[entry->sender];
    return !how->begun[entry->sender];
}

/* What was sent in place of an altered record is known to the lab alone. */
static void redact_wire(hsi_entry *entry, redacting *how)
{
    entry->aux = HSI_BYTES_EMPTY;
    if (may_be_opening(entry, how)) {
        entry->data = HSI_BYTES_EMPTY;
    }
}

/* The body of a phase may have been encrypted on the wire; in an opening there may be a password. */
static void redact_data(hsi_entry *entry, redacting *how)
{
    HSI_UNUSED(how);
    entry->data = HSI_BYTES_EMPTY;
}

static redaction *const redactions[HSI_ENTRY_KINDS] = {
    [HSI_ENTRY_START] = redact_start,  [HSI_ENTRY_WIRE] = redact_wire, [HSI_ENTRY_END] = keep,
    [HSI_ENTRY_PHASE] = redact_data,   [HSI_ENTRY_RESULT] = keep,      [HSI_ENTRY_VERDICT] = keep,
    [HSI_ENTRY_NOTE] = keep,           [HSI_ENTRY_ELIDED] = keep,      [HSI_ENTRY_FAULT] = redact_fault,
    [HSI_ENTRY_OPENING] = redact_data,
};

static hsi_status append_redacted(hsi_journal *to, const hsi_entry *entry, redacting *how)
{
    redaction *redact = redactions[entry->kind];
    if (redact == NULL) {
        return HSI_OK;
    }
    hsi_entry copy = *entry;
    redact(&copy, how);
    return hsi_journal_append(to, &copy);
}

static hsi_status redact_entries(hsi_journal *to, const hsi_journal *from, bool addresses)
{
    redacting how = {.addresses = addresses};
    if (hsi_journal_redacted(from) == NULL) {
        HSI_TRY(hsi_journal_append(to, &(hsi_entry){.kind = HSI_ENTRY_NOTE,
                                                    .side = HSI_NOBODY,
                                                    .sender = HSI_NOBODY,
                                                    .data = hsi_bytes_text(why),
                                                    .name = hsi_bytes_text(noted)}));
    }
    for (size_t i = 0; i < hsi_journal_count(from); i++) {
        HSI_TRY(append_redacted(to, hsi_journal_peek(from, i), &how));
    }
    return HSI_OK;
}

hsi_status hsi_journal_redact(hsi_journal **out, const hsi_journal *from, bool addresses)
{
    hsi_journal *journal = hsi_journal_new();
    if (journal == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = redact_entries(journal, from, addresses);
    if (status != HSI_OK) {
        hsi_journal_free(journal);
        return status;
    }
    *out = journal;
    return HSI_OK;
}

const hsi_entry *hsi_journal_redacted(const hsi_journal *journal)
{
    const hsi_entry *first = hsi_journal_count(journal) == 0 ? NULL : hsi_journal_peek(journal, 0);
    bool redacted = first != NULL && first->kind == HSI_ENTRY_NOTE && hsi_bytes_are(first->name, noted);
    return redacted ? first : NULL;
}
