/* Trace: what happened to one connection. The Python module subclasses it. Every look first folds what is new.
 * SPDX-License-Identifier: MIT */
#include "py/trace.h"

#include "py/errors.h"

/* ---- life ---- */

/* The state of our module, by the type of ours that `type` is or is derived from. */
static hsi_module *find_module(PyTypeObject *type)
{
    for (; type != NULL; type = PyType_GetSlot(type, Py_tp_base)) {
        PyObject *module = PyType_GetModule(type);
        if (module != NULL && PyModule_GetDef(module) == &hsi_module_definition) {
            return PyModule_GetState(module);
        }
        PyErr_Clear(); /* a type that a script made has no module */
    }
    return NULL;
}

static PyObject *trace_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    HSI_UNUSED(args);
    HSI_UNUSED(keywords);
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    hsi_module *module = find_module(type);
    PyObject *self = allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    ((Trace *)self)->module = module;
    ((Trace *)self)->trace = hsi_trace_new();
    if (((Trace *)self)->trace == NULL) {
        Py_DECREF(self);
        return hsi_raise(module, HSI_NO_MEMORY);
    }
    return self;
}

void hsi_trace_fill(PyObject *self, hsi_trace *trace)
{
    hsi_trace *before = hsi_trace_in(self);
    ((Trace *)self)->trace = trace;
    hsi_trace_drop(before);
}

static hsi_status read_journal(hsi_trace **out, hsi_bytes bytes)
{
    hsi_journal *journal = NULL;
    HSI_TRY(hsi_journal_read(&journal, bytes));
    return hsi_trace_of(out, journal);
}

static int trace_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"journal", NULL};
    Py_buffer journal = {0};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O&", names, hsi_buffer_in, &journal)) {
        return -1;
    }
    if (journal.obj == NULL) {
        return 0;
    }
    hsi_trace *trace = NULL;
    hsi_status status = read_journal(&trace, hsi_view_bytes(&journal));
    PyBuffer_Release(&journal);
    if (status != HSI_OK) {
        (void)hsi_raise(hsi_module_in(self), status);
        return -1;
    }
    hsi_trace_fill(self, trace);
    return 0;
}

static void trace_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free); /* a subclass may be collected */
    hsi_trace_drop(hsi_trace_in(self));
    release(self);
    Py_DECREF(type);
}

/* ---- what was found ---- */

/* A list of the tap, and of what it is. */
typedef struct listing {
    const hsi_list *(*list)(const hsi_tap *tap);
    bool looked_for; /* it is made when looked at */
    hsi_maker *make;
    hsi_type type;
} listing;

static hsi_status collect_listing(hsi_tap *tap, const void *context, hsi_list *out)
{
    const listing *from = context;
    if (from->looked_for) {
        HSI_TRY(hsi_tap_look(tap));
    }
    return hsi_list_copy(out, from->list(tap));
}

static PyObject *trace_list(PyObject *self, void *of)
{
    const listing *from = of;
    hsi_view view = hsi_view_begin(hsi_trace_in(self));
    PyObject *tuple = hsi_collect_tuple(hsi_module_in(self), &view, collect_listing, from, from->make, from->type);
    hsi_view_drop(&view);
    return tuple;
}

static listing records = {hsi_tap_records, false, hsi_object_new, HSI_TYPE_RECORD};
static listing messages = {hsi_tap_messages, false, hsi_object_new, HSI_TYPE_MESSAGE};
static listing alerts = {hsi_tap_alerts, false, hsi_object_new, HSI_TYPE_ALERT};
static listing phases = {hsi_tap_phases, false, hsi_object_new, HSI_TYPE_PHASE};
static listing closes = {hsi_tap_closes, false, hsi_object_new, HSI_TYPE_CLOSE};
static listing handshakes = {hsi_tap_handshakes, false, hsi_object_new, HSI_TYPE_HANDSHAKE};
static listing events = {hsi_tap_events, false, hsi_event_new, HSI_TYPES};
static listing secrets = {hsi_tap_secrets, true, hsi_object_new, HSI_TYPE_SECRET};
static listing derivations = {hsi_tap_derivations, true, hsi_object_new, HSI_TYPE_DERIVATION};
static listing checks = {hsi_tap_checks, true, hsi_object_new, HSI_TYPE_CHECK};

/* The negotiation that the trace's own attributes speak of, if there was one. */
static hsi_status collect_handshake(hsi_tap *tap, const void *context, hsi_list *out)
{
    const hsi_list *all = hsi_tap_handshakes(tap);
    const hsi_handshake *chosen = hsi_tap_handshake(tap);
    HSI_UNUSED(context);
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i] == chosen) {
            return hsi_list_append(out, all->items[i]);
        }
    }
    return HSI_OK;
}

