/* Certificate: what GnuTLS reads and prints, as Python values. See the header.
 * SPDX-License-Identifier: MIT */
#include "py/certificate.h"

#include "crypto/x509.h"
#include "py/convert.h"
#include "py/errors.h"

static char *der_only[] = {"der", NULL};

static PyObject *names_of(const hsi_x509_facts *facts)
{
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && i < facts->name_count; i++) {
        list = hsi_py_list_add(list, Py_BuildValue("(sN)", facts->names[i].kind, hsi_py_bytes(facts->names[i].value)));
    }
    return hsi_py_list_tuple(list);
}

static PyObject *dict_of(const hsi_x509_facts *facts)
{
    return Py_BuildValue("{sNsNsNsLsLsNsIsNsNsNsNsN}", "subject", hsi_py_text(facts->subject), "issuer",
                         hsi_py_text(facts->issuer), "serial", hsi_py_bytes(facts->serial), "not_before",
                         (long long)facts->not_before, "not_after", (long long)facts->not_after, "key",
                         hsi_py_text(facts->key), "bits", facts->bits, "signature", hsi_py_text(facts->signature),
                         "self_signed", PyBool_FromLong(facts->self_signed), "fingerprint",
                         hsi_py_bytes(hsi_bytes_of(facts->fingerprint, HSI_FINGERPRINT)), "key_id",
                         hsi_py_bytes(hsi_bytes_of(facts->key_id, HSI_FINGERPRINT)), "names", names_of(facts));
}

PyObject *hsi_certificate_facts(PyObject *module, PyObject *args, PyObject *keywords)
{
    Py_buffer der;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", der_only, &der)) {
        return NULL;
    }
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_x509_facts facts;
    hsi_status status = hsi_x509_read(&facts, &arena, hsi_view_bytes(&der));
    PyBuffer_Release(&der);
    PyObject *dict = status == HSI_OK ? dict_of(&facts) : hsi_raise(PyModule_GetState(module), status);
    hsi_arena_cleanup(&arena);
    return dict;
}

typedef hsi_status print_function(hsi_buffer *out, hsi_bytes der);

static PyObject *text_of(PyObject *module, PyObject *args, PyObject *keywords, print_function *print)
{
    Py_buffer der;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "y*", der_only, &der)) {
        return NULL;
    }
    hsi_buffer text = HSI_BUFFER_EMPTY;
    hsi_status status = print(&text, hsi_view_bytes(&der));
    PyBuffer_Release(&der);
    PyObject *printed =
        status == HSI_OK ? hsi_py_string(hsi_buffer_peek(&text)) : hsi_raise(PyModule_GetState(module), status);
    hsi_buffer_cleanup(&text);
    return printed;
}

PyObject *hsi_certificate_text(PyObject *module, PyObject *args, PyObject *keywords)
{
    return text_of(module, args, keywords, hsi_x509_print);
}

PyObject *hsi_ocsp_response_text(PyObject *module, PyObject *args, PyObject *keywords)
{
    return text_of(module, args, keywords, hsi_ocsp_print);
}
