/* State: what one interpreter's copy of the module owns: its types and the exception classes. There is no other place for
 * a Python object to live in between calls. module.c fills it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_STATE_H
#define HSI_PY_STATE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "base/bytes.h"
#include "base/status.h"

/* Every type: its code, and its spec hsi_spec_<name>, defined in the file that is named in the comment. */
#define HSI_PY_TYPES(X)                                                                                                \
    X(RECORD, record)                          /* record.c */                                                          \
    X(RECORD_MAC, record_mac)                  /* record.c */                                                          \
    X(MESSAGE, message)                        /* message.c */                                                         \
    X(ALERT, alert)                            /* events.c, so the next four */                                        \
    X(CHANGE_CIPHER_SPEC, change_cipher_spec)                                                                          \
    X(APPLICATION_DATA, application_data)                                                                              \
    X(CLOSE, close)                                                                                                    \
    X(PHASE, phase)                                                                                                    \
    X(SECRET, secret)                          /* secret.c */                                                          \
    X(FIELD, field)                            /* field.c */                                                           \
    X(EXTENSIONS, extensions)                  /* extensions.c */                                                      \
    X(CHECK, check)                            /* check.c */                                                           \
    X(DERIVATION, derivation)                  /* check.c */                                                           \
    X(HANDSHAKE, handshake)                    /* handshake.c */                                                       \
    X(TRACE, trace)                            /* trace.c */                                                           \
    X(CONFIG, config)                          /* config.c */                                                          \
    X(SESSION, session)                        /* session.c */                                                         \
    X(CAPTURE, capture)                        /* capture.c */

typedef enum hsi_type {
#define HSI_PY_TYPE_CODE(code, name) HSI_TYPE_##code,
    HSI_PY_TYPES(HSI_PY_TYPE_CODE)
#undef HSI_PY_TYPE_CODE
        HSI_TYPES
} hsi_type;

#define HSI_PY_TYPE_SPEC(code, name) extern PyType_Spec hsi_spec_##name;
HSI_PY_TYPES(HSI_PY_TYPE_SPEC)
#undef HSI_PY_TYPE_SPEC

typedef struct hsi_module {
    PyObject *types[HSI_TYPES];
    PyObject *errors[HSI_STATUS_COUNT]; /* the exception class of each status */
} hsi_module;

/* hsi_module_of finds the state by an object of a final type of ours; it cannot fail. */
static inline hsi_module *hsi_module_of(PyObject *object)
{
    return PyType_GetModuleState(Py_TYPE(object));
}

/* A type that scripts cannot make, change or subclass. */
#define HSI_FINAL (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION)

/* A method that takes keywords, as PyMethodDef wants it. */
#define HSI_KEYWORDS(function) ((PyCFunction)(void (*)(void))(function)), METH_VARARGS | METH_KEYWORDS

extern struct PyModuleDef hsi_module_definition; /* module.c */
extern PyMethodDef hsi_info_methods[]; /* info.c: the functions of the module */

#endif
