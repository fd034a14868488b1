/* What a session tells while it works. Called from inside GnuTLS, without the GIL, under the session's lock: it is taken only
 * where somebody listens for what came. The first exception is kept in the call and ends it.
 * SPDX-License-Identifier: MIT */
#include "py/session.h"

enum { BATCH = 16 };

/* ---- listener ---- */

/* Some events to tell, and the fold they are of. */
typedef struct batch {
    hsi_view view; /* held where count is not 0 */
    const hsi_event *events[BATCH];
    size_t count;
} batch;

/* Takes the next events that are listened for. A count of 0: there are none. */
static hsi_status next_events(Session *self, batch *next)
{
    unsigned listens = atomic_load(&self->listens);
    next->count = 0;
    hsi_trace_lock(self->journal);
    hsi_follower_resume(&self->follower, self->journal);
    hsi_tap *tap = hsi_trace_tap(self->journal);
    hsi_status status = hsi_tap_advance(tap);
    const hsi_list *events = hsi_tap_events(tap);
    while (status == HSI_OK && self->follower.delivered < events->count && next->count < BATCH) {
        const hsi_event *event = events->items[self->follower.delivered++];
        if ((listens >> event->kind & 1) != 0) {
            next->events[next->count++] = event;
        }
    }
    if (next->count > 0) {
        next->view = hsi_view_hold(&(hsi_view){self->journal, tap});
    }
    hsi_trace_unlock(self->journal);
    return status;
}

static bool tell(Session *self, PyObject *listener, const hsi_view *view, const hsi_event *event)
{
    PyObject *object = hsi_event_new(hsi_module_of((PyObject *)self), HSI_TYPES, view, event);
    PyObject *result = object == NULL ? NULL : PyObject_CallFunctionObjArgs(listener, object, NULL);
    Py_XDECREF(object);
    Py_XDECREF(result);
    return result != NULL;
}

/* With the GIL. Lets go of the batch. After an exception the listener hears no more. */
static bool tell_all(Session *self, const batch *next, hsi_raised *raised)
{
    PyObject *listener = Py_XNewRef(self->listener);
    bool content = true;
    for (size_t i = 0; listener != NULL && i < next->count && content; i++) {
        content = tell(self, listener, &next->view, next->events[i]);
    }
    Py_XDECREF(listener);
    hsi_view_drop(&next->view);
    if (!content) {
        hsi_raised_keep(raised);
        atomic_store(&self->listens, 0);
        hsi_trace_unfollow(self->journal, &self->follower);
    }
    return content;
}

hsi_status hsi_session_appended(void *session)
{
    Session *self = session;
    hsi_call *call = hsi_session_current();
    batch next = {.count = BATCH};
    while (next.count == BATCH && atomic_load(&self->listens) != 0) {
        HSI_TRY(next_events(self, &next));
        if (next.count == 0) {
            return HSI_OK;
        }
        PyEval_RestoreThread(call->saved);
        bool content = tell_all(self, &next, &call->raised);
        call->saved = PyEval_SaveThread();
        if (!content) {
            return HSI_CALLBACK;
        }
    }
    return HSI_OK;
}

bool hsi_session_deliver(Session *self, hsi_raised *raised)
{
    batch next = {.count = BATCH};
    while (next.count == BATCH && atomic_load(&self->listens) != 0) {
        hsi_status status = next_events(self, &next);
        if (status != HSI_OK) {
            (void)hsi_raise(hsi_module_of((PyObject *)self), status);
            hsi_raised_keep(raised);
            return false;
        }
        if (next.count > 0 && !tell_all(self, &next, raised)) {
            return false;
        }
    }
    return true;
}

hsi_status hsi_session_listen(Session *self, PyObject *listener, unsigned listens)
{
    hsi_status status = HSI_OK;
    listens = listener == NULL ? 0 : listens & HSI_LISTENS_ALL;
    if (listens == 0) {
        hsi_trace_unfollow(self->journal, &self->follower);
    } else if (atomic_load(&self->listens) == 0 && self->session != NULL) {
        status = hsi_trace_follow(self->journal, &self->follower);
    }
    if (status != HSI_OK) {
        return status;
    }
    PyObject *before = self->listener;
    self->listener = Py_XNewRef(listener);
    atomic_store(&self->listens, listens);
    Py_XDECREF(before);
    return status;
}

/* ---- tamper ---- */

static hsi_status append_buffer(PyObject *object, hsi_buffer *out)
{
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0) {
        return HSI_CALLBACK;
    }
    hsi_status status = hsi_buffer_append(out, hsi_view_bytes(&view));
    PyBuffer_Release(&view);
    return status;
}

/* What arrives instead: bytes, or a list of them, each a record. */
static hsi_status append_result(PyObject *result, hsi_buffer *out)
{
    if (!PyList_Check(result) && !PyTuple_Check(result)) {
        return append_buffer(result, out);
    }
    for (Py_ssize_t i = 0; i < PySequence_Size(result); i++) {
        PyObject *item = PySequence_GetItem(result, i);
        hsi_status status = item == NULL ? HSI_CALLBACK : append_buffer(item, out);
        Py_XDECREF(item);
        HSI_TRY(status);
    }
    return HSI_OK;
}

static hsi_status ask_tamper(Session *self, hsi_bytes record, hsi_buffer *out)
{
    PyObject *result =
        self->tamper == NULL
            ? hsi_py_bytes(record)
            : PyObject_CallFunction(self->tamper, "NnN", hsi_py_side(self->server_side ? HSI_SERVER : HSI_CLIENT),
                                    self->sent_records++, hsi_py_bytes(record));
    if (result == NULL) {
        return HSI_CALLBACK;
    }
    hsi_status status = append_result(result, out);
    Py_DECREF(result);
    return status;
}

hsi_status hsi_session_tamper(void *session, hsi_bytes record, hsi_buffer *out)
{
    hsi_call *call = hsi_session_current();
    PyEval_RestoreThread(call->saved);
    hsi_status status = ask_tamper(session, record, out);
    if (status == HSI_CALLBACK) {
        hsi_raised_keep(&call->raised);
    }
    call->saved = PyEval_SaveThread();
    return status;
}
