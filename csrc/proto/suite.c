/* Suite: key exchange, cipher, MAC and PRF out of a cipher suite's IANA name, part by part, by tables.
 * In: "TLS_<key exchange>_WITH_<cipher>[_<hash>]", or in TLS 1.3 "TLS_<cipher>_<hash>". Out: hsi_suite. Knows no
 * algorithm, only what GnuTLS calls it; where GnuTLS has none, a name of the same kind, so that it can be shown.
 * RFC 5246 appendix C and section 1.2, RFC 8446 appendix B.4, RFC 5289, 5487, 6655, 9150, 9189, 9367.
 * SPDX-License-Identifier: MIT */
#include "proto/suite.h"

#include "base/bytes.h"
#include "proto/registries.h"

/* What a name says in one place, and what that means; NULL: the part of the name that follows says it. */
typedef struct key_exchange_row {
    const char *text;
    const char *key_exchange;
} key_exchange_row;

typedef struct cipher_row {
    const char *text;
    const char *cipher;
    const char *mac;
    const char *prf;
} cipher_row;

typedef struct hash_row {
    const char *text;
    const char *mac;
    const char *prf;
} hash_row;

static const key_exchange_row key_exchanges[] = {
    {"NULL", "NULL"},
    {"RSA", "RSA"},
    {"RSA_EXPORT", "RSA-EXPORT"},
    {"DHE_RSA", "DHE-RSA"},
    {"DHE_RSA_EXPORT", "DHE-RSA-EXPORT"},
    {"DHE_DSS", "DHE-DSS"},
    {"DHE_DSS_EXPORT", "DHE-DSS-EXPORT"},
    {"DH_RSA", "DH-RSA"},
    {"DH_RSA_EXPORT", "DH-RSA-EXPORT"},
    {"DH_DSS", "DH-DSS"},
    {"DH_DSS_EXPORT", "DH-DSS-EXPORT"},
    {"DH_anon", "ANON-DH"},
    {"DH_anon_EXPORT", "ANON-DH-EXPORT"},
    {"ECDHE_RSA", "ECDHE-RSA"},
    {"ECDHE_ECDSA", "ECDHE-ECDSA"},
    {"ECDH_RSA", "ECDH-RSA"},
    {"ECDH_ECDSA", "ECDH-ECDSA"},
    {"ECDH_anon", "ANON-ECDH"},
    {"PSK", "PSK"},
    {"RSA_PSK", "RSA-PSK"},
    {"DHE_PSK", "DHE-PSK"},
    {"PSK_DHE", "DHE-PSK"}, /* so RFC 6655 calls the DHE-PSK suites with CCM-8 */
    {"ECDHE_PSK", "ECDHE-PSK"},
    {"SRP_SHA", "SRP"},
    {"SRP_SHA_RSA", "SRP-RSA"},
    {"SRP_SHA_DSS", "SRP-DSS"},
    {"KRB5", "KRB5"},
    {"KRB5_EXPORT", "KRB5-EXPORT"},
    {"ECCPWD", "ECCPWD"},
    {"GOSTR341112_256", "VKO-GOST-12"},
};

static const cipher_row ciphers[] = {
    {"NULL", "NULL", NULL, NULL},
    {"NULL_NULL", "NULL", "NULL", "SHA256"},
    {"RC4_128", "ARCFOUR-128", NULL, NULL},
    {"RC4_40", "ARCFOUR-40", NULL, NULL},
    {"RC2_CBC_40", "RC2-40", NULL, NULL},
    {"DES_CBC", "DES-CBC", NULL, NULL},
    {"DES40_CBC", "DES-40-CBC", NULL, NULL},
    {"DES_CBC_40", "DES-40-CBC", NULL, NULL},
    {"3DES_EDE_CBC", "3DES-CBC", NULL, NULL},
    {"IDEA_CBC", "IDEA-CBC", NULL, NULL},
    {"SEED_CBC", "SEED-CBC", NULL, NULL},
    {"AES_128_CBC", "AES-128-CBC", NULL, NULL},
    {"AES_256_CBC", "AES-256-CBC", NULL, NULL},
    {"ARIA_128_CBC", "ARIA-128-CBC", NULL, NULL},
    {"ARIA_256_CBC", "ARIA-256-CBC", NULL, NULL},
    {"CAMELLIA_128_CBC", "CAMELLIA-128-CBC", NULL, NULL},
    {"CAMELLIA_256_CBC", "CAMELLIA-256-CBC", NULL, NULL},
    {"AES_128_GCM", "AES-128-GCM", "AEAD", NULL},
    {"AES_256_GCM", "AES-256-GCM", "AEAD", NULL},
    {"AES_128_CCM", "AES-128-CCM", "AEAD", NULL},
    {"AES_256_CCM", "AES-256-CCM", "AEAD", NULL},
    {"AES_128_CCM_8", "AES-128-CCM-8", "AEAD", NULL},
    {"AES_128_CCM", "AES-128-CCM", "AEAD", "SHA256"}, /* RFC 6655: no hash in the name, the PRF of RFC 5246 */
    {"AES_256_CCM", "AES-256-CCM", "AEAD", "SHA256"},
    {"AES_128_CCM_8", "AES-128-CCM-8", "AEAD", "SHA256"},
    {"AES_256_CCM_8", "AES-256-CCM-8", "AEAD", "SHA256"},
    {"ARIA_128_GCM", "ARIA-128-GCM", "AEAD", NULL},
    {"ARIA_256_GCM", "ARIA-256-GCM", "AEAD", NULL},
    {"CAMELLIA_128_GCM", "CAMELLIA-128-GCM", "AEAD", NULL},
    {"CAMELLIA_256_GCM", "CAMELLIA-256-GCM", "AEAD", NULL},
    {"CHACHA20_POLY1305", "CHACHA20-POLY1305", "AEAD", NULL},
    {"28147_CNT_IMIT", "GOST28147-TC26Z-CNT", "GOST28147-TC26Z-IMIT", "STREEBOG-256"}, /* RFC 9189 */
    {"MAGMA_CTR_OMAC", "MAGMA-CTR-ACPKM", "OMAC-MAGMA", "STREEBOG-256"},
    {"KUZNYECHIK_CTR_OMAC", "KUZNYECHIK-CTR-ACPKM", "OMAC-KUZNYECHIK", "STREEBOG-256"},
};

