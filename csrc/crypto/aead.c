/* AEAD, opening only. In: key, nonce, additional data, ciphertext with its tag. Out: plaintext, and the tag that would
 * have been right. Knows no record: nonce and additional data are the caller's to build. RFC 5116.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

#include <gnutls/crypto.h>

struct hsi_aead {
    const hsi_cipher *cipher;
    gnutls_aead_cipher_hd_t handle;
};

typedef struct opening {
    gnutls_aead_cipher_hd_t handle;
    size_t tag;
    hsi_bytes nonce;
    hsi_bytes additional;
} opening;

/* encrypt writes ciphertext and tag, `length` + the tag's length. */
static hsi_status encrypt(const opening *o, uint8_t *out, const uint8_t *plaintext, size_t length)
{
    size_t written = length + o->tag;
    return hsi_gnutls_status(gnutls_aead_cipher_encrypt(o->handle, o->nonce.data, o->nonce.length, o->additional.data,
                                                        o->additional.length, o->tag, plaintext, length, out,
                                                        &written));
}

/* GnuTLS keeps the right tag of a wrong record to itself. But every AEAD of TLS xors a key stream to the plaintext:
 * zeros encrypt to the key stream, which gives the plaintext, which encrypts to that ciphertext and its right tag. */
static hsi_status seal_again(const opening *o, uint8_t *out, uint8_t *computed, hsi_bytes in, uint8_t *sealed)
{
    size_t length = in.length - o->tag;
    if (length > 0) {
        memset(out, 0, length);
    }
    HSI_TRY(encrypt(o, sealed, out, length));
    for (size_t i = 0; i < length; i++) {
        out[i] = in.data[i] ^ sealed[i];
    }
    HSI_TRY(encrypt(o, sealed, out, length));
    memcpy(computed, sealed + length, o->tag);
    return HSI_OK;
}

static hsi_status open_anyway(const opening *o, uint8_t *out, uint8_t *computed, hsi_bytes in)
{
    uint8_t *sealed = hsi_memory_new(in.length);
    if (sealed == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = seal_again(o, out, computed, in, sealed);
    hsi_memory_free(sealed, in.length);
    return status;
}

static hsi_status open_record(const opening *o, uint8_t *out, hsi_aead_result *result, hsi_bytes in)
{
    size_t length = in.length - o->tag;
    size_t written = length;
    int code = gnutls_aead_cipher_decrypt(o->handle, o->nonce.data, o->nonce.length, o->additional.data,
                                          o->additional.length, o->tag, in.data, in.length, out, &written);
    result->ok = code >= 0;
    if (code == GNUTLS_E_DECRYPTION_FAILED) {
        return open_anyway(o, out, result->computed, in);
    }
    HSI_TRY(hsi_gnutls_status(code));
    memcpy(result->computed, in.data + length, o->tag);
    return HSI_OK;
}

hsi_status hsi_aead_new(hsi_aead **out, const hsi_cipher *cipher, hsi_bytes key)
{
    if (cipher->kind != HSI_CIPHER_AEAD || key.length != cipher->key) {
        return HSI_ILLEGAL;
    }
    hsi_aead *aead = hsi_memory_new(sizeof *aead);
    if (aead == NULL) {
        return HSI_NO_MEMORY;
    }
    gnutls_datum_t key_datum = hsi_gnutls_datum(key);
    hsi_status status = hsi_gnutls_init_status(
        gnutls_aead_cipher_init(&aead->handle, (gnutls_cipher_algorithm_t)cipher->id, &key_datum));
    if (status != HSI_OK) {
        hsi_memory_free(aead, sizeof *aead);
        return status;
    }
    aead->cipher = cipher;
    *out = aead;
    return HSI_OK;
}

void hsi_aead_free(hsi_aead *aead)
{
    if (aead != NULL) {
        gnutls_aead_cipher_deinit(aead->handle);
        hsi_memory_free(aead, sizeof *aead);
    }
}

hsi_status hsi_aead_open(const hsi_aead *aead, uint8_t *out, hsi_aead_result *result, hsi_bytes nonce,
                         hsi_bytes additional, hsi_bytes in)
{
    if (nonce.length != aead->cipher->nonce || in.length < aead->cipher->tag) {
        return HSI_ILLEGAL;
    }
    const opening o = {aead->handle, aead->cipher->tag, nonce, additional};
    return open_record(&o, out, result, in);
}
