/* The methods of a session for what it does besides its handshake and moving data (csrc/live/session_features.c). Over memory
 * only: internal, for the lab.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "py/session.h"

enum { EARLY_MAX = 16384 }; /* bytes that one read gives */

/* ---- operations ---- */

typedef struct transfer {
    uint8_t *out;
    size_t size;
    hsi_bytes in;
    size_t done;
} transfer;

static hsi_status do_write_early(hsi_session *session, void *arguments)
{
    return hsi_session_write_early(session, ((transfer *)arguments)->in);
}

static hsi_status do_read_early(hsi_session *session, void *arguments)
{
    transfer *to = arguments;
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

static PyObject *drive(PyObject *self, hsi_operation *operation, void *arguments)
{
    if (hsi_session_drive((Session *)self, NULL, operation, arguments) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

PyObject *hsi_session_py_write_early(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", NULL};
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &data)) {
        return NULL;
    }
    transfer from = {.in = hsi_view_bytes(&data)};
    PyObject *written = drive(self, do_write_early, &from);
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
    if (size < 0) {
        return hsi_raise_value("%zd is no number of bytes", size);
    }
    uint8_t plaintext[EARLY_MAX];
    transfer to = {.out = plaintext, .size = size < EARLY_MAX ? (size_t)size : EARLY_MAX};
    int driven = hsi_session_drive((Session *)self, NULL, do_read_early, &to);
    PyObject *bytes = driven < 0 ? NULL : hsi_py_bytes(hsi_bytes_of(plaintext, to.done));
    hsi_memory_wipe(plaintext, to.done);
    return bytes;
}

PyObject *hsi_session_py_key_update(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"peer_too", NULL};
    int peer_too = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|p", names, &peer_too)) {
        return NULL;
    }
    return drive(self, do_key_update, &peer_too);
}

PyObject *hsi_session_py_rehandshake(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return drive(self, do_rehandshake, NULL);
}

PyObject *hsi_session_py_reauth(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return drive(self, do_reauth, NULL);
}
