/* The module hsinspect._core: makes the types and finds the exception classes, in each interpreter that imports it. An
 * interpreter with a lock of its own is refused by CPython itself: the limited API of 3.11 has no slot with which a module
 * could ask for it, and one that does not ask gets ImportError there.
 * SPDX-License-Identifier: MIT */
#include "live/probe.h"
#include "py/aliases.h"
#include "py/errors.h"
#include "tap/items.h"

static PyType_Spec *const specs[HSI_TYPES] = {
#define HSI_PY_TYPE_ROW(code, name) [HSI_TYPE_##code] = &hsi_spec_##name,
    HSI_PY_TYPES(HSI_PY_TYPE_ROW)
#undef HSI_PY_TYPE_ROW
};

static const char *const event_kinds[HSI_EVENT_KINDS] = {
    [HSI_EVENT_RECORD] = "Record",
    [HSI_EVENT_MESSAGE] = "Message",
    [HSI_EVENT_ALERT] = "Alert",
    [HSI_EVENT_CHANGE_CIPHER_SPEC] = "ChangeCipherSpec",
    [HSI_EVENT_APPLICATION_DATA] = "ApplicationData",
    [HSI_EVENT_CLOSE] = "Close",
    [HSI_EVENT_PHASE] = "Phase",
    [HSI_EVENT_SECRET] = "Secret",
};

static int add_types(PyObject *self, hsi_module *module)
{
    for (size_t i = 0; i < HSI_TYPES; i++) {
        module->types[i] = PyType_FromModuleAndSpec(self, specs[i], NULL);
        if (module->types[i] == NULL || PyModule_AddType(self, (PyTypeObject *)module->types[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

static int add_event_kinds(PyObject *self)
{
    PyObject *kinds = PyTuple_New(HSI_EVENT_KINDS);
    for (Py_ssize_t i = 0; i < HSI_EVENT_KINDS && kinds != NULL; i++) {
        PyObject *name = PyUnicode_FromString(event_kinds[i]);
        if (name == NULL || PyTuple_SetItem(kinds, i, name) < 0) {
            Py_CLEAR(kinds);
        }
    }
    int added = kinds == NULL ? -1 : PyModule_AddObjectRef(self, "EVENT_KINDS", kinds);
    Py_XDECREF(kinds);
    return added;
}

/* isinstance(message.extensions, collections.abc.Mapping) holds. */
static int register_mapping(const hsi_module *module)
{
    PyObject *abc = PyImport_ImportModule("collections.abc");
    PyObject *mapping = abc == NULL ? NULL : PyObject_GetAttrString(abc, "Mapping");
    PyObject *done =
        mapping == NULL ? NULL : PyObject_CallMethod(mapping, "register", "O", module->types[HSI_TYPE_EXTENSIONS]);
    Py_XDECREF(abc);
    Py_XDECREF(mapping);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static int module_exec(PyObject *self)
{
    hsi_module *module = PyModule_GetState(self);
    if (hsi_errors_load(module) < 0 || add_types(self, module) < 0 || add_event_kinds(self) < 0 ||
        hsi_aliases_add(self, module) < 0 || register_mapping(module) < 0) {
        return -1;
    }
    hsi_probe_install();
    return 0;
}

static int module_traverse(PyObject *self, visitproc visit, void *arg)
{
    hsi_module *module = PyModule_GetState(self);
    for (size_t i = 0; i < HSI_TYPES; i++) {
        Py_VISIT(module->types[i]);
    }
    for (size_t i = 0; i < HSI_STATUS_COUNT; i++) {
        Py_VISIT(module->errors[i]);
    }
    return 0;
}

static int module_clear(PyObject *self)
{
    hsi_module *module = PyModule_GetState(self);
    for (size_t i = 0; i < HSI_TYPES; i++) {
        Py_CLEAR(module->types[i]);
    }
    for (size_t i = 0; i < HSI_STATUS_COUNT; i++) {
        Py_CLEAR(module->errors[i]);
    }
    return 0;
}

static void module_free(void *self)
{
    (void)module_clear(self);
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, (void *)module_exec}, {0, NULL}};

struct PyModuleDef hsi_module_definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "hsinspect._core",
    .m_doc = PyDoc_STR("The C core of hsinspect: journals, traces and what is in them, and GnuTLS sessions."),
    .m_size = sizeof(hsi_module),
    .m_methods = hsi_info_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__core(void);

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&hsi_module_definition);
}
