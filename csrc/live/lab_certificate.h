/* Lab certificates: a certificate authority, and server and client certificates of it, made when first asked for and
 * kept for the life of the process. For names "localhost", 127.0.0.1, ::1 and the label "lab".
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_LAB_CERTIFICATE_H
#define HSI_LIVE_LAB_CERTIFICATE_H

#include "base/buffer.h"

typedef struct hsi_lab_certificate {
    hsi_bytes chain; /* PEM: the certificate, then its authority's */
    hsi_bytes key; /* PEM, PKCS#8 */
    hsi_bytes authority; /* PEM */
} hsi_lab_certificate;

/* hsi_lab_certificate_get borrows, for ever, the certificate of a kind: "RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA",
 * "GOST" (GOST R 34.10-2012, 256 bits).
 * UNSUPPORTED: another kind, or this GnuTLS cannot make it. Safe from any thread. */
HSI_MUST_USE hsi_status hsi_lab_certificate_get(hsi_lab_certificate *out, const char *kind);

enum { HSI_LAB_CHAIN_MOST = 100 };

/* hsi_lab_chain appends a chain, PEM, for the key of a kind: of `length` certificates, the authority's included. USAGE: fewer
 * than 2, or more than HSI_LAB_CHAIN_MOST. */
HSI_MUST_USE hsi_status hsi_lab_chain(hsi_buffer *out, const char *kind, size_t length);

/* hsi_lab_sign appends a signature of the authority of a kind: RSA or ECDSA with SHA-256, GOST with STREEBOG-256. */
HSI_MUST_USE hsi_status hsi_lab_sign(hsi_buffer *out, const char *kind, hsi_bytes data);

#endif
