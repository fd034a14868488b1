/* Errors: see the header. The one place that raises.
 * SPDX-License-Identifier: MIT */
#include "py/errors.h"

#include <errno.h>

#include "proto/registries.h"
#include "py/convert.h"

/* ssl.SSL_ERROR_*: what `errno` of an ssl.SSLError holds. */
enum {
    SSL_ERROR_SSL = 1,
    SSL_ERROR_WANT_READ = 2,
    SSL_ERROR_WANT_WRITE = 3,
    SSL_ERROR_ZERO_RETURN = 6,
    SSL_ERROR_EOF = 8
};

static const char errors_module[] = "hsinspect.errors";

/* A status's class: of hsinspect.errors, with its ssl number (0: it is none of ssl's); or a builtin one. */
static const struct {
    const char *class_name;
    int number;
    PyObject **builtin;
} classes[HSI_STATUS_COUNT] = {
    [HSI_OK] = {NULL, 0, &PyExc_SystemError}, /* never raised; nor are CALLBACK and INTERRUPTED */
    [HSI_TRUNCATED] = {NULL, 0, &PyExc_ValueError},
    [HSI_ILLEGAL] = {NULL, 0, &PyExc_ValueError},
    [HSI_TOO_MANY] = {NULL, 0, &PyExc_ValueError},
    [HSI_NO_MEMORY] = {NULL, 0, &PyExc_MemoryError},
    [HSI_UNSUPPORTED] = {NULL, 0, &PyExc_ValueError},
    [HSI_CRYPTO] = {"Error", SSL_ERROR_SSL, NULL},
    [HSI_FORMAT] = {NULL, 0, &PyExc_ValueError},
    [HSI_CREDENTIALS] = {"Error", SSL_ERROR_SSL, NULL},
    [HSI_PRIORITY] = {NULL, 0, &PyExc_ValueError},
    [HSI_WANT_READ] = {"WantReadError", SSL_ERROR_WANT_READ, NULL},
    [HSI_WANT_WRITE] = {"WantWriteError", SSL_ERROR_WANT_WRITE, NULL},
    [HSI_CLOSED] = {"ClosedError", SSL_ERROR_ZERO_RETURN, NULL},
    [HSI_EOF] = {"UnexpectedEOFError", SSL_ERROR_EOF, NULL},
    [HSI_UNTRUSTED] = {"CertificateError", SSL_ERROR_SSL, NULL},
    [HSI_TLS] = {"Error", SSL_ERROR_SSL, NULL},
    [HSI_SYSTEM] = {"system_error", 0, NULL},
    [HSI_TIMEOUT] = {"timed_out", 0, NULL},
    [HSI_INTERRUPTED] = {NULL, 0, &PyExc_InterruptedError},
    [HSI_CALLBACK] = {"Error", SSL_ERROR_SSL, NULL},
    [HSI_FORKED] = {"ForkedError", SSL_ERROR_SSL, NULL},
    [HSI_BUSY] = {"BusyError", SSL_ERROR_SSL, NULL},
    [HSI_USAGE] = {NULL, 0, &PyExc_ValueError},
};

int hsi_errors_load(hsi_module *module)
{
    PyObject *errors = PyImport_ImportModule(errors_module);
    bool found = errors != NULL;
    for (size_t i = 0; i < HSI_STATUS_COUNT && found; i++) {
        const char *name = classes[i].class_name;
        module->errors[i] = name == NULL ? Py_NewRef(*classes[i].builtin) : PyObject_GetAttrString(errors, name);
        found = module->errors[i] != NULL;
    }
    Py_XDECREF(errors);
    return found ? 0 : -1;
}

/* Makes the exception of a status; takes over `text`, which may be NULL after a failure. */
static PyObject *make(hsi_module *module, hsi_status status, int code, PyObject *text)
{
    if (text == NULL) {
        return NULL;
    }
    PyObject *class = module->errors[status];
    if (classes[status].number != 0) {
        return PyObject_CallFunction(class, "iN", classes[status].number, text);
    }
    return status == HSI_SYSTEM ? PyObject_CallFunction(class, "iN", code, text)
                                : PyObject_CallFunction(class, "N", text);
}

