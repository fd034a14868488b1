/* Config: what the sessions of a context have in common. Internal: the Python module reads files and checks arguments.
 * Changed while no session uses it only, since sessions read it without a lock.
 * SPDX-License-Identifier: MIT */
#include "py/config.h"

#include "py/convert.h"
#include "py/errors.h"
#include "tap/journal.h"

typedef struct Config {
    PyObject_HEAD hsi_config *config;
    bool used; /* by a session */
} Config;

hsi_config *hsi_config_use(PyObject *config)
{
    ((Config *)config)->used = true;
    return ((Config *)config)->config;
}

static PyObject *config_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"server_side", NULL};
    int server_side;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "p", names, &server_side)) {
        return NULL;
    }
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *self = allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    ((Config *)self)->config = hsi_config_new(server_side ? HSI_SERVER : HSI_CLIENT);
    if (((Config *)self)->config == NULL) {
        Py_DECREF(self);
        return hsi_raise(PyType_GetModuleState(type), HSI_NO_MEMORY);
    }
    return self;
}

static void config_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    if (((Config *)self)->config != NULL) {
        hsi_config_drop(((Config *)self)->config);
    }
    release(self);
    Py_DECREF(type);
}

/* The config, to be changed; NULL: an exception is set. */
static hsi_config *changing(PyObject *self)
{
    if (((Config *)self)->used) {
        return (hsi_config *)hsi_raise_saying(hsi_module_of(self), HSI_USAGE, "a session uses this config already");
    }
    return ((Config *)self)->config;
}

static PyObject *done(PyObject *self, hsi_status status)
{
    if (status != HSI_OK) {
        return hsi_raise(hsi_module_of(self), status);
    }
    Py_RETURN_NONE;
}

static PyObject *counted(PyObject *self, hsi_status status, size_t count)
{
    return status == HSI_OK ? PyLong_FromSize_t(count) : hsi_raise(hsi_module_of(self), status);
}

/* ---- setters ---- */

static PyObject *config_set_priority(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"priority", NULL};
    const char *priority;
    size_t position = 0;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "s", names, &priority)) {
        return NULL;
    }
    hsi_status status = hsi_config_priority(config, priority, &position);
    if (status == HSI_PRIORITY) {
        return hsi_raise_saying(hsi_module_of(self), status, "%s '%.200s' from position %zu on: '%.60s'",
                                hsi_status_text(status), priority, position, priority + position);
    }
    return done(self, status);
}

/* ---- what the priority string allows ---- */

static PyObject *names_of(PyObject *self, const char *(*walk)(const hsi_config *, size_t))
{
    const char *name;
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list != NULL && (name = walk(((Config *)self)->config, i)) != NULL; i++) {
        list = hsi_py_list_add(list, hsi_py_text(name));
    }
    return hsi_py_list_tuple(list);
}

static PyObject *config_versions(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return names_of(self, hsi_config_version);
}

static PyObject *config_key_exchanges(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return names_of(self, hsi_config_key_exchange);
}

static PyObject *config_signatures(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    return names_of(self, hsi_config_signature);
}

/* ---- certificates, keys ---- */

static PyObject *config_add_certificate(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"chain", "key", "password", NULL};
    Py_buffer chain;
    Py_buffer key;
    const char *password = NULL;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "y*y*|z", names, &chain, &key, &password)) {
        return NULL;
    }
    hsi_status status = hsi_config_certificate(config, hsi_view_bytes(&chain), hsi_view_bytes(&key), password);
    PyBuffer_Release(&chain);
    PyBuffer_Release(&key);
    return done(self, status);
}

static PyObject *config_add_trust(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"certificates", NULL};
    Py_buffer certificates;
    size_t count = 0;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &certificates)) {
        return NULL;
    }
    hsi_status status = hsi_config_trust(config, hsi_view_bytes(&certificates), &count);
    PyBuffer_Release(&certificates);
    return counted(self, status, count);
}

static PyObject *config_add_system_trust(PyObject *self, PyObject *unused)
{
    HSI_UNUSED(unused);
    size_t count = 0;
    hsi_config *config = changing(self);
    return config == NULL ? NULL : counted(self, hsi_config_trust_system(config, &count), count);
}

static PyObject *config_set_verify(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"mode", NULL};
    int mode;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "i", names, &mode)) {
        return NULL;
    }
    if (mode < HSI_VERIFY_NONE || mode > HSI_VERIFY_REQUIRED) {
        return hsi_raise_value("%d is no mode of verification: 0 none, 1 optional, 2 required", mode);
    }
    hsi_config_verify(config, (hsi_verify)mode);
    Py_RETURN_NONE;
}

