/* The methods of a session: each an operation of csrc/live with its arguments, over memory or on a socket.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "py/session.h"

enum { RECORD_MAX = 16384 }; /* a read gives the content of at most one record, RFC 8446 section 5.1 */

/* ---- operations ---- */

static hsi_status do_handshake(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_handshake(session);
}

static hsi_status do_read(hsi_session *session, void *arguments)
{
    hsi_transfer *to = arguments;
    return hsi_session_read(session, to->out, to->size, &to->done);
}

static hsi_status do_write(hsi_session *session, void *arguments)
{
    hsi_transfer *from = arguments;
    return hsi_session_write(session, from->in, &from->done);
}

static hsi_status do_close_notify(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_close_notify(session);
}

static hsi_status do_feed(hsi_session *session, void *arguments)
{
    return hsi_session_feed(session, ((hsi_transfer *)arguments)->in);
}

static hsi_status do_feed_end(hsi_session *session, void *arguments)
{
    return hsi_session_feed_end(session, *(hsi_end *)arguments);
}

static hsi_status do_sent_end(hsi_session *session, void *arguments)
{
    return hsi_session_sent_end(session, *(hsi_end *)arguments);
}

typedef struct taking {
    hsi_buffer out;
    size_t limit;
} taking;

static hsi_status do_take(hsi_session *session, void *arguments)
{
    taking *to = arguments;
    return hsi_session_take(session, &to->out, to->limit);
}

/* ---- what a method does, over memory (`socket` NULL) or on a socket ---- */

PyObject *hsi_session_py_do(PyObject *self, const hsi_socket *socket, hsi_operation *operation, void *arguments)
{
    if (hsi_session_drive((Session *)self, socket, operation, arguments) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

PyObject *hsi_session_py_give(PyObject *self, const hsi_socket *socket, hsi_operation *operation, Py_ssize_t size)
{
    if (size < 0) {
        return hsi_raise_value("%zd is no number of bytes", size);
    }
    uint8_t plaintext[RECORD_MAX];
    hsi_transfer to = {.out = plaintext, .size = size < RECORD_MAX ? (size_t)size : RECORD_MAX};
    int driven = hsi_session_drive((Session *)self, socket, operation, &to);
    PyObject *bytes = driven < 0 ? NULL : hsi_py_bytes(hsi_bytes_of(plaintext, to.done));
    hsi_memory_wipe(plaintext, to.done);
    return bytes;
}

/* Each of the next two lets go of the buffer. */
static PyObject *read_into(PyObject *self, const hsi_socket *socket, Py_buffer *buffer)
{
    hsi_transfer to = {.out = buffer->buf, .size = (size_t)buffer->len};
    int driven = hsi_session_drive((Session *)self, socket, do_read, &to);
    PyBuffer_Release(buffer);
    return driven < 0 ? NULL : PyLong_FromSize_t(to.done);
}

static PyObject *write_bytes(PyObject *self, const hsi_socket *socket, Py_buffer *buffer)
{
    hsi_transfer from = {.in = hsi_view_bytes(buffer)};
    int driven = hsi_session_drive((Session *)self, socket, do_write, &from);
    PyBuffer_Release(buffer);
    return driven < 0 ? NULL : PyLong_FromSize_t(from.done);
}

/* ---- methods over memory ---- */

static PyObject *session_feed(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", NULL};
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &data)) {
        return NULL;
    }
    hsi_transfer from = {.in = hsi_view_bytes(&data)};
    PyObject *fed = hsi_session_py_do(self, NULL, do_feed, &from);
    PyBuffer_Release(&data);
    return fed;
}

static PyObject *end_with(PyObject *self, PyObject *args, PyObject *keywords, hsi_operation *operation)
{
    static char *names[] = {"kind", NULL};
    hsi_end end = HSI_END_FIN;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O&", names, hsi_end_in, &end)) {
        return NULL;
    }
    return hsi_session_py_do(self, NULL, operation, &end);
}

static PyObject *session_feed_end(PyObject *self, PyObject *args, PyObject *keywords)
{
    return end_with(self, args, keywords, do_feed_end);
}

static PyObject *session_sent_end(PyObject *self, PyObject *args, PyObject *keywords)
{
    return end_with(self, args, keywords, do_sent_end);
}

