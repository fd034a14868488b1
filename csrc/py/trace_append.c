/* What makes a journal by hand: bytes from a capture, a key log, secrets and keys that somebody has.
 * SPDX-License-Identifier: MIT */
#include "py/errors.h"
#include "py/trace.h"
#include "tap/keylog.h"

/* Appends an entry of no side's; None, or an exception. */
static PyObject *append(PyObject *self, const hsi_entry *entry)
{
    hsi_trace *trace = hsi_trace_in(self);
    hsi_trace_lock(trace);
    bool finished = hsi_journal_finished(hsi_trace_journal(trace));
    hsi_trace_unlock(trace);
    if (finished) {
        return hsi_raise_saying(hsi_module_in(self), HSI_USAGE, "nothing can be added to a trace that is finished");
    }
    hsi_status status = hsi_trace_append(trace, entry);
    if (status != HSI_OK) {
        return hsi_raise(hsi_module_in(self), status);
    }
    Py_RETURN_NONE;
}

HSI_TRACE_METHOD(append_wire)
{
    static char *names[] = {"sender", "data", "time_ns", "sent", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_WIRE, .side = HSI_NOBODY};
    Py_buffer data;
    PyObject *sent_object = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O&y*|O&O", names, hsi_side_in, &entry.sender, &data, hsi_time_in,
                                     &entry.time_ns, &sent_object)) {
        return NULL;
    }
    Py_buffer sent;
    PyObject *appended = NULL;
    if (hsi_buffer_in(sent_object, &sent)) {
        entry.data = hsi_view_bytes(&data);
        entry.aux = hsi_view_bytes(&sent);
        appended = append(self, &entry);
        PyBuffer_Release(&sent);
    }
    PyBuffer_Release(&data);
    return appended;
}

HSI_TRACE_METHOD(append_end)
{
    static char *names[] = {"sender", "kind", "time_ns", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_END, .side = HSI_NOBODY};
    hsi_end end;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O&O&|O&", names, hsi_side_in, &entry.sender, hsi_end_in, &end,
                                     hsi_time_in, &entry.time_ns)) {
        return NULL;
    }
    entry.code = (uint8_t)end;
    return append(self, &entry);
}

HSI_TRACE_METHOD(append_secret)
{
    static char *names[] = {"label", "value", "sender", "client_random", "time_ns", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_SECRET, .side = HSI_NOBODY, .sender = HSI_NOBODY, .code = HSI_SOURCE_GIVEN};
    const char *label;
    PyObject *value_object;
    PyObject *random_object = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "sO|O&OO&", names, &label, &value_object, hsi_optional_side_in,
                                     &entry.sender, &random_object, hsi_time_in, &entry.time_ns)) {
        return NULL;
    }
    Py_buffer value;
    Py_buffer client_random;
    PyObject *appended = NULL;
    if (PyObject_GetBuffer(value_object, &value, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    if (hsi_buffer_in(random_object, &client_random)) {
        entry.name = hsi_bytes_text(label);
        entry.data = hsi_view_bytes(&value);
        entry.aux = hsi_view_bytes(&client_random);
        appended = append(self, &entry);
        PyBuffer_Release(&client_random);
    }
    PyBuffer_Release(&value);
    return appended;
}

static hsi_status take_lines(hsi_trace *trace, hsi_bytes text, size_t *lines)
{
    hsi_trace_lock(trace);
    hsi_journal *journal = hsi_trace_journal(trace);
    hsi_status status = hsi_journal_finished(journal) ? HSI_USAGE : hsi_keylog_append(journal, HSI_NOBODY, text, lines);
    hsi_trace_unlock(trace);
    return status;
}

HSI_TRACE_METHOD(append_keylog)
{
    static char *names[] = {"text", NULL};
    Py_buffer text;
    size_t lines = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &text)) {
        return NULL;
    }
    hsi_status status = take_lines(hsi_trace_in(self), hsi_view_bytes(&text), &lines);
    PyBuffer_Release(&text);
    return status == HSI_OK ? PyLong_FromSize_t(lines) : hsi_raise(hsi_module_in(self), status);
}

HSI_TRACE_METHOD(append_private_key)
{
    static char *names[] = {"encoded", "password", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_PRIVATE_KEY, .side = HSI_NOBODY, .sender = HSI_NOBODY};
    Py_buffer encoded;
    const char *password = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*|z", names, &encoded, &password)) {
        return NULL;
    }
    entry.data = hsi_view_bytes(&encoded);
    entry.name = password == NULL ? HSI_BYTES_EMPTY : hsi_bytes_text(password);
    PyObject *appended = append(self, &entry);
    PyBuffer_Release(&encoded);
    return appended;
}

HSI_TRACE_METHOD(append_psk)
{
    static char *names[] = {"identity", "key", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_PSK, .side = HSI_NOBODY, .sender = HSI_NOBODY};
    PyObject *identity_object;
    Py_buffer key;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Oy*", names, &identity_object, &key)) {
        return NULL;
    }
    Py_buffer identity;
    PyObject *appended = NULL;
    if (hsi_buffer_in(identity_object, &identity)) {
        entry.code = identity_object == Py_None;
        entry.data = hsi_view_bytes(&key);
        entry.name = hsi_view_bytes(&identity);
        appended = append(self, &entry);
        PyBuffer_Release(&identity);
    }
    PyBuffer_Release(&key);
    return appended;
}

HSI_TRACE_METHOD(append_start)
{
    static char *names[] = {"transport", "client", "server", NULL};
    hsi_entry entry = {.kind = HSI_ENTRY_START, .side = HSI_NOBODY, .sender = HSI_NOBODY};
    hsi_transport transport;
    PyObject *client_object;
    PyObject *server_object;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O&OO", names, hsi_transport_in, &transport, &client_object,
                                     &server_object)) {
        return NULL;
    }
    PyObject *client;
    PyObject *server = NULL;
    PyObject *appended = NULL;
    if (hsi_address_in(client_object, &client) && hsi_address_in(server_object, &server)) {
        hsi_trace_lock(hsi_trace_in(self));
        entry.number = hsi_journal_now(hsi_trace_journal(hsi_trace_in(self)));
        hsi_trace_unlock(hsi_trace_in(self));
        entry.code = (uint8_t)transport;
        entry.data = hsi_object_bytes(client);
        entry.name = hsi_object_bytes(server);
        appended = append(self, &entry);
    }
    Py_XDECREF(client);
    Py_XDECREF(server);
    return appended;
}
