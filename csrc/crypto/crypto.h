/* Crypto: everything the tap computes with, over gnutls/crypto.h and gnutls/abstract.h. Bytes in, bytes out; algorithms
 * are const structs; knows no session, no record and no message. Nothing outside csrc/crypto names a GnuTLS algorithm.
 * Every function: CRYPTO where GnuTLS fails, UNSUPPORTED where this GnuTLS lacks the algorithm, NO_MEMORY.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CRYPTO_CRYPTO_H
#define HSI_CRYPTO_CRYPTO_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/status.h"

enum {
    HSI_HASH_MAX = 64, /* the longest hash, SHA512 */
    HSI_BLOCK_MAX = 16, /* the longest cipher block */
    HSI_NONCE_MAX = 16,
    HSI_TAG_MAX = 16,
    HSI_RANDOM = 32, /* a Hello's random, RFC 5246 section 7.4.1.2 */
    HSI_MASTER = 48 /* a master secret before TLS 1.3, RFC 5246 section 8.1 */
};

/* ---- hash.c: hashes and HMAC ---- */

typedef struct hsi_hash {
    const char *name; /* as RecordMAC.algorithm has it: "SHA256" */
    size_t size; /* of a digest, in bytes */
    size_t block; /* of its input block, in bytes (HMAC, RFC 2104) */
    int digest; /* GnuTLS's number of the hash */
    int mac; /* GnuTLS's number of the HMAC over it */
    size_t mac_key; /* of the key of a record's MAC, in bytes */
} hsi_hash;

extern const hsi_hash hsi_md5, hsi_sha1, hsi_sha224, hsi_sha256, hsi_sha384, hsi_sha512, hsi_streebog_256;

/* hsi_imit is a MAC that is made with a cipher and not with a hash (GOST 28147-89, RFC 9189 section 4.1): for running MACs. */
extern const hsi_hash hsi_imit;

/* hsi_hash_named finds a hash by its name, exactly as written in hsi_hash.name; NULL: none of that name. */
const hsi_hash *hsi_hash_named(const char *name);

/* hsi_hash_of hashes the parts one after another; `out` takes hash->size bytes. */
HSI_MUST_USE hsi_status hsi_hash_of(const hsi_hash *hash, uint8_t *out, const hsi_bytes *parts, size_t count);

/* hsi_hmac: RFC 2104, over the parts one after another; `out` takes hash->size bytes. Keys of any length, 0 included. */
HSI_MUST_USE hsi_status hsi_hmac(const hsi_hash *hash, uint8_t *out, hsi_bytes key, const hsi_bytes *parts,
                                 size_t count);

/* ---- running_mac.c: one MAC over all records of a direction, RFC 9189 section 4.1.1 ---- */

typedef struct hsi_running_mac hsi_running_mac;

/* hsi_running_mac_new: heap, ends in hsi_running_mac_free. ILLEGAL: the key has another length than mac->mac_key. */
HSI_MUST_USE hsi_status hsi_running_mac_new(hsi_running_mac **out, const hsi_hash *mac, hsi_bytes key);
void hsi_running_mac_free(hsi_running_mac *running);

/* hsi_running_mac_add takes in more bytes, and writes the MAC over all there were, of mac->size bytes, to `out`. */
HSI_MUST_USE hsi_status hsi_running_mac_add(hsi_running_mac *running, uint8_t *out, hsi_bytes in);

/* ---- hkdf.c: RFC 5869 and RFC 8446 section 7.1 ---- */

HSI_MUST_USE hsi_status hsi_hkdf_extract(const hsi_hash *hash, uint8_t *out, hsi_bytes salt, hsi_bytes ikm);
HSI_MUST_USE hsi_status hsi_hkdf_expand(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes prk,
                                        hsi_bytes info);

/* hsi_hkdf_expand_label: HKDF-Expand-Label(secret, label, context, length); `label` without its "tls13 ". */
HSI_MUST_USE hsi_status hsi_hkdf_expand_label(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes secret,
                                              const char *label, hsi_bytes context);