static const cipher_row tls13_ciphers[] = {
    {"AES_128_GCM", "AES-128-GCM", "AEAD", NULL},
    {"AES_256_GCM", "AES-256-GCM", "AEAD", NULL},
    {"AES_128_CCM", "AES-128-CCM", "AEAD", NULL},
    {"AES_128_CCM_8", "AES-128-CCM-8", "AEAD", NULL},
    {"CHACHA20_POLY1305", "CHACHA20-POLY1305", "AEAD", NULL},
    {"AEGIS_128L", "AEGIS-128L", "AEAD", NULL},
    {"AEGIS_256", "AEGIS-256", "AEAD", NULL},
    {"ASCONAEAD128", "ASCON-AEAD128", "AEAD", NULL},
    {"SM4_GCM", "SM4-GCM", "AEAD", NULL},
    {"SM4_CCM", "SM4-CCM", "AEAD", NULL},
    {"SHA256", "NULL", "SHA256", NULL}, /* RFC 9150: integrity only, an HMAC where others have an AEAD */
    {"SHA384", "NULL", "SHA384", NULL},
    /* RFC 9367: TLS 1.3 suites, whatever the first half of their names says */
    {"GOSTR341112_256_WITH_MAGMA_MGM_L", "MAGMA-MGM-L", "AEAD", "STREEBOG-256"},
    {"GOSTR341112_256_WITH_MAGMA_MGM_S", "MAGMA-MGM-S", "AEAD", "STREEBOG-256"},
    {"GOSTR341112_256_WITH_KUZNYECHIK_MGM_L", "KUZNYECHIK-MGM-L", "AEAD", "STREEBOG-256"},
    {"GOSTR341112_256_WITH_KUZNYECHIK_MGM_S", "KUZNYECHIK-MGM-S", "AEAD", "STREEBOG-256"},
};

/* RFC 5246 section 5: the PRF is P_SHA256, unless the suite names a stronger hash. */
static const hash_row hashes[] = {
    {"MD5", "MD5", "SHA256"},
    {"SHA", "SHA1", "SHA256"},
    {"SHA256", "SHA256", "SHA256"},
    {"SHA384", "SHA384", "SHA384"},
    {"SHA512", "SHA512", "SHA512"},
    {"SM3", "SM3", "SM3"},
    {"ASCONHASH256", "ASCON-HASH256", "ASCON-HASH256"},
};

/* after_prefix returns what follows `prefix` in `text`, or NULL where it does not begin so. */
static const char *after_prefix(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static const hash_row *find_hash(const char *text)
{
    for (size_t i = 0; i < HSI_COUNT(hashes); i++) {
        if (strcmp(text, hashes[i].text) == 0) {
            return &hashes[i];
        }
    }
    return NULL;
}

static const char *find_key_exchange(hsi_bytes text)
{
    for (size_t i = 0; i < HSI_COUNT(key_exchanges); i++) {
        if (hsi_bytes_are(text, key_exchanges[i].text)) {
            return key_exchanges[i].key_exchange;
        }
    }
    return NULL;
}

/* fill_by_row completes the suite where `text` is what the row says: its cipher alone if that settles the PRF, else its
 * cipher and a hash. */
static bool fill_by_row(hsi_suite *suite, const cipher_row *row, const char *text)
{
    const char *rest = after_prefix(text, row->text);
    if (rest == NULL) {
        return false;
    }
    suite->cipher = row->cipher;
    suite->mac = row->mac;
    suite->prf = row->prf;
    if (row->prf != NULL) {
        return *rest == '\0';
    }
    const hash_row *hash = *rest == '_' ? find_hash(rest + 1) : NULL;
    if (hash == NULL) {
        return false;
    }
    suite->mac = row->mac != NULL ? row->mac : hash->mac;
    suite->prf = hash->prf;
    return true;
}

static bool fill(hsi_suite *suite, const cipher_row *rows, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (fill_by_row(suite, &rows[i], text)) {
            return true;
        }
    }
    return false;
}

static bool fill_before_tls13(hsi_suite *suite, const char *text)
{
    const char *with = strstr(text, "_WITH_");
    if (with == NULL) {
        return false;
    }
    suite->key_exchange = find_key_exchange(hsi_bytes_of(text, (size_t)(with - text)));
    return suite->key_exchange != NULL && fill(suite, ciphers, HSI_COUNT(ciphers), with + strlen("_WITH_"));
}

bool hsi_suite_parse(hsi_suite *out, uint16_t id, const char *name)
{
    const char *text = after_prefix(name, "TLS_");
    if (text == NULL) {
        return false;
    }
    hsi_suite suite = {.id = id, .name = name};
    suite.tls13 = fill(&suite, tls13_ciphers, HSI_COUNT(tls13_ciphers), text);
    if (!suite.tls13 && !fill_before_tls13(&suite, text)) {
        return false;
    }
    *out = suite;
    return true;
}

bool hsi_suite_find(hsi_suite *out, uint16_t id)
{
    const char *name = hsi_cipher_suite(id);
    return name != NULL && hsi_suite_parse(out, id, name);
}
