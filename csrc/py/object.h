/* Object: the Python object over an item of a tap. Items never move and live as long as the fold they are of, so an object is a
 * held view and a pointer. Two are equal where they show the same item. Getters are rows of a table: which member, and how it
 * is shown; what needs more than its item has a getter of its own in the type's file.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_OBJECT_H
#define HSI_PY_OBJECT_H

#include "py/convert.h"
#include "tap/trace.h"

typedef struct hsi_object {
    PyObject_HEAD hsi_view view;
    const void *item;
} hsi_object;

/* hsi_object_new makes an object of a type whose struct begins with hsi_object; what follows in it is not set. */
PyObject *hsi_object_new(hsi_module *module, hsi_type type, const hsi_view *view, const void *item);

/* hsi_event_new makes the object of an hsi_event; `type` is not looked at. */
PyObject *hsi_event_new(hsi_module *module, hsi_type type, const hsi_view *view, const void *event);

static inline const void *hsi_item_of(PyObject *object)
{
    return ((hsi_object *)object)->item;
}

static inline hsi_view *hsi_view_of(PyObject *object)
{
    return &((hsi_object *)object)->view;
}

/* ---- the slots that all these types have ---- */

void hsi_object_dealloc(PyObject *self);
PyObject *hsi_object_compare(PyObject *self, PyObject *other, int operation);
Py_hash_t hsi_object_hash(PyObject *self);

#define HSI_OBJECT_SLOTS                                                                                               \
    {Py_tp_dealloc, (void *)hsi_object_dealloc},                                                                       \
    {Py_tp_richcompare, (void *)hsi_object_compare},                                                                   \
    {Py_tp_hash, (void *)hsi_object_hash}

/* ---- getters; the closure says where in the item the member is ---- */

#define HSI_AT(type, member) ((void *)(uintptr_t)offsetof(type, member))

PyObject *hsi_get_size(PyObject *self, void *at); /* size_t */
PyObject *hsi_get_u64(PyObject *self, void *at);
PyObject *hsi_get_u16(PyObject *self, void *at);
PyObject *hsi_get_u8(PyObject *self, void *at);
PyObject *hsi_get_bool(PyObject *self, void *at);
PyObject *hsi_get_side(PyObject *self, void *at); /* uint8_t */
PyObject *hsi_get_bytes(PyObject *self, void *at); /* hsi_bytes */
PyObject *hsi_get_text(PyObject *self, void *at); /* const char *; NULL is None */
PyObject *hsi_get_record(PyObject *self, void *at); /* const hsi_record *; NULL is None */

/* A row that shows a member. */
#define HSI_SHOW(name, how, type, member, doc) {name, how, NULL, PyDoc_STR(doc), HSI_AT(type, member)}

/* ---- many at once ---- */

/* A collector puts items of a tap into `out`; it is called with the trace locked and the tap at the journal's end. A view
 * of no fold is settled under the same lock: between the two another thread could have the trace fold anew. */
typedef hsi_status hsi_collector(hsi_tap *tap, const void *context, hsi_list *out);

/* hsi_collect folds and collects, without the GIL. The caller cleans `out` up, also after a failure. */
HSI_MUST_USE hsi_status hsi_collect(hsi_view *view, hsi_collector *collector, const void *context, hsi_list *out);

/* hsi_collect_tuple makes a tuple of objects of what is collected, each by `make`. */
typedef PyObject *hsi_maker(hsi_module *module, hsi_type type, const hsi_view *view, const void *item);
PyObject *hsi_collect_tuple(hsi_module *module, hsi_view *view, hsi_collector *collector, const void *context,
                            hsi_maker *make, hsi_type type);

/* hsi_list_copy appends the items of a list. */
HSI_MUST_USE hsi_status hsi_list_copy(hsi_list *out, const hsi_list *from);

#endif
