/* Extensions: the extensions of one message as a mapping, in their order, by IANA name or "0x1234"; looked up by number
 * too. Of repeated ones the first counts. Read-only.
 * SPDX-License-Identifier: MIT */
#include "py/extensions.h"

#include "py/errors.h"
#include "py/field.h"

typedef struct Extensions {
    PyObject_HEAD PyObject *fields; /* dict: name to Field. None of them leads back here, so no cycle can arise */
} Extensions;

static PyObject *fields_of(PyObject *self)
{
    return ((Extensions *)self)->fields;
}

/* ---- making one ---- */

/* Adds an extension, unless there is one of its name. False: an exception is set. */
static bool add(PyObject *dict, hsi_module *module, const hsi_view *view, const hsi_message *message,
                const hsi_field *extension)
{
    PyObject *field = hsi_field_new(module, view, message, extension);
    PyObject *kept =
        field == NULL ? NULL : PyObject_CallMethod(dict, "setdefault", "NO", hsi_py_text(extension->name), field);
    bool added = kept != NULL;
    Py_XDECREF(kept);
    Py_XDECREF(field);
    return added;
}

static PyObject *dict_of(hsi_module *module, const hsi_view *view, const hsi_message *message, const hsi_field *list)
{
    PyObject *dict = PyDict_New();
    for (const hsi_field *child = list == NULL ? NULL : list->first; child != NULL && dict != NULL;
         child = child->next) {
        bool is_extension = hsi_field_child(child, hsi_bytes_text("extension_type")) != NULL;
        if (is_extension && !add(dict, module, view, message, child)) {
            Py_CLEAR(dict);
        }
    }
    return dict;
}

PyObject *hsi_extensions_new(hsi_module *module, const hsi_view *view, const hsi_message *message,
                             const hsi_field *fields)
{
    PyObject *dict = dict_of(module, view, message, hsi_field_find(fields, "extensions"));
    if (dict == NULL) {
        return NULL;
    }
    Extensions *self = PyObject_New(Extensions, (PyTypeObject *)module->types[HSI_TYPE_EXTENSIONS]);
    if (self == NULL) {
        Py_DECREF(dict);
        return NULL;
    }
    self->fields = dict;
    return (PyObject *)self;
}

static void extensions_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_DECREF(fields_of(self));
    PyObject_Free(self);
    Py_DECREF(type);
}

/* ---- looking into it ---- */

/* The name under which a key is kept: a number's registered name, or "0x1234". */
static PyObject *name_of(PyObject *key)
{
    if (!PyLong_Check(key)) {
        return Py_NewRef(key);
    }
    int overflow;
    long number = PyLong_AsLongAndOverflow(key, &overflow);
    if (number < 0 || number > UINT16_MAX || overflow != 0) {
        return Py_NewRef(key);
    }
    const char *name = hsi_extension_name((uint32_t)number);
    return name == NULL ? PyUnicode_FromFormat("0x%04x", (unsigned)number) : PyUnicode_FromString(name);
}

/* The Field of a key, borrowed; NULL without an exception: there is none. */
static PyObject *find(PyObject *self, PyObject *key)
{
    PyObject *name = name_of(key);
    PyObject *field = name == NULL ? NULL : PyDict_GetItemWithError(fields_of(self), name);
    Py_XDECREF(name);
    return field;
}

static PyObject *extensions_getitem(PyObject *self, PyObject *key)
{
    PyObject *field = find(self, key);
    if (field == NULL) {
        return PyErr_Occurred() ? NULL : hsi_raise_key(key);
    }
    return Py_NewRef(field);
}

static PyObject *extensions_get(PyObject *self, PyObject *args)
{
    PyObject *key;
    PyObject *otherwise = Py_None;
    if (!PyArg_UnpackTuple(args, "get", 1, 2, &key, &otherwise)) {
        return NULL;
    }
    PyObject *field = find(self, key);
    if (field == NULL && PyErr_Occurred()) {
        return NULL;
    }
    return Py_NewRef(field == NULL ? otherwise : field);
}

static int extensions_contains(PyObject *self, PyObject *key)
{
    PyObject *field = find(self, key);
    return field == NULL && PyErr_Occurred() ? -1 : field != NULL;
}

static Py_ssize_t extensions_length(PyObject *self)
{
    return PyDict_Size(fields_of(self));
}

static PyObject *extensions_iter(PyObject *self)
{
    return PyObject_GetIter(fields_of(self));
}

/* The dict's own views, through a proxy: nothing of the dict itself gets out. */
static PyObject *view(PyObject *self, const char *name)
{
    PyObject *proxy = PyDictProxy_New(fields_of(self));
    PyObject *shown = proxy == NULL ? NULL : PyObject_CallMethod(proxy, name, NULL);
    Py_XDECREF(proxy);
    return shown;
}

static PyObject *extensions_keys(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return view(self, "keys");
}

static PyObject *extensions_values(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return view(self, "values");
}

static PyObject *extensions_items(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return view(self, "items");
}

static PyObject *extensions_repr(PyObject *self)
{
    PyObject *names = PySequence_List(fields_of(self));
    PyObject *repr = names == NULL ? NULL : hsi_py_repr("<Extensions %R>", names);
    Py_XDECREF(names);
    return repr;
}

static PyMethodDef extensions_methods[] = {
    {"get", extensions_get, METH_VARARGS,
     PyDoc_STR("get($self, key, default=None, /)\n--\n\nThe Field of a name or number, or `default`.")},
    {"keys", extensions_keys, METH_NOARGS, PyDoc_STR("keys($self)\n--\n\nThe names, in order.")},
    {"values", extensions_values, METH_NOARGS, PyDoc_STR("values($self)\n--\n\nThe Fields, in order.")},
    {"items", extensions_items, METH_NOARGS, PyDoc_STR("items($self)\n--\n\nNames with their Fields, in order.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot extensions_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("The extensions of a message, by IANA name or number.")},
    {Py_tp_dealloc, (void *)extensions_dealloc},
    {Py_tp_repr, (void *)extensions_repr},
    {Py_tp_iter, (void *)extensions_iter},
    {Py_tp_methods, extensions_methods},
    {Py_mp_length, (void *)extensions_length},
    {Py_mp_subscript, (void *)extensions_getitem},
    {Py_sq_contains, (void *)extensions_contains},
    {0, NULL},
};

PyType_Spec hsi_spec_extensions = {.name = "hsinspect._core.Extensions",
                                   .basicsize = sizeof(Extensions),
                                   .flags = HSI_FINAL,
                                   .slots = extensions_slots};
