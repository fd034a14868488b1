/* What a journal says of its connection, beside what the tap makes of it: where it ran, what GnuTLS returned and found of
 * certificates, and what is not surfaced.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
#include "py/errors.h"
#include "py/trace.h"

/* The entries that are shown, which live as long as the trace. */
static hsi_status collect_entries(hsi_trace *trace, hsi_shower *const showers[HSI_ENTRY_KINDS], hsi_list *out)
{
    hsi_status status = HSI_OK;
    hsi_trace_lock(trace);
    hsi_journal *journal = hsi_trace_journal(trace);
    for (size_t i = 0; i < hsi_journal_count(journal) && status == HSI_OK; i++) {
        const hsi_entry *entry = hsi_journal_peek(journal, i);
        if (showers[entry->kind] != NULL) {
            status = hsi_list_append(out, (void *)(uintptr_t)entry);
        }
    }
    hsi_trace_unlock(trace);
    return status;
}

static PyObject *show_all(const hsi_list *entries, hsi_shower *const showers[HSI_ENTRY_KINDS])
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)entries->count);
    for (size_t i = 0; i < entries->count && tuple != NULL; i++) {
        const hsi_entry *entry = entries->items[i];
        PyObject *shown = showers[entry->kind](entry);
        if (shown == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, shown) < 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

PyObject *hsi_trace_entries(PyObject *self, hsi_shower *const showers[HSI_ENTRY_KINDS])
{
    hsi_list entries = HSI_LIST_EMPTY;
    hsi_status status = collect_entries(hsi_trace_in(self), showers, &entries);
    PyObject *tuple = status == HSI_OK ? show_all(&entries, showers) : hsi_raise(hsi_module_in(self), status);
    hsi_list_cleanup(&entries);
    return tuple;
}

static PyObject *tuple_of(PyObject *self, hsi_entry_kind kind, hsi_shower *show)
{
    hsi_shower *showers[HSI_ENTRY_KINDS] = {NULL};
    showers[kind] = show;
    return hsi_trace_entries(self, showers);
}

/* ---- one of each ---- */

static PyObject *show_verdict(const hsi_entry *entry)
{
    return Py_BuildValue("(NNKN)", hsi_py_side(entry->side), PyBool_FromLong(entry->code),
                         (unsigned long long)entry->number, hsi_py_string(entry->data));
}

static PyObject *show_result(const hsi_entry *entry)
{
    return Py_BuildValue("(NNLN)", hsi_py_side(entry->side), hsi_py_string(entry->name), (long long)entry->number,
                         hsi_py_string(entry->data));
}

static PyObject *show_note(const hsi_entry *entry)
{
    return Py_BuildValue("(NNN)", hsi_py_side(entry->side), hsi_py_string(entry->name), hsi_py_string(entry->data));
}

PyObject *hsi_trace_verdicts(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return tuple_of(self, HSI_ENTRY_VERDICT, show_verdict);
}

PyObject *hsi_trace_results(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return tuple_of(self, HSI_ENTRY_RESULT, show_result);
}

PyObject *hsi_trace_notes(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return tuple_of(self, HSI_ENTRY_NOTE, show_note);
}

/* ---- what a capture has beside TLS, and what it lacks ---- */

static PyObject *show_opening(const hsi_entry *entry)
{
    return Py_BuildValue("(NN)", hsi_py_side(entry->sender), hsi_py_bytes(entry->data));
}

static PyObject *show_fault(const hsi_entry *entry)
{
    static const char *const kinds[] = {[HSI_FAULT_START] = "missing start",
                                        [HSI_FAULT_HOLE] = "hole",
                                        [HSI_FAULT_CONFLICT] = "conflict",
                                        [HSI_FAULT_CUT] = "cut packet"};
    uint64_t length = 0;
    uint64_t packet = 0;
    hsi_cursor in = hsi_cursor_of(entry->aux);
    bool told = hsi_cursor_uint(&in, 8, &length) == HSI_OK && hsi_cursor_uint(&in, 8, &packet) == HSI_OK;
    return Py_BuildValue("(NNKKKK)", hsi_py_text(entry->code < HSI_COUNT(kinds) ? kinds[entry->code] : "unknown"),
                         hsi_py_side(entry->sender), (unsigned long long)entry->number,
                         (unsigned long long)(told ? length : 0), (unsigned long long)packet,
                         (unsigned long long)entry->time_ns);
}

PyObject *hsi_trace_opening_entries(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return tuple_of(self, HSI_ENTRY_OPENING, show_opening);
}

PyObject *hsi_trace_fault_entries(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return tuple_of(self, HSI_ENTRY_FAULT, show_fault);
}

/* ---- START ---- */

static PyObject *show_transport(const hsi_entry *entry)
{
    return hsi_py_text(hsi_transport_name(entry->code));
}

static PyObject *show_started(const hsi_entry *entry)
{
    return entry->number == 0 ? Py_NewRef(Py_None) : PyLong_FromUnsignedLongLong(entry->number);
}

/* "host\0port"; None where it is not of that form. */
static PyObject *show_address(hsi_bytes address)
{
    const uint8_t *border = address.length == 0 ? NULL : memchr(address.data, 0, address.length);
    if (border == NULL) {
        return Py_NewRef(Py_None);
    }
    size_t host = (size_t)(border - address.data);
    size_t digits = address.length - host - 1;
    long port = 0;
    for (size_t i = 0; i < digits && port <= UINT16_MAX; i++) {
        uint8_t digit = address.data[host + 1 + i];
        if (digit < '0' || digit > '9') {
            return Py_NewRef(Py_None);
        }
        port = port * 10 + (digit - '0');
    }
    return Py_BuildValue("(Nl)", hsi_py_string(hsi_bytes_slice(address, 0, host)), port);
}

static PyObject *show_client(const hsi_entry *entry)
{
    return show_address(entry->data);
}

static PyObject *show_server(const hsi_entry *entry)
{
    return show_address(entry->name);
}

/* What the first START entry says; None without one. */
static PyObject *started_with(PyObject *self, hsi_shower *show)
{
    PyObject *all = tuple_of(self, HSI_ENTRY_START, show);
    if (all == NULL) {
        return NULL;
    }
    PyObject *first = Py_NewRef(PyTuple_Size(all) == 0 ? Py_None : PyTuple_GetItem(all, 0));
    Py_DECREF(all);
    return first;
}

PyObject *hsi_trace_transport(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return started_with(self, show_transport);
}

PyObject *hsi_trace_started(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return started_with(self, show_started);
}

PyObject *hsi_trace_client_address(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return started_with(self, show_client);
}

PyObject *hsi_trace_server_address(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return started_with(self, show_server);
}
