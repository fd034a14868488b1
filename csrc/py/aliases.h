/* Aliases: see aliases.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_ALIASES_H
#define HSI_PY_ALIASES_H

#include "py/state.h"

/* hsi_aliases_add adds them to the module. -1: an exception is set. */
int hsi_aliases_add(PyObject *self, const hsi_module *module);

#endif
