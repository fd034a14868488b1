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

/* hsi_trace_bound has the trace keep the newest `limit` bytes of application data; HSI_TRACE_ALL, as it is made: all. Before
 * it lets go of records there may be a quarter and 64 KiB more, before it folds anew 256 KiB more. */
#define HSI_TRACE_ALL SIZE_MAX
void hsi_trace_bound(hsi_trace *trace, size_t limit);

/* hsi_trace_application says that of the last `count` entries those of content type application_data hold nothing else;
 * everything that was appended has been delivered to who follows. */
HSI_MUST_USE hsi_status hsi_trace_application(hsi_trace *trace, size_t count);

/* hsi_trace_settle, under the lock, lets go of all that is beyond the limit, for a look; not while somebody follows. */
void hsi_trace_settle(hsi_trace *trace);

/* Who follows the events, by their number, says so, from hsi_trace_follow to hsi_trace_unfollow, and asks under the lock
 * where to go on: after the last one it was given, or, if the trace has folded anew since, as far as that fold went. */
typedef struct hsi_follower {
    size_t delivered; /* events */
    size_t fold; /* which these are of */
    bool follows;
} hsi_follower;

HSI_MUST_USE hsi_status hsi_trace_follow(hsi_trace *trace, hsi_follower *follower);
void hsi_trace_unfollow(hsi_trace *trace, hsi_follower *follower);
void hsi_follower_resume(hsi_follower *follower, const hsi_trace *trace);

/* hsi_trace_now is the time for an entry that is made now. */
uint64_t hsi_trace_now(const hsi_trace *trace);

/* hsi_trace_append copies an entry to the journal; a time_ns of 0 means now. */
HSI_MUST_USE hsi_status hsi_trace_append(hsi_trace *trace, const hsi_entry *entry);

/* hsi_trace_finish says that nothing follows: what the tap kept waiting for a secret is then shown without it. */
void hsi_trace_finish(hsi_trace *trace);

/* hsi_trace_fold brings the tap up to the end of the journal. Cheap where nothing is new. */
HSI_MUST_USE hsi_status hsi_trace_fold(hsi_trace *trace);

/* A trace and one fold of it: its items are good as long as the view is held, also when the trace has let go of records and
 * folds anew. hsi_view_begin is of no fold yet; hsi_view_settle, under the lock, makes it one of the fold there is now, and
 * leaves one that has its fold as it is. hsi_view_drop ends what hsi_view_begin or hsi_view_hold began. */
typedef struct hsi_view {
    hsi_trace *trace;
    hsi_tap *tap; /* NULL: none yet */
} hsi_view;

hsi_view hsi_view_begin(hsi_trace *trace);
void hsi_view_settle(hsi_view *view);
hsi_view hsi_view_hold(const hsi_view *view);
void hsi_view_drop(const hsi_view *view);

/* hsi_trace_lock and _unlock stand around every look at what hsi_trace_tap and hsi_trace_journal lend; _lock_both where
 * two different traces are looked at together. fork() waits for them: a child finds its copy whole. */
void hsi_trace_lock(hsi_trace *trace);
void hsi_trace_lock_both(hsi_trace *one, hsi_trace *other);
void hsi_trace_unlock(hsi_trace *trace);
hsi_tap *hsi_trace_tap(hsi_trace *trace);
hsi_journal *hsi_trace_journal(hsi_trace *trace);

#endif
