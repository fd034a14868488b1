/* X509: what GnuTLS reads in a certificate, and how it prints certificates and OCSP responses. In: DER. Out: facts in an
 * arena, text. Judges nothing; the tap reads the same bytes by itself (der.h), so one can be held against the other.
 * RFC 5280, RFC 6960.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CRYPTO_X509_H
#define HSI_CRYPTO_X509_H

#include "base/arena.h"
#include "base/buffer.h"

enum { HSI_FINGERPRINT = 32 }; /* SHA256 */

/* One GeneralName of a subjectAltName. */
typedef struct hsi_x509_name_of {
    const char *kind; /* RFC 5280's: "dNSName"; static */
    hsi_bytes value; /* text; of an iPAddress 4 or 16 bytes; of an otherName its DER */
} hsi_x509_name_of;

typedef struct hsi_x509_facts {
    const char *subject, *issuer; /* RFC 4514 */
    hsi_bytes serial; /* big-endian, as in the DER */
    int64_t not_before, not_after; /* seconds since 1970 */
    const char *key; /* GnuTLS's name of its algorithm, "RSA"; static */
    unsigned bits; /* of the key */
    const char *signature; /* GnuTLS's name of the algorithm, "RSA-SHA256"; static; NULL: it does not know it */
    bool self_signed; /* it names itself as its issuer; the signature is not looked at */
    uint8_t fingerprint[HSI_FINGERPRINT]; /* SHA256 of the DER */
    uint8_t key_id[HSI_FINGERPRINT]; /* SHA256 of the SubjectPublicKeyInfo */
    const hsi_x509_name_of *names;
    size_t name_count;
} hsi_x509_facts;

/* hsi_x509_read reads a certificate; the facts live in `arena`. ILLEGAL: GnuTLS cannot read it. */
HSI_MUST_USE hsi_status hsi_x509_read(hsi_x509_facts *out, hsi_arena *arena, hsi_bytes der);

/* hsi_x509_print, hsi_ocsp_print append how GnuTLS prints a certificate or an OCSP response, in full. ILLEGAL as above. */
HSI_MUST_USE hsi_status hsi_x509_print(hsi_buffer *out, hsi_bytes der);
HSI_MUST_USE hsi_status hsi_ocsp_print(hsi_buffer *out, hsi_bytes der);

#endif
