/* The ciphers of TLS as a table, and the decryption of those whose state lasts from record to record: streams and CBC.
 * In: key, IV, ciphertext. Out: plaintext with its padding and MAC still on. Knows no record. RFC 5246 section 6.2.3.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

#include <gnutls/crypto.h>

enum { NONE = GNUTLS_CIPHER_UNKNOWN };

/* The lengths are RFC 5246's (appendix C), RFC 5288's (GCM), RFC 6655's (CCM), RFC 6367's (Camellia) RFC 7905's
 * (ChaCha20) and RFC 9189's (CNT). GnuTLS draws an IV for CBC from the key block in every version; from TLS 1.1 on nothing uses it. */
static const hsi_cipher ciphers[] = {
    /* name, kind, key, block, fixed_iv, explicit_nonce, nonce, tag, id */
    {"NULL", HSI_CIPHER_NULL, 0, 0, 0, 0, 0, 0, GNUTLS_CIPHER_NULL},
    {"ARCFOUR-128", HSI_CIPHER_STREAM, 16, 0, 0, 0, 0, 0, GNUTLS_CIPHER_ARCFOUR_128},
    {"DES-CBC", HSI_CIPHER_CBC, 8, 8, 8, 0, 0, 0, GNUTLS_CIPHER_DES_CBC},
    {"3DES-CBC", HSI_CIPHER_CBC, 24, 8, 8, 0, 0, 0, GNUTLS_CIPHER_3DES_CBC},
    {"AES-128-CBC", HSI_CIPHER_CBC, 16, 16, 16, 0, 0, 0, GNUTLS_CIPHER_AES_128_CBC},
    {"AES-256-CBC", HSI_CIPHER_CBC, 32, 16, 16, 0, 0, 0, GNUTLS_CIPHER_AES_256_CBC},
    {"CAMELLIA-128-CBC", HSI_CIPHER_CBC, 16, 16, 16, 0, 0, 0, GNUTLS_CIPHER_CAMELLIA_128_CBC},
    {"CAMELLIA-192-CBC", HSI_CIPHER_CBC, 24, 16, 16, 0, 0, 0, GNUTLS_CIPHER_CAMELLIA_192_CBC},
    {"CAMELLIA-256-CBC", HSI_CIPHER_CBC, 32, 16, 16, 0, 0, 0, GNUTLS_CIPHER_CAMELLIA_256_CBC},
    {"GOST28147-TC26Z-CNT", HSI_CIPHER_STREAM, 32, 0, 8, 0, 0, 0, GNUTLS_CIPHER_GOST28147_TC26Z_CNT},
    {"AES-128-GCM", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 16, GNUTLS_CIPHER_AES_128_GCM},
    {"AES-256-GCM", HSI_CIPHER_AEAD, 32, 0, 4, 8, 12, 16, GNUTLS_CIPHER_AES_256_GCM},
    {"AES-128-CCM", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 16, GNUTLS_CIPHER_AES_128_CCM},
    {"AES-256-CCM", HSI_CIPHER_AEAD, 32, 0, 4, 8, 12, 16, GNUTLS_CIPHER_AES_256_CCM},
    {"AES-128-CCM-8", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 8, GNUTLS_CIPHER_AES_128_CCM_8},
    {"AES-256-CCM-8", HSI_CIPHER_AEAD, 32, 0, 4, 8, 12, 8, GNUTLS_CIPHER_AES_256_CCM_8},
    {"CAMELLIA-128-GCM", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 16, GNUTLS_CIPHER_CAMELLIA_128_GCM},
    {"CAMELLIA-256-GCM", HSI_CIPHER_AEAD, 32, 0, 4, 8, 12, 16, GNUTLS_CIPHER_CAMELLIA_256_GCM},
    {"CHACHA20-POLY1305", HSI_CIPHER_AEAD, 32, 0, 12, 0, 12, 16, GNUTLS_CIPHER_CHACHA20_POLY1305},
    /* What GnuTLS lacks: RFC 6209 (ARIA), RFC 4162 (SEED), RFC 5469 (IDEA); RFC 2246 section 6.3.1 (export: the key block has
     * five bytes of key, and no IV). */
    {"ARIA-128-CBC", HSI_CIPHER_CBC, 16, 16, 16, 0, 0, 0, NONE},
    {"ARIA-256-CBC", HSI_CIPHER_CBC, 32, 16, 16, 0, 0, 0, NONE},
    {"ARIA-128-GCM", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 16, NONE},
    {"ARIA-256-GCM", HSI_CIPHER_AEAD, 32, 0, 4, 8, 12, 16, NONE},
    {"SEED-CBC", HSI_CIPHER_CBC, 16, 16, 16, 0, 0, 0, NONE},
    {"IDEA-CBC", HSI_CIPHER_CBC, 16, 8, 8, 0, 0, 0, NONE},
    {"ARCFOUR-40", HSI_CIPHER_STREAM, 5, 0, 0, 0, 0, 0, NONE},
    {"RC2-40", HSI_CIPHER_CBC, 5, 8, 0, 0, 0, 0, NONE},
    {"DES-40-CBC", HSI_CIPHER_CBC, 5, 8, 0, 0, 0, 0, NONE},
};

