/* Message: a handshake message, its bytes, its tree of fields, and where it stands: in records, in the transcript, in
 * GnuTLS's phases. RFC 8446 section 4, RFC 5246 section 7.4.
 * SPDX-License-Identifier: MIT */
#include "py/errors.h"
#include "py/extensions.h"
#include "py/field.h"
#include "tap/fingerprint.h"

static const hsi_message *message_of(PyObject *self)
{
    return hsi_item_of(self);
}

/* ---- the tree ---- */

/* The tree of the message; NULL: an exception is set. */
static const hsi_fields *tree_of(PyObject *self)
{
    const hsi_fields *fields = NULL;
    hsi_trace_lock(hsi_view_of(self)->trace);
    hsi_status status = hsi_tap_fields(hsi_view_of(self)->tap, message_of(self), &fields);
    hsi_trace_unlock(hsi_view_of(self)->trace);
    if (status != HSI_OK) {
        (void)hsi_raise(hsi_module_of(self), status);
        return NULL;
    }
    return fields;
}

static PyObject *message_fields(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_fields *tree = tree_of(self);
    return tree == NULL ? NULL : hsi_field_new(hsi_module_of(self), hsi_view_of(self), message_of(self), tree->root);
}

static PyObject *message_getitem(PyObject *self, PyObject *path)
{
    const hsi_fields *tree = tree_of(self);
    return tree == NULL ? NULL
                        : hsi_field_at(hsi_module_of(self), hsi_view_of(self), message_of(self), tree->root, path);
}

static PyObject *message_error(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_fields *tree = tree_of(self);
    if (tree == NULL) {
        return NULL;
    }
    if (tree->status == HSI_OK) {
        return Py_NewRef(Py_None);
    }
    return Py_BuildValue("(nN)", (Py_ssize_t)tree->stopped, hsi_py_text(hsi_status_text(tree->status)));
}

static PyObject *message_extensions(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_fields *tree = tree_of(self);
    return tree == NULL ? NULL
                        : hsi_extensions_new(hsi_module_of(self), hsi_view_of(self), message_of(self), tree->root);
}

static PyObject *message_random(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_fields *tree = tree_of(self);
    if (tree == NULL) {
        return NULL;
    }
    const hsi_field *random = hsi_field_find(tree->root, "random");
    return hsi_py_bytes(random == NULL ? HSI_BYTES_EMPTY : hsi_bytes_slice(tree->raw, random->offset, random->length));
}

/* Appends the number of a field. False: an exception is set. */
static bool add_number(PyObject *list, const hsi_field *field)
{
    PyObject *number = PyLong_FromUnsignedLongLong(field->number);
    bool added = number != NULL && PyList_Append(list, number) == 0;
    Py_XDECREF(number);
    return added;
}

/* The numbers of the items of a list, or the one number that `field` is itself. */
static PyObject *numbers_of(const hsi_field *field)
{
    PyObject *list = PyList_New(0);
    bool added = list != NULL;
    if (added && field != NULL && field->kind == HSI_FIELD_UINT) {
        added = add_number(list, field);
    }
    for (const hsi_field *item = field == NULL ? NULL : field->first; item != NULL && added; item = item->next) {
        added = item->index == HSI_NOT_AN_ITEM || add_number(list, item);
    }
    PyObject *tuple = added ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
}

static PyObject *message_cipher_suites(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_fields *tree = tree_of(self);
    if (tree == NULL) {
        return NULL;
    }
    const hsi_field *offered = hsi_field_find(tree->root, "cipher_suites");
    return numbers_of(offered != NULL ? offered : hsi_field_find(tree->root, "cipher_suite"));
}

/* ---- fingerprints ---- */

static PyObject *fingerprint(PyObject *self, hsi_status status, const char *text)
{
    if (status == HSI_OK) {
        return hsi_py_text(text);
    }
    return status == HSI_ILLEGAL ? hsi_raise_attribute("only a ClientHello that can be read has ja3 and ja4")
                                 : hsi_raise(hsi_module_of(self), status);
}

static PyObject *message_ja3(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    char text[HSI_JA3_SIZE] = "";
    const hsi_fields *tree = tree_of(self);
    return tree == NULL ? NULL : fingerprint(self, hsi_ja3(tree->root, text), text);
}

static PyObject *message_ja4(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    char text[HSI_JA4_SIZE] = "";
    const hsi_fields *tree = tree_of(self);
    return tree == NULL ? NULL : fingerprint(self, hsi_ja4(tree->root, 't', text), text);
}

/* ---- where it stands ---- */

static PyObject *message_transcript_hash(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_bytes hash;
    hsi_trace_lock(hsi_view_of(self)->trace);
    hsi_status status = hsi_tap_transcript_hash(hsi_view_of(self)->tap, message_of(self), &hash);
    hsi_trace_unlock(hsi_view_of(self)->trace);
    if (status != HSI_OK) {
        return hsi_raise(hsi_module_of(self), status);
    }
    return hash.length == 0 ? Py_NewRef(Py_None) : hsi_py_bytes(hash);
}

