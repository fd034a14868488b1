/* Hashes and HMAC. In: the bytes in parts. Out: a digest or a MAC. Knows no label and no key schedule. RFC 2104.
 * What comes in one part, or is short, goes in by one call: it costs a fifth less than a handle, and a handshake makes many of
 * them.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

#include <gnutls/crypto.h>

enum { JOINED_MAX = 512 }; /* what the key schedule feeds is shorter */

const hsi_hash hsi_md5 = {"MD5", 16, 64, GNUTLS_DIG_MD5, GNUTLS_MAC_MD5, 16};
const hsi_hash hsi_sha1 = {"SHA1", 20, 64, GNUTLS_DIG_SHA1, GNUTLS_MAC_SHA1, 20};
const hsi_hash hsi_sha224 = {"SHA224", 28, 64, GNUTLS_DIG_SHA224, GNUTLS_MAC_SHA224, 28};
const hsi_hash hsi_sha256 = {"SHA256", 32, 64, GNUTLS_DIG_SHA256, GNUTLS_MAC_SHA256, 32};
const hsi_hash hsi_sha384 = {"SHA384", 48, 128, GNUTLS_DIG_SHA384, GNUTLS_MAC_SHA384, 48};
const hsi_hash hsi_sha512 = {"SHA512", 64, 128, GNUTLS_DIG_SHA512, GNUTLS_MAC_SHA512, 64};
const hsi_hash hsi_streebog_256 = {"STREEBOG-256", 32, 64, GNUTLS_DIG_STREEBOG_256, GNUTLS_MAC_STREEBOG_256, 32};
const hsi_hash hsi_imit = {"GOST28147-TC26Z-IMIT", 4, 8, GNUTLS_DIG_UNKNOWN, GNUTLS_MAC_GOST28147_TC26Z_IMIT, 32};

static const hsi_hash *const hashes[] = {&hsi_md5,    &hsi_sha1,   &hsi_sha224,       &hsi_sha256,
                                         &hsi_sha384, &hsi_sha512, &hsi_streebog_256, &hsi_imit};

const hsi_hash *hsi_hash_named(const char *name)
{
    for (size_t i = 0; i < HSI_COUNT(hashes); i++) {
        if (strcmp(hashes[i]->name, name) == 0) {
            return hashes[i];
        }
    }
    return NULL;
}

static int hash_parts(gnutls_hash_hd_t handle, const hsi_bytes *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int code = gnutls_hash(handle, parts[i].data, parts[i].length);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

hsi_status hsi_hash_of(const hsi_hash *hash, uint8_t *out, const hsi_bytes *parts, size_t count)
{
    gnutls_digest_algorithm_t digest = (gnutls_digest_algorithm_t)hash->digest;
    if (count == 1) {
        return hsi_gnutls_init_status(gnutls_hash_fast(digest, parts[0].data, parts[0].length, out));
    }
    gnutls_hash_hd_t handle;
    HSI_TRY(hsi_gnutls_init_status(gnutls_hash_init(&handle, digest)));
    int code = hash_parts(handle, parts, count);
    gnutls_hash_deinit(handle, out);
    return hsi_gnutls_status(code);
}

static int hmac_parts(gnutls_hmac_hd_t handle, const hsi_bytes *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int code = gnutls_hmac(handle, parts[i].data, parts[i].length);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

static size_t length_of(const hsi_bytes *parts, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += parts[i].length;
    }
    return length;
}

static hsi_status hmac_at_once(const hsi_hash *hash, uint8_t *out, hsi_bytes key, hsi_bytes bytes)
{
    return hsi_gnutls_init_status(
        gnutls_hmac_fast((gnutls_mac_algorithm_t)hash->mac, key.data, key.length, bytes.data, bytes.length, out));
}

static hsi_status hmac_joined(const hsi_hash *hash, uint8_t *out, hsi_bytes key, const hsi_bytes *parts, size_t count)
{
    uint8_t joined[JOINED_MAX];
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].length > 0) {
            memcpy(joined + length, parts[i].data, parts[i].length);
        }
        length += parts[i].length;
    }
    hsi_status status = hmac_at_once(hash, out, key, hsi_bytes_of(joined, length));
    hsi_memory_wipe(joined, length);
    return status;
}

hsi_status hsi_hmac(const hsi_hash *hash, uint8_t *out, hsi_bytes key, const hsi_bytes *parts, size_t count)
{
    if (count == 1) {
        return hmac_at_once(hash, out, key, parts[0]);
    }
    if (length_of(parts, count) <= JOINED_MAX) {
        return hmac_joined(hash, out, key, parts, count);
    }
    gnutls_mac_algorithm_t mac = (gnutls_mac_algorithm_t)hash->mac;
    gnutls_hmac_hd_t handle;
    HSI_TRY(hsi_gnutls_init_status(gnutls_hmac_init(&handle, mac, key.data, key.length)));
    int code = hmac_parts(handle, parts, count);
    gnutls_hmac_deinit(handle, out);
    return hsi_gnutls_status(code);
}
