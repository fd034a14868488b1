/* The PRF of TLS before 1.3. In: secret, label, seed. Out: as many bytes as are asked for. Knows no secret by name.
 * RFC 5246 section 5 (one hash), RFC 2246 section 5 (MD5 and SHA1, each with its half of the secret).
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"

enum { SEED_PARTS = 4, PARTS = 2 + SEED_PARTS };

typedef struct p_hash {
    uint8_t a[HSI_HASH_MAX];     /* A(i) */
    uint8_t block[HSI_HASH_MAX]; /* HMAC(secret, A(i) + seed) */
    hsi_bytes parts[PARTS];      /* A(i), label, seed: hashed for a block; A(1) is made from all but the first */
    size_t count;                /* of the parts */
} p_hash;

/* p_hash_xor xors P_hash(secret, label + seed) onto `out`. */
static hsi_status p_hash_xor(p_hash *p, const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes secret)
{
    p->parts[0] = hsi_bytes_of(p->a, hash->size);
    HSI_TRY(hsi_hmac(hash, p->a, secret, p->parts + 1, p->count - 1));
    for (size_t done = 0; done < length; done += hash->size) {
        if (done > 0) {
            HSI_TRY(hsi_hmac(hash, p->a, secret, p->parts, 1));
        }
        HSI_TRY(hsi_hmac(hash, p->block, secret, p->parts, p->count));
        for (size_t i = 0; i < hash->size && done + i < length; i++) {
            out[done + i] ^= p->block[i];
        }
    }
    return HSI_OK;
}

/* RFC 2246 section 5: S1 and S2 are the halves of the secret; of an odd one they share the byte in the middle. */
static hsi_status prf_md5_sha1(p_hash *p, uint8_t *out, size_t length, hsi_bytes secret)
{
    size_t half = (secret.length + 1) / 2;
    HSI_TRY(p_hash_xor(p, &hsi_md5, out, length, hsi_bytes_slice(secret, 0, half)));
    return p_hash_xor(p, &hsi_sha1, out, length, hsi_bytes_slice(secret, secret.length - half, half));
}

hsi_status hsi_prf(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes secret, const char *label,
                   const hsi_bytes *seed, size_t count)
{
    if (count > SEED_PARTS) {
        return HSI_ILLEGAL;
    }
    p_hash p;
    p.parts[1] = hsi_bytes_text(label);
    for (size_t i = 0; i < count; i++) {
        p.parts[2 + i] = seed[i];
    }
    p.count = 2 + count;
    memset(out, 0, length);
    hsi_status status =
        hash == NULL ? prf_md5_sha1(&p, out, length, secret) : p_hash_xor(&p, hash, out, length, secret);
    hsi_memory_wipe(&p, sizeof p);
    return status;
}
