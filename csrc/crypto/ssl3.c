/* What SSL 3.0 has in the place of PRF and HMAC. In: secret, bytes. Out: bytes, a MAC. RFC 6101 sections 5.2.3.1, 5.6.8,
 * 5.6.9, 6.1 and 6.2.2.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"

enum { PARTS = 4, LETTERS = 26, PAD = 48 };

/* MD5(secret + SHA(letters + secret + seed)), one block of the stream; the letters are 'A', 'BB', 'CCC'… */
static hsi_status prf_block(uint8_t out[HSI_HASH_MAX], size_t round, hsi_bytes secret, const hsi_bytes *seed,
                            size_t count)
{
    uint8_t letters[LETTERS];
    uint8_t inner[HSI_HASH_MAX];
    hsi_bytes parts[2 + PARTS] = {hsi_bytes_of(letters, round + 1), secret};
    memset(letters, (int)('A' + round), sizeof letters);
    memcpy(parts + 2, seed, count * sizeof *seed);
    HSI_TRY(hsi_hash_of(&hsi_sha1, inner, parts, 2 + count));
    hsi_bytes outer[] = {secret, hsi_bytes_of(inner, hsi_sha1.size)};
    hsi_status status = hsi_hash_of(&hsi_md5, out, outer, HSI_COUNT(outer));
    hsi_memory_wipe(inner, sizeof inner);
    return status;
}

hsi_status hsi_ssl3_prf(uint8_t *out, size_t length, hsi_bytes secret, const hsi_bytes *seed, size_t count)
{
    uint8_t block[HSI_HASH_MAX];
    hsi_status status = count > PARTS || length > LETTERS * hsi_md5.size ? HSI_ILLEGAL : HSI_OK;
    for (size_t done = 0; done < length && status == HSI_OK; done += hsi_md5.size) {
        status = prf_block(block, done / hsi_md5.size, secret, seed, count);
        if (status == HSI_OK) {
            memcpy(out + done, block, length - done < hsi_md5.size ? length - done : hsi_md5.size);
        }
    }
    hsi_memory_wipe(block, sizeof block);
    return status;
}

/* pad_1 and pad_2 are as long as makes them whole input blocks of MD5 and, nearly, of SHA. */
static hsi_bytes pad(const hsi_hash *hash, uint8_t storage[PAD], uint8_t value)
{
    memset(storage, value, PAD);
    return hsi_bytes_of(storage, hash == &hsi_md5 ? 48 : 40);
}

hsi_status hsi_ssl3_mac(const hsi_hash *hash, uint8_t *out, hsi_bytes key, hsi_bytes in)
{
    uint8_t pad_1[PAD], pad_2[PAD], inner[HSI_HASH_MAX];
    hsi_bytes first[] = {key, pad(hash, pad_1, 0x36), in};
    HSI_TRY(hsi_hash_of(hash, inner, first, HSI_COUNT(first)));
    hsi_bytes second[] = {key, pad(hash, pad_2, 0x5c), hsi_bytes_of(inner, hash->size)};
    return hsi_hash_of(hash, out, second, HSI_COUNT(second));
}

static hsi_status handshake_hash(const hsi_hash *hash, uint8_t *out, hsi_bytes messages, const char *sender,
                                 hsi_bytes master)
{
    uint8_t pad_1[PAD], pad_2[PAD], inner[HSI_HASH_MAX];
    hsi_bytes first[] = {messages, hsi_bytes_text(sender), master, pad(hash, pad_1, 0x36)};
    HSI_TRY(hsi_hash_of(hash, inner, first, HSI_COUNT(first)));
    hsi_bytes second[] = {master, pad(hash, pad_2, 0x5c), hsi_bytes_of(inner, hash->size)};
    return hsi_hash_of(hash, out, second, HSI_COUNT(second));
}

hsi_status hsi_ssl3_handshake_hashes(uint8_t out[HSI_SSL3_HASHES], hsi_bytes messages, const char *sender,
                                     hsi_bytes master)
{
    HSI_TRY(handshake_hash(&hsi_md5, out, messages, sender, master));
    return handshake_hash(&hsi_sha1, out + hsi_md5.size, messages, sender, master);
}
