/* Convert: between the core's values and Python's. Out: each returns a new object, or NULL with an exception set.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_CONVERT_H
#define HSI_PY_CONVERT_H

#include "proto/registries.h"
#include "py/state.h"

/* ---- out ---- */

PyObject *hsi_py_bytes(hsi_bytes bytes);

/* hsi_py_text: a C string; NULL is None. hsi_py_string: bytes that are text. What is not UTF-8 is escaped, so neither fails
 * for what a peer sent. */
PyObject *hsi_py_text(const char *text);
PyObject *hsi_py_string(hsi_bytes text);

/* hsi_py_side: "client", "server" or None. */
PyObject *hsi_py_side(uint8_t side);

/* hsi_py_name: the registered name of a number; else the prefix and the number: "alert_77". */
PyObject *hsi_py_name(hsi_registry registry, uint32_t value, const char *prefix);

/* hsi_py_repr: a format as for PyUnicode_FromFormat; the result is cut to the 100 characters that a repr may have. */
PyObject *hsi_py_repr(const char *format, ...);

/* hsi_py_list_add appends what was built to a list, and takes both; NULL: one of them failed. hsi_py_list_tuple takes a
 * list, or NULL where making it failed, and returns the tuple of it. */
PyObject *hsi_py_list_add(PyObject *list, PyObject *built);
PyObject *hsi_py_list_tuple(PyObject *list);

/* ---- in: converters for the argument format O&; 1: done, 0: an exception is set ---- */

int hsi_side_in(PyObject *object, void *side);          /* uint8_t: "client" or "server" */
int hsi_optional_side_in(PyObject *object, void *side); /* None too: HSI_NOBODY */
int hsi_time_in(PyObject *object, void *time_ns);       /* uint64_t; None: 0, which means now */
int hsi_end_in(PyObject *object, void *end);            /* hsi_end: "fin", "rst" or "truncated" */
int hsi_transport_in(PyObject *object, void *transport); /* hsi_transport: "memory", "tcp" or "socket" */
int hsi_buffer_in(PyObject *object, void *view);        /* Py_buffer, to be released; None: an empty one */

/* hsi_address_in: (host, port) or None, as bytes "host\0port" or NULL for a START entry: a new PyObject. */
int hsi_address_in(PyObject *object, void *address);

/* hsi_transport_name: "memory"… hsi_end_name: "fin"… NULL: there is no such one. */
const char *hsi_transport_name(uint8_t transport);
const char *hsi_end_name(uint8_t end);

/* hsi_view_bytes borrows what a buffer shows, until it is released. */
static inline hsi_bytes hsi_view_bytes(const Py_buffer *view)
{
    return hsi_bytes_of(view->buf, (size_t)view->len);
}

/* hsi_object_bytes borrows the contents of a bytes object, or nothing of NULL. */
hsi_bytes hsi_object_bytes(PyObject *bytes);

#endif
