/* Public keys: whether a signature fits the key in a certificate. In: DER certificates, signatures. Out: yes or no.
 * Judges the mathematics, not the policy: MD5, SHA1 and short keys are verified like any other. Knows no message and no
 * chain of certificates. RFC 8446 section 4.2.3, RFC 5246 section 4.7, RFC 2246 section 7.4.3.
 * SPDX-License-Identifier: MIT */
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

enum {
    ANY_HASH = GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1,
    /* A certificate comes from the peer, and a key of a megabyte would take days to verify with. */
    KEY_BITS_MAX = 16384,
    EXPONENT_MAX = 8 /* bytes */
};

typedef struct signing {
    uint16_t scheme;
    gnutls_pk_algorithm_t key;
    gnutls_sign_algorithm_t sign;
} signing;

/* Ascending by scheme, which names the kind of key, too. Before TLS 1.2, where there is none, the key alone says how it
 * signs. ecdsa_* name a curve in TLS 1.3 only, so GnuTLS's names without a curve serve both. */
static const signing signings[] = {
    {0, GNUTLS_PK_RSA, GNUTLS_SIGN_UNKNOWN}, /* MD5 and SHA1 at once: GnuTLS has no name for it */
    {0, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA1},
    {0, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA1},
    {0x0101, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_MD5},
    {0x0201, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA1},
    {0x0202, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA1},
    {0x0203, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA1},
    {0x0301, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA224},
    {0x0302, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA224},
    {0x0303, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA224},
    {0x0401, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA256},
    {0x0402, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA256},
    {0x0403, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA256},
    {0x0501, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA384},
    {0x0502, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA384},
    {0x0503, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA384},
    {0x0601, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA512},
    {0x0602, GNUTLS_PK_DSA, GNUTLS_SIGN_DSA_SHA512},
    {0x0603, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA512},
    {0x0804, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
    {0x0805, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384},
    {0x0806, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512},
    {0x0807, GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519},
    {0x0808, GNUTLS_PK_EDDSA_ED448, GNUTLS_SIGN_EDDSA_ED448},
    {0x0809, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA256},
    {0x080a, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA384},
    {0x080b, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA512},
    {0x0840, GNUTLS_PK_GOST_12_256, GNUTLS_SIGN_GOST_256},
    {0x0841, GNUTLS_PK_GOST_12_512, GNUTLS_SIGN_GOST_512},
};

static const signing *signing_of(uint16_t scheme, gnutls_pk_algorithm_t key)
{
    for (size_t i = 0; i < HSI_COUNT(signings); i++) {
        if (signings[i].scheme == scheme && signings[i].key == key) {
            return &signings[i];
        }
    }
    return NULL;
}

static bool is_known(uint16_t scheme)
{
    for (size_t i = 0; i < HSI_COUNT(signings); i++) {
        if (signings[i].scheme == scheme) {
            return true;
        }
    }
    return false;
}

/* What fails once the key is read and the algorithm is known is the signature's fault: a no, not a failure of ours. */
static hsi_status verdict(bool *ok, int code)
{
    hsi_status status = hsi_gnutls_status(code);
    *ok = status == HSI_OK;
    return status == HSI_CRYPTO ? HSI_OK : status;
}

/* RFC 2246 section 7.4.3: RSA over the MD5 and then the SHA1 of the data, without a DigestInfo. */
static hsi_status verify_hash(bool *ok, gnutls_pubkey_t key, const signing *how, hsi_bytes hashes, hsi_bytes signature)
{
    bool rsa = how->sign == GNUTLS_SIGN_UNKNOWN;
    gnutls_datum_t hash = hsi_gnutls_datum(hashes);
    gnutls_datum_t value = hsi_gnutls_datum(signature);
    return verdict(
        ok, gnutls_pubkey_verify_hash2(key, how->sign, rsa ? GNUTLS_VERIFY_USE_TLS1_RSA : ANY_HASH, &hash, &value));
}

static hsi_status verify_md5_sha1(bool *ok, gnutls_pubkey_t key, const signing *how, hsi_bytes signed_data,
                                  hsi_bytes signature)
{
    uint8_t hashes[HSI_SSL3_HASHES];
    HSI_TRY(hsi_hash_of(&hsi_md5, hashes, &signed_data, 1));
    HSI_TRY(hsi_hash_of(&hsi_sha1, hashes + hsi_md5.size, &signed_data, 1));
    return verify_hash(ok, key, how, hsi_bytes_of(hashes, sizeof hashes), signature);
}

static hsi_status check_exponent(gnutls_pubkey_t key)
{
    gnutls_datum_t exponent = {NULL, 0};
    HSI_TRY(hsi_gnutls_status(gnutls_pubkey_export_rsa_raw2(key, NULL, &exponent, GNUTLS_EXPORT_FLAG_NO_LZ)));
    gnutls_free(exponent.data);
    return exponent.size > EXPONENT_MAX ? HSI_UNSUPPORTED : HSI_OK;
}

/* check_cost sets `kind` to the kind of key. UNSUPPORTED: it is larger than any that is in use. */
static hsi_status check_cost(gnutls_pubkey_t key, gnutls_pk_algorithm_t *kind)
{
    unsigned int bits = 0;
    int code = gnutls_pubkey_get_pk_algorithm(key, &bits);
    HSI_TRY(hsi_gnutls_status(code));
    *kind = (gnutls_pk_algorithm_t)code;
    if (bits > KEY_BITS_MAX) {
        return HSI_UNSUPPORTED;
    }
    return *kind == GNUTLS_PK_RSA || *kind == GNUTLS_PK_RSA_PSS ? check_exponent(key) : HSI_OK;
}

static hsi_status verify_data(bool *ok, gnutls_pubkey_t key, const signing *how, hsi_bytes signed_data,
                              hsi_bytes signature)
{
    gnutls_datum_t data = hsi_gnutls_datum(signed_data);
    gnutls_datum_t value = hsi_gnutls_datum(signature);
    return verdict(ok, gnutls_pubkey_verify_data2(key, how->sign, ANY_HASH, &data, &value));
}

static hsi_status verify(bool *ok, gnutls_pubkey_t key, uint16_t scheme, hsi_bytes signed_data, hsi_bytes signature)
{
    gnutls_pk_algorithm_t kind;
    HSI_TRY(check_cost(key, &kind));
    const signing *how = signing_of(scheme, kind);
    if (how == NULL) {
        return is_known(scheme) ? HSI_OK : HSI_UNSUPPORTED;
    }
    if (how->sign == GNUTLS_SIGN_UNKNOWN) {
        return verify_md5_sha1(ok, key, how, signed_data, signature);
    }
    return verify_data(ok, key, how, signed_data, signature);
}

/* For what is read from outside: what GnuTLS cannot make sense of is `unreadable`. */
static hsi_status read_status(int code, hsi_status unreadable)
{
    hsi_status status = hsi_gnutls_status(code);
    return status == HSI_CRYPTO ? unreadable : status;
}

/* A certificate, or what a raw public key is instead: a SubjectPublicKeyInfo, RFC 7250. */
static hsi_status import_certificate(gnutls_pubkey_t key, hsi_bytes certificate)
{
    hsi_bytes spki;
    if (hsi_certificate_key(certificate, &spki) != HSI_OK) {
        spki = certificate;
    }
    gnutls_datum_t der = hsi_gnutls_datum(spki);
    return read_status(gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER), HSI_ILLEGAL);
}

