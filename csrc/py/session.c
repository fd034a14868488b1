/* Session: a GnuTLS session over memory, or driven on a descriptor by the ..._on methods: how it is made, and the type.
 * Internal: hsinspect.Session and the sockets are written in Python over it.
 * SPDX-License-Identifier: MIT */
#include "py/session.h"

#include "py/config.h"

/* ---- life ---- */

/* None or a number of bytes, for the argument format O&. */
static int capture_in(PyObject *object, void *capture)
{
    if (object == Py_None) {
        *(size_t *)capture = HSI_TRACE_ALL;
        return 1;
    }
    *(size_t *)capture = PyLong_AsSize_t(object);
    return !PyErr_Occurred();
}

/* What __init__ was called with; addresses are packed, and owned. */
typedef struct making {
    PyObject *config;
    PyObject *trace;
    PyObject *tamper;
    PyObject *client;
    PyObject *server;
    Py_buffer resumption;
    hsi_session_options options;
} making;

static bool parse(hsi_module *module, PyObject *args, PyObject *keywords, making *with)
{
    static char *names[] = {
        "config",         "trace",          "server_side", "server_hostname", "verify_name", "two_sided",  "transport",
        "client_address", "server_address", "tamper",      "common_name",     "capture",     "resumption", NULL};
    PyObject *client = Py_None;
    PyObject *server = Py_None;
    int server_side;
    int verify_name = 0;
    int two_sided = 0;
    int common_name = 1;
    with->options.capture = HSI_TRACE_ALL;
    with->tamper = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!O!p|zppO&OOO$pO&O&", names, module->types[HSI_TYPE_CONFIG],
                                     &with->config, module->types[HSI_TYPE_TRACE], &with->trace, &server_side,
                                     &with->options.server_name, &verify_name, &two_sided, hsi_transport_in,
                                     &with->options.transport, &client, &server, &with->tamper, &common_name,
                                     capture_in, &with->options.capture, hsi_buffer_in, &with->resumption)) {
        return false;
    }
    with->options.resumption = hsi_view_bytes(&with->resumption);
    with->options.side = server_side ? HSI_SERVER : HSI_CLIENT;
    with->options.verify_name = verify_name != 0;
    with->options.common_name = common_name != 0;
    with->options.two_sided = two_sided != 0;
    return hsi_address_in(client, &with->client) && hsi_address_in(server, &with->server);
}

static hsi_status make(Session *self, making *with)
{
    self->server_side = with->options.side == HSI_SERVER;
    self->trace = Py_NewRef(with->trace);
    self->journal = hsi_trace_hold(hsi_trace_in(with->trace));
    self->tamper = with->tamper == Py_None ? NULL : Py_NewRef(with->tamper);
    with->options.client_address = hsi_object_bytes(with->client);
    with->options.server_address = hsi_object_bytes(with->server);
    with->options.observer.context = self;
    with->options.observer.appended = hsi_session_appended;
    with->options.observer.tamper = self->tamper == NULL ? NULL : hsi_session_tamper;
    return hsi_session_new(&self->session, hsi_config_use(with->config), self->journal, &with->options);
}

static PyObject *new_session(PyTypeObject *type, making *with)
{
    hsi_module *module = PyType_GetModuleState(type);
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    atomic_init(&((Session *)self)->listens, 0);
    hsi_status status = make((Session *)self, with);
    if (status == HSI_OK) {
        return self;
    }
    Py_DECREF(self);
    return status == HSI_USAGE
               ? hsi_raise_saying(
                     module, status,
                     "the config is for the other side, or GnuTLS refuses the server name or the earlier session")
               : hsi_raise(module, status);
}

static PyObject *session_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    making with = {0};
    PyObject *self = NULL;
    if (parse(PyType_GetModuleState(type), args, keywords, &with)) {
        self = new_session(type, &with);
    }
    Py_XDECREF(with.client);
    Py_XDECREF(with.server);
    PyBuffer_Release(&with.resumption);
    return self;
}

static int session_traverse(PyObject *op, visitproc visit, void *arg)
{
    Session *self = (Session *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->trace);
    Py_VISIT(self->listener);
    Py_VISIT(self->tamper);
    return 0;
}

static int session_clear(PyObject *op)
{
    Session *self = (Session *)op;
    atomic_store(&self->listens, 0);
    Py_CLEAR(self->listener);
    Py_CLEAR(self->tamper);
    return 0;
}

static void session_dealloc(PyObject *op)
{
    Session *self = (Session *)op;
    PyTypeObject *type = Py_TYPE(op);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    PyObject_GC_UnTrack(op);
    hsi_session_free(self->session);
    (void)session_clear(op);
    Py_CLEAR(self->trace);
    if (self->journal != NULL) {
        hsi_trace_unfollow(self->journal, &self->follower);
        hsi_trace_drop(self->journal);
    }
    release(op);
    Py_DECREF(type);
}

/* ---- the type ---- */

static const char session_doc[] =
    "Session(config, trace, server_side, server_hostname=None, verify_name=False, two_sided=False,\n"
    "        transport='memory', client_address=None, server_address=None, tamper=None, *, common_name=True,\n"
    "        capture=None, resumption=None)\n--\n\n"
    "A GnuTLS session over memory, or driven on a descriptor by the ..._on methods.";

static PyType_Slot session_slots[] = {
    {Py_tp_doc, (void *)(uintptr_t)session_doc}, {Py_tp_new, (void *)session_new},
    {Py_tp_dealloc, (void *)session_dealloc},    {Py_tp_traverse, (void *)session_traverse},
    {Py_tp_clear, (void *)session_clear},        {Py_tp_methods, hsi_session_methods},
    {Py_tp_getset, hsi_session_getset},          {0, NULL},
};

PyType_Spec hsi_spec_session = {
    .name = "hsinspect._core.Session",
    .basicsize = sizeof(Session),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = session_slots,
};