static PyObject *config_add_psk(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"identity", "key", NULL};
    Py_buffer identity;
    Py_buffer key;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "y*y*", names, &identity, &key)) {
        return NULL;
    }
    hsi_status status = hsi_config_psk(config, hsi_view_bytes(&identity), hsi_view_bytes(&key));
    PyBuffer_Release(&identity);
    PyBuffer_Release(&key);
    return done(self, status);
}

static PyObject *config_set_srp(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"user", "password", NULL};
    const char *user;
    const char *password;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "ss", names, &user, &password)) {
        return NULL;
    }
    return done(self, hsi_config_srp(config, user, password));
}

static PyObject *config_set_ocsp(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"response", NULL};
    Py_buffer response;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "y*", names, &response)) {
        return NULL;
    }
    hsi_status status = hsi_config_ocsp(config, hsi_view_bytes(&response));
    PyBuffer_Release(&response);
    return done(self, status);
}

/* ---- ALPN ---- */

enum { ALPN_MAX = 64 };

static PyObject *protocol_bytes(PyObject *protocol)
{
    return PyUnicode_Check(protocol) ? PyUnicode_AsUTF8String(protocol) : PyObject_Bytes(protocol);
}

/* Puts the protocols of a tuple into a list that keeps them, and into `out`. False: an exception is set. */
static bool gather(PyObject *protocols, PyObject *kept, hsi_bytes *out)
{
    for (Py_ssize_t i = 0; i < PyTuple_Size(protocols); i++) {
        PyObject *bytes = protocol_bytes(PyTuple_GetItem(protocols, i));
        if (bytes == NULL || PyList_Append(kept, bytes) < 0) {
            Py_XDECREF(bytes);
            return false;
        }
        out[i] = hsi_object_bytes(bytes);
        Py_DECREF(bytes);
    }
    return true;
}

static PyObject *set_protocols(PyObject *self, hsi_config *config, PyObject *protocols)
{
    hsi_bytes names[ALPN_MAX];
    if (PyTuple_Size(protocols) > ALPN_MAX) {
        return hsi_raise_value("more than %d protocols", ALPN_MAX);
    }
    PyObject *kept = PyList_New(0);
    PyObject *set = NULL;
    if (kept != NULL && gather(protocols, kept, names)) {
        hsi_status status = hsi_config_alpn(config, names, (size_t)PyTuple_Size(protocols));
        set = status == HSI_USAGE ? hsi_raise_value("ALPN: at most 8 protocols, each of 1 to 255 bytes")
                                  : done(self, status);
    }
    Py_XDECREF(kept);
    return set;
}

static PyObject *config_set_alpn(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"protocols", NULL};
    PyObject *protocols;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "O", names, &protocols)) {
        return NULL;
    }
    PyObject *tuple = PySequence_Tuple(protocols);
    PyObject *set = tuple == NULL ? NULL : set_protocols(self, config, tuple);
    Py_XDECREF(tuple);
    return set;
}

/* ---- the rest ---- */

static PyObject *config_set_tickets(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"on", NULL};
    int on;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "p", names, &on)) {
        return NULL;
    }
    return done(self, hsi_config_tickets(config, on != 0));
}

static PyObject *config_set_tickets_of(PyObject *self, PyObject *other)
{
    hsi_config *config = changing(self);
    if (config == NULL) {
        return NULL;
    }
    if (Py_TYPE(other) != Py_TYPE(self)) {
        return hsi_raise_type("tickets are another Config's");
    }
    return done(self, hsi_config_tickets_of(config, ((Config *)other)->config));
}

static PyObject *config_set_keylog(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"path", NULL};
    PyObject *path;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "O&", names, PyUnicode_FSConverter, &path)) {
        return NULL;
    }
    hsi_status status = hsi_config_keylog(config, PyBytes_AsString(path));
    PyObject *set = done(self, status);
    Py_DECREF(path);
    return set;
}

static PyObject *config_enable(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"feature", NULL};
    const char *feature;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "s", names, &feature)) {
        return NULL;
    }
    hsi_status status = hsi_config_enable(config, feature);
    return status == HSI_UNSUPPORTED ? hsi_raise_value("there is no feature '%.60s'", feature) : done(self, status);
}

