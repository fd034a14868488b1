/* Field: a node of a message's tree, made when it is looked at. The tree does not change once it is there, so it is read
 * without the trace's lock.
 * SPDX-License-Identifier: MIT */
#include "py/field.h"

#include "py/errors.h"

typedef struct Field {
    hsi_object object;
    const hsi_message *message;
} Field;

static const hsi_field *field_of(PyObject *self)
{
    return hsi_item_of(self);
}

PyObject *hsi_field_new(hsi_module *module, const hsi_view *view, const hsi_message *message, const hsi_field *field)
{
    PyObject *self = hsi_object_new(module, HSI_TYPE_FIELD, view, field);
    if (self != NULL) {
        ((Field *)self)->message = message;
    }
    return self;
}

PyObject *hsi_field_at(hsi_module *module, const hsi_view *view, const hsi_message *message, const hsi_field *from,
                       PyObject *path)
{
    if (!PyUnicode_Check(path)) {
        return hsi_raise_type("a path of fields is a str");
    }
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(path, &length);
    if (text == NULL) {
        return NULL;
    }
    const hsi_field *found = strlen(text) == (size_t)length ? hsi_field_find(from, text) : NULL;
    return found == NULL ? hsi_raise_key(path) : hsi_field_new(module, view, message, found);
}

/* The Field of another node of the same tree. */
static PyObject *another(PyObject *self, const hsi_field *field)
{
    return hsi_field_new(hsi_module_of(self), hsi_view_of(self), ((Field *)self)->message, field);
}

/* ---- its names ---- */

static PyObject *name_of(const hsi_field *field)
{
    return field->index == HSI_NOT_AN_ITEM ? hsi_py_text(field->name)
                                           : PyUnicode_FromFormat("%s[%zu]", field->name, field->index);
}

static PyObject *field_name(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    return name_of(field_of(self));
}

/* What a field adds to the path of the one above it: an item only its index, since its vector has the name already. */
static PyObject *step_to(const hsi_field *field)
{
    if (field->index != HSI_NOT_AN_ITEM) {
        return PyUnicode_FromFormat("[%zu]", field->index);
    }
    bool first = field->parent->parent == NULL;
    return PyUnicode_FromFormat("%s%s", first ? "" : ".", field->name);
}

static PyObject *field_path(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    PyObject *path = PyUnicode_FromString("");
    for (const hsi_field *field = field_of(self); path != NULL && field->parent != NULL; field = field->parent) {
        PyObject *step = step_to(field);
        PyObject *longer = step == NULL ? NULL : PyUnicode_Concat(step, path);
        Py_XDECREF(step);
        Py_DECREF(path);
        path = longer;
    }
    return path;
}

/* ---- what it says ---- */

static PyObject *field_raw(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_field *field = field_of(self);
    return hsi_py_bytes(hsi_bytes_slice(((Field *)self)->message->raw, field->offset, field->length));
}

/* Text that is UTF-8, as a str; else its bytes. */
static PyObject *text_value(hsi_bytes content)
{
    PyObject *text = PyUnicode_DecodeUTF8((const char *)content.data, (Py_ssize_t)content.length, NULL);
    if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        PyErr_Clear();
        return hsi_py_bytes(content);
    }
    return text;
}

static PyObject *field_value(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    const hsi_field *field = field_of(self);
    switch (field->kind) {
    case HSI_FIELD_UINT:
        return PyLong_FromUnsignedLongLong(field->number);
    case HSI_FIELD_OPAQUE:
        return hsi_py_bytes(field->content);
    case HSI_FIELD_TEXT:
        return text_value(field->content);
    case HSI_FIELD_STRUCT:
        break;
    }
    return Py_NewRef(Py_None);
}

/* ---- below it ---- */

static PyObject *tuple_of_list(PyObject *list)
{
    PyObject *tuple = list == NULL ? NULL : PyList_AsTuple(list);
    Py_XDECREF(list);
    return tuple;
}

/* Appends a field to a list; drops the list and returns NULL on failure. */
static PyObject *add(PyObject *self, PyObject *list, const hsi_field *field)
{
    PyObject *object = another(self, field);
    if (object == NULL || PyList_Append(list, object) < 0) {
        Py_CLEAR(list);
    }
    Py_XDECREF(object);
    return list;
}

