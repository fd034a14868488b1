/* HKDF and TLS 1.3's labels for it. In: secrets, salts, contexts. Out: secrets, keys, IVs. Knows no key schedule: which
 * secret follows from which is said elsewhere. Built on HMAC, not on GnuTLS's own HKDF, which is only there from 3.6.13
 * on. RFC 5869; RFC 8446 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"

enum {
    BLOCKS_MAX = 255, /* RFC 5869 section 2.3: the counter is one byte */
    OPAQUE_MAX = 255, /* label and context of HkdfLabel: opaque<..255> */
    HKDF_LABEL_MAX = 2 + 1 + OPAQUE_MAX + 1 + OPAQUE_MAX
};

static const char label_prefix[] = "tls13 ";

hsi_status hsi_hkdf_extract(const hsi_hash *hash, uint8_t *out, hsi_bytes salt, hsi_bytes ikm)
{
    return hsi_hmac(hash, out, salt, &ikm, 1); /* no salt is HashLen zeros, and HMAC pads its key with zeros anyway */
}

/* T(i) = HMAC(PRK, T(i-1) | info | i), where T(0) is empty. */
static hsi_status expand(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes prk, hsi_bytes info,
                         uint8_t block[HSI_HASH_MAX])
{
    size_t previous = 0;
    uint8_t i = 1;
    for (size_t done = 0; done < length; done += hash->size, i++) {
        const hsi_bytes parts[] = {hsi_bytes_of(block, previous), info, hsi_bytes_of(&i, 1)};
        HSI_TRY(hsi_hmac(hash, block, prk, parts, HSI_COUNT(parts)));
        previous = hash->size;
        size_t left = length - done;
        memcpy(out + done, block, left < hash->size ? left : hash->size);
    }
    return HSI_OK;
}

hsi_status hsi_hkdf_expand(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes prk, hsi_bytes info)
{
    if (length > BLOCKS_MAX * hash->size) {
        return HSI_ILLEGAL;
    }
    uint8_t block[HSI_HASH_MAX];
    hsi_status status = expand(hash, out, length, prk, info, block);
    hsi_memory_wipe(block, sizeof block);
    return status;
}

static uint8_t *put(uint8_t *at, const void *data, size_t length)
{
    if (length > 0) {
        memcpy(at, data, length);
    }
    return at + length;
}

/* struct { uint16 length; opaque label<7..255>; opaque context<0..255>; } HkdfLabel; */
hsi_status hsi_hkdf_expand_label(const hsi_hash *hash, uint8_t *out, size_t length, hsi_bytes secret, const char *label,
                                 hsi_bytes context)
{
    const size_t prefix = sizeof label_prefix - 1;
    const size_t name = strlen(label);
    if (length > UINT16_MAX || name > OPAQUE_MAX - prefix || context.length > OPAQUE_MAX) {
        return HSI_ILLEGAL;
    }
    uint8_t info[HKDF_LABEL_MAX];
    uint8_t *at = info;
    *at++ = (uint8_t)(length >> 8);
    *at++ = (uint8_t)length;
    *at++ = (uint8_t)(prefix + name);
    at = put(at, label_prefix, prefix);
    at = put(at, label, name);
    *at++ = (uint8_t)context.length;
    at = put(at, context.data, context.length);
    return hsi_hkdf_expand(hash, out, length, secret, hsi_bytes_of(info, (size_t)(at - info)));
}
