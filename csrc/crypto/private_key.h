/* Private keys: read once, they open what was encrypted to an RSA certificate. RFC 5246 section 7.4.7.1.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CRYPTO_PRIVATE_KEY_H
#define HSI_CRYPTO_PRIVATE_KEY_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/status.h"

enum { HSI_PREMASTER = 48 }; /* of RSA key transport: client_version and random */

typedef struct hsi_private_key hsi_private_key;

/* hsi_private_key_new reads an RSA private key from PEM or DER (PKCS #1, PKCS #8), encrypted or not, or from PKCS #12;
 * `password` may be NULL. ILLEGAL: it is no private key. CREDENTIALS: it is encrypted, and this is not its password.
 * UNSUPPORTED: it is none of RSA. Ends in hsi_private_key_free, which wipes. */
HSI_MUST_USE hsi_status hsi_private_key_new(hsi_private_key **out, hsi_bytes encoded, const char *password);
void hsi_private_key_free(hsi_private_key *key);

/* hsi_private_key_fits: is this the private key of the DER certificate? False too where that cannot be read. */
bool hsi_private_key_fits(const hsi_private_key *key, hsi_bytes certificate);

/* hsi_private_key_decrypt opens EncryptedPreMasterSecret (PKCS #1 v1.5), and appends the premaster secret. ILLEGAL: the key
 * does not open it, or what is in it has another length. */
HSI_MUST_USE hsi_status hsi_private_key_decrypt(const hsi_private_key *key, hsi_bytes encrypted, hsi_buffer *premaster);

#endif