/* Between its first and its last record the other side's and other content may lie. */
static bool carries(const hsi_record *record, const hsi_message *message)
{
    return record->sender == message->sender && (message->sslv2 || record->content_type == HSI_CONTENT_HANDSHAKE);
}

static hsi_status collect_records(hsi_tap *tap, const void *context, hsi_list *out)
{
    const hsi_message *message = context;
    const hsi_list *records = hsi_tap_records(tap);
    for (size_t i = message->first_record; i <= message->last_record && i < records->count; i++) {
        if (carries(records->items[i], message)) {
            HSI_TRY(hsi_list_append(out, records->items[i]));
        }
    }
    return HSI_OK;
}

static PyObject *message_records(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_collect_tuple(hsi_module_of(self), hsi_view_of(self), collect_records, message_of(self), hsi_object_new,
                             HSI_TYPE_RECORD);
}

/* How many whole messages of its type and sender came before it. */
static size_t rank(const hsi_tap *tap, const hsi_message *message)
{
    const hsi_list *messages = hsi_tap_messages(tap);
    size_t before = 0;
    for (size_t i = 0; i < message->index; i++) {
        const hsi_message *other = messages->items[i];
        before += other->type == message->type && other->sender == message->sender && !other->cut;
    }
    return before;
}

/* GnuTLS does not say to which message a phase belongs: on each side the n-th of a kind goes with the n-th message. */
static hsi_status collect_phases(hsi_tap *tap, const void *context, hsi_list *out)
{
    const hsi_message *message = context;
    const hsi_list *phases = hsi_tap_phases(tap);
    size_t wanted = rank(tap, message);
    size_t seen[2][2] = {{0, 0}, {0, 0}}; /* by side and action */
    for (size_t i = 0; i < phases->count; i++) {
        const hsi_phase *phase = phases->items[i];
        if (phase->type == message->type && phase->sender == message->sender && phase->side <= HSI_SERVER &&
            seen[phase->side][phase->action == HSI_LEAVE]++ == wanted) {
            HSI_TRY(hsi_list_append(out, phases->items[i]));
        }
    }
    return HSI_OK;
}

static PyObject *message_phases(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_collect_tuple(hsi_module_of(self), hsi_view_of(self), collect_phases, message_of(self), hsi_object_new,
                             HSI_TYPE_PHASE);
}

static PyObject *message_handshake(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_handshake *handshake = message_of(self)->handshake;
    return PyLong_FromSize_t(handshake == NULL ? 0 : handshake->index);
}

static PyObject *message_repr(PyObject *self)
{
    const hsi_message *message = message_of(self);
    return hsi_py_repr("<Message #%zu %s %s %zu bytes>", message->index, hsi_side_name(message->sender), message->name,
                       message->raw.length);
}

static PyGetSetDef message_getset[] = {
    HSI_SHOW("index", hsi_get_size, hsi_message, index, "int: its place in trace.messages."),
    HSI_SHOW("name", hsi_get_text, hsi_message, name, "str: 'ClientHello'."),
    HSI_SHOW("type", hsi_get_u8, hsi_message, type, "int: HandshakeType."),
    HSI_SHOW("sender", hsi_get_side, hsi_message, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_message, time_ns, "int: of the record that completed it, ns since 1970."),
    HSI_SHOW("raw", hsi_get_bytes, hsi_message, raw, "bytes: with its four-byte header."),
    {"fields", message_fields, NULL, PyDoc_STR("Field: the whole message."), NULL},
    {"records", message_records, NULL, PyDoc_STR("tuple[Record, ...]: those it came in."), NULL},
    {"transcript_hash", message_transcript_hash, NULL,
     PyDoc_STR("bytes: after it; None outside the transcript, or where the hash is not known."), NULL},
    {"phases", message_phases, NULL, PyDoc_STR("tuple[Phase, ...]: GnuTLS's work on it, on either side."), NULL},
    {"error", message_error, NULL, PyDoc_STR("(offset, why): where it stopped making sense; or None."), NULL},
    {"handshake", message_handshake, NULL, PyDoc_STR("int: its negotiation's place in trace.handshakes."), NULL},
    {"random", message_random, NULL, PyDoc_STR("bytes: a Hello's random; b'' where there is none."), NULL},
    {"cipher_suites", message_cipher_suites, NULL, PyDoc_STR("tuple[int, ...]: offered, or the one chosen."), NULL},
    {"extensions", message_extensions, NULL, PyDoc_STR("Extensions: by IANA name or number."), NULL},
    {"ja3", message_ja3, NULL, PyDoc_STR("str: JA3; of a ClientHello only."), NULL},
    {"ja4", message_ja4, NULL, PyDoc_STR("str: JA4; of a ClientHello only."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot message_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("A handshake message. message['extensions.key_share'] is a Field.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)message_repr},
    {Py_tp_getset, message_getset},
    {Py_mp_subscript, (void *)message_getitem},
    {0, NULL},
};

PyType_Spec hsi_spec_message = {
    .name = "hsinspect.Message", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = message_slots};
