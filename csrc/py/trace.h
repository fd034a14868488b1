/* Trace: the Python object of a trace, for the files of csrc/py that look into it.
 *
 *     trace.c         the type: lists of what was found
 *     trace_copies.c  its journal as a whole: bytes, copies, equality
 *     trace_facts.c   what the journal says of the connection: addresses, verdicts, results, notes
 *     trace_wire.c    what went over the wire, piece by piece
 *     trace_append.c  what makes a journal by hand
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_TRACE_H
#define HSI_PY_TRACE_H

#include "py/object.h"

typedef struct Trace {
    PyObject_HEAD hsi_module *module; /* not found by the type of an object, which may be a subclass */
    hsi_trace *trace;
} Trace;

static inline hsi_trace *hsi_trace_in(PyObject *trace)
{
    return ((Trace *)trace)->trace;
}

static inline hsi_module *hsi_module_in(PyObject *trace)
{
    return ((Trace *)trace)->module;
}

/* hsi_trace_entries shows the entries of the journal for whose kind there is a function, in order, as a tuple. They must
 * not be let go of meanwhile: wire entries only of a trace that keeps all. */
typedef PyObject *hsi_shower(const hsi_entry *entry);
PyObject *hsi_trace_entries(PyObject *self, hsi_shower *const showers[HSI_ENTRY_KINDS]);

/* hsi_trace_fill has the Trace show another trace, which it takes over. */
void hsi_trace_fill(PyObject *self, hsi_trace *trace);

/* Getters, trace_facts.c. */
PyObject *hsi_trace_transport(PyObject *self, void *at);
PyObject *hsi_trace_client_address(PyObject *self, void *at);
PyObject *hsi_trace_server_address(PyObject *self, void *at);
PyObject *hsi_trace_started(PyObject *self, void *at);
PyObject *hsi_trace_verdicts(PyObject *self, void *at);
PyObject *hsi_trace_results(PyObject *self, void *at);
PyObject *hsi_trace_notes(PyObject *self, void *at);
PyObject *hsi_trace_opening_entries(PyObject *self, void *at);
PyObject *hsi_trace_fault_entries(PyObject *self, void *at);

/* trace_wire.c. */
PyObject *hsi_trace_wire(PyObject *self, void *at);

/* trace_copies.c. */
PyObject *hsi_trace_dumps(PyObject *self, PyObject *unused);
PyObject *hsi_trace_copy_into(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *hsi_trace_redact_into(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *hsi_trace_compare(PyObject *self, PyObject *other, int operation);

/* Methods, trace_append.c. */
#define HSI_TRACE_METHOD(name) PyObject *hsi_trace_##name(PyObject *self, PyObject *args, PyObject *keywords)
HSI_TRACE_METHOD(append_wire);
HSI_TRACE_METHOD(append_end);
HSI_TRACE_METHOD(append_secret);
HSI_TRACE_METHOD(append_keylog);
HSI_TRACE_METHOD(append_private_key);
HSI_TRACE_METHOD(append_psk);
HSI_TRACE_METHOD(append_start);

#endif
