/* Trace: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/trace.h"

#include <stdatomic.h>

#include "base/lock.h"
#include "base/memory.h"

struct hsi_trace {
    atomic_size_t references;
    hsi_lock lock;
    hsi_journal *journal;
    hsi_tap *tap;
    size_t limit;     /* of application data; HSI_TRACE_ALL: none */
    size_t followers;
    size_t fold;      /* counts the folds anew */
    size_t resume_at; /* events there were in the journal when the last of these was made */
};

/* How far beyond the limit a trace may go before it lets go of records: each time costs a walk over the entries, and where
 * they were folded a fold of all that is left. */
enum { SLACK = 64 * 1024, FOLDED_SLACK = 256 * 1024, SHARE = 4 };

static void destroy(hsi_trace *trace)
{
    hsi_tap_drop(trace->tap);
    hsi_journal_free(trace->journal);
    hsi_lock_cleanup(&trace->lock);
    hsi_memory_free(trace, sizeof *trace);
}

hsi_status hsi_trace_of(hsi_trace **out, hsi_journal *journal)
{
    hsi_trace *trace = hsi_memory_new(sizeof *trace);
    if (trace == NULL) {
        hsi_journal_free(journal);
        return HSI_NO_MEMORY;
    }
    atomic_init(&trace->references, 1);
    hsi_lock_init(&trace->lock);
    trace->limit = HSI_TRACE_ALL;
    trace->journal = journal;
    trace->tap = hsi_tap_new(journal);
    if (trace->tap == NULL) {
        destroy(trace);
        return HSI_NO_MEMORY;
    }
    *out = trace;
    return HSI_OK;
}

hsi_trace *hsi_trace_new(void)
{
    hsi_trace *trace = NULL;
    hsi_journal *journal = hsi_journal_new();
    return journal != NULL && hsi_trace_of(&trace, journal) == HSI_OK ? trace : NULL;
}

hsi_trace *hsi_trace_hold(hsi_trace *trace)
{
    atomic_fetch_add(&trace->references, 1);
    return trace;
}

void hsi_trace_drop(hsi_trace *trace)
{
    if (trace != NULL && atomic_fetch_sub(&trace->references, 1) == 1) {
        destroy(trace);
    }
}

void hsi_trace_lock(hsi_trace *trace)
{
    hsi_lock_take(&trace->lock);
}

void hsi_trace_unlock(hsi_trace *trace)
{
    hsi_lock_release(&trace->lock);
}

void hsi_trace_lock_both(hsi_trace *one, hsi_trace *other)
{
    hsi_lock_take_both(&one->lock, &other->lock);
}

hsi_tap *hsi_trace_tap(hsi_trace *trace)
{
    return trace->tap;
}

hsi_journal *hsi_trace_journal(hsi_trace *trace)
{
    return trace->journal;
}

/* ---- bounded ---- */

void hsi_trace_bound(hsi_trace *trace, size_t limit)
{
    hsi_trace_lock(trace);
    trace->limit = limit;
    hsi_trace_unlock(trace);
}

/* The journal is about to lose entries: what was folded is left to those who hold it. */
static void replace_tap(hsi_trace *trace, hsi_tap *tap)
{
    hsi_tap_retire(trace->tap);
    hsi_tap_drop(trace->tap);
    trace->tap = tap;
    trace->fold++;
    trace->resume_at = SIZE_MAX; /* nothing is told twice, whatever fails */
}

static hsi_status fold_for_followers(hsi_trace *trace)
{
    if (trace->followers > 0) {
        HSI_TRY(hsi_tap_advance(trace->tap));
        trace->resume_at = hsi_tap_events(trace->tap)->count;
    }
    return HSI_OK;
}

