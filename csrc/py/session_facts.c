/* What is known of a session. May be asked from a callback; of a closed session nothing is known any more.
 * SPDX-License-Identifier: MIT */
#include "py/session.h"

/* An answer that an operation below leaves. */
typedef struct answer {
    const char *text;
    const char *kind;
    size_t number;
    bool yes;
    hsi_bytes bytes; /* borrowed */
    hsi_buffer copy;
} answer;

static hsi_status ask_established(hsi_session *session, void *out)
{
    ((answer *)out)->yes = hsi_session_established(session);
    return HSI_OK;
}

static hsi_status ask_version(hsi_session *session, void *out)
{
    ((answer *)out)->text = hsi_session_version(session);
    return HSI_OK;
}

static hsi_status ask_suite(hsi_session *session, void *out)
{
    int suite = hsi_session_suite(session);
    ((answer *)out)->yes = suite >= 0;
    ((answer *)out)->number = suite >= 0 ? (size_t)suite : 0;
    return HSI_OK;
}

static hsi_status ask_alpn(hsi_session *session, void *out)
{
    hsi_bytes chosen = HSI_BYTES_EMPTY;
    HSI_TRY(hsi_session_alpn(session, &chosen));
    return hsi_buffer_append(&((answer *)out)->copy, chosen);
}

static hsi_status ask_server_name(hsi_session *session, void *out)
{
    return hsi_session_server_name(session, &((answer *)out)->copy);
}

static hsi_status ask_resumed(hsi_session *session, void *out)
{
    ((answer *)out)->yes = hsi_session_resumed(session);
    return HSI_OK;
}

static hsi_status ask_certificate(hsi_session *session, void *out)
{
    answer *to = out;
    to->yes = hsi_session_peer_certificate(session, to->number, &to->bytes);
    return to->yes ? hsi_buffer_append(&to->copy, to->bytes) : HSI_OK;
}

static hsi_status ask_pending(hsi_session *session, void *out)
{
    ((answer *)out)->number = hsi_session_pending(session);
    return HSI_OK;
}

static hsi_status ask_channel_binding(hsi_session *session, void *out)
{
    answer *to = out;
    hsi_status status = hsi_session_channel_binding(session, to->kind, &to->copy);
    to->yes = status == HSI_OK;
    return status;
}

static void ask(PyObject *self, hsi_operation *operation, answer *to)
{
    (void)hsi_session_ask((Session *)self, operation, to);
}

/* ---- shown ---- */

static PyObject *show_yes(PyObject *self, hsi_operation *operation)
{
    answer got = {0};
    ask(self, operation, &got);
    return PyBool_FromLong(got.yes);
}

/* Text of the peer's; None where there is none. */
static PyObject *show_copy(PyObject *self, hsi_operation *operation)
{
    answer got = {0};
    ask(self, operation, &got);
    hsi_bytes text = hsi_buffer_peek(&got.copy);
    PyObject *shown = text.length == 0 ? Py_NewRef(Py_None) : hsi_py_string(text);
    hsi_buffer_cleanup(&got.copy);
    return shown;
}

static PyObject *session_trace(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return Py_NewRef(((Session *)self)->trace);
}

static PyObject *session_server_side(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return PyBool_FromLong(((Session *)self)->server_side);
}

static PyObject *session_established(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return show_yes(self, ask_established);
}

static PyObject *session_resumed(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return show_yes(self, ask_resumed);
}

static PyObject *session_version(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    answer got = {0};
    ask(self, ask_version, &got);
    return hsi_py_text(got.text);
}

static PyObject *session_cipher_suite(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    answer got = {0};
    ask(self, ask_suite, &got);
    return got.yes ? PyLong_FromSize_t(got.number) : Py_NewRef(Py_None);
}

static PyObject *session_alpn(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return show_copy(self, ask_alpn);
}

static PyObject *session_server_name(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return show_copy(self, ask_server_name);
}

/* Appends the index-th certificate. 1: it did; 0: there is none; -1: an exception is set. */
static int add_certificate(PyObject *self, PyObject *list, size_t index)
{
    answer got = {.number = index};
    ask(self, ask_certificate, &got);
    PyObject *certificate = got.yes ? hsi_py_bytes(hsi_buffer_peek(&got.copy)) : NULL;
    hsi_buffer_cleanup(&got.copy);
    if (!got.yes) {
        return 0;
    }
    int added = certificate == NULL || PyList_Append(list, certificate) < 0 ? -1 : 1;
    Py_XDECREF(certificate);
    return added;
}

static PyObject *session_peer_certificates(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    PyObject *list = PyList_New(0);
    int added = list == NULL ? -1 : 1;
    for (size_t i = 0; added > 0; i++) {
        added = add_certificate(self, list, i);
    }
    PyObject *tuple = added < 0 ? NULL : PyList_AsTuple(list);
    Py_XDECREF(list);
    return tuple;
}

PyObject *hsi_session_py_pending(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    answer got = {0};
    ask(self, ask_pending, &got);
    return PyLong_FromSize_t(got.number);
}

PyObject *hsi_session_py_channel_binding(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"kind", NULL};
    answer got = {0};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "s", names, &got.kind)) {
        return NULL;
    }
    ask(self, ask_channel_binding, &got);
    PyObject *binding = got.yes ? hsi_py_bytes(hsi_buffer_peek(&got.copy)) : Py_NewRef(Py_None);
    hsi_buffer_cleanup(&got.copy);
    return binding;
}

static hsi_status take_resumption(hsi_session *session, void *out)
{
    return hsi_session_resumption(session, out);
}

PyObject *hsi_session_py_resumption(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    hsi_buffer taken = HSI_BUFFER_EMPTY;
    int driven = hsi_session_drive((Session *)self, NULL, take_resumption, &taken);
    hsi_bytes all = hsi_buffer_peek(&taken);
    PyObject *bytes = driven < 0 ? NULL : PyByteArray_FromStringAndSize((const char *)all.data, (Py_ssize_t)all.length);
    hsi_buffer_cleanup(&taken);
    return bytes;
}

PyGetSetDef hsi_session_getset[] = {
    {"trace", session_trace, NULL, PyDoc_STR("Trace: the one it was made with."), NULL},
    {"server_side", session_server_side, NULL, PyDoc_STR("bool"), NULL},
    {"established", session_established, NULL, PyDoc_STR("bool: the handshake is done."), NULL},
    {"version", session_version, NULL, PyDoc_STR("str: 'TLSv1.3'; None: none yet."), NULL},
    {"cipher_suite", session_cipher_suite, NULL, PyDoc_STR("int: IANA's number; None: none yet."), NULL},
    {"alpn", session_alpn, NULL, PyDoc_STR("str: the protocol chosen; or None."), NULL},
    {"server_name", session_server_name, NULL, PyDoc_STR("str: what the client asked for; or None."), NULL},
    {"resumed", session_resumed, NULL, PyDoc_STR("bool: an earlier session was resumed."), NULL},
    {"peer_certificates", session_peer_certificates, NULL, PyDoc_STR("tuple[bytes, ...]: the chain, DER."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
