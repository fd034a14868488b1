/* A trace as bytes, copied and compared: what is done to its journal as a whole. Without the GIL: a trace's lock may be held
 * for as long as a fold takes.
 * SPDX-License-Identifier: MIT */
#include "py/errors.h"
#include "py/trace.h"
#include "tap/redact.h"

/* The journal under the lock, cut down to what the trace is to keep. */
static hsi_journal *settled(hsi_trace *trace)
{
    hsi_trace_settle(trace);
    return hsi_trace_journal(trace);
}

/* ---- bytes ---- */

static hsi_status write_journal(hsi_trace *trace, hsi_buffer *out)
{
    hsi_trace_lock(trace);
    hsi_status status = hsi_journal_write(settled(trace), out);
    hsi_trace_unlock(trace);
    return status;
}

PyObject *hsi_trace_dumps(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    hsi_buffer out = HSI_BUFFER_EMPTY;
    hsi_trace *trace = hsi_trace_hold(hsi_trace_in(self)); /* Trace.__init__ in another thread may let go of it */
    PyThreadState *saved = PyEval_SaveThread();
    hsi_status status = write_journal(trace, &out);
    hsi_trace_drop(trace);
    PyEval_RestoreThread(saved);
    PyObject *bytes = status == HSI_OK ? hsi_py_bytes(hsi_buffer_peek(&out)) : hsi_raise(hsi_module_in(self), status);
    hsi_buffer_cleanup(&out);
    return bytes;
}

/* ---- copies ---- */

/* How a copy is made. */
typedef struct copying {
    bool finished; /* nothing follows in it */
    bool redacted; /* it has no secrets */
    bool addresses; /* and yet its addresses */
} copying;

static hsi_status copy_journal(hsi_journal **out, hsi_journal *journal, const copying *how)
{
    return how->redacted ? hsi_journal_redact(out, journal, how->addresses)
                         : hsi_journal_copy(out, journal, hsi_journal_count(journal));
}

static hsi_status copy_locked(hsi_trace **out, hsi_trace *from, const copying *how)
{
    hsi_journal *copy = NULL;
    hsi_trace_lock(from);
    hsi_journal *journal = settled(from);
    bool finished = how->finished || hsi_journal_finished(journal);
    hsi_status status = copy_journal(&copy, journal, how);
    hsi_trace_unlock(from);
    HSI_TRY(status);
    if (finished) {
        hsi_journal_finish(copy);
    }
    return hsi_trace_of(out, copy);
}

static hsi_status copy_trace(PyObject *self, hsi_trace **out, const copying *how)
{
    hsi_trace *from = hsi_trace_hold(hsi_trace_in(self));
    PyThreadState *saved = PyEval_SaveThread();
    hsi_status status = copy_locked(out, from, how);
    hsi_trace_drop(from);
    PyEval_RestoreThread(saved);
    return status;
}

static bool is_empty(hsi_trace *trace)
{
    hsi_trace_lock(trace);
    bool empty = hsi_journal_count(hsi_trace_journal(trace)) == 0;
    hsi_trace_unlock(trace);
    return empty;
}

static PyObject *copy_into(PyObject *self, PyObject *empty, const copying *how)
{
    if (!is_empty(hsi_trace_in(empty))) {
        return hsi_raise_saying(hsi_module_in(self), HSI_USAGE, "the trace to copy into is not empty");
    }
    hsi_trace *copy = NULL;
    hsi_status status = copy_trace(self, &copy, how);
    if (status != HSI_OK) {
        return hsi_raise(hsi_module_in(self), status);
    }
    hsi_trace_fill(empty, copy);
    Py_RETURN_NONE;
}

PyObject *hsi_trace_copy_into(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"empty", "finished", NULL};
    PyObject *type = hsi_module_in(self)->types[HSI_TYPE_TRACE];
    PyObject *empty;
    int finished = 1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!|p", names, type, &empty, &finished)) {
        return NULL;
    }
    return copy_into(self, empty, &(copying){.finished = finished != 0});
}

PyObject *hsi_trace_redact_into(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"empty", "addresses", NULL};
    PyObject *type = hsi_module_in(self)->types[HSI_TYPE_TRACE];
    PyObject *empty;
    int addresses = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!|p", names, type, &empty, &addresses)) {
        return NULL;
    }
    return copy_into(self, empty, &(copying){.redacted = true, .addresses = addresses != 0});
}

/* ---- equality ---- */

static bool journals_equal(hsi_trace *a, hsi_trace *b)
{
    if (a == b) {
        return true;
    }
    hsi_trace_lock_both(a, b);
    bool equal = hsi_journal_equal(settled(a), settled(b));
    hsi_trace_unlock(b);
    hsi_trace_unlock(a);
    return equal;
}

static bool traces_equal(PyObject *self, PyObject *other)
{
    hsi_trace *a = hsi_trace_hold(hsi_trace_in(self));
    hsi_trace *b = hsi_trace_hold(hsi_trace_in(other));
    PyThreadState *saved = PyEval_SaveThread();
    bool equal = journals_equal(a, b);
    hsi_trace_drop(a);
    hsi_trace_drop(b);
    PyEval_RestoreThread(saved);
    return equal;
}

PyObject *hsi_trace_compare(PyObject *self, PyObject *other, int operation)
{
    PyTypeObject *type = (PyTypeObject *)hsi_module_in(self)->types[HSI_TYPE_TRACE];
    if ((operation != Py_EQ && operation != Py_NE) || !PyObject_TypeCheck(other, type)) {
        return Py_NewRef(Py_NotImplemented);
    }
    return PyBool_FromLong(traces_equal(self, other) == (operation == Py_EQ));
}