static PyObject *field_children(PyObject *self, void *at)
{
    HSI_UNUSED(at);
    PyObject *list = PyList_New(0);
    for (const hsi_field *child = field_of(self)->first; child != NULL && list != NULL; child = child->next) {
        list = add(self, list, child);
    }
    return tuple_of_list(list);
}

/* The first leaf of the tree under a field. */
static const hsi_field *first_leaf(const hsi_field *field)
{
    while (field->first != NULL) {
        field = field->first;
    }
    return field;
}

/* The leaf that follows, under `root`; NULL: that was the last one. */
static const hsi_field *next_leaf(const hsi_field *leaf, const hsi_field *root)
{
    while (leaf != root) {
        if (leaf->next != NULL) {
            return first_leaf(leaf->next);
        }
        leaf = leaf->parent;
    }
    return NULL;
}

static PyObject *field_leaves(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    const hsi_field *root = field_of(self);
    PyObject *list = PyList_New(0);
    for (const hsi_field *leaf = first_leaf(root); leaf != NULL && list != NULL; leaf = next_leaf(leaf, root)) {
        list = add(self, list, leaf);
    }
    return tuple_of_list(list);
}

static Py_ssize_t field_length(PyObject *self)
{
    Py_ssize_t count = 0;
    for (const hsi_field *child = field_of(self)->first; child != NULL; child = child->next) {
        count++;
    }
    return count;
}

/* A leaf has no children and is something all the same. */
static int field_bool(PyObject *self)
{
    HSI_UNUSED(self);
    return 1;
}

static PyObject *field_iter(PyObject *self)
{
    PyObject *children = field_children(self, NULL);
    PyObject *iterator = children == NULL ? NULL : PyObject_GetIter(children);
    Py_XDECREF(children);
    return iterator;
}

static PyObject *field_getitem(PyObject *self, PyObject *path)
{
    return hsi_field_at(hsi_module_of(self), hsi_view_of(self), ((Field *)self)->message, field_of(self), path);
}

static PyObject *field_repr(PyObject *self)
{
    const hsi_field *field = field_of(self);
    PyObject *path = field->parent == NULL ? hsi_py_text(field->name) : field_path(self, NULL);
    if (path == NULL) {
        return NULL;
    }
    PyObject *repr = hsi_py_repr("<Field %U %zu bytes at %zu%s%s>", path, field->length, field->offset,
                                 field->meaning == NULL ? "" : ", ", field->meaning == NULL ? "" : field->meaning);
    Py_DECREF(path);
    return repr;
}

static PyGetSetDef field_getset[] = {
    {"name", field_name, NULL, PyDoc_STR("str: the RFC's struct member; 'client_shares[0]' for an item."), NULL},
    {"path", field_path, NULL, PyDoc_STR("str: what message[path] finds it by; '' for the message itself."), NULL},
    {"raw", field_raw, NULL, PyDoc_STR("bytes: its bytes in the message, length fields included."), NULL},
    {"value", field_value, NULL, PyDoc_STR("int, bytes or str by its kind; None for a struct or vector."), NULL},
    {"children", field_children, NULL, PyDoc_STR("tuple[Field, ...]"), NULL},
    HSI_SHOW("offset", hsi_get_size, hsi_field, offset, "int: in the message, its header counted."),
    HSI_SHOW("length", hsi_get_size, hsi_field, length, "int: in bytes."),
    HSI_SHOW("meaning", hsi_get_text, hsi_field, meaning, "str: the registered name of its number; or None."),
    HSI_SHOW("rfc", hsi_get_text, hsi_field, rfc, "str: where it is defined, 'RFC 8446 section 4.2.8'; or None."),
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef field_methods[] = {
    {"leaves", field_leaves, METH_NOARGS,
     PyDoc_STR("leaves($self)\n--\n\nThe fields without children, in order: they tile its bytes.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot field_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("What a run of a message's bytes is called and what it says.")},
    HSI_OBJECT_SLOTS,
    {Py_tp_repr, (void *)field_repr},
    {Py_tp_iter, (void *)field_iter},
    {Py_tp_getset, field_getset},
    {Py_tp_methods, field_methods},
    {Py_mp_length, (void *)field_length},
    {Py_mp_subscript, (void *)field_getitem},
    {Py_nb_bool, (void *)field_bool},
    {0, NULL},
};

PyType_Spec hsi_spec_field = {
    .name = "hsinspect.Field", .basicsize = sizeof(Field), .flags = HSI_FINAL, .slots = field_slots};
