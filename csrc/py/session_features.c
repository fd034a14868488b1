/* The methods of a session for what it does besides its handshake and moving data (csrc/live/session_features.c). Over memory
 * only: internal, for the lab.
 * SPDX-License-Identifier: MIT */
#include "py/session.h"

/* ---- operations ---- */

static hsi_status do_write_early(hsi_session *session, void *arguments)
{
    return hsi_session_write_early(session, ((hsi_transfer *)arguments)->in);
}

static hsi_status do_read_early(hsi_session *session, void *arguments)
{
    hsi_transfer *to = arguments;
    return hsi_session_read_early(session, to->out, to->size, &to->done);
}

static hsi_status do_key_update(hsi_session *session, void *arguments)
{
    return hsi_session_key_update(session, *(int *)arguments != 0);
}

static hsi_status do_rehandshake(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_rehandshake(session);
}

static hsi_status do_reauth(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_reauth(session);
}

/* ---- methods ---- */

PyObject *hsi_session_py_write_early(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", NULL};
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &data)) {
        return NULL;
    }
    hsi_transfer from = {.in = hsi_view_bytes(&data)};
    PyObject *written = hsi_session_py_do(self, NULL, do_write_early, &from);
    PyBuffer_Release(&data);
    return written;
}

PyObject *hsi_session_py_read_early(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"size", NULL};
    Py_ssize_t size;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "n", names, &size)) {
        return NULL;
    }
    return hsi_session_py_give(self, NULL, do_read_early, size);
}

PyObject *hsi_session_py_key_update(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"peer_too", NULL};
    int peer_too = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|p", names, &peer_too)) {
        return NULL;
    }
    return hsi_session_py_do(self, NULL, do_key_update, &peer_too);
}

PyObject *hsi_session_py_rehandshake(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return hsi_session_py_do(self, NULL, do_rehandshake, NULL);
}

PyObject *hsi_session_py_reauth(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return hsi_session_py_do(self, NULL, do_reauth, NULL);
}