/* Where memory does not suffice to let go of some, it is kept. */
static hsi_status let_go(hsi_trace *trace)
{
    if (!hsi_tap_begun(trace->tap)) {
        hsi_journal_elide(trace->journal, trace->limit);
        return HSI_OK;
    }
    hsi_tap *tap = hsi_tap_new(trace->journal);
    if (tap == NULL) {
        return HSI_OK;
    }
    replace_tap(trace, tap);
    hsi_journal_elide(trace->journal, trace->limit);
    return fold_for_followers(trace);
}

hsi_status hsi_trace_application(hsi_trace *trace, size_t count)
{
    hsi_status status = HSI_OK;
    hsi_trace_lock(trace);
    if (trace->limit != HSI_TRACE_ALL) {
        hsi_journal_mark_application(trace->journal, count);
        size_t slack = hsi_tap_begun(trace->tap) ? FOLDED_SLACK : SLACK;
        bool much = hsi_journal_excess(trace->journal, trace->limit) > trace->limit / SHARE + slack;
        status = much ? let_go(trace) : HSI_OK;
    }
    hsi_trace_unlock(trace);
    return status;
}

void hsi_trace_settle(hsi_trace *trace)
{
    if (trace->followers == 0 && hsi_journal_excess(trace->journal, trace->limit) > 0) {
        (void)let_go(trace); /* which cannot fail where nobody follows */
    }
}

hsi_status hsi_trace_follow(hsi_trace *trace, hsi_follower *follower)
{
    hsi_trace_lock(trace);
    hsi_status status = hsi_tap_advance(trace->tap);
    follower->delivered = hsi_tap_events(trace->tap)->count;
    follower->fold = trace->fold;
    if (status == HSI_OK && !follower->follows) {
        follower->follows = true;
        trace->followers++;
    }
    hsi_trace_unlock(trace);
    return status;
}

void hsi_trace_unfollow(hsi_trace *trace, hsi_follower *follower)
{
    hsi_trace_lock(trace);
    trace->followers -= follower->follows;
    follower->follows = false;
    hsi_trace_unlock(trace);
}

void hsi_follower_resume(hsi_follower *follower, const hsi_trace *trace)
{
    if (follower->fold != trace->fold) {
        follower->fold = trace->fold;
        follower->delivered = trace->resume_at;
    }
}

/* ---- views ---- */

hsi_view hsi_view_begin(hsi_trace *trace)
{
    return (hsi_view){hsi_trace_hold(trace), NULL};
}

void hsi_view_settle(hsi_view *view)
{
    if (view->tap == NULL) {
        hsi_trace_settle(view->trace);
        view->tap = hsi_tap_hold(view->trace->tap);
    }
}

hsi_view hsi_view_hold(const hsi_view *view)
{
    return (hsi_view){hsi_trace_hold(view->trace), hsi_tap_hold(view->tap)};
}

/* The items of a fold may borrow from the journal, which goes with the trace. */
void hsi_view_drop(const hsi_view *view)
{
    hsi_tap_drop(view->tap);
    hsi_trace_drop(view->trace);
}

/* ---- entries ---- */

/* Without the lock: the clock's start does not change. */
uint64_t hsi_trace_now(const hsi_trace *trace)
{
    return hsi_journal_now(trace->journal);
}

hsi_status hsi_trace_append(hsi_trace *trace, const hsi_entry *entry)
{
    hsi_trace_lock(trace);
    hsi_entry timed = *entry;
    if (timed.time_ns == 0) {
        timed.time_ns = hsi_journal_now(trace->journal);
    }
    hsi_status status = hsi_journal_append(trace->journal, &timed);
    hsi_trace_unlock(trace);
    return status;
}

void hsi_trace_finish(hsi_trace *trace)
{
    hsi_trace_lock(trace);
    hsi_journal_finish(trace->journal);
    hsi_trace_unlock(trace);
}

hsi_status hsi_trace_fold(hsi_trace *trace)
{
    hsi_trace_lock(trace);
    hsi_status status = hsi_tap_advance(trace->tap);
    hsi_trace_unlock(trace);
    return status;
}
