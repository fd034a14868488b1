/* Longer chains of the lab, and what its authorities sign besides certificates. In a chain each authority but the first has
 * the key of the first, and a name of its own. RFC 5280 section 6.1.
 * SPDX-License-Identifier: MIT */
#include <gnutls/abstract.h>
#include <stdio.h>

#include "base/memory.h"
#include "live/config_state.h"
#include "live/lab_certificate_state.h"

/* ---- a chain ---- */

static int make_intermediate(gnutls_x509_crt_t *out, const hsi_lab_made *of, gnutls_x509_crt_t issuer, size_t number)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s %zu", of->authority_name, number);
    int code = gnutls_x509_crt_init(out);
    return code < 0 ? code : hsi_lab_certify_authority(*out, of->authority, name, issuer);
}

static int make_leaf(gnutls_x509_crt_t *out, const hsi_lab_made *of, gnutls_x509_crt_t issuer)
{
    gnutls_datum_t pem = hsi_gnutls_datum(of->certificate.key);
    gnutls_x509_privkey_t key;
    int code = gnutls_x509_privkey_init(&key);
    if (code < 0) {
        return code;
    }
    code = gnutls_x509_privkey_import2(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (code >= 0) {
        code = gnutls_x509_crt_init(out);
    }
    if (code >= 0) {
        code = hsi_lab_certify(*out, key, of->kind, issuer);
    }
    gnutls_x509_privkey_deinit(key);
    return code;
}

static int append(hsi_buffer *out, gnutls_datum_t *datum)
{
    hsi_status status = hsi_buffer_append(out, hsi_bytes_of(datum->data, datum->size));
    gnutls_free(datum->data);
    return status == HSI_OK ? 0 : GNUTLS_E_MEMORY_ERROR;
}

static int append_pem(hsi_buffer *out, gnutls_x509_crt_t certificate)
{
    gnutls_datum_t pem = {NULL, 0};
    int code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
    return code < 0 ? code : append(out, &pem);
}

/* From the authority down to the certificate itself; then written with that first, as it is sent. */
static int make_chain(hsi_buffer *out, gnutls_x509_crt_t *chain, const hsi_lab_made *of, size_t length)
{
    gnutls_x509_crt_t issuer = of->authority_certificate;
    int code = 0;
    for (size_t i = length - 1; i-- > 0 && code >= 0; issuer = chain[i]) {
        code = i == 0 ? make_leaf(&chain[0], of, issuer) : make_intermediate(&chain[i], of, issuer, length - 1 - i);
    }
    for (size_t i = 0; i + 1 < length && code >= 0; i++) {
        code = append_pem(out, chain[i]);
    }
    return code < 0 ? code : append_pem(out, of->authority_certificate);
}

static hsi_status get_chain(hsi_buffer *out, const hsi_lab_made *of, size_t length)
{
    gnutls_x509_crt_t *chain = hsi_memory_new(length * sizeof(gnutls_x509_crt_t));
    if (chain == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = hsi_lab_status(make_chain(out, chain, of, length));
    for (size_t i = 0; i < length; i++) {
        if (chain[i] != NULL) {
            gnutls_x509_crt_deinit(chain[i]);
        }
    }
    hsi_memory_free(chain, length * sizeof(gnutls_x509_crt_t));
    return status;
}

hsi_status hsi_lab_chain(hsi_buffer *out, const char *kind, size_t length)
{
    hsi_lab_made made;
    if (length < 2 || length > HSI_LAB_CHAIN_MOST) {
        return HSI_USAGE;
    }
    hsi_lab_lock();
    hsi_status status = hsi_lab_need(kind, &made);
    if (status == HSI_OK) {
        status = get_chain(out, &made, length);
    }
    hsi_lab_unlock();
    return status;
}

/* ---- a signature ---- */

static int sign_with(hsi_buffer *out, gnutls_privkey_t key, const hsi_lab_made *of, hsi_bytes data)
{
    gnutls_datum_t datum = hsi_gnutls_datum(data), signature = {NULL, 0};
    int code = gnutls_privkey_import_x509(key, of->authority_key, 0);
    if (code >= 0) {
        code = gnutls_privkey_sign_data(key, of->digest, 0, &datum, &signature);
    }
    return code < 0 ? code : append(out, &signature);
}

static hsi_status sign(hsi_buffer *out, const hsi_lab_made *of, hsi_bytes data)
{
    gnutls_privkey_t key;
    int code = gnutls_privkey_init(&key);
    if (code >= 0) {
        code = sign_with(out, key, of, data);
        gnutls_privkey_deinit(key);
    }
    return hsi_lab_status(code);
}

hsi_status hsi_lab_sign(hsi_buffer *out, const char *kind, hsi_bytes data)
{
    hsi_lab_made made;
    hsi_lab_lock();
    hsi_status status = hsi_lab_need(kind, &made);
    if (status == HSI_OK) {
        status = sign(out, &made, data);
    }
    hsi_lab_unlock();
    return status;
}
