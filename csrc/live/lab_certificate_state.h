/* The inside of the lab's certificates, for lab_certificate.c and lab_chain.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_LAB_CERTIFICATE_STATE_H
#define HSI_LIVE_LAB_CERTIFICATE_STATE_H

#include <gnutls/x509.h>

#include "live/lab_certificate.h"

/* A kind whose certificate and authority have been made; all borrowed, for ever. */
typedef struct hsi_lab_made {
    size_t kind; /* its number, for hsi_lab_certify */
    hsi_lab_certificate certificate;
    size_t authority; /* its number, for hsi_lab_certify_authority */
    const char *authority_name;
    gnutls_x509_privkey_t authority_key;
    gnutls_x509_crt_t authority_certificate;
    gnutls_digest_algorithm_t digest; /* that it signs with */
} hsi_lab_made;

/* The lock of all that has been made: held for each of the next. */
void hsi_lab_lock(void);
void hsi_lab_unlock(void);

/* hsi_lab_need makes what is not there of a kind. UNSUPPORTED: there is no such kind, or this GnuTLS cannot make it. */
HSI_MUST_USE hsi_status hsi_lab_need(const char *name, hsi_lab_made *out);

/* hsi_lab_certify fills in and signs the certificate for a key of a kind, hsi_lab_certify_authority one for an authority's
 * key under any name; by an issuer that has the authority's key. Return GnuTLS's code. */
int hsi_lab_certify(gnutls_x509_crt_t out, gnutls_x509_privkey_t key, size_t kind, gnutls_x509_crt_t issuer);
int hsi_lab_certify_authority(gnutls_x509_crt_t out, size_t authority, const char *name, gnutls_x509_crt_t issuer);

/* hsi_lab_status is what GnuTLS's code means: NO_MEMORY, UNSUPPORTED or OK. */
HSI_MUST_USE hsi_status hsi_lab_status(int code);

#endif