static PyObject *config_set_limit(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"name", "limit", NULL};
    const char *name;
    Py_ssize_t limit;
    hsi_config *config = changing(self);
    if (config == NULL || !PyArg_ParseTupleAndKeywords(args, keywords, "sn", names, &name, &limit)) {
        return NULL;
    }
    hsi_status status = limit < 0 ? HSI_USAGE : hsi_config_limit(config, name, (size_t)limit);
    if (status == HSI_USAGE || status == HSI_UNSUPPORTED) {
        return hsi_raise_value("there is no limit '%.60s' of %zd", name, limit);
    }
    return done(self, status);
}

static PyMethodDef config_methods[] = {
    {"set_priority", HSI_KEYWORDS(config_set_priority),
     PyDoc_STR(
         "set_priority($self, priority)\n--\n\nA GnuTLS priority string; ValueError says where it ends to be one.")},
    {"versions", config_versions, METH_NOARGS,
     PyDoc_STR("versions($self)\n--\n\nWhat the priority string that was set allows: 'TLS1.3', the preferred first.")},
    {"key_exchanges", config_key_exchanges, METH_NOARGS,
     PyDoc_STR("key_exchanges($self)\n--\n\nWhat the priority string that was set allows, by GnuTLS's names.")},
    {"signatures", config_signatures, METH_NOARGS,
     PyDoc_STR("signatures($self)\n--\n\nWhat the priority string that was set allows, by GnuTLS's names.")},
    {"add_certificate", HSI_KEYWORDS(config_add_certificate),
     PyDoc_STR(
         "add_certificate($self, chain, key, password=None)\n--\n\nA certificate chain and its key, PEM or DER.")},
    {"add_trust", HSI_KEYWORDS(config_add_trust),
     PyDoc_STR("add_trust($self, certificates)\n--\n\nTrusted certificates, PEM or DER; returns how many.")},
    {"add_system_trust", config_add_system_trust, METH_NOARGS,
     PyDoc_STR("add_system_trust($self)\n--\n\nThe system's trust store; returns how many certificates.")},
    {"set_verify", HSI_KEYWORDS(config_set_verify),
     PyDoc_STR("set_verify($self, mode)\n--\n\nssl.CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED.")},
    {"add_psk", HSI_KEYWORDS(config_add_psk), PyDoc_STR("add_psk($self, identity, key)\n--\n\nA pre-shared key.")},
    {"set_srp", HSI_KEYWORDS(config_set_srp),
     PyDoc_STR("set_srp($self, user, password)\n--\n\nA client's user and password, or the one that a server knows.")},
    {"set_ocsp", HSI_KEYWORDS(config_set_ocsp),
     PyDoc_STR("set_ocsp($self, response)\n--\n\nA server staples this to the certificate that was added last; DER.")},
    {"enable", HSI_KEYWORDS(config_enable),
     PyDoc_STR("enable($self, feature)\n--\n\n'one_key_share', 'early_data', 'post_handshake_auth', 'heartbeat' or "
               "'session_ids'.")},
    {"set_limit", HSI_KEYWORDS(config_set_limit),
     PyDoc_STR("set_limit($self, name, limit)\n--\n\n"
               "'max_fragment_length', 'record_size_limit': bytes of a record; 'chain': certificates of the peer's.")},
    {"set_alpn", HSI_KEYWORDS(config_set_alpn),
     PyDoc_STR("set_alpn($self, protocols)\n--\n\nThe protocols offered or accepted, the preferred first.")},
    {"set_tickets", HSI_KEYWORDS(config_set_tickets),
     PyDoc_STR("set_tickets($self, on)\n--\n\nDoes a server hand out session tickets?")},
    {"set_tickets_of", config_set_tickets_of, METH_O,
     PyDoc_STR("set_tickets_of($self, other, /)\n--\n\nA server reads, and hands out, the tickets of another.")},
    {"set_keylog", HSI_KEYWORDS(config_set_keylog),
     PyDoc_STR("set_keylog($self, path)\n--\n\nA file to which key-log lines are appended, made with mode 0600.")},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot config_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Config(server_side)\n--\n\nWhat the sessions of a context have in common.")},
    {Py_tp_new, (void *)config_new},
    {Py_tp_dealloc, (void *)config_dealloc},
    {Py_tp_methods, config_methods},
    {0, NULL},
};

PyType_Spec hsi_spec_config = {
    .name = "hsinspect._core.Config",
    .basicsize = sizeof(Config),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = config_slots,
};