static PyObject *session_take(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"limit", NULL};
    Py_ssize_t limit = -1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|n", names, &limit)) {
        return NULL;
    }
    taking to = {HSI_BUFFER_EMPTY, limit < 0 ? SIZE_MAX : (size_t)limit};
    int driven = hsi_session_drive((Session *)self, NULL, do_take, &to);
    PyObject *bytes = driven < 0 ? NULL : hsi_py_bytes(hsi_buffer_peek(&to.out));
    hsi_buffer_cleanup(&to.out);
    return bytes;
}

static PyObject *session_do_handshake(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return hsi_session_py_do(self, NULL, do_handshake, NULL);
}

static PyObject *session_read(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"size", NULL};
    Py_ssize_t size;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "n", names, &size)) {
        return NULL;
    }
    return hsi_session_py_give(self, NULL, do_read, size);
}

static PyObject *session_read_into(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"buffer", NULL};
    Py_buffer buffer;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "w*", names, &buffer)) {
        return NULL;
    }
    return read_into(self, NULL, &buffer);
}

static PyObject *session_write(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", NULL};
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &data)) {
        return NULL;
    }
    return write_bytes(self, NULL, &data);
}

static PyObject *session_close_notify(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return hsi_session_py_do(self, NULL, do_close_notify, NULL);
}

/* ---- methods on a socket ---- */

static PyObject *drive_on(PyObject *self, PyObject *args, PyObject *keywords, hsi_operation *operation)
{
    static char *names[] = {"descriptor", "timeout", NULL};
    hsi_socket socket;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO&", names, &socket.descriptor, hsi_timeout_in,
                                     &socket.timeout)) {
        return NULL;
    }
    return hsi_session_py_do(self, &socket, operation, NULL);
}

static PyObject *session_do_handshake_on(PyObject *self, PyObject *args, PyObject *keywords)
{
    return drive_on(self, args, keywords, do_handshake);
}

static PyObject *session_close_notify_on(PyObject *self, PyObject *args, PyObject *keywords)
{
    return drive_on(self, args, keywords, do_close_notify);
}

static PyObject *session_read_on(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"descriptor", "timeout", "size", NULL};
    hsi_socket socket;
    Py_ssize_t size;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO&n", names, &socket.descriptor, hsi_timeout_in, &socket.timeout,
                                     &size)) {
        return NULL;
    }
    return hsi_session_py_give(self, &socket, do_read, size);
}

static PyObject *session_read_into_on(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"descriptor", "timeout", "buffer", NULL};
    hsi_socket socket;
    Py_buffer buffer;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO&w*", names, &socket.descriptor, hsi_timeout_in,
                                     &socket.timeout, &buffer)) {
        return NULL;
    }
    return read_into(self, &socket, &buffer);
}

static PyObject *session_write_on(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"descriptor", "timeout", "data", NULL};
    hsi_socket socket;
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO&y*", names, &socket.descriptor, hsi_timeout_in,
                                     &socket.timeout, &data)) {
        return NULL;
    }
    return write_bytes(self, &socket, &data);
}

/* ---- the rest ---- */

static PyObject *session_set_listener(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"listener", "listens", NULL};
    PyObject *listener;
    unsigned listens = HSI_LISTENS_ALL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|I", names, &listener, &listens)) {
        return NULL;
    }
    if (listener != Py_None && !PyCallable_Check(listener)) {
        return hsi_raise_type("a listener can be called");
    }
    hsi_status status = hsi_session_listen((Session *)self, listener == Py_None ? NULL : listener, listens);
    if (status != HSI_OK) {
        return hsi_raise(hsi_module_of(self), status);
    }
    Py_RETURN_NONE;
}

