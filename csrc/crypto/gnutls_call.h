/* The seam to GnuTLS, for csrc/crypto only: how borrowed bytes go in, and which status its return codes become.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CRYPTO_GNUTLS_CALL_H
#define HSI_CRYPTO_GNUTLS_CALL_H

#include "base/bytes.h"
#include "base/status.h"

#include <gnutls/gnutls.h>

/* hsi_gnutls_datum borrows bytes for GnuTLS, which takes them without const and does not write to them. */
static inline gnutls_datum_t hsi_gnutls_datum(hsi_bytes bytes)
{
    return (gnutls_datum_t){(unsigned char *)bytes.data, (unsigned int)bytes.length};
}

/* hsi_gnutls_status: UNSUPPORTED is what this build lacks, or what the system's policy forbids (FIPS 140, the
 * system-wide configuration of GnuTLS). */
static inline hsi_status hsi_gnutls_status(int code)
{
    if (code >= 0) {
        return HSI_OK;
    }
    switch (code) {
    case GNUTLS_E_MEMORY_ERROR:
        return HSI_NO_MEMORY;
    case GNUTLS_E_UNKNOWN_CIPHER_TYPE:
    case GNUTLS_E_UNKNOWN_HASH_ALGORITHM:
    case GNUTLS_E_UNKNOWN_PK_ALGORITHM:
    case GNUTLS_E_UNKNOWN_ALGORITHM:
    case GNUTLS_E_UNWANTED_ALGORITHM:
    case GNUTLS_E_UNIMPLEMENTED_FEATURE:
    case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM:
    case GNUTLS_E_ECC_UNSUPPORTED_CURVE:
    case GNUTLS_E_INSUFFICIENT_SECURITY:
#ifdef GNUTLS_E_UNSUPPORTED_ENCRYPTION_ALGORITHM /* from 3.8.5 on: RSA key transport switched off by policy */
    case GNUTLS_E_UNSUPPORTED_ENCRYPTION_ALGORITHM:
#endif
        return HSI_UNSUPPORTED;
    default:
        return HSI_CRYPTO;
    }
}

/* hsi_gnutls_init_status is for calls that take an algorithm and lengths that we have already checked: an "invalid
 * request" can then only mean that this GnuTLS does not have the algorithm. */
static inline hsi_status hsi_gnutls_init_status(int code)
{
    return code == GNUTLS_E_INVALID_REQUEST ? HSI_UNSUPPORTED : hsi_gnutls_status(code);
}

#endif