static PyObject *trace_handshake(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_view view = hsi_view_begin(hsi_trace_in(self));
    PyObject *found =
        hsi_collect_tuple(hsi_module_in(self), &view, collect_handshake, NULL, hsi_object_new, HSI_TYPE_HANDSHAKE);
    hsi_view_drop(&view);
    if (found == NULL) {
        return NULL;
    }
    PyObject *handshake = Py_NewRef(PyTuple_Size(found) == 0 ? Py_None : PyTuple_GetItem(found, 0));
    Py_DECREF(found);
    return handshake;
}

static bool is_fatal(const hsi_alert *alert)
{
    return alert->level == HSI_ALERT_FATAL;
}

/* The same negotiation, if it was completed and nobody sent a fatal alert. */
static hsi_status collect_completed(hsi_tap *tap, const void *context, hsi_list *out)
{
    const hsi_handshake *handshake = hsi_tap_handshake(tap);
    const hsi_list *sent = hsi_tap_alerts(tap);
    bool complete = handshake != NULL && handshake->complete;
    for (size_t i = 0; i < sent->count && complete; i++) {
        complete = !is_fatal(sent->items[i]);
    }
    return complete ? collect_handshake(tap, context, out) : HSI_OK;
}

static PyObject *trace_complete(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_list completed = HSI_LIST_EMPTY;
    hsi_view view = hsi_view_begin(hsi_trace_in(self));
    hsi_status status = hsi_collect(&view, collect_completed, NULL, &completed);
    bool complete = completed.count > 0;
    hsi_list_cleanup(&completed);
    hsi_view_drop(&view);
    return status == HSI_OK ? PyBool_FromLong(complete) : hsi_raise(hsi_module_in(self), status);
}

static PyObject *trace_finished(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_trace_lock(hsi_trace_in(self));
    bool finished = hsi_journal_finished(hsi_trace_journal(hsi_trace_in(self)));
    hsi_trace_unlock(hsi_trace_in(self));
    return PyBool_FromLong(finished);
}

/* ---- bytes ---- */

static hsi_status collect_data(hsi_tap *tap, const void *sender, hsi_list *out)
{
    const hsi_list *all = hsi_tap_application_data(tap);
    const hsi_handshake *handshake = hsi_tap_handshake(tap);
    bool rejected = handshake != NULL && hsi_handshake_rejected_early_data(handshake);
    for (size_t i = 0; i < all->count; i++) {
        const hsi_application_data *data = all->items[i];
        bool lost = rejected && data->sender == HSI_CLIENT && data->record->epoch == HSI_EPOCH_EARLY;
        if (data->sender == *(const uint8_t *)sender && !lost) {
            HSI_TRY(hsi_list_append(out, all->items[i]));
        }
    }
    return HSI_OK;
}

static PyObject *join(const hsi_list *data)
{
    size_t length = 0;
    for (size_t i = 0; i < data->count; i++) {
        length += ((const hsi_application_data *)data->items[i])->data.length;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    char *at = bytes == NULL ? NULL : PyBytes_AsString(bytes);
    for (size_t i = 0; i < data->count && at != NULL; i++) {
        hsi_bytes piece = ((const hsi_application_data *)data->items[i])->data;
        if (piece.length > 0) {
            memcpy(at, piece.data, piece.length);
        }
        at += piece.length;
    }
    return bytes;
}

static PyObject *trace_application_data(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"sender", NULL};
    uint8_t sender;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O&", names, hsi_side_in, &sender)) {
        return NULL;
    }
    hsi_list data = HSI_LIST_EMPTY;
    hsi_view view = hsi_view_begin(hsi_trace_in(self));
    hsi_status status = hsi_collect(&view, collect_data, &sender, &data);
    PyObject *bytes = status == HSI_OK ? join(&data) : hsi_raise(hsi_module_in(self), status);
    hsi_list_cleanup(&data);
    hsi_view_drop(&view);
    return bytes;
}

/* ---- the end ---- */

static PyObject *trace_finish(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    hsi_trace_finish(hsi_trace_in(self));
    Py_RETURN_NONE;
}

/* ---- the type ---- */

