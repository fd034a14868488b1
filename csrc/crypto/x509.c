/* X509: reading and printing through gnutls/x509.h and gnutls/ocsp.h. See the header.
 * SPDX-License-Identifier: MIT */
#include "crypto/x509.h"

#include "crypto/gnutls_call.h"

#include <gnutls/ocsp.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>

/* What is read here came from a peer: what GnuTLS cannot make sense of is illegal, not a failure of ours. */
static hsi_status read_status(int code)
{
    hsi_status status = hsi_gnutls_status(code);
    return status == HSI_CRYPTO || status == HSI_UNSUPPORTED ? HSI_ILLEGAL : status;
}

/* ---- facts ---- */

/* Takes the name that GnuTLS gave, or did not: an empty one it says it does not have. */
static hsi_status take_dn(const char **out, hsi_arena *arena, int code, gnutls_datum_t *dn)
{
    *out = "";
    if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
        return HSI_OK;
    }
    HSI_TRY(read_status(code));
    hsi_status status = hsi_arena_text(arena, out, hsi_bytes_of(dn->data, dn->size));
    gnutls_free(dn->data);
    return status;
}

static hsi_status read_dns(hsi_x509_facts *out, hsi_arena *arena, gnutls_x509_crt_t certificate)
{
    gnutls_datum_t dn = {NULL, 0};
    int code = gnutls_x509_crt_get_dn3(certificate, &dn, 0);
    HSI_TRY(take_dn(&out->subject, arena, code, &dn));
    code = gnutls_x509_crt_get_issuer_dn3(certificate, &dn, 0);
    return take_dn(&out->issuer, arena, code, &dn);
}

static hsi_status read_serial(hsi_x509_facts *out, hsi_arena *arena, gnutls_x509_crt_t certificate)
{
    size_t size = 0;
    int code = gnutls_x509_crt_get_serial(certificate, NULL, &size);
    if (code != GNUTLS_E_SHORT_MEMORY_BUFFER) { /* which says how long it is */
        return read_status(code);
    }
    uint8_t *serial = hsi_arena_new(arena, size);
    if (serial == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(read_status(gnutls_x509_crt_get_serial(certificate, serial, &size)));
    out->serial = hsi_bytes_of(serial, size);
    return HSI_OK;
}

static hsi_status read_algorithms(hsi_x509_facts *out, gnutls_x509_crt_t certificate)
{
    int key = gnutls_x509_crt_get_pk_algorithm(certificate, &out->bits);
    HSI_TRY(read_status(key));
    out->key = gnutls_pk_algorithm_get_name((gnutls_pk_algorithm_t)key);
    int signature = gnutls_x509_crt_get_signature_algorithm(certificate);
    if (signature == GNUTLS_E_MEMORY_ERROR) {
        return HSI_NO_MEMORY;
    }
    out->signature = signature < 0 ? NULL : gnutls_sign_get_name((gnutls_sign_algorithm_t)signature);
    return HSI_OK;
}

static hsi_status read_ids(hsi_x509_facts *out, gnutls_x509_crt_t certificate)
{
    size_t size = sizeof out->fingerprint;
    HSI_TRY(read_status(gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA256, out->fingerprint, &size)));
    size = sizeof out->key_id;
    return read_status(gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, out->key_id, &size));
}

static const char *kind_of(unsigned type)
{
    static const struct {
        unsigned type;
        const char *kind;
    } kinds[] = {
        {GNUTLS_SAN_DNSNAME, "dNSName"},
        {GNUTLS_SAN_RFC822NAME, "rfc822Name"},
        {GNUTLS_SAN_URI, "uniformResourceIdentifier"},
        {GNUTLS_SAN_IPADDRESS, "iPAddress"},
        {GNUTLS_SAN_DN, "directoryName"},
        {GNUTLS_SAN_OTHERNAME, "otherName"},
        {GNUTLS_SAN_REGISTERED_ID, "registeredID"},
    };
    for (size_t i = 0; i < HSI_COUNT(kinds); i++) {
        if (kinds[i].type == type) {
            return kinds[i].kind;
        }
    }
    return "x400Address or ediPartyName"; /* GnuTLS does not tell these apart */
}

static hsi_status count_names(gnutls_subject_alt_names_t sans, unsigned *count)
{
    gnutls_datum_t name;
    unsigned type;
    int code = 0;
    for (*count = 0; code >= 0; *count += code >= 0) {
        code = gnutls_subject_alt_names_get(sans, *count, &type, &name, NULL);
    }
    return code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ? HSI_OK : read_status(code);
}