struct hsi_cipher_state {
    const hsi_cipher *cipher;
    gnutls_cipher_hd_t handle; /* NULL for the cipher NULL, which GnuTLS has no handle for */
};

const hsi_cipher *hsi_cipher_named(const char *name)
{
    for (size_t i = 0; i < HSI_COUNT(ciphers); i++) {
        if (strcmp(ciphers[i].name, name) == 0) {
            return &ciphers[i];
        }
    }
    return NULL;
}

static hsi_status start(hsi_cipher_state *state, hsi_bytes key, hsi_bytes iv)
{
    if (state->cipher->kind == HSI_CIPHER_NULL) {
        return HSI_OK;
    }
    gnutls_datum_t key_datum = hsi_gnutls_datum(key);
    gnutls_datum_t iv_datum = hsi_gnutls_datum(iv);
    return hsi_gnutls_init_status(gnutls_cipher_init(&state->handle, (gnutls_cipher_algorithm_t)state->cipher->id,
                                                     &key_datum, state->cipher->fixed_iv > 0 ? &iv_datum : NULL));
}

hsi_status hsi_cipher_new(hsi_cipher_state **out, const hsi_cipher *cipher, hsi_bytes key, hsi_bytes iv)
{
    if (cipher->kind == HSI_CIPHER_AEAD || key.length != cipher->key || iv.length != cipher->fixed_iv) {
        return HSI_ILLEGAL;
    }
    hsi_cipher_state *state = hsi_memory_new(sizeof *state);
    if (state == NULL) {
        return HSI_NO_MEMORY;
    }
    state->cipher = cipher;
    hsi_status status = start(state, key, iv);
    if (status != HSI_OK) {
        hsi_memory_free(state, sizeof *state);
        return status;
    }
    *out = state;
    return HSI_OK;
}

void hsi_cipher_free(hsi_cipher_state *state)
{
    if (state == NULL) {
        return;
    }
    if (state->handle != NULL) {
        gnutls_cipher_deinit(state->handle);
    }
    hsi_memory_free(state, sizeof *state);
}

void hsi_cipher_set_iv(hsi_cipher_state *state, hsi_bytes iv)
{
    if (state->cipher->kind != HSI_CIPHER_CBC || iv.length != state->cipher->block) {
        return;
    }
    uint8_t copy[HSI_BLOCK_MAX]; /* GnuTLS takes it without const */
    memcpy(copy, iv.data, iv.length);
    gnutls_cipher_set_iv(state->handle, copy, iv.length);
}

hsi_status hsi_cipher_decrypt(hsi_cipher_state *state, uint8_t *out, hsi_bytes in)
{
    if (state->cipher->kind == HSI_CIPHER_CBC && in.length % state->cipher->block != 0) {
        return HSI_ILLEGAL;
    }
    if (in.length == 0) {
        return HSI_OK;
    }
    if (state->cipher->kind == HSI_CIPHER_NULL) {
        memmove(out, in.data, in.length);
        return HSI_OK;
    }
    return hsi_gnutls_status(gnutls_cipher_decrypt2(state->handle, in.data, in.length, out, in.length));
}
