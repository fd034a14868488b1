/* Record and RecordMAC: a record as it was on the wire, what was in it, and its MAC or tag, received and computed.
 * RFC 5246 section 6.2, RFC 8446 section 5.
 * SPDX-License-Identifier: MIT */
#include "py/secret.h"

/* ---- RecordMAC ---- */

typedef struct RecordMAC {
    hsi_object object;
    const hsi_record *record;
} RecordMAC;

/* Whose key it is, in the RFC's words: RFC 5246 section 6.3. */
static const char *const key_labels[2][2] = {
    [HSI_CLIENT] = {"client write MAC key", "client write key"},
    [HSI_SERVER] = {"server write MAC key", "server write key"},
};

static PyObject *record_mac_key(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_record_mac *mac = hsi_item_of(self);
    const hsi_record *record = ((RecordMAC *)self)->record;
    bool aead = strcmp(mac->kind, "aead") == 0;
    hsi_secret key = {
        .label = key_labels[record->sender][aead],
        .side = HSI_NOBODY,
        .sender = record->sender,
        .epoch = record->epoch,
        .source = HSI_SOURCE_DERIVED,
        .value = mac->key,
    };
    return hsi_secret_given(hsi_module_of(self), hsi_view_of(self), &key);
}

static PyObject *record_mac_repr(PyObject *self)
{
    const hsi_record_mac *mac = hsi_item_of(self);
    return hsi_py_repr("<RecordMAC %s %s %s, %s>", mac->kind, mac->algorithm, mac->order, mac->ok ? "ok" : "BAD");
}