static PyObject *session_close(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    if (hsi_session_close((Session *)self) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

PyMethodDef hsi_session_methods[] = {
    {"set_listener", HSI_KEYWORDS(session_set_listener),
     PyDoc_STR("set_listener($self, listener, listens=255)\n--\n\n"
               "listener(event), for each event from now on whose kind's bit is set.")},
    {"feed", HSI_KEYWORDS(session_feed), PyDoc_STR("feed($self, data)\n--\n\nBytes from the peer.")},
    {"feed_end", HSI_KEYWORDS(session_feed_end),
     PyDoc_STR("feed_end($self, kind='fin')\n--\n\nNo bytes follow from the peer.")},
    {"sent_end", HSI_KEYWORDS(session_sent_end),
     PyDoc_STR("sent_end($self, kind='fin')\n--\n\nOur side of the transport was closed.")},
    {"take", HSI_KEYWORDS(session_take), PyDoc_STR("take($self, limit=-1)\n--\n\nBytes for the peer.")},
    {"do_handshake", session_do_handshake, METH_NOARGS,
     PyDoc_STR("do_handshake($self)\n--\n\nGoes on with the handshake; WantReadError: feed it first.")},
    {"read", HSI_KEYWORDS(session_read),
     PyDoc_STR("read($self, size)\n--\n\nDecrypted bytes: at least one, of one record at most.")},
    {"read_into", HSI_KEYWORDS(session_read_into),
     PyDoc_STR("read_into($self, buffer)\n--\n\nAs read; returns how many.")},
    {"write", HSI_KEYWORDS(session_write), PyDoc_STR("write($self, data)\n--\n\nEncrypts; returns how many.")},
    {"close_notify", session_close_notify, METH_NOARGS,
     PyDoc_STR("close_notify($self)\n--\n\nSends close_notify, once.")},
    {"write_early", HSI_KEYWORDS(hsi_session_py_write_early),
     PyDoc_STR("write_early($self, data)\n--\n\nEarly data, before do_handshake, of a client that resumes.")},
    {"read_early", HSI_KEYWORDS(hsi_session_py_read_early),
     PyDoc_STR("read_early($self, size)\n--\n\nEarly data that a server accepted; WantReadError: no more.")},
    {"key_update", HSI_KEYWORDS(hsi_session_py_key_update),
     PyDoc_STR("key_update($self, peer_too=False)\n--\n\nNew keys to write with; TLS 1.3.")},
    {"rehandshake", hsi_session_py_rehandshake, METH_NOARGS,
     PyDoc_STR("rehandshake($self)\n--\n\nBegins another handshake, which reading goes on with; before TLS 1.3.")},
    {"reauth", hsi_session_py_reauth, METH_NOARGS,
     PyDoc_STR("reauth($self)\n--\n\nA server asks for a certificate; reading goes on with it; TLS 1.3.")},
    {"resumption", hsi_session_py_resumption, METH_NOARGS,
     PyDoc_STR("resumption($self)\n--\n\nbytearray, to be wiped: what a later session needs to resume this one.")},
    {"do_handshake_on", HSI_KEYWORDS(session_do_handshake_on),
     PyDoc_STR("do_handshake_on($self, descriptor, timeout)\n--\n\nThe handshake, on a socket.")},
    {"read_on", HSI_KEYWORDS(session_read_on),
     PyDoc_STR("read_on($self, descriptor, timeout, size)\n--\n\nAs read, on a socket.")},
    {"read_into_on", HSI_KEYWORDS(session_read_into_on),
     PyDoc_STR("read_into_on($self, descriptor, timeout, buffer)\n--\n\nAs read_into, on a socket.")},
    {"write_on", HSI_KEYWORDS(session_write_on),
     PyDoc_STR("write_on($self, descriptor, timeout, data)\n--\n\nAs write, on a socket; may take less than all.")},
    {"close_notify_on", HSI_KEYWORDS(session_close_notify_on),
     PyDoc_STR("close_notify_on($self, descriptor, timeout)\n--\n\nAs close_notify, on a socket.")},
    {"pending", hsi_session_py_pending, METH_NOARGS,
     PyDoc_STR("pending($self)\n--\n\nDecrypted bytes that wait to be read.")},
    {"close", session_close, METH_NOARGS,
     PyDoc_STR("close($self)\n--\n\nFrees GnuTLS's session and finishes the trace, unless it is two-sided.")},
    {"channel_binding", HSI_KEYWORDS(hsi_session_py_channel_binding),
     PyDoc_STR("channel_binding($self, kind)\n--\n\n'tls-unique', 'tls-exporter', 'tls-server-end-point'; or None.")},
    {NULL, NULL, 0, NULL},
};
