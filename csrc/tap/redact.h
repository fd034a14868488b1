/* Redact: a journal without what only the two ends know, for bug reports: no secrets, no keys, no plaintext of protected
 * records. What anybody on the wire could see stays. In: a journal. Out: another one.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_REDACT_H
#define HSI_TAP_REDACT_H

#include "tap/journal.h"

/* hsi_journal_redact makes a redacted copy, which begins with a NOTE that says so. Of `addresses` it keeps those of both
 * ends and the name that was asked for. Kinds of entries that it does not know are left out. */
HSI_MUST_USE hsi_status hsi_journal_redact(hsi_journal **out, const hsi_journal *from, bool addresses);

/* hsi_journal_redacted is that NOTE, whose data says why a check cannot be made; NULL: it is no redacted copy. */
const hsi_entry *hsi_journal_redacted(const hsi_journal *journal);

#endif