static PyGetSetDef record_mac_getset[] = {
    HSI_SHOW("kind", hsi_get_text, hsi_record_mac, kind, "'hmac' or 'aead'."),
    HSI_SHOW("algorithm", hsi_get_text, hsi_record_mac, algorithm, "str: 'SHA1', or the AEAD's GnuTLS name."),
    HSI_SHOW("order", hsi_get_text, hsi_record_mac, order, "'mac-then-encrypt', 'encrypt-then-mac' or 'aead'."),
    HSI_SHOW("nonce", hsi_get_bytes, hsi_record_mac, nonce, "bytes: of an AEAD; of CBC the IV."),
    HSI_SHOW("input", hsi_get_bytes, hsi_record_mac, input,
             "bytes: exactly what was authenticated; of an AEAD its additional data."),
    HSI_SHOW("received", hsi_get_bytes, hsi_record_mac, received, "bytes: the MAC or tag in the record."),
    HSI_SHOW("computed", hsi_get_bytes, hsi_record_mac, computed, "bytes: the MAC or tag it should have."),
    HSI_SHOW("ok", hsi_get_bool, hsi_record_mac, ok, "bool: MAC or tag, and padding, are right."),
    HSI_SHOW("padding_ok", hsi_get_bool, hsi_record_mac, padding_ok, "bool: the padding is right."),
    {"key", record_mac_key, NULL, PyDoc_STR("Secret: the MAC key, or the AEAD's key."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot record_mac_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("The MAC or AEAD tag of one record, received and recomputed.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)record_mac_repr},
    {Py_tp_getset, record_mac_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_record_mac = {
    .name = "hsinspect.RecordMAC", .basicsize = sizeof(RecordMAC), .flags = HSI_FINAL, .slots = record_mac_slots};

/* ---- Record ---- */

static const char *const state_names[] = {
    [HSI_RECORD_PLAIN] = "plain",           [HSI_RECORD_OPENED] = "opened", [HSI_RECORD_REJECTED] = "rejected",
    [HSI_RECORD_UNREADABLE] = "unreadable", [HSI_RECORD_CUT] = "cut",       [HSI_RECORD_ELIDED] = "elided",
};

static const hsi_record *record_of(PyObject *self)
{
    return hsi_item_of(self);
}

static PyObject *get_content_type(PyObject *self, void *at)
{
    return hsi_py_name(hsi_content_type, *((const uint8_t *)hsi_item_of(self) + (uintptr_t)at), "content_type");
}

static PyObject *record_mac(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_record *record = record_of(self);
    if (record->mac == NULL) {
        return Py_NewRef(Py_None);
    }
    PyObject *mac = hsi_object_new(hsi_module_of(self), HSI_TYPE_RECORD_MAC, hsi_view_of(self), record->mac);
    if (mac != NULL) {
        ((RecordMAC *)mac)->record = record;
    }
    return mac;
}

static PyObject *record_state(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_text(state_names[record_of(self)->state]);
}

static PyObject *record_ok(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_record_state state = record_of(self)->state;
    if (state != HSI_RECORD_OPENED && state != HSI_RECORD_REJECTED) {
        return Py_NewRef(Py_None);
    }
    return PyBool_FromLong(state == HSI_RECORD_OPENED);
}

static PyObject *record_sent(PyObject *self, void *at)
{
    return record_of(self)->altered ? hsi_get_bytes(self, at) : Py_NewRef(Py_None);
}

/* What a repr says of a record's protection. */
static PyObject *describe_protection(const hsi_record *record)
{
    if (record->mac != NULL) {
        return PyUnicode_FromFormat(", MAC %s seq %llu", record->mac->ok ? "ok" : "BAD",
                                    (unsigned long long)record->sequence_number);
    }
    if (record->state == HSI_RECORD_ELIDED) {
        return PyUnicode_FromFormat(", %llu records of %llu bytes elided", (unsigned long long)record->elided,
                                    (unsigned long long)record->elided_bytes);
    }
    return record->state == HSI_RECORD_PLAIN ? PyUnicode_FromString("")
                                             : PyUnicode_FromFormat(", %s", state_names[record->state]);
}

static PyObject *record_repr(PyObject *self)
{
    const hsi_record *record = record_of(self);
    PyObject *type = hsi_py_name(hsi_content_type, record->content_type, "content_type");
    PyObject *protection = type == NULL ? NULL : describe_protection(record);
    PyObject *repr = NULL;
    if (protection != NULL) {
        repr = hsi_py_repr("<Record #%zu %s %U %zu bytes%U>", record->index, hsi_side_name(record->sender), type,
                           record->header.length + record->fragment.length, protection);
    }
    Py_XDECREF(type);
    Py_XDECREF(protection);
    return repr;
}

static PyGetSetDef record_getset[] = {
    HSI_SHOW("index", hsi_get_size, hsi_record, index, "int: its place in trace.records."),
    HSI_SHOW("sender", hsi_get_side, hsi_record, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_record, time_ns, "int: when its first byte came, ns since 1970."),
    HSI_SHOW("content_type", get_content_type, hsi_record, content_type, "str: IANA's name, the inner one."),
    HSI_SHOW("outer_type", get_content_type, hsi_record, outer_type, "str: as its header says."),
    HSI_SHOW("content_type_code", hsi_get_u8, hsi_record, content_type, "int: ContentType, the inner one."),
    HSI_SHOW("outer_type_code", hsi_get_u8, hsi_record, outer_type, "int: ContentType, as its header says."),
    HSI_SHOW("version", hsi_get_u16, hsi_record, version, "int: as its header says, 0x0303."),
    HSI_SHOW("epoch", hsi_get_u64, hsi_record, epoch, "int: which keys protect it; 0: none."),
    HSI_SHOW("sequence_number", hsi_get_u64, hsi_record, sequence_number, "int: in its epoch, from 0."),
    HSI_SHOW("header", hsi_get_bytes, hsi_record, header, "bytes: the five before the fragment."),
    HSI_SHOW("fragment", hsi_get_bytes, hsi_record, fragment, "bytes: as on the wire."),
    HSI_SHOW("plaintext", hsi_get_bytes, hsi_record, plaintext, "bytes: unauthenticated where ok is False."),
    HSI_SHOW("padding", hsi_get_bytes, hsi_record, padding, "bytes: of CBC with the length; TLS 1.3: zeros."),
    HSI_SHOW("reason", hsi_get_text, hsi_record, reason, "str: why it is not readable, or what is odd; or None."),
    HSI_SHOW("sent", record_sent, hsi_record, sent, "bytes: the original, where it was altered on its way; or None."),
    HSI_SHOW("unread", hsi_get_bool, hsi_record, unread, "bool: it arrived and GnuTLS never read it."),
    HSI_SHOW("elided", hsi_get_u64, hsi_record, elided,
             "int: how many records in a row it stands for, whose fragments were not kept; 0: it is here."),
    HSI_SHOW("elided_bytes", hsi_get_u64, hsi_record, elided_bytes, "int: of the fragments not kept."),
    {"mac", record_mac, NULL, PyDoc_STR("RecordMAC; None: not protected, or not readable."), NULL},
    {"state", record_state, NULL, PyDoc_STR("'plain', 'opened', 'rejected', 'unreadable', 'cut' or 'elided'."), NULL},
    {"ok", record_ok, NULL, PyDoc_STR("bool: opened (True) or rejected (False); None otherwise."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot record_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("One record of the record layer.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)record_repr},
    {Py_tp_getset, record_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_record = {
    .name = "hsinspect.Record", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = record_slots};
