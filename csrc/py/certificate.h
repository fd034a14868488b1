/* Certificate: functions of the module about X.509 that no trace is needed for. python/hsinspect/certificate.py makes the
 * class of what they give.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_CERTIFICATE_H
#define HSI_PY_CERTIFICATE_H

#include "py/state.h"

PyObject *hsi_certificate_facts(PyObject *module, PyObject *args, PyObject *keywords);
PyObject *hsi_certificate_text(PyObject *module, PyObject *args, PyObject *keywords);
PyObject *hsi_ocsp_response_text(PyObject *module, PyObject *args, PyObject *keywords);

#endif
