/* Object: see the header.
 * SPDX-License-Identifier: MIT */
#include "py/object.h"

#include "py/errors.h"

static const hsi_type event_types[HSI_EVENT_KINDS] = {
    [HSI_EVENT_RECORD] = HSI_TYPE_RECORD,
    [HSI_EVENT_MESSAGE] = HSI_TYPE_MESSAGE,
    [HSI_EVENT_ALERT] = HSI_TYPE_ALERT,
    [HSI_EVENT_CHANGE_CIPHER_SPEC] = HSI_TYPE_CHANGE_CIPHER_SPEC,
    [HSI_EVENT_APPLICATION_DATA] = HSI_TYPE_APPLICATION_DATA,
    [HSI_EVENT_CLOSE] = HSI_TYPE_CLOSE,
    [HSI_EVENT_PHASE] = HSI_TYPE_PHASE,
    [HSI_EVENT_SECRET] = HSI_TYPE_SECRET,
};

PyObject *hsi_object_new(hsi_module *module, hsi_type type, const hsi_view *view, const void *item)
{
    hsi_object *self = PyObject_New(hsi_object, (PyTypeObject *)module->types[type]);
    if (self == NULL) {
        return NULL;
    }
    self->view = hsi_view_hold(view);
    self->item = item;
    return (PyObject *)self;
}

PyObject *hsi_event_new(hsi_module *module, hsi_type type, const hsi_view *view, const void *event)
{
    HSI_UNUSED(type);
    const hsi_event *of = event;
    return hsi_object_new(module, event_types[of->kind], view, of->item);
}

/* ---- slots ---- */

void hsi_object_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    hsi_view_drop(hsi_view_of(self));
    PyObject_Free(self);
    Py_DECREF(type);
}

PyObject *hsi_object_compare(PyObject *self, PyObject *other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(self) != Py_TYPE(other)) {
        return Py_NewRef(Py_NotImplemented);
    }
    const hsi_object *a = (hsi_object *)self;
    const hsi_object *b = (hsi_object *)other;
    bool same = a->item == b->item;
    return PyBool_FromLong(same == (operation == Py_EQ));
}

Py_hash_t hsi_object_hash(PyObject *self)
{
    enum { ALIGNMENT = 4 }; /* the low bits of a pointer say nothing */
    Py_hash_t hash = (Py_hash_t)((uintptr_t)hsi_item_of(self) >> ALIGNMENT);
    return hash == -1 ? -2 : hash;
}

/* ---- getters ---- */

static const void *member(PyObject *self, const void *at)
{
    return (const char *)hsi_item_of(self) + (uintptr_t)at;
}

PyObject *hsi_get_size(PyObject *self, void *at)
{
    return PyLong_FromSize_t(*(const size_t *)member(self, at));
}

PyObject *hsi_get_u64(PyObject *self, void *at)
{
    return PyLong_FromUnsignedLongLong(*(const uint64_t *)member(self, at));
}

PyObject *hsi_get_u16(PyObject *self, void *at)
{
    return PyLong_FromLong(*(const uint16_t *)member(self, at));
}

PyObject *hsi_get_u8(PyObject *self, void *at)
{
    return PyLong_FromLong(*(const uint8_t *)member(self, at));
}

PyObject *hsi_get_bool(PyObject *self, void *at)
{
    return PyBool_FromLong(*(const bool *)member(self, at));
}

PyObject *hsi_get_side(PyObject *self, void *at)
{
    return hsi_py_side(*(const uint8_t *)member(self, at));
}

PyObject *hsi_get_bytes(PyObject *self, void *at)
{
    return hsi_py_bytes(*(const hsi_bytes *)member(self, at));
}

PyObject *hsi_get_text(PyObject *self, void *at)
{
    return hsi_py_text(*(const char *const *)member(self, at));
}

PyObject *hsi_get_record(PyObject *self, void *at)
{
    const hsi_record *record = *(const hsi_record *const *)member(self, at);
    if (record == NULL) {
        return Py_NewRef(Py_None);
    }
    return hsi_object_new(hsi_module_of(self), HSI_TYPE_RECORD, hsi_view_of(self), record);
}

/* ---- many at once ---- */

hsi_status hsi_list_copy(hsi_list *out, const hsi_list *from)
{
    for (size_t i = 0; i < from->count; i++) {
        HSI_TRY(hsi_list_append(out, from->items[i]));
    }
    return HSI_OK;
}

static hsi_status collect(hsi_tap *tap, hsi_collector *collector, const void *context, hsi_list *out)
{
    HSI_TRY(hsi_tap_advance(tap));
    return collector(tap, context, out);
}

hsi_status hsi_collect(hsi_view *view, hsi_collector *collector, const void *context, hsi_list *out)
{
    PyThreadState *saved = PyEval_SaveThread();
    hsi_trace_lock(view->trace);
    hsi_view_settle(view);
    hsi_status status = collect(view->tap, collector, context, out);
    hsi_trace_unlock(view->trace);
    PyEval_RestoreThread(saved);
    return status;
}

/* Fills a tuple; false: an exception is set. */
static bool fill(PyObject *tuple, hsi_module *module, const hsi_view *view, const hsi_list *list, hsi_maker *make,
                 hsi_type type)
{
    for (size_t i = 0; i < list->count; i++) {
        PyObject *object = make(module, type, view, list->items[i]);
        if (object == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)i, object) < 0) {
            return false;
        }
    }
    return true;
}

static PyObject *tuple_of(hsi_module *module, const hsi_view *view, const hsi_list *list, hsi_maker *make,
                          hsi_type type)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)list->count);
    if (tuple != NULL && !fill(tuple, module, view, list, make, type)) {
        Py_CLEAR(tuple);
    }
    return tuple;
}

PyObject *hsi_collect_tuple(hsi_module *module, hsi_view *view, hsi_collector *collector, const void *context,
                            hsi_maker *make, hsi_type type)
{
    hsi_list list = HSI_LIST_EMPTY;
    hsi_status status = hsi_collect(view, collector, context, &list);
    PyObject *tuple = status == HSI_OK ? tuple_of(module, view, &list, make, type) : hsi_raise(module, status);
    hsi_list_cleanup(&list);
    return tuple;
}
