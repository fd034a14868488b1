/* Secret: see secret.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_SECRET_H
#define HSI_PY_SECRET_H

#include "py/object.h"

/* hsi_secret_given makes a Secret of bytes that are no item of the tap; they and the label live as long as the trace. */
PyObject *hsi_secret_given(hsi_module *module, const hsi_view *view, const hsi_secret *secret);

#endif