/* ---- prf.c: RFC 5246 section 5; RFC 2246 section 5 ---- */

/* hsi_prf: PRF(secret, label, seed)[0..length-1]. `hash` NULL: the PRF of TLS 1.0 and 1.1 (P_MD5 xor P_SHA1).
 * `seed` is the parts one after another, at most 4. */
HSI_MUST_USE hsi_status hsi_prf(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes secret, const char *label,
                                const hsi_bytes *seed, size_t count);

/* ---- ssl3.c: RFC 6101 ---- */

enum { HSI_SSL3_HASHES = 16 + 20 }; /* MD5, then SHA1 */

/* hsi_ssl3_prf: section 6.1, what master secret and key block are made with. ILLEGAL: over 416 bytes, or over 4 parts. */
HSI_MUST_USE hsi_status hsi_ssl3_prf(uint8_t *out, size_t length, hsi_bytes secret, const hsi_bytes *seed,
                                     size_t count);

/* hsi_ssl3_mac: section 5.2.3.1, the MAC of a record with MD5 or SHA1. */
HSI_MUST_USE hsi_status hsi_ssl3_mac(const hsi_hash *hash, uint8_t *out, hsi_bytes key, hsi_bytes in);

/* hsi_ssl3_handshake_hashes: section 5.6.9, Finished of `sender` "CLNT" or "SRVR"; with "" section 5.6.8, what
 * CertificateVerify signs. */
HSI_MUST_USE hsi_status hsi_ssl3_handshake_hashes(uint8_t out[HSI_SSL3_HASHES], hsi_bytes messages, const char *sender,
                                                  hsi_bytes master);

/* ---- cipher.c: stream ciphers and CBC, whose state lasts from record to record ---- */

typedef enum hsi_cipher_kind { HSI_CIPHER_NULL, HSI_CIPHER_STREAM, HSI_CIPHER_CBC, HSI_CIPHER_AEAD } hsi_cipher_kind;

typedef struct hsi_cipher {
    const char *name; /* GnuTLS's: "AES-128-CBC", "CHACHA20-POLY1305", "ARCFOUR-128", "3DES-CBC", "NULL" */
    hsi_cipher_kind kind;
    size_t key; /* of the key, in bytes */
    size_t block; /* of a block (CBC), else 0 */
    size_t fixed_iv; /* from the key block, RFC 5246 6.3 (AEAD: the implicit part of the nonce; CBC: a block; CNT) */
    size_t explicit_nonce; /* in each TLS 1.2 record (AEAD): 8 for GCM and CCM, 0 for ChaCha20 */
    size_t nonce; /* of a whole AEAD nonce: 12 */
    size_t tag; /* of an AEAD tag: 16, or 8 for CCM-8 */
    int id; /* GnuTLS's number of the cipher; 0: it has none, and nothing can be opened, but keys have lengths */
} hsi_cipher;

/* hsi_cipher_named finds a cipher by GnuTLS's name, or one of that kind where it has none; NULL: none of that name is known
 * here. */
const hsi_cipher *hsi_cipher_named(const char *name);

typedef struct hsi_cipher_state hsi_cipher_state; /* a key and where its stream or chain stands */

/* hsi_cipher_new starts a stream cipher, a CBC chain or the cipher NULL. ILLEGAL: an AEAD, or key or `iv` (empty where the
 * cipher takes none) have not the cipher's length. Ends in hsi_cipher_free. */
HSI_MUST_USE hsi_status hsi_cipher_new(hsi_cipher_state **out, const hsi_cipher *cipher, hsi_bytes key, hsi_bytes iv);
void hsi_cipher_free(hsi_cipher_state *state);

/* hsi_cipher_set_iv restarts the CBC chain: what an explicit IV (RFC 4346 section 6.2.3.2) does. `iv` is one block. */
void hsi_cipher_set_iv(hsi_cipher_state *state, hsi_bytes iv);