/* Raises an exception that has been made, and lets go of it. */
static PyObject *raise(PyObject *error)
{
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

/* Sets an attribute to `value`, which it takes over. False: an exception is set. */
static bool set(PyObject *error, const char *name, PyObject *value)
{
    bool done = value != NULL && PyObject_SetAttrString(error, name, value) == 0;
    Py_XDECREF(value);
    return done;
}

/* A kind that says nothing by itself has neither an alert nor a trace. */
static PyObject *raise_bare(hsi_module *module, hsi_status status, int code, PyObject *text)
{
    PyObject *error = make(module, status, code, text);
    if (error == NULL) {
        return NULL;
    }
    if (classes[status].class_name != NULL &&
        !(set(error, "alert", Py_NewRef(Py_None)) && set(error, "trace", Py_NewRef(Py_None)))) {
        Py_DECREF(error);
        return NULL;
    }
    return raise(error);
}

PyObject *hsi_raise(hsi_module *module, hsi_status status)
{
    int code = errno;
    if (status == HSI_NO_MEMORY) {
        return PyErr_NoMemory();
    }
    return raise_bare(module, status, code,
                      hsi_py_text(status == HSI_SYSTEM ? strerror(code) : hsi_status_text(status)));
}

PyObject *hsi_raise_saying(hsi_module *module, hsi_status status, const char *format, ...)
{
    int code = errno;
    va_list arguments;
    va_start(arguments, format);
    PyObject *text = PyUnicode_FromFormatV(format, arguments);
    va_end(arguments);
    return raise_bare(module, status, code, text);
}

/* ---- how a session failed ---- */

/* Does the failure tell of this status, and not of an earlier one? */
static bool tells(const hsi_failure *failure, hsi_status status)
{
    return failure->status == status;
}

static PyObject *alert_of(const hsi_failure *failure, hsi_status status)
{
    if (!tells(failure, status) || failure->alert < 0) {
        return Py_NewRef(Py_None);
    }
    return Py_BuildValue("(NN)", hsi_py_side(failure->alert_sender),
                         hsi_py_name(hsi_alert_description, (uint32_t)failure->alert, "alert"));
}

static const char *reason_of(const hsi_failure *failure, hsi_status status)
{
    if (!tells(failure, status) || failure->text == NULL) {
        return hsi_status_text(status);
    }
    return status == HSI_UNTRUSTED && failure->verify_text != NULL ? failure->verify_text : failure->text;
}

/* GnuTLS ends some of its sentences with a space. */
static PyObject *sentence(const char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    return hsi_py_string(hsi_bytes_of(text, length));
}

static PyObject *text_of(const hsi_failure *failure, hsi_status status, PyObject *alert)
{
    PyObject *words = sentence(reason_of(failure, status));
    if (words == NULL || alert == Py_None) {
        return words;
    }
    PyObject *joined = PyUnicode_FromFormat("%U (the %S sent the alert %S)", words, PyTuple_GetItem(alert, 0),
                                            PyTuple_GetItem(alert, 1));
    Py_DECREF(words);
    return joined;
}

static bool set_verification(PyObject *error, const hsi_failure *failure)
{
    return set(error, "verify_code", PyLong_FromUnsignedLong(failure->verify)) &&
           set(error, "verify_message", sentence(failure->verify_text == NULL ? "" : failure->verify_text));
}

PyObject *hsi_raise_failure(hsi_module *module, hsi_status status, const hsi_failure *failure, PyObject *trace)
{
    if (status == HSI_NO_MEMORY) {
        return PyErr_NoMemory();
    }
    PyObject *alert = alert_of(failure, status);
    if (alert == NULL) {
        return NULL;
    }
    PyObject *error = make(module, status, failure->code, text_of(failure, status, alert));
    if (error == NULL) {
        Py_DECREF(alert);
        return NULL;
    }
    bool done = set(error, "alert", alert) && set(error, "trace", Py_NewRef(trace)) &&
                set(error, "reason", sentence(reason_of(failure, status))) &&
                (status != HSI_UNTRUSTED || set_verification(error, failure));
    if (!done) {
        Py_DECREF(error);
        return NULL;
    }
    return raise(error);
}

/* ---- what is wrong with a call ---- */

PyObject *hsi_raise_key(PyObject *key)
{
    return raise(PyObject_CallFunctionObjArgs(PyExc_KeyError, key, NULL)); /* a tuple is one key too */
}

PyObject *hsi_raise_attribute(const char *text)
{
    PyErr_SetString(PyExc_AttributeError, text);
    return NULL;
}

PyObject *hsi_raise_type(const char *text)
{
    PyErr_SetString(PyExc_TypeError, text);
    return NULL;
}

PyObject *hsi_raise_value(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)PyErr_FormatV(PyExc_ValueError, format, arguments);
    va_end(arguments);
    return NULL;
}

/* ---- put aside ---- */

void hsi_raised_keep(hsi_raised *raised)
{
    if (raised->type == NULL) {
        PyErr_Fetch(&raised->type, &raised->value, &raised->traceback);
    } else {
        PyErr_Clear();
    }
}

bool hsi_raised_release(hsi_raised *raised)
{
    if (raised->type == NULL) {
        return false;
    }
    PyErr_Restore(raised->type, raised->value, raised->traceback);
    *raised = (hsi_raised){NULL, NULL, NULL};
    return true;
}
