/* Aliases: the names that _core.pyi gives to unions of types, Side, Event and Buffer, so that annotations which use them
 * can be evaluated (typing.get_type_hints, documentation tools).
 * SPDX-License-Identifier: MIT */
#include "py/aliases.h"

/* Joins a type to a union; takes over both. */
static PyObject *join(PyObject *so_far, PyObject *type)
{
    PyObject *joined = so_far == NULL || type == NULL ? NULL : PyNumber_Or(so_far, type);
    Py_XDECREF(so_far);
    Py_XDECREF(type);
    return joined;
}

static PyObject *literal(PyObject *typing, const char *value)
{
    PyObject *literal = typing == NULL ? NULL : PyObject_GetAttrString(typing, "Literal");
    PyObject *text = literal == NULL ? NULL : PyUnicode_FromString(value);
    PyObject *made = text == NULL ? NULL : PyObject_GetItem(literal, text);
    Py_XDECREF(literal);
    Py_XDECREF(text);
    return made;
}

static PyObject *side(void)
{
    PyObject *typing = PyImport_ImportModule("typing");
    PyObject *client = literal(typing, "client");
    PyObject *either = client == NULL ? NULL : join(client, literal(typing, "server"));
    Py_XDECREF(typing);
    return either;
}

static PyObject *event(const hsi_module *module)
{
    static const hsi_type types[] = {
        HSI_TYPE_MESSAGE, HSI_TYPE_ALERT, HSI_TYPE_CHANGE_CIPHER_SPEC, HSI_TYPE_APPLICATION_DATA, HSI_TYPE_CLOSE,
        HSI_TYPE_PHASE,   HSI_TYPE_SECRET};
    PyObject *any = Py_NewRef(module->types[HSI_TYPE_RECORD]);
    for (size_t i = 0; i < HSI_COUNT(types) && any != NULL; i++) {
        any = join(any, Py_NewRef(module->types[types[i]]));
    }
    return any;
}

static PyObject *buffer(void)
{
    PyObject *two = join(Py_NewRef((PyObject *)&PyBytes_Type), Py_NewRef((PyObject *)&PyByteArray_Type));
    return two == NULL ? NULL : join(two, Py_NewRef((PyObject *)&PyMemoryView_Type));
}

/* Adds an alias, which it takes over. */
static int add(PyObject *self, const char *name, PyObject *alias)
{
    int added = alias == NULL ? -1 : PyModule_AddObjectRef(self, name, alias);
    Py_XDECREF(alias);
    return added;
}

int hsi_aliases_add(PyObject *self, const hsi_module *module)
{
    return add(self, "Side", side()) < 0 || add(self, "Event", event(module)) < 0 || add(self, "Buffer", buffer()) < 0
               ? -1
               : 0;
}
