/* Field: see field.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_FIELD_H
#define HSI_PY_FIELD_H

#include "py/object.h"

/* hsi_field_new makes the Field of a field of a message. */
PyObject *hsi_field_new(hsi_module *module, const hsi_view *view, const hsi_message *message, const hsi_field *field);

/* hsi_field_at finds the Field at a path below another; KeyError names a path that is not there. */
PyObject *hsi_field_at(hsi_module *module, const hsi_view *view, const hsi_message *message, const hsi_field *from,
                       PyObject *path);

#endif
