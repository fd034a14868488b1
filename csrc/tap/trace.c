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
};

static void destroy(hsi_trace *trace)
{
    hsi_tap_free(trace->tap);
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
