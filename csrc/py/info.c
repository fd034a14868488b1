/* The functions of the module: which GnuTLS is in use and what it can do, what IANA's cipher suites are, the lab's
 * certificates, and the table of all of them.
 * SPDX-License-Identifier: MIT */
#include "live/info.h"
#include "live/lab_certificate.h"
#include "live/probe.h"
#include "proto/suite.h"
#include "py/certificate.h"
#include "py/convert.h"
#include "py/errors.h"

static PyObject *gnutls_version(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(self);
    HSI_UNUSED(unused);
    return hsi_py_text(hsi_info_version());
}

static PyObject *gnutls_library(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(self);
    HSI_UNUSED(unused);
    return PyUnicode_DecodeFSDefault(hsi_info_library());
}

static PyObject *probe_reason(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(self);
    HSI_UNUSED(unused);
    return hsi_py_text(hsi_probe_reason());
}

static PyObject *gnutls_suites(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(self);
    HSI_UNUSED(unused);
    hsi_listed_suite suite;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && hsi_info_suite(i, &suite); i++) {
        list = hsi_py_list_add(
            list, Py_BuildValue("(issN)", suite.id, suite.name, suite.lowest, PyBool_FromLong(suite.allowed)));
    }
    return hsi_py_list_tuple(list);
}

static PyObject *iana_cipher_suites(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(self);
    HSI_UNUSED(unused);
    uint16_t value;
    const char *name;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && (name = hsi_cipher_suites(i, &value)) != NULL; i++) {
        list = hsi_py_list_add(list, Py_BuildValue("(is)", value, name));
    }
    return hsi_py_list_tuple(list);
}

static PyObject *suite(PyObject *self, PyObject *args, PyObject *keywords)
{
    HSI_UNUSED(self);
    static char *names[] = {"number", NULL};
    int number;
    hsi_suite found;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "i", names, &number)) {
        return NULL;
    }
    if (number < 0 || number > UINT16_MAX || !hsi_suite_find(&found, (uint16_t)number)) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(szsssN)", found.name, found.key_exchange, found.cipher, found.mac, found.prf,
                         PyBool_FromLong(found.tls13));
}

static hsi_status get_certificate(hsi_lab_certificate *out, hsi_buffer *chain, const char *kind, Py_ssize_t length)
{
    HSI_TRY(hsi_lab_certificate_get(out, kind));
    if (length == 2) {
        return hsi_buffer_append(chain, out->chain);
    }
    return length < 0 ? HSI_USAGE : hsi_lab_chain(chain, kind, (size_t)length);
}

static PyObject *lab_certificate(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"kind", "length", NULL};
    const char *kind;
    Py_ssize_t length = 2;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "s|n", names, &kind, &length)) {
        return NULL;
    }
    hsi_lab_certificate made;
    hsi_buffer chain = HSI_BUFFER_EMPTY;
    hsi_status status;
    Py_BEGIN_ALLOW_THREADS /* an RSA key takes a while */
        status = get_certificate(&made, &chain, kind, length);
    Py_END_ALLOW_THREADS PyObject *out = status != HSI_OK
                                             ? hsi_raise(PyModule_GetState(self), status)
                                             : Py_BuildValue("(NNN)", hsi_py_bytes(hsi_buffer_peek(&chain)),
                                                             hsi_py_bytes(made.key), hsi_py_bytes(made.authority));
    hsi_buffer_cleanup(&chain);
    return out;
}

static PyObject *lab_sign(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"kind", "data", NULL};
    const char *kind;
    Py_buffer data;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "sy*", names, &kind, &data)) {
        return NULL;
    }
    hsi_buffer signature = HSI_BUFFER_EMPTY;
    hsi_status status = hsi_lab_sign(&signature, kind, hsi_view_bytes(&data));
    PyBuffer_Release(&data);
    PyObject *out =
        status != HSI_OK ? hsi_raise(PyModule_GetState(self), status) : hsi_py_bytes(hsi_buffer_peek(&signature));
    hsi_buffer_cleanup(&signature);
    return out;
}

PyMethodDef hsi_info_methods[] = {
    {"gnutls_version", gnutls_version, METH_NOARGS,
     PyDoc_STR("gnutls_version($module)\n--\n\nThe version of the GnuTLS in use.")},
    {"gnutls_library", gnutls_library, METH_NOARGS,
     PyDoc_STR("gnutls_library($module)\n--\n\nThe file it was loaded from.")},
    {"probe_reason", probe_reason, METH_NOARGS,
     PyDoc_STR("probe_reason($module)\n--\n\nWhy the probe is not installed; None: it is.")},
    {"gnutls_suites", gnutls_suites, METH_NOARGS,
     PyDoc_STR("gnutls_suites($module)\n--\n\n"
               "GnuTLS's suites: (number, name, lowest version, allowed by library and policy).")},
    {"iana_cipher_suites", iana_cipher_suites, METH_NOARGS,
     PyDoc_STR("iana_cipher_suites($module)\n--\n\nIANA's suites: (number, name), ascending.")},
    {"suite", HSI_KEYWORDS(suite),
     PyDoc_STR("suite($module, number)\n--\n\n"
               "(name, key exchange, cipher, MAC, PRF, of TLS 1.3) of a registered suite; or None.")},
    {"lab_certificate", HSI_KEYWORDS(lab_certificate),
     PyDoc_STR("lab_certificate($module, kind, length=2)\n--\n\n"
               "(chain, key, authority) in PEM, made once per process; length: certificates of the chain.")},
    {"lab_sign", HSI_KEYWORDS(lab_sign),
     PyDoc_STR("lab_sign($module, kind, data)\n--\n\nA signature by the authority of that kind of certificate.")},
    {"certificate_facts", HSI_KEYWORDS(hsi_certificate_facts),
     PyDoc_STR("certificate_facts($module, der)\n--\n\nWhat GnuTLS reads in a certificate; ValueError: it cannot.")},
    {"certificate_text", HSI_KEYWORDS(hsi_certificate_text),
     PyDoc_STR("certificate_text($module, der)\n--\n\nHow GnuTLS prints a certificate; ValueError: it cannot.")},
    {"ocsp_response_text", HSI_KEYWORDS(hsi_ocsp_response_text),
     PyDoc_STR("ocsp_response_text($module, der)\n--\n\nHow GnuTLS prints an OCSP response; ValueError: it cannot.")},
    {NULL, NULL, 0, NULL},
};
