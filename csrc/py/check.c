/* Check and Derivation: what was recomputed or required, and how one secret was made of others.
 * SPDX-License-Identifier: MIT */
#include "py/errors.h"
#include "py/secret.h"

/* ---- Check ---- */

static const char *const verdicts[] = {
    [HSI_FAILED] = "failed", [HSI_PASSED] = "passed", [HSI_NOT_CHECKABLE] = "not checkable"};
static const char *const kinds[] = {[HSI_COMPUTED] = "computed", [HSI_RULE] = "rule"};

static const hsi_check *check_of(PyObject *self)
{
    return hsi_item_of(self);
}

static PyObject *check_kind(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_py_text(kinds[check_of(self)->kind]);
}

static PyObject *check_ok(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_verdict verdict = check_of(self)->verdict;
    return verdict == HSI_NOT_CHECKABLE ? Py_NewRef(Py_None) : PyBool_FromLong(verdict == HSI_PASSED);
}

static PyObject *check_evidence(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_check *check = check_of(self);
    PyObject *tuple = PyTuple_New((Py_ssize_t)check->evidence_count);
    for (size_t i = 0; i < check->evidence_count && tuple != NULL; i++) {
        PyObject *event = hsi_event_new(hsi_module_of(self), HSI_TYPES, hsi_view_of(self), &check->evidence[i]);
        if (event == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, event) < 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

static PyObject *check_repr(PyObject *self)
{
    return hsi_py_repr("<Check %s %s>", check_of(self)->name, verdicts[check_of(self)->verdict]);
}

static PyGetSetDef check_getset[] = {
    HSI_SHOW("name", hsi_get_text, hsi_check, name, "str: 'mac.record[9]'."),
    HSI_SHOW("reason", hsi_get_text, hsi_check, reason, "str: why it failed or cannot be checked; or None."),
    HSI_SHOW("formula", hsi_get_text, hsi_check, formula, "str: what was computed, or the rule."),
    HSI_SHOW("rfc", hsi_get_text, hsi_check, rfc, "str: where it is written."),
    HSI_SHOW("expected", hsi_get_bytes, hsi_check, expected, "bytes: computed here."),
    HSI_SHOW("found", hsi_get_bytes, hsi_check, found, "bytes: on the wire, or surfaced."),
    {"kind", check_kind, NULL, PyDoc_STR("'computed' (a recomputation) or 'rule' (conformance)."), NULL},
    {"ok", check_ok, NULL, PyDoc_STR("bool; None: not checkable."), NULL},
    {"evidence", check_evidence, NULL, PyDoc_STR("tuple: the events it speaks of."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot check_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("What was recomputed or required, and whether it holds.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)check_repr},
    {Py_tp_getset, check_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_check = {
    .name = "hsinspect.Check", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = check_slots};

/* ---- Derivation ---- */

static const hsi_derivation *derivation_of(PyObject *self)
{
    return hsi_item_of(self);
}

static PyObject *derivation_output(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return hsi_object_new(hsi_module_of(self), HSI_TYPE_SECRET, hsi_view_of(self), derivation_of(self)->output);
}

/* Finds, for each input of a derivation, the secret that it is; NULL for what is no secret. */
static hsi_status collect_inputs(hsi_tap *tap, const void *context, hsi_list *out)
{
    const hsi_derivation *derivation = context;
    HSI_TRY(hsi_tap_look(tap));
    const hsi_list *secrets = hsi_tap_secrets(tap);
    for (size_t i = 0; i < derivation->input_count; i++) {
        const hsi_input *input = &derivation->inputs[i];
        void *found = NULL;
        for (size_t j = 0; j < secrets->count && found == NULL; j++) {
            const hsi_secret *secret = secrets->items[j];
            bool same = strcmp(secret->label, input->name) == 0 && hsi_bytes_equal(secret->value, input->value);
            found = same ? secrets->items[j] : NULL;
        }
        HSI_TRY(hsi_list_append(out, found));
    }
    return HSI_OK;
}

/* A pre-shared key is a secret too, though none that was surfaced (RFC 8446 section 7.1). */
static PyObject *input_value(PyObject *self, const hsi_input *input, const void *secret)
{
    hsi_module *module = hsi_module_of(self);
    const hsi_view *view = hsi_view_of(self);
    if (secret != NULL) {
        return hsi_object_new(module, HSI_TYPE_SECRET, view, secret);
    }
    if (strcmp(input->name, "PSK") == 0) {
        hsi_secret given = {.label = input->name,
                            .side = HSI_NOBODY,
                            .sender = HSI_NOBODY,
                            .epoch = HSI_NO_EPOCH,
                            .source = HSI_SOURCE_GIVEN,
                            .value = input->value};
        return hsi_secret_given(module, view, &given);
    }
    return hsi_py_bytes(input->value);
}

static PyObject *inputs_of(PyObject *self, const hsi_list *secrets)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)secrets->count);
    for (size_t i = 0; i < secrets->count && tuple != NULL; i++) {
        const hsi_input *input = &derivation_of(self)->inputs[i];
        PyObject *pair = Py_BuildValue("(NN)", hsi_py_text(input->name), input_value(self, input, secrets->items[i]));
        if (pair == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, pair) < 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

static PyObject *derivation_inputs(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    hsi_list secrets = HSI_LIST_EMPTY;
    hsi_status status = hsi_collect(hsi_view_of(self), collect_inputs, derivation_of(self), &secrets);
    PyObject *inputs = status == HSI_OK ? inputs_of(self, &secrets) : hsi_raise(hsi_module_of(self), status);
    hsi_list_cleanup(&secrets);
    return inputs;
}

static PyObject *derivation_repr(PyObject *self)
{
    const hsi_derivation *derivation = derivation_of(self);
    PyObject *label = hsi_py_text(derivation->output->label);
    if (label == NULL) {
        return NULL;
    }
    PyObject *repr =
        hsi_py_repr("<Derivation %R by %s, %s>", label, derivation->function, derivation->ok ? "ok" : "WRONG");
    Py_DECREF(label);
    return repr;
}

static PyGetSetDef derivation_getset[] = {
    HSI_SHOW("function", hsi_get_text, hsi_derivation, function, "str: 'PRF', 'HKDF-Extract', 'Derive-Secret'…"),
    HSI_SHOW("formula", hsi_get_text, hsi_derivation, formula, "str: a line for people."),
    HSI_SHOW("rfc", hsi_get_text, hsi_derivation, rfc, "str: where it is written."),
    HSI_SHOW("ok", hsi_get_bool, hsi_derivation, ok, "bool: the function of the inputs is the output."),
    {"output", derivation_output, NULL, PyDoc_STR("Secret: what it comes to."), NULL},
    {"inputs", derivation_inputs, NULL, PyDoc_STR("tuple of (name, Secret or bytes)."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot derivation_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("How a secret was made: output = function(inputs).")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)derivation_repr},
    {Py_tp_getset, derivation_getset},
    {0, NULL},
};

PyType_Spec hsi_spec_derivation = {
    .name = "hsinspect.Derivation", .basicsize = sizeof(hsi_object), .flags = HSI_FINAL, .slots = derivation_slots};
