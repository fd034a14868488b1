/* Convert: see the header.
 * SPDX-License-Identifier: MIT */
#include "py/convert.h"

#include "py/errors.h"
#include "tap/journal.h"

enum { REPR_MAX = 100 };

/* ---- out ---- */

PyObject *hsi_py_bytes(hsi_bytes bytes)
{
    return PyBytes_FromStringAndSize((const char *)bytes.data, (Py_ssize_t)bytes.length);
}

PyObject *hsi_py_string(hsi_bytes text)
{
    const char *start = text.length == 0 ? "" : (const char *)text.data;
    return PyUnicode_DecodeUTF8(start, (Py_ssize_t)text.length, "backslashreplace");
}

PyObject *hsi_py_text(const char *text)
{
    return text == NULL ? Py_NewRef(Py_None) : hsi_py_string(hsi_bytes_text(text));
}

PyObject *hsi_py_side(uint8_t side)
{
    const char *name = hsi_side_name(side);
    return name == NULL ? Py_NewRef(Py_None) : PyUnicode_InternFromString(name);
}

PyObject *hsi_py_name(hsi_registry registry, uint32_t value, const char *prefix)
{
    const char *name = registry(value);
    return name == NULL ? PyUnicode_FromFormat("%s_%u", prefix, (unsigned)value) : PyUnicode_InternFromString(name);
}

/* Cuts a text to REPR_MAX characters; takes it over. */
static PyObject *cut(PyObject *text)
{
    if (text == NULL || PyUnicode_GetLength(text) <= REPR_MAX) {
        return text;
    }
    PyObject *start = PyUnicode_Substring(text, 0, REPR_MAX - 2);
    Py_DECREF(text);
    PyObject *marked = start == NULL ? NULL : PyUnicode_FromFormat("%U%s", start, "\xe2\x80\xa6>");
    Py_XDECREF(start);
    return marked;
}

PyObject *hsi_py_repr(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    return cut(text);
}

PyObject *hsi_py_list_add(PyObject *list, PyObject *built)
{
    if (built == NULL || PyList_Append(list, built) < 0) {
        Py_CLEAR(list);
    }
    Py_XDECREF(built);
    return list;
}

PyObject *hsi_py_list_tuple(PyObject *list)
{
    PyObject *tuple = list == NULL ? NULL : PyList_AsTuple(list);
    Py_XDECREF(list);
    return tuple;
}

/* ---- in ---- */

static const char *const sides[] = {[HSI_CLIENT] = "client", [HSI_SERVER] = "server"};
static const char *const ends[] = {[HSI_END_FIN] = "fin", [HSI_END_RST] = "rst", [HSI_END_TRUNCATED] = "truncated"};
static const char *const transports[] = {
    [HSI_TRANSPORT_MEMORY] = "memory", [HSI_TRANSPORT_TCP] = "tcp", [HSI_TRANSPORT_SOCKET] = "socket"};

const char *hsi_transport_name(uint8_t transport)
{
    return transport < HSI_COUNT(transports) ? transports[transport] : NULL;
}

const char *hsi_end_name(uint8_t end)
{
    return end < HSI_COUNT(ends) ? ends[end] : NULL;
}

/* The index of a word; -1: an exception is set. */
static int find_word(PyObject *object, const char *const *words, size_t count, const char *what)
{
    if (PyUnicode_Check(object)) {
        for (size_t i = 0; i < count; i++) {
            if (PyUnicode_CompareWithASCIIString(object, words[i]) == 0) {
                return (int)i;
            }
        }
    }
    (void)hsi_raise_value("%R is no %s: '%s', '%s'%s", object, what, words[0], words[1],
                          count > 2 ? ", \xe2\x80\xa6" : "");
    return -1;
}

int hsi_side_in(PyObject *object, void *side)
{
    int found = find_word(object, sides, HSI_COUNT(sides), "side");
    *(uint8_t *)side = (uint8_t)found;
    return found >= 0;
}

int hsi_optional_side_in(PyObject *object, void *side)
{
    *(uint8_t *)side = HSI_NOBODY;
    return object == Py_None || hsi_side_in(object, side);
}

int hsi_end_in(PyObject *object, void *end)
{
    int found = find_word(object, ends, HSI_COUNT(ends), "kind of end");
    *(hsi_end *)end = (hsi_end)(found < 0 ? 0 : found);
    return found >= 0;
}

int hsi_transport_in(PyObject *object, void *transport)
{
    int found = find_word(object, transports, HSI_COUNT(transports), "transport");
    *(hsi_transport *)transport = (hsi_transport)(found < 0 ? 0 : found);
    return found >= 0;
}

int hsi_time_in(PyObject *object, void *time_ns)
{
    *(uint64_t *)time_ns = 0;
    if (object == Py_None) {
        return 1;
    }
    unsigned long long value = PyLong_AsUnsignedLongLong(object);
    *(uint64_t *)time_ns = value;
    return value != (unsigned long long)-1 || PyErr_Occurred() == NULL;
}

int hsi_buffer_in(PyObject *object, void *view)
{
    *(Py_buffer *)view = (Py_buffer){0};
    return object == Py_None || PyObject_GetBuffer(object, view, PyBUF_SIMPLE) == 0;
}

hsi_bytes hsi_object_bytes(PyObject *bytes)
{
    return bytes == NULL ? HSI_BYTES_EMPTY : hsi_bytes_of(PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
}

/* "host\0port": the host cannot hold the NUL that ends it. */
static PyObject *pack_address(PyObject *host, PyObject *port)
{
    PyObject *text = PyUnicode_FromFormat("%S%c%S", host, 0, port);
    PyObject *packed = text == NULL ? NULL : PyUnicode_AsUTF8String(text);
    Py_XDECREF(text);
    return packed;
}

int hsi_address_in(PyObject *object, void *address)
{
    *(PyObject **)address = NULL;
    if (object == Py_None) {
        return 1;
    }
    if (!PyTuple_Check(object) || PyTuple_Size(object) < 2) {
        (void)hsi_raise_value("%R is no address: (host, port) or None", object);
        return 0;
    }
    *(PyObject **)address = pack_address(PyTuple_GetItem(object, 0), PyTuple_GetItem(object, 1));
    return *(PyObject **)address != NULL;
}