hsi_status hsi_signature_verify(bool *ok, hsi_bytes certificate, uint16_t scheme, hsi_bytes signed_data,
                                hsi_bytes signature)
{
    gnutls_pubkey_t key;
    *ok = false;
    HSI_TRY(hsi_gnutls_status(gnutls_pubkey_init(&key)));
    hsi_status status = import_certificate(key, certificate);
    if (status == HSI_OK) {
        status = verify(ok, key, scheme, signed_data, signature);
    }
    gnutls_pubkey_deinit(key);
    return status;
}

static hsi_status verify_hashes(bool *ok, gnutls_pubkey_t key, hsi_bytes hashes, hsi_bytes signature)
{
    gnutls_pk_algorithm_t kind;
    HSI_TRY(check_cost(key, &kind));
    const signing *how = signing_of(0, kind);
    if (how == NULL) {
        return HSI_OK;
    }
    hsi_bytes sha1 = hsi_bytes_slice(hashes, hsi_md5.size, hsi_sha1.size);
    return verify_hash(ok, key, how, how->sign == GNUTLS_SIGN_UNKNOWN ? hashes : sha1, signature);
}

hsi_status hsi_signature_verify_hashes(bool *ok, hsi_bytes certificate, const uint8_t hashes[HSI_SSL3_HASHES],
                                       hsi_bytes signature)
{
    gnutls_pubkey_t key;
    *ok = false;
    HSI_TRY(hsi_gnutls_status(gnutls_pubkey_init(&key)));
    hsi_status status = import_certificate(key, certificate);
    if (status == HSI_OK) {
        status = verify_hashes(ok, key, hsi_bytes_of(hashes, HSI_SSL3_HASHES), signature);
    }
    gnutls_pubkey_deinit(key);
    return status;
}
