/* Capture: a capture file's bytes in, traces out: the reader of csrc/capture. Internal: the Python module opens the file. Without
 * the GIL while it reads; two threads cannot read at once.
 * SPDX-License-Identifier: MIT */
#include <stdatomic.h>

#include "capture/reader.h"
#include "py/errors.h"
#include "py/trace.h"

typedef struct Capture {
    PyObject_HEAD hsi_reader *reader;
    atomic_flag reading;
} Capture;

static hsi_reader *reader_in(PyObject *self)
{
    return ((Capture *)self)->reader;
}

static PyObject *capture_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "", names)) {
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    atomic_flag_clear(&((Capture *)self)->reading);
    ((Capture *)self)->reader = hsi_reader_new();
    if (reader_in(self) == NULL) {
        Py_DECREF(self);
        return hsi_raise(PyType_GetModuleState(type), HSI_NO_MEMORY);
    }
    return self;
}

static void capture_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    PyThreadState *saved = PyEval_SaveThread();
    hsi_reader_free(reader_in(self));
    PyEval_RestoreThread(saved);
    release(self);
    Py_DECREF(type);
}

/* False: another thread reads, and an exception is set. */
static bool begin(PyObject *self)
{
    bool free = !atomic_flag_test_and_set(&((Capture *)self)->reading);
    if (!free) {
        (void)hsi_raise_saying(hsi_module_of(self), HSI_USAGE, "another thread reads from this capture");
    }
    return free;
}

static void end(PyObject *self)
{
    atomic_flag_clear(&((Capture *)self)->reading);
}

static PyObject *waiting(PyObject *self, hsi_status status)
{
    return status == HSI_OK ? PyLong_FromSize_t(hsi_reader_waiting(reader_in(self)))
                            : hsi_raise(hsi_module_of(self), status);
}

/* ---- reading ---- */

static PyObject *capture_feed(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", NULL};
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &data)) {
        return NULL;
    }
    PyObject *count = NULL;
    if (begin(self)) {
        PyThreadState *saved = PyEval_SaveThread();
        hsi_status status = hsi_reader_feed(reader_in(self), hsi_view_bytes(&data));
        PyEval_RestoreThread(saved);
        end(self);
        count = waiting(self, status);
    }
    PyBuffer_Release(&data);
    return count;
}

static PyObject *capture_finish(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    if (!begin(self)) {
        return NULL;
    }
    PyThreadState *saved = PyEval_SaveThread();
    hsi_status status = hsi_reader_finish(reader_in(self));
    PyEval_RestoreThread(saved);
    end(self);
    return waiting(self, status);
}

static PyObject *capture_take_into(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"empty", NULL};
    PyObject *empty;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!", names, hsi_module_of(self)->types[HSI_TYPE_TRACE], &empty) ||
        !begin(self)) {
        return NULL;
    }
    hsi_trace *trace = hsi_reader_take(reader_in(self));
    end(self);
    if (trace != NULL) {
        hsi_trace_fill(empty, trace);
    }
    return PyBool_FromLong(trace != NULL);
}

/* ---- keys ---- */

static PyObject *capture_add_keylog(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"text", NULL};
    Py_buffer text;
    size_t lines = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &text)) {
        return NULL;
    }
    PyObject *count = NULL;
    if (begin(self)) {
        PyThreadState *saved = PyEval_SaveThread();
        hsi_status status = hsi_keyring_lines(hsi_reader_keyring(reader_in(self)), hsi_view_bytes(&text), &lines);
        PyEval_RestoreThread(saved);
        end(self);
        count = status == HSI_OK ? PyLong_FromSize_t(lines) : hsi_raise(hsi_module_of(self), status);
    }
    PyBuffer_Release(&text);
    return count;
}

static PyObject *raise_private_key(PyObject *self, hsi_status status)
{
    static const struct {
        hsi_status status;
        const char *text;
    } reasons[] = {
        {HSI_ILLEGAL, "it is no private key: neither PEM nor DER nor PKCS #12"},
        {HSI_CREDENTIALS, "the private key is encrypted, and this is not its password"},
        {HSI_UNSUPPORTED, "the private key is none of RSA: only RSA key exchange can be opened with a private key"},
    };
    for (size_t i = 0; i < HSI_COUNT(reasons); i++) {
        if (reasons[i].status == status) {
            return hsi_raise_saying(hsi_module_of(self), HSI_ILLEGAL, "%s", reasons[i].text);
        }
    }
    return hsi_raise(hsi_module_of(self), status);
}