/* The names of a subjectAltName that GnuTLS has taken apart. */
static hsi_status copy_names(hsi_x509_facts *out, hsi_arena *arena, gnutls_subject_alt_names_t sans)
{
    unsigned count;
    HSI_TRY(count_names(sans, &count));
    hsi_x509_name_of *names = hsi_arena_new(arena, count * sizeof *names);
    if (names == NULL) {
        return HSI_NO_MEMORY;
    }
    for (unsigned i = 0; i < count; i++) {
        gnutls_datum_t name;
        unsigned type;
        HSI_TRY(read_status(gnutls_subject_alt_names_get(sans, i, &type, &name, NULL)));
        names[i].kind = kind_of(type);
        HSI_TRY(hsi_arena_copy(arena, &names[i].value, hsi_bytes_of(name.data, name.size)));
    }
    out->names = names;
    out->name_count = count;
    return HSI_OK;
}

/* `there`: the certificate has any. */
static hsi_status import_names(gnutls_subject_alt_names_t sans, gnutls_x509_crt_t certificate, bool *there)
{
    gnutls_datum_t value = {NULL, 0};
    int code = gnutls_x509_crt_get_extension_by_oid2(certificate, GNUTLS_X509EXT_OID_SAN, 0, &value, NULL);
    *there = code >= 0;
    if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
        return HSI_OK;
    }
    code = code < 0 ? code : gnutls_x509_ext_import_subject_alt_names(&value, sans, 0);
    gnutls_free(value.data);
    return read_status(code);
}

static hsi_status read_names(hsi_x509_facts *out, hsi_arena *arena, gnutls_x509_crt_t certificate)
{
    gnutls_subject_alt_names_t sans;
    bool there;
    HSI_TRY(hsi_gnutls_status(gnutls_subject_alt_names_init(&sans)));
    hsi_status status = import_names(sans, certificate, &there);
    if (status == HSI_OK && there) {
        status = copy_names(out, arena, sans);
    }
    gnutls_subject_alt_names_deinit(sans);
    return status;
}

static hsi_status read_certificate(hsi_x509_facts *out, hsi_arena *arena, gnutls_x509_crt_t certificate, hsi_bytes der)
{
    gnutls_datum_t datum = hsi_gnutls_datum(der);
    HSI_TRY(read_status(gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_DER)));
    HSI_TRY(read_dns(out, arena, certificate));
    HSI_TRY(read_serial(out, arena, certificate));
    out->not_before = gnutls_x509_crt_get_activation_time(certificate);
    out->not_after = gnutls_x509_crt_get_expiration_time(certificate);
    HSI_TRY(read_algorithms(out, certificate));
    out->self_signed = gnutls_x509_crt_check_issuer(certificate, certificate) != 0;
    HSI_TRY(read_ids(out, certificate));
    return read_names(out, arena, certificate);
}

hsi_status hsi_x509_read(hsi_x509_facts *out, hsi_arena *arena, hsi_bytes der)
{
    gnutls_x509_crt_t certificate;
    *out = (hsi_x509_facts){.subject = NULL};
    HSI_TRY(hsi_gnutls_status(gnutls_x509_crt_init(&certificate)));
    hsi_status status = read_certificate(out, arena, certificate, der);
    gnutls_x509_crt_deinit(certificate);
    return status;
}

/* ---- text ---- */

/* Takes what GnuTLS printed. */
static hsi_status append_printed(hsi_buffer *out, int code, gnutls_datum_t *text)
{
    hsi_status status = read_status(code);
    if (status == HSI_OK) {
        status = hsi_buffer_append(out, hsi_bytes_of(text->data, text->size));
        gnutls_free(text->data);
    }
    return status;
}

hsi_status hsi_x509_print(hsi_buffer *out, hsi_bytes der)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t datum = hsi_gnutls_datum(der), text = {NULL, 0};
    HSI_TRY(hsi_gnutls_status(gnutls_x509_crt_init(&certificate)));
    int code = gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_DER);
    code = code < 0 ? code : gnutls_x509_crt_print(certificate, GNUTLS_CRT_PRINT_FULL, &text);
    gnutls_x509_crt_deinit(certificate);
    return append_printed(out, code, &text);
}

hsi_status hsi_ocsp_print(hsi_buffer *out, hsi_bytes der)
{
    gnutls_ocsp_resp_t response;
    gnutls_datum_t datum = hsi_gnutls_datum(der), text = {NULL, 0};
    HSI_TRY(hsi_gnutls_status(gnutls_ocsp_resp_init(&response)));
    int code = gnutls_ocsp_resp_import(response, &datum);
    code = code < 0 ? code : gnutls_ocsp_resp_print(response, GNUTLS_OCSP_PRINT_FULL, &text);
    gnutls_ocsp_resp_deinit(response);
    return append_printed(out, code, &text);
}
