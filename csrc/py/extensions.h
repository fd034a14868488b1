/* Extensions: see extensions.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_EXTENSIONS_H
#define HSI_PY_EXTENSIONS_H

#include "py/object.h"

/* hsi_extensions_new maps the extensions of a message, whose tree has the root `fields`. */
PyObject *hsi_extensions_new(hsi_module *module, const hsi_view *view, const hsi_message *message,
                             const hsi_field *fields);

#endif
