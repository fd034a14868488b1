/* The small events: Alert, ChangeCipherSpec, ApplicationData, Close and Phase; each little more than its row of members.
 * SPDX-License-Identifier: MIT */
#include "py/object.h"

#define END_OF_ROWS {NULL, NULL, NULL, NULL, NULL}

/* ---- Alert, RFC 8446 section 6 ---- */

static PyObject *alert_level(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_name(hsi_alert_level, ((const hsi_alert *)hsi_item_of(self))->level, "level");
}

static PyObject *alert_description(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_name(hsi_alert_description, ((const hsi_alert *)hsi_item_of(self))->code, "alert");
}

static PyObject *alert_repr(PyObject *self)
{
    const hsi_alert *alert = hsi_item_of(self);
    PyObject *description = alert_description(self, NULL);
    PyObject *level = description == NULL ? NULL : alert_level(self, NULL);
    PyObject *repr =
        level == NULL ? NULL : hsi_py_repr("<Alert %s %U %U>", hsi_side_name(alert->sender), level, description);
    Py_XDECREF(level);
    Py_XDECREF(description);
    return repr;
}

static PyGetSetDef alert_getset[] = {
    HSI_SHOW("sender", hsi_get_side, hsi_alert, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_alert, time_ns, "int: ns since 1970."),
    HSI_SHOW("code", hsi_get_u8, hsi_alert, code, "int: AlertDescription."),
    HSI_SHOW("record", hsi_get_record, hsi_alert, record, "Record: the one it came in."),
    HSI_SHOW("level_code", hsi_get_u8, hsi_alert, level, "int: AlertLevel."),
    {"level", alert_level, NULL, PyDoc_STR("str: 'warning' or 'fatal'."), NULL},
    {"description", alert_description, NULL, PyDoc_STR("str: IANA's name; 'alert_77' if unknown."), NULL},
    END_OF_ROWS,
};

static PyType_Slot alert_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("An alert.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)alert_repr},
    {Py_tp_getset, alert_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_alert = {
    .name = "hsinspect.Alert", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = alert_slots};

/* ---- ChangeCipherSpec, RFC 5246 section 7.1 ---- */

static PyObject *change_cipher_spec_repr(PyObject *self)
{
    const hsi_change_cipher_spec *change = hsi_item_of(self);
    return hsi_py_repr("<ChangeCipherSpec %s>", hsi_side_name(change->sender));
}

static PyGetSetDef change_cipher_spec_getset[] = {
    HSI_SHOW("sender", hsi_get_side, hsi_change_cipher_spec, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_change_cipher_spec, time_ns, "int: ns since 1970."),
    HSI_SHOW("record", hsi_get_record, hsi_change_cipher_spec, record, "Record: the one it came in."),
    END_OF_ROWS,
};

static PyType_Slot change_cipher_spec_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("A ChangeCipherSpec: its sender's next record has new keys, or (TLS 1.3) nothing.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)change_cipher_spec_repr},
    {Py_tp_getset, change_cipher_spec_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_change_cipher_spec = {.name = "hsinspect.ChangeCipherSpec",
                                           .basicsize = sizeof(hsi_object),
                                           .flags = HSI_FINAL,
                                           .slots = change_cipher_spec_slots};

/* ---- ApplicationData ---- */

static PyObject *application_data_repr(PyObject *self)
{
    const hsi_application_data *data = hsi_item_of(self);
    return hsi_py_repr("<ApplicationData %s %zu bytes>", hsi_side_name(data->sender), data->data.length);
}

static PyGetSetDef application_data_getset[] = {
    HSI_SHOW("sender", hsi_get_side, hsi_application_data, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_application_data, time_ns, "int: ns since 1970."),
    HSI_SHOW("data", hsi_get_bytes, hsi_application_data, data, "bytes: decrypted and authenticated."),
    HSI_SHOW("record", hsi_get_record, hsi_application_data, record, "Record: the one it came in."),
    END_OF_ROWS,
};

static PyType_Slot application_data_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Application data of one record.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)application_data_repr},
    {Py_tp_getset, application_data_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_application_data = {.name = "hsinspect.ApplicationData",
                                         .basicsize = sizeof(hsi_object),
                                         .flags = HSI_FINAL,
                                         .slots = application_data_slots};

/* ---- Close ---- */

static PyObject *close_repr(PyObject *self)
{
    const hsi_close *close = hsi_item_of(self);
    return hsi_py_repr("<Close %s %s>", hsi_side_name(close->sender), close->kind);
}

static PyGetSetDef close_getset[] = {
    HSI_SHOW("sender", hsi_get_side, hsi_close, sender, "'client' or 'server'."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_close, time_ns, "int: ns since 1970."),
    HSI_SHOW("kind", hsi_get_text, hsi_close, kind, "'close_notify', 'fin', 'rst' or 'truncated'."),
    HSI_SHOW("record", hsi_get_record, hsi_close, record, "Record: of a close_notify; None otherwise."),
    END_OF_ROWS,
};

static PyType_Slot close_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("One direction was closed.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)close_repr},
    {Py_tp_getset, close_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_close = {
    .name = "hsinspect.Close", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = close_slots};

/* ---- Phase ---- */

static const char *const actions[] = {[HSI_ENTER] = "enter", [HSI_LEAVE] = "leave"};

static PyObject *phase_action(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_text(actions[((const hsi_phase *)hsi_item_of(self))->action]);
}

static PyObject *phase_repr(PyObject *self)
{
    const hsi_phase *phase = hsi_item_of(self);
    return hsi_py_repr("<Phase %s %s %s of the %s>", hsi_side_name(phase->side), actions[phase->action], phase->name,
                       hsi_side_name(phase->sender));
}

static PyGetSetDef phase_getset[] = {
    HSI_SHOW("name", hsi_get_text, hsi_phase, name, "str: the message that is made or read: 'ClientHello'."),
    HSI_SHOW("side", hsi_get_side, hsi_phase, side, "'client' or 'server': whose GnuTLS."),
    HSI_SHOW("sender", hsi_get_side, hsi_phase, sender, "'client' or 'server': who sends the message."),
    HSI_SHOW("time_ns", hsi_get_u64, hsi_phase, time_ns, "int: ns since 1970."),
    {"action", phase_action, NULL, PyDoc_STR("'enter' or 'leave'."), NULL},
    END_OF_ROWS,
};

static PyType_Slot phase_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("GnuTLS enters or leaves its work on one handshake message.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)phase_repr},
    {Py_tp_getset, phase_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_phase = {
    .name = "hsinspect.Phase", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = phase_slots};
