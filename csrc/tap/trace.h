/* Trace: a journal, the tap that folds it, and the one lock both stand under. Shared by the sessions that write it and by
 * whoever looks: counted. Whoever holds the lock calls nothing that waits: no socket, no GnuTLS session, no interpreter.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_TRACE_H
#define HSI_TAP_TRACE_H

#include "tap/journal.h"
#include "tap/tap.h"

typedef struct hsi_trace hsi_trace;

/* hsi_trace_new makes an empty trace; NULL: out of memory. hsi_trace_of takes over a journal (also when it fails).
 * Both give one reference; hsi_trace_drop of the last one wipes everything. */
hsi_trace *hsi_trace_new(void);
HSI_MUST_USE hsi_status hsi_trace_of(hsi_trace **out, hsi_journal *journal);
hsi_trace *hsi_trace_hold(hsi_trace *trace);
void hsi_trace_drop(hsi_trace *trace);

/* hsi_trace_append copies an entry to the journal; a time_ns of 0 means now. */
HSI_MUST_USE hsi_status hsi_trace_append(hsi_trace *trace, const hsi_entry *entry);

/* hsi_trace_finish says that nothing follows: what the tap kept waiting for a secret is then shown without it. */
void hsi_trace_finish(hsi_trace *trace);

/* hsi_trace_fold brings the tap up to the end of the journal. Cheap where nothing is new. */
HSI_MUST_USE hsi_status hsi_trace_fold(hsi_trace *trace);

/* hsi_trace_lock and _unlock stand around every look at what hsi_trace_tap and hsi_trace_journal lend; _lock_both where
 * two different traces are looked at together. fork() waits for them: a child finds its copy whole. */
void hsi_trace_lock(hsi_trace *trace);
void hsi_trace_lock_both(hsi_trace *one, hsi_trace *other);
void hsi_trace_unlock(hsi_trace *trace);
hsi_tap *hsi_trace_tap(hsi_trace *trace);
hsi_journal *hsi_trace_journal(hsi_trace *trace);

#endif
