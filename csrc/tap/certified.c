/* Certified: finding issuers in a chain, and verifying with their keys. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/certified.h"

#include "crypto/crypto.h"

void hsi_chain_of(hsi_chain *out, const hsi_field *root)
{
    const hsi_field *list = hsi_field_find(root, "certificate_list");
    out->count = 0;
    for (const hsi_field *entry = list == NULL ? NULL : list->first; entry != NULL; entry = entry->next) {
        if (entry->index != HSI_NOT_AN_ITEM && out->count < HSI_CHAIN_MAX) {
            const hsi_field *data = hsi_field_find(entry, "cert_data");
            out->links[out->count++] =
                (struct hsi_link){entry, hsi_field_find(data == NULL ? entry : data, "Certificate")};
        }
    }
}

const hsi_field *hsi_certified_extension(const hsi_field *certificate, const char *path)
{
    const hsi_field *extensions = hsi_certified_part(certificate, "tbsCertificate.extensions");
    const hsi_field *found = NULL;
    for (const hsi_field *item = extensions == NULL ? NULL : extensions->first; item != NULL; item = item->next) {
        const hsi_field *value = hsi_field_find(item, "extnValue");
        found = found == NULL ? hsi_certified_part(value, path) : found;
    }
    return found;
}

/* Of two keys of one name, where both certificates say which key it is. RFC 5280 section 4.2.1.1. */
static bool is_another_key(const hsi_field *issuer, const hsi_field *certificate)
{
    const hsi_field *key = hsi_certified_extension(issuer, "subjectKeyIdentifier");
    const hsi_field *signer = hsi_certified_extension(certificate, "authorityKeyIdentifier.keyIdentifier");
    return key != NULL && signer != NULL && !hsi_bytes_equal(key->content, signer->content);
}

/* Names are the same if their DER is. RFC 5280 section 7.1 allows more, which authorities do not make use of. */
static bool is_issuer(const hsi_field *issuer, const hsi_field *certificate)
{
    const hsi_field *subject = hsi_certified_part(issuer, "tbsCertificate.subject");
    const hsi_field *name = hsi_certified_part(certificate, "tbsCertificate.issuer");
    return subject != NULL && name != NULL && hsi_bytes_equal(subject->content, name->content) &&
           !is_another_key(issuer, certificate);
}

const hsi_field *hsi_chain_issuer(const hsi_chain *chain, size_t i)
{
    const hsi_field *certificate = chain->links[i].certificate;
    for (size_t step = 1; step <= chain->count; step++) { /* the next one first, itself last */
        const hsi_field *other = chain->links[(i + step) % chain->count].certificate;
        if (is_issuer(other, certificate)) {
            return other;
        }
    }
    return NULL;
}

/* ---- which SignatureScheme of TLS an AlgorithmIdentifier is: RFC 8446 section 4.2.3, RFC 5246 section 7.4.1.4.1 ---- */

static const struct {
    const char *algorithm; /* in registries/oids.csv */
    uint16_t scheme;
} schemes[] = {
    {"md5WithRSAEncryption", 0x0101},
    {"sha1WithRSAEncryption", 0x0201},
    {"dsa-with-sha1", 0x0202},
    {"ecdsa-with-SHA1", 0x0203},
    {"sha224WithRSAEncryption", 0x0301},
    {"dsa-with-sha224", 0x0302},
    {"ecdsa-with-SHA224", 0x0303},
    {"sha256WithRSAEncryption", 0x0401},
    {"dsa-with-sha256", 0x0402},
    {"ecdsa-with-SHA256", 0x0403},
    {"sha384WithRSAEncryption", 0x0501},
    {"dsa-with-sha384", 0x0502},
    {"ecdsa-with-SHA384", 0x0503},
    {"sha512WithRSAEncryption", 0x0601},
    {"dsa-with-sha512", 0x0602},
    {"ecdsa-with-SHA512", 0x0603},
    {"Ed25519", 0x0807},
    {"Ed448", 0x0808},
    {"signwithdigest-gost3410-12-256", 0x0840},
    {"signwithdigest-gost3410-12-512", 0x0841},
};

/* RSASSA-PSS as TLS uses it: MGF1 with the same hash, a salt as long as the hash. `key`: the algorithm of the signer's. */
static const struct {
    const char *hash;
    uint64_t salt;
    uint16_t rsae, pss;
} pss_schemes[] = {{"sha256", 32, 0x0804, 0x0809}, {"sha384", 48, 0x0805, 0x080a}, {"sha512", 64, 0x0806, 0x080b}};

static bool means(const hsi_field *field, const char *meaning)
{
    return field != NULL && field->meaning != NULL && strcmp(field->meaning, meaning) == 0;
}

/* 0: of no scheme. */
static uint16_t pss_scheme(const hsi_field *algorithm, const hsi_field *key)
{
    const hsi_field *hash = hsi_field_find(algorithm, "parameters.hashAlgorithm");
    const hsi_field *mask = hsi_field_find(algorithm, "parameters.maskGenAlgorithm.parameters");
    const hsi_field *salt = hsi_field_find(algorithm, "parameters.saltLength");
    for (size_t i = 0; i < HSI_COUNT(pss_schemes); i++) {
        const char *name = pss_schemes[i].hash;
        if (means(hash, name) && means(mask, name) && salt != NULL && salt->number == pss_schemes[i].salt) {
            return means(key, "RSASSA-PSS") ? pss_schemes[i].pss : pss_schemes[i].rsae;
        }
    }
    return 0;
}

static uint16_t scheme_of(const hsi_field *algorithm, const hsi_field *key)
{
    for (size_t i = 0; i < HSI_COUNT(schemes); i++) {
        if (means(algorithm, schemes[i].algorithm)) {
            return schemes[i].scheme;
        }
    }
    return means(algorithm, "RSASSA-PSS") ? pss_scheme(algorithm, key) : 0;
}

hsi_status hsi_certified_verify(bool *ok, const hsi_field *issuer, const hsi_field *tbs, const hsi_field *algorithm,
                                const hsi_field *signature)
{
    const hsi_field *key = hsi_certified_part(issuer, "tbsCertificate.subjectPublicKeyInfo.algorithm");
    *ok = false;
    if (key == NULL || tbs == NULL || algorithm == NULL || signature == NULL) {
        return HSI_ILLEGAL;
    }
    uint16_t scheme = scheme_of(algorithm, key);
    return scheme == 0 ? HSI_UNSUPPORTED
                       : hsi_signature_recall(ok, issuer->content, scheme, tbs->content, signature->content);
}
