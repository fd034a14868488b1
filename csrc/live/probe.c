/* Probe: see the header. What each slot carries was measured on GnuTLS 3.7.9 and 3.8.9: the PRF of TLS 1.0 to 1.2 keys
 * nettle's HMAC with its secret, TLS 1.3 extracts with nettle's HKDF (handshake and master secret) and with
 * gnutls_hmac_fast under an empty key (early secret). Finding and patching the slots is import_slots.c's.
 * SPDX-License-Identifier: MIT */
#include "live/probe.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdlib.h>

#include "live/import_slots.h"

static _Thread_local hsi_probe_target *current;

hsi_probe_target *hsi_probe_enter(hsi_probe_target *target)
{
    hsi_probe_target *before = current;
    current = target;
    return before;
}

void hsi_probe_tell(hsi_probe_sight sight, hsi_bytes bytes)
{
    hsi_probe_target *target = hsi_probe_enter(NULL);
    if (target != NULL && target->listening) {
        target->seen(target, sight, bytes);
    }
    (void)hsi_probe_enter(target);
}

/* ---- the wrappers; nettle's types are not needed, so they are plain pointers here ---- */

typedef void set_key_function(void *context, size_t length, const uint8_t *key);
typedef void extract_function(void *context, void *update, void *digest, size_t digest_size, size_t length,
                              const uint8_t *input, uint8_t *output);
typedef int hmac_fast_function(gnutls_mac_algorithm_t algorithm, const void *key, size_t key_length, const void *text,
                               size_t length, void *digest);

static set_key_function *real_sha256_set_key, *real_sha384_set_key, *real_streebog_set_key;
static set_key_function *real_md5_set_key, *real_sha1_set_key;
static extract_function *real_extract;
static hmac_fast_function *real_hmac_fast;

static void sha256_set_key(void *context, size_t length, const uint8_t *key)
{
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(key, length));
    real_sha256_set_key(context, length, key);
}

static void sha384_set_key(void *context, size_t length, const uint8_t *key)
{
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(key, length));
    real_sha384_set_key(context, length, key);
}

static void streebog_set_key(void *context, size_t length, const uint8_t *key)
{
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(key, length));
    real_streebog_set_key(context, length, key);
}

static void md5_set_key(void *context, size_t length, const uint8_t *key)
{
    hsi_probe_tell(HSI_SIGHT_PRF_MD5_KEY, hsi_bytes_of(key, length));
    real_md5_set_key(context, length, key);
}

static void sha1_set_key(void *context, size_t length, const uint8_t *key)
{
    hsi_probe_tell(HSI_SIGHT_PRF_SHA1_KEY, hsi_bytes_of(key, length));
    real_sha1_set_key(context, length, key);
}

static void extract(void *context, void *update, void *digest, size_t digest_size, size_t length, const uint8_t *input,
                    uint8_t *output)
{
    hsi_probe_tell(HSI_SIGHT_EXTRACT_INPUT, hsi_bytes_of(input, length)); /* before: `output` may be `input` */
    real_extract(context, update, digest, digest_size, length, input, output);
    hsi_probe_tell(HSI_SIGHT_EXTRACT_OUTPUT, hsi_bytes_of(output, digest_size));
}

static int hmac_fast(gnutls_mac_algorithm_t algorithm, const void *key, size_t key_length, const void *text,
                     size_t length, void *digest)
{
    int code = real_hmac_fast(algorithm, key, key_length, text, length, digest);
    if (key_length == 0 && code >= 0) {
        hsi_probe_tell(HSI_SIGHT_EMPTY_KEY_HMAC, hsi_bytes_of(digest, gnutls_hmac_get_len(algorithm)));
    }
    return code;
}

/* gnutls_hmac_fast is the library's import of its own function, which a linker may bind for good: then early secrets
 * are not surfaced, and without a PSK they are a constant anyway. Streebog is there where GnuTLS was built with GOST. */
static hsi_import_slot slots[] = {
    {"nettle_hmac_sha256_set_key", true, (hsi_import *)sha256_set_key, (hsi_import **)(void *)&real_sha256_set_key,
     NULL},
    {"nettle_hmac_sha384_set_key", true, (hsi_import *)sha384_set_key, (hsi_import **)(void *)&real_sha384_set_key,
     NULL},
    {"nettle_hmac_md5_set_key", true, (hsi_import *)md5_set_key, (hsi_import **)(void *)&real_md5_set_key, NULL},
    {"nettle_hmac_sha1_set_key", true, (hsi_import *)sha1_set_key, (hsi_import **)(void *)&real_sha1_set_key, NULL},
    {"nettle_hmac_streebog256_set_key", false, (hsi_import *)streebog_set_key,
     (hsi_import **)(void *)&real_streebog_set_key, NULL},
    {"nettle_hkdf_extract", true, (hsi_import *)extract, (hsi_import **)(void *)&real_extract, NULL},
    {"gnutls_hmac_fast", false, (hsi_import *)hmac_fast, (hsi_import **)(void *)&real_hmac_fast, NULL},
};

/* ---- once per process ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *reason = "nobody asked for it";

static bool forbidden(void)
{
    const char *value = getenv("HSINSPECT_NO_PROBE");
    return value != NULL && strcmp(value, "") != 0 && strcmp(value, "0") != 0;
}

static void install(void)
{
    reason = forbidden() ? "HSINSPECT_NO_PROBE is set"
                         : hsi_import_slots_replace(slots, HSI_COUNT(slots), (hsi_import *)gnutls_handshake);
}

void hsi_probe_install(void)
{
    (void)pthread_once(&once, install);
}

const char *hsi_probe_reason(void)
{
    hsi_probe_install();
    return reason;
}
