/* Lab certificates: a certificate authority, and server and client certificates of it, made when first asked for and
 * kept for the life of the process. For names "localhost", 127.0.0.1, ::1 and the label "lab".
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_LAB_CERTIFICATE_H
#define HSI_LIVE_LAB_CERTIFICATE_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_lab_certificate {
    hsi_bytes chain; /* PEM: the certificate, then its authority's */
    hsi_bytes key; /* PEM, PKCS#8 */
    hsi_bytes authority; /* PEM */
} hsi_lab_certificate;

/* hsi_lab_certificate_get borrows, for ever, the certificate of a kind: "RSA", "RSA-PSS", "ECDSA", "Ed25519", "Ed448", "DSA".
 * UNSUPPORTED: another kind, or this GnuTLS cannot make it. Safe from any thread. */
HSI_MUST_USE hsi_status hsi_lab_certificate_get(hsi_lab_certificate *out, const char *kind);

#endif