/* hsi_cipher_decrypt decrypts in.length bytes to `out`; CBC takes whole blocks (ILLEGAL otherwise) and chains on. */
HSI_MUST_USE hsi_status hsi_cipher_decrypt(hsi_cipher_state *state, uint8_t *out, hsi_bytes in);

/* ---- ffdhe.c ---- */

/* hsi_ffdhe_group is the NamedGroup of RFC 7919 that has this prime; 0: none has. */
uint16_t hsi_ffdhe_group(hsi_bytes prime);

/* ---- aead.c: RFC 5116 ---- */

typedef struct hsi_aead_result {
    bool ok; /* the received tag is the computed one */
    uint8_t computed[HSI_TAG_MAX]; /* the tag that the ciphertext as it came should have had, cipher->tag bytes */
} hsi_aead_result;

/* hsi_aead_new: heap, ends in hsi_aead_free (NULL is legal). ILLEGAL: no AEAD, or the key has not the cipher's length;
 * UNSUPPORTED: GnuTLS does not have it. */
typedef struct hsi_aead hsi_aead;
HSI_MUST_USE hsi_status hsi_aead_new(hsi_aead **out, const hsi_cipher *cipher, hsi_bytes key);
void hsi_aead_free(hsi_aead *aead);

/* hsi_aead_open decrypts `in` (ciphertext, then tag) to `out` (in.length - cipher->tag bytes). A wrong tag is no error:
 * ok is false, `out` holds the unauthenticated plaintext and `computed` the tag that would have been right (encrypt
 * zeros for the key stream, xor, encrypt again). `out` does not overlap `in`. ILLEGAL: `in` is shorter than a tag, or
 * the nonce has not the cipher's length. */
HSI_MUST_USE hsi_status hsi_aead_open(const hsi_aead *aead, uint8_t *out, hsi_aead_result *result, hsi_bytes nonce,
                                      hsi_bytes additional, hsi_bytes in);

/* ---- spki.c ---- */

/* hsi_certificate_key borrows the SubjectPublicKeyInfo of a DER certificate. ILLEGAL: there is none where it has to be. */
HSI_MUST_USE hsi_status hsi_certificate_key(hsi_bytes certificate, hsi_bytes *out);

/* ---- public_key.c: what a certificate's key says of a signature ---- */

/* hsi_signature_verify: does `signature` over `signed_data` fit the key in the DER certificate (or SubjectPublicKeyInfo, of
 * who has no certificate: RFC 7250)? `scheme` is TLS's SignatureScheme (RFC 8446 section 4.2.3; the same numbers as RFC
 * 5246's hash and signature pairs); 0: the signature of TLS 1.0 and 1.1 (RFC 2246 section 7.4.3: RSA over MD5 and SHA1, DSA and
 * ECDSA over SHA1). The signature is as X.509 has it: TLS has that of GOST backwards. `ok` says whether it fits; a key of
 * another kind than the scheme's is a no. ILLEGAL: the certificate cannot be read. UNSUPPORTED: the scheme is not known, or
 * the key is so large (over 16384 bits) that it could only be meant to keep us busy. */
HSI_MUST_USE hsi_status hsi_signature_verify(bool *ok, hsi_bytes certificate, uint16_t scheme, hsi_bytes signed_data,
                                             hsi_bytes signature);

/* hsi_signature_recall is hsi_signature_verify for a signature that may come again. verdict.c */
HSI_MUST_USE hsi_status hsi_signature_recall(bool *ok, hsi_bytes certificate, uint16_t scheme, hsi_bytes signed_data,
                                             hsi_bytes signature);

/* hsi_signature_verify_hashes: the same for SSL 3.0, whose CertificateVerify signs hashes that are no hashes of any bytes:
 * RSA both, DSA the second. */
HSI_MUST_USE hsi_status hsi_signature_verify_hashes(bool *ok, hsi_bytes certificate,
                                                    const uint8_t hashes[HSI_SSL3_HASHES], hsi_bytes signature);

#endif
