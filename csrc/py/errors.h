/* Errors: from statuses to Python exceptions. Nothing else in csrc/py raises. The classes are written in
 * python/hsinspect/errors.py; which status is which class is the table in errors.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_ERRORS_H
#define HSI_PY_ERRORS_H

#include "live/session.h"
#include "py/state.h"

/* hsi_errors_load finds the classes. -1: an exception is set. */
int hsi_errors_load(hsi_module *module);

/* Each raises and returns NULL, for `return hsi_raise(…)`. */

/* hsi_raise: the status's class with the status's sentence. SYSTEM takes errno. */
PyObject *hsi_raise(hsi_module *module, hsi_status status);

/* hsi_raise_saying: the status's class with words of the caller's, as PyUnicode_FromFormat takes them. */
PyObject *hsi_raise_saying(hsi_module *module, hsi_status status, const char *format, ...);

/* hsi_raise_failure: how a session failed, with `.alert` and `.trace`; `trace` is a Trace. */
PyObject *hsi_raise_failure(hsi_module *module, hsi_status status, const hsi_failure *failure, PyObject *trace);

/* hsi_raise_key: KeyError. hsi_raise_attribute: AttributeError. hsi_raise_type: TypeError; hsi_raise_value: ValueError,
 * for what is wrong with an argument where there is no state at hand. */
PyObject *hsi_raise_key(PyObject *key);
PyObject *hsi_raise_attribute(const char *text);
PyObject *hsi_raise_type(const char *text);
PyObject *hsi_raise_value(const char *format, ...);

/* An exception that is put aside, to be raised when the call it arose in has come home. */
typedef struct hsi_raised {
    PyObject *type;
    PyObject *value;
    PyObject *traceback;
} hsi_raised;

/* hsi_raised_keep takes the exception that is set; the first one kept wins, later ones are dropped.
 * hsi_raised_release raises what was kept; false: nothing was. */
void hsi_raised_keep(hsi_raised *raised);
bool hsi_raised_release(hsi_raised *raised);

#endif