static PyGetSetDef trace_getset[] = {
    {"records", trace_list, NULL, PyDoc_STR("tuple[Record, ...]: in wire order."), &records},
    {"messages", trace_list, NULL, PyDoc_STR("tuple[Message, ...]: handshake messages, in wire order."), &messages},
    {"alerts", trace_list, NULL, PyDoc_STR("tuple[Alert, ...]"), &alerts},
    {"phases", trace_list, NULL, PyDoc_STR("tuple[Phase, ...]"), &phases},
    {"closes", trace_list, NULL, PyDoc_STR("tuple[Close, ...]"), &closes},
    {"events", trace_list, NULL, PyDoc_STR("tuple: all of the eight kinds, in one order."), &events},
    {"secrets", trace_list, NULL, PyDoc_STR("tuple[Secret, ...]: surfaced ones, then derived ones."), &secrets},
    {"derivations", trace_list, NULL, PyDoc_STR("tuple[Derivation, ...]"), &derivations},
    {"checks", trace_list, NULL, PyDoc_STR("tuple[Check, ...]"), &checks},
    {"handshakes", trace_list, NULL, PyDoc_STR("tuple[Handshake, ...]: one per negotiation."), &handshakes},
    {"handshake", trace_handshake, NULL, PyDoc_STR("Handshake: the last completed one, or the last; or None."), NULL},
    {"complete", trace_complete, NULL, PyDoc_STR("bool: the handshake was completed and no fatal alert sent."), NULL},
    {"finished", trace_finished, NULL, PyDoc_STR("bool: nothing follows."), NULL},
    {"transport", hsi_trace_transport, NULL, PyDoc_STR("'memory', 'tcp' or 'socket'; None: not known."), NULL},
    {"client_address", hsi_trace_client_address, NULL, PyDoc_STR("(host, port) or None."), NULL},
    {"server_address", hsi_trace_server_address, NULL, PyDoc_STR("(host, port) or None."), NULL},
    {"started_ns", hsi_trace_started, NULL, PyDoc_STR("int: ns since 1970; None: not known."), NULL},
    {"verdicts", hsi_trace_verdicts, NULL, PyDoc_STR("tuple of (side, trusted, GnuTLS's status bits, text)."), NULL},
    {"results", hsi_trace_results, NULL, PyDoc_STR("tuple of (side, GnuTLS function, code, text)."), NULL},
    {"notes", hsi_trace_notes, NULL, PyDoc_STR("tuple of (side, what is not surfaced, why)."), NULL},
    {"wire", hsi_trace_wire, NULL, PyDoc_STR("tuple of (sender, time_ns, bytes, length of a hole, or end)."), NULL},
    {"opening_entries", hsi_trace_opening_entries, NULL, PyDoc_STR("tuple of (sender, bytes)."), NULL},
    {"fault_entries", hsi_trace_fault_entries, NULL,
     PyDoc_STR("tuple of (kind, sender, offset, length, packet, time_ns)."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef trace_methods[] = {
    {"application_data", HSI_KEYWORDS(trace_application_data),
     PyDoc_STR("application_data($self, sender)\n--\n\nWhat one side sent, decrypted and authenticated, \n"
               "but for early data that the server rejected.")},
    {"dumps", hsi_trace_dumps, METH_NOARGS,
     PyDoc_STR("dumps($self)\n--\n\nThe journal as bytes, secrets included; Trace(bytes) is equal to this one.")},
    {"append_wire", HSI_KEYWORDS(hsi_trace_append_wire),
     PyDoc_STR("append_wire($self, sender, data, time_ns=None, sent=None)\n--\n\nBytes as they arrived.")},
    {"append_end", HSI_KEYWORDS(hsi_trace_append_end),
     PyDoc_STR("append_end($self, sender, kind, time_ns=None)\n--\n\nThe end of what a side sends.")},
    {"append_secret", HSI_KEYWORDS(hsi_trace_append_secret),
     PyDoc_STR("append_secret($self, label, value, sender=None, client_random=b'', time_ns=None)\n--\n\nA secret.")},
    {"append_keylog", HSI_KEYWORDS(hsi_trace_append_keylog),
     PyDoc_STR("append_keylog($self, text)\n--\n\nThe lines of a key log; returns how many were taken.")},
    {"append_private_key", HSI_KEYWORDS(hsi_trace_append_private_key),
     PyDoc_STR("append_private_key($self, encoded, password=None)\n--\n\nAn RSA key, PEM, DER or PKCS#12.")},
    {"append_psk", HSI_KEYWORDS(hsi_trace_append_psk),
     PyDoc_STR("append_psk($self, identity, key)\n--\n\nA pre-shared key; identity None: of any.")},
    {"append_start", HSI_KEYWORDS(hsi_trace_append_start),
     PyDoc_STR("append_start($self, transport, client, server)\n--\n\nWhere the connection runs.")},
    {"copy_into", HSI_KEYWORDS(hsi_trace_copy_into),
     PyDoc_STR("copy_into($self, empty, finished=True)\n--\n\nThe journal so far, into an empty trace.")},
    {"redact_into", HSI_KEYWORDS(hsi_trace_redact_into),
     PyDoc_STR("redact_into($self, empty, addresses=False)\n--\n\nThe journal so far without secrets, likewise.")},
    {"finish", trace_finish, METH_NOARGS, PyDoc_STR("finish($self)\n--\n\nSays that nothing follows.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot trace_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Trace(journal=None)\n--\n\nWhat happened to one connection.")},
    {Py_tp_new, (void *)trace_new},
    {Py_tp_init, (void *)trace_init},
    {Py_tp_dealloc, (void *)trace_dealloc},
    {Py_tp_richcompare, (void *)hsi_trace_compare},
    {Py_tp_getset, trace_getset},
    {Py_tp_methods, trace_methods},
    {0, NULL},
};

PyType_Spec hsi_spec_trace = {
    .name = "hsinspect._core.Trace",
    .basicsize = sizeof(Trace),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE,
    .slots = trace_slots,
};
