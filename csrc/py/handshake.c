/* Handshake: what one negotiation of a connection came to. It grows while the handshake goes on, so every look is under the
 * trace's lock, at a copy.
 * SPDX-License-Identifier: MIT */
#include "py/object.h"

/* The negotiation as the trace has it now. What it points at lives as long as the trace. */
static hsi_handshake look(PyObject *self)
{
    hsi_trace *trace = hsi_view_of(self)->trace;
    hsi_trace_lock(trace);
    hsi_handshake copy = *(const hsi_handshake *)hsi_item_of(self);
    hsi_trace_unlock(trace);
    return copy;
}

/* A number that was negotiated, by name or as "0x1234"; 0, where none was, is None. */
static PyObject *negotiated(hsi_registry registry, uint16_t value)
{
    const char *name = registry(value);
    if (value == 0) {
        return Py_NewRef(Py_None);
    }
    return name == NULL ? PyUnicode_FromFormat("0x%04x", (unsigned)value) : hsi_py_text(name);
}

/* Text that was negotiated; None where there is none. */
static PyObject *named(hsi_bytes text)
{
    return text.length == 0 ? Py_NewRef(Py_None) : hsi_py_string(text);
}

static PyObject *handshake_version(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return negotiated(hsi_protocol_version, look(self).version);
}

static PyObject *handshake_cipher_suite(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_handshake handshake = look(self);
    return handshake.suite_named ? PyLong_FromLong(handshake.suite_id) : Py_NewRef(Py_None);
}

static PyObject *handshake_group(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return negotiated(hsi_named_group, look(self).group);
}

static PyObject *handshake_signature_scheme(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return negotiated(hsi_signature_scheme, look(self).signature_scheme);
}

static PyObject *handshake_alpn(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return named(look(self).alpn);
}

static PyObject *handshake_server_name(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return named(look(self).server_name);
}

/* A number that was negotiated; 0, where none was, is None. The closure says where. */
static PyObject *handshake_code(PyObject *self, void *at)
{
    hsi_handshake handshake = look(self);
    uint16_t code = *(const uint16_t *)(const void *)((const char *)&handshake + (uintptr_t)at);
    return code == 0 ? Py_NewRef(Py_None) : PyLong_FromLong(code);
}

/* A bool of the negotiation; the closure says where. */
static PyObject *handshake_flag(PyObject *self, void *at)
{
    hsi_handshake handshake = look(self);
    return PyBool_FromLong(*(const bool *)((const char *)&handshake + (uintptr_t)at));
}

static PyObject *handshake_repr(PyObject *self)
{
    hsi_handshake handshake = look(self);
    const char *version = hsi_protocol_version(handshake.version);
    const char *suite = handshake.suite_named ? hsi_cipher_suite(handshake.suite_id) : NULL;
    return hsi_py_repr("<Handshake #%zu %s %s, %s>", handshake.index, version == NULL ? "?" : version,
                       suite == NULL ? "?" : suite, handshake.complete ? "complete" : "not complete");
}

static PyGetSetDef handshake_getset[] = {
    {"version", handshake_version, NULL, PyDoc_STR("str: 'TLSv1.3', as ssl spells it; None: not negotiated."), NULL},
    {"cipher_suite", handshake_cipher_suite, NULL, PyDoc_STR("int: IANA's number; None: not negotiated."), NULL},
    {"group", handshake_group, NULL, PyDoc_STR("str: of the (EC)DHE exchange; None: there was none."), NULL},
    {"signature_scheme", handshake_signature_scheme, NULL, PyDoc_STR("str: the server's; None: none."), NULL},
    {"alpn", handshake_alpn, NULL, PyDoc_STR("str: the protocol chosen; or None."), NULL},
    {"server_name", handshake_server_name, NULL, PyDoc_STR("str: as the client asked; or None."), NULL},
    HSI_SHOW("version_code", handshake_code, hsi_handshake, version, "int: ProtocolVersion; or None."),
    HSI_SHOW("group_code", handshake_code, hsi_handshake, group, "int: NamedGroup; or None."),
    HSI_SHOW("signature_scheme_code", handshake_code, hsi_handshake, signature_scheme, "int: or None."),
    HSI_SHOW("resumption", handshake_flag, hsi_handshake, resumed, "bool: an earlier session was resumed."),
    HSI_SHOW("early_data", handshake_flag, hsi_handshake, early_data_accepted, "bool: the server accepted 0-RTT data."),
    HSI_SHOW("extended_master_secret", handshake_flag, hsi_handshake, extended_master_secret, "bool: RFC 7627."),
    HSI_SHOW("encrypt_then_mac", handshake_flag, hsi_handshake, encrypt_then_mac, "bool: RFC 7366."),
    HSI_SHOW("hello_retry", handshake_flag, hsi_handshake, hello_retry, "bool: there was a HelloRetryRequest."),
    HSI_SHOW("complete", handshake_flag, hsi_handshake, complete, "bool: both Finished were seen."),
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot handshake_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("One negotiation of a connection.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)handshake_repr},
    {Py_tp_getset, handshake_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_handshake = {
    .name = "hsinspect.Handshake", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = handshake_slots};
