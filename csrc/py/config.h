/* Config: see config.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_CONFIG_H
#define HSI_PY_CONFIG_H

#include "live/config.h"
#include "py/state.h"

/* hsi_config_use borrows the config of a Config, which cannot be changed any more. */
hsi_config *hsi_config_use(PyObject *config);

#endif