static PyObject *capture_add_private_key(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"encoded", "password", NULL};
    Py_buffer encoded;
    const char *password = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*|z", names, &encoded, &password)) {
        return NULL;
    }
    bool done = false;
    if (begin(self)) {
        hsi_keyring *keyring = hsi_reader_keyring(reader_in(self));
        PyThreadState *saved = PyEval_SaveThread();
        hsi_status status = hsi_keyring_private_key(keyring, hsi_view_bytes(&encoded), password);
        PyEval_RestoreThread(saved);
        end(self);
        done = status == HSI_OK || raise_private_key(self, status) != NULL;
    }
    PyBuffer_Release(&encoded);
    return done ? Py_NewRef(Py_None) : NULL;
}

static PyObject *capture_add_psk(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"identity", "key", NULL};
    PyObject *identity_object;
    Py_buffer key;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Oy*", names, &identity_object, &key)) {
        return NULL;
    }
    Py_buffer identity;
    bool done = false;
    if (hsi_buffer_in(identity_object, &identity)) {
        if (begin(self)) {
            hsi_status status = hsi_keyring_psk(hsi_reader_keyring(reader_in(self)), identity_object == Py_None,
                                                hsi_view_bytes(&identity), hsi_view_bytes(&key));
            end(self);
            done = status == HSI_OK || hsi_raise(hsi_module_of(self), status) != NULL;
        }
        PyBuffer_Release(&identity);
    }
    PyBuffer_Release(&key);
    return done ? Py_NewRef(Py_None) : NULL;
}

/* ---- what was in it ---- */

static PyObject *capture_counts(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    if (!begin(self)) {
        return NULL;
    }
    hsi_reader_counts counts = hsi_reader_counted(reader_in(self));
    end(self);
    const hsi_packets_notes *p = &counts.packets;
    return Py_BuildValue("{sKsKsKsKsKsKsKsKsKsKsKsKsKsKsN}", "connections", counts.connections, "others", counts.others,
                         "packets", p->packets, "bytes", p->bytes, "unknown_links", p->unknown_links, "not_ip",
                         p->not_ip, "not_tcp", p->not_tcp, "malformed", p->malformed, "fragments", p->fragments,
                         "fragments_dropped", p->fragments_dropped, "segments", p->segments, "strays", p->strays,
                         "flows", p->flows, "flows_evicted", p->flows_evicted, "cut_tail",
                         PyBool_FromLong(p->cut_tail));
}

/* ---- the type ---- */

static PyGetSetDef capture_getset[] = {
    {"counts", capture_counts, NULL, PyDoc_STR("dict[str, int]: what was in the file so far."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef capture_methods[] = {
    {"feed", HSI_KEYWORDS(capture_feed),
     PyDoc_STR("feed($self, data)\n--\n\nThe file's next bytes; returns how many traces wait to be taken.")},
    {"finish", capture_finish, METH_NOARGS,
     PyDoc_STR("finish($self)\n--\n\nThe file ends, and what is open with it; returns as feed does.")},
    {"take_into", HSI_KEYWORDS(capture_take_into),
     PyDoc_STR("take_into($self, empty)\n--\n\nThe oldest trace that waits, into an empty one. False: none waits.")},
    {"add_keylog", HSI_KEYWORDS(capture_add_keylog),
     PyDoc_STR("add_keylog($self, text)\n--\n\nA key log; returns how many lines were taken.")},
    {"add_private_key", HSI_KEYWORDS(capture_add_private_key),
     PyDoc_STR("add_private_key($self, encoded, password=None)\n--\n\nAn RSA key: PEM, DER or PKCS #12.")},
    {"add_psk", HSI_KEYWORDS(capture_add_psk),
     PyDoc_STR("add_psk($self, identity, key)\n--\n\nA pre-shared key; identity None: of any.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot capture_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Capture()\n--\n\nA capture file's bytes in, traces out.")},
    {Py_tp_new, (void *)capture_new},
    {Py_tp_dealloc, (void *)capture_dealloc},
    {Py_tp_getset, capture_getset},
    {Py_tp_methods, capture_methods},
    {0, NULL},
};

PyType_Spec hsi_spec_capture = {
    .name = "hsinspect._core.Capture",
    .basicsize = sizeof(Capture),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = capture_slots,
};
