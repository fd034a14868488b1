/* Secret: a secret or key, shown through the buffer protocol without a copy, so that its bytes stay in memory that is wiped
 * when the trace goes. Compared in constant time; its repr shows no byte of it.
 * SPDX-License-Identifier: MIT */
#include "py/secret.h"

#include "py/errors.h"

typedef struct Secret {
    hsi_object object;
    hsi_secret own; /* what the object shows, where the tap has no such item */
} Secret;

static const hsi_secret *secret_of(PyObject *self)
{
    return hsi_item_of(self);
}

PyObject *hsi_secret_given(hsi_module *module, const hsi_view *view, const hsi_secret *secret)
{
    PyObject *self = hsi_object_new(module, HSI_TYPE_SECRET, view, NULL);
    if (self != NULL) {
        ((Secret *)self)->own = *secret;
        ((hsi_object *)self)->item = &((Secret *)self)->own;
    }
    return self;
}

/* ---- bytes ---- */

static int secret_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    hsi_bytes value = secret_of(self)->value;
    void *start = NULL; /* the buffer's pointer is not const; the view is read-only */
    memcpy(&start, &value.data, sizeof start);
    return PyBuffer_FillInfo(view, self, start, (Py_ssize_t)value.length, 1, flags);
}

static Py_ssize_t secret_length(PyObject *self)
{
    return (Py_ssize_t)secret_of(self)->value.length;
}

static PyObject *secret_value(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return PyMemoryView_FromObject(self);
}

/* PEP 688's name for the slot above, which Python itself gives it from 3.12 on only. */
static PyObject *secret_buffer(PyObject *self, PyObject *flags)
{
    Py_buffer view;
    int asked = (int)PyLong_AsLong(flags);
    if ((asked == -1 && PyErr_Occurred()) || PyObject_GetBuffer(self, &view, asked) < 0) {
        return NULL; /* what is asked for cannot be had: to write */
    }
    PyBuffer_Release(&view);
    return PyMemoryView_FromObject(self);
}

/* Compares as many bytes as there are, however early they differ. */
static bool equal(hsi_bytes a, hsi_bytes b)
{
    if (a.length != b.length) {
        return false;
    }
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.length; i++) {
        difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
    }
    return difference == 0;
}

static PyObject *secret_compare(PyObject *self, PyObject *other, int operation)
{
    Py_buffer view;
    if ((operation != Py_EQ && operation != Py_NE) || !PyObject_CheckBuffer(other)) {
        return Py_NewRef(Py_NotImplemented);
    }
    if (PyObject_GetBuffer(other, &view, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    bool same = equal(secret_of(self)->value, hsi_view_bytes(&view));
    PyBuffer_Release(&view);
    return PyBool_FromLong(same == (operation == Py_EQ));
}

/* ---- what is known of it ---- */

static PyObject *secret_epoch(PyObject *self, void *at)
{
    return secret_of(self)->epoch == HSI_NO_EPOCH ? Py_NewRef(Py_None) : hsi_get_u64(self, at);
}

static PyObject *secret_time(PyObject *self, void *at)
{
    return secret_of(self)->time_ns == 0 ? Py_NewRef(Py_None) : hsi_get_u64(self, at);
}

static PyObject *secret_source(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_text(hsi_source_name((uint8_t)secret_of(self)->source));
}

static PyObject *secret_handshake(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    size_t negotiation = secret_of(self)->negotiation;
    return negotiation == 0 ? Py_NewRef(Py_None) : PyLong_FromSize_t(negotiation - 1);
}

static PyObject *secret_repr(PyObject *self)
{
    const hsi_secret *secret = secret_of(self);
    PyObject *label = hsi_py_text(secret->label);
    if (label == NULL) {
        return NULL;
    }
    PyObject *repr = hsi_py_repr("<Secret %R %zu bytes, %s, masked>", label, secret->value.length,
                                 hsi_source_name((uint8_t)secret->source));
    Py_DECREF(label);
    return repr;
}

static PyGetSetDef secret_getset[] = {
    HSI_SHOW("label", hsi_get_text, hsi_secret, label,
             "str: the key log's label where it has one, else the RFC's words."),
    HSI_SHOW("side", hsi_get_side, hsi_secret, side, "Who surfaced it; None: derived or given."),
    HSI_SHOW("sender", hsi_get_side, hsi_secret, sender, "Who writes with it; None: shared."),
    HSI_SHOW("epoch", secret_epoch, hsi_secret, epoch, "int: the epoch it protects; None: none."),
    HSI_SHOW("time_ns", secret_time, hsi_secret, time_ns, "int: when it was surfaced, ns since 1970; None: derived."),
    {"handshake", secret_handshake, NULL,
     PyDoc_STR("int: its negotiation's place in trace.handshakes; None: it does not say whose it is."), NULL},
    {"value", secret_value, NULL, PyDoc_STR("memoryview: the bytes, read-only."), NULL},
    {"source", secret_source, NULL,
     PyDoc_STR("'keylog', 'probe', 'gnutls log', 'gnutls', 'derived', 'private key' or 'given'."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef secret_methods[] = {
    {"__buffer__", secret_buffer, METH_O, PyDoc_STR("__buffer__($self, flags, /)\n--\n\nThe bytes, read-only.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot secret_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("A secret or key. Supports the buffer protocol, len() and ==.")},
    {Py_tp_dealloc, (void *)hsi_object_dealloc},
    {Py_tp_richcompare, (void *)secret_compare},
    {Py_tp_repr, (void *)secret_repr},
    {Py_tp_getset, secret_getset},
    {Py_tp_methods, secret_methods},
    {Py_sq_length, (void *)secret_length},
    {Py_bf_getbuffer, (void *)secret_getbuffer},
    {0, NULL},
};

PyType_Spec hsi_spec_secret = {
    .name = "hsinspect.Secret", .basicsize = sizeof(Secret), .flags = HSI_FINAL, .slots = secret_slots};
