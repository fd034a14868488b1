/* Certified: certificates that sign each other, as fields: which of a chain issued another, and whether a signature of
 * X.509 or OCSP is its. Judges no policy: no time, no usage, no trust. RFC 5280 section 4.1.1, RFC 6960 section 4.2.1.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_CERTIFIED_H
#define HSI_TAP_CERTIFIED_H

#include "tap/field.h"

enum { HSI_CHAIN_MAX = 16 }; /* certificates of a message that are looked at: no chain in use is longer */

typedef struct hsi_chain {
    struct hsi_link {
        const hsi_field *entry; /* item of certificate_list */
        const hsi_field *certificate; /* the `Certificate` in it; NULL: it cannot be read */
    } links[HSI_CHAIN_MAX];
    size_t count;
} hsi_chain;

/* hsi_chain_of collects the certificates of a Certificate message's tree. */
void hsi_chain_of(hsi_chain *out, const hsi_field *root);

/* hsi_chain_issuer finds a certificate whose subject, and key identifier, is the issuer of links[i]: the next one if it is,
 * as in a chain that is in order. NULL: none was sent. */
const hsi_field *hsi_chain_issuer(const hsi_chain *chain, size_t i);

/* hsi_certified_part follows a path down from a field; NULL: there is none, or there is no such field. */
static inline const hsi_field *hsi_certified_part(const hsi_field *field, const char *path)
{
    return field == NULL ? NULL : hsi_field_find(field, path);
}

/* hsi_certified_extension follows a path down from the extnValue of that extension of a Certificate; NULL: it has none. */
const hsi_field *hsi_certified_extension(const hsi_field *certificate, const char *path);

/* hsi_certified_verify: is `signature`, by an AlgorithmIdentifier `algorithm`, the signature of `issuer` (a Certificate) over
 * the DER of `tbs`? UNSUPPORTED: the algorithm or its parameters are not known here. ILLEGAL: something is missing, or the
 * issuer's key cannot be read. */
HSI_MUST_USE hsi_status hsi_certified_verify(bool *ok, const hsi_field *issuer, const hsi_field *tbs,
                                             const hsi_field *algorithm, const hsi_field *signature);

#endif
