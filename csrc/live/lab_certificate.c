/* Lab certificates: see the header. RSA keys have their certificates from an RSA authority, elliptic ones from an
 * ECDSA one, so that a handshake without the other kind of signature can verify them (RFC 5246 section 7.4.2).
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "base/lock.h"
#include "base/memory.h"
#include "live/lab_certificate_state.h"

enum { DAYS = 3650, DAY = 86400 };

typedef struct lab_kind {
    const char *name;
    gnutls_pk_algorithm_t algorithm;
    unsigned bits;
} lab_kind;

/* Their names differ: by its name GnuTLS looks for a certificate's issuer among those that are trusted. */
static const struct {
    lab_kind kind;
    gnutls_digest_algorithm_t digest; /* that it signs with */
} authority_kinds[] = {
    {{"lab RSA authority", GNUTLS_PK_RSA, 2048}, GNUTLS_DIG_SHA256},
    {{"lab ECDSA authority", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1)}, GNUTLS_DIG_SHA256},
    {{"lab GOST authority", GNUTLS_PK_GOST_12_256, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_GOST256B)},
     GNUTLS_DIG_STREEBOG_256},
};

enum { BY_RSA, BY_ECDSA, BY_GOST };

static const struct {
    lab_kind kind;
    size_t authority; /* an index into authorities */
} kinds[] = {
    {{"RSA", GNUTLS_PK_RSA, 2048}, BY_RSA},
    {{"RSA-PSS", GNUTLS_PK_RSA_PSS, 2048}, BY_RSA},
    {{"DSA", GNUTLS_PK_DSA, 2048}, BY_RSA},
    {{"ECDSA", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1)}, BY_ECDSA},
    {{"Ed25519", GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519)}, BY_ECDSA},
    {{"Ed448", GNUTLS_PK_EDDSA_ED448, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED448)}, BY_ECDSA},
    {{"GOST", GNUTLS_PK_GOST_12_256, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_GOST256B)}, BY_GOST},
};

/* A key and its certificate; NULL: not made. Kept for ever. */
typedef struct lab_pair {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
} lab_pair;

static hsi_lock lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static lab_pair authorities[HSI_COUNT(authority_kinds)];
static struct {
    bool made;
    hsi_lab_certificate certificate;
} made[HSI_COUNT(kinds)];

/* ---- what a certificate says ---- */

static const uint8_t loopback4[] = {127, 0, 0, 1};
static const uint8_t loopback6[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

static const struct {
    gnutls_x509_subject_alt_name_t type;
    const void *name;
    unsigned length;
} names[] = {
    {GNUTLS_SAN_DNSNAME, "localhost", 9},
    {GNUTLS_SAN_DNSNAME, "lab", 3},
    {GNUTLS_SAN_IPADDRESS, loopback4, sizeof loopback4},
    {GNUTLS_SAN_IPADDRESS, loopback6, sizeof loopback6},
};

static int set_names(gnutls_x509_crt_t certificate)
{
    int code = 0;
    for (size_t i = 0; i < HSI_COUNT(names) && code >= 0; i++) {
        code = gnutls_x509_crt_set_subject_alt_name(certificate, names[i].type, names[i].name, names[i].length,
                                                    GNUTLS_FSAN_APPEND);
    }
    return code;
}

static int set_purpose(gnutls_x509_crt_t certificate, gnutls_pk_algorithm_t algorithm)
{
    unsigned usage = GNUTLS_KEY_DIGITAL_SIGNATURE | (algorithm == GNUTLS_PK_RSA ? GNUTLS_KEY_KEY_ENCIPHERMENT : 0);
    int code = gnutls_x509_crt_set_ca_status(certificate, 0);
    if (code >= 0) {
        code = gnutls_x509_crt_set_key_usage(certificate, usage);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_CLIENT, 0);
    }
    return code < 0 ? code : set_names(certificate);
}

static int set_authority(gnutls_x509_crt_t certificate)
{
    int code = gnutls_x509_crt_set_ca_status(certificate, 1);
    return code < 0 ? code : gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_KEY_CERT_SIGN);
}

/* RFC 5280 section 4.1.2.2: a serial number is the authority's own; section 4.2.1.2: the key's identifier. */
static int set_identity(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, const char *name, uint8_t serial)
{
    uint8_t identifier[20];
    size_t length = sizeof identifier;
    time_t now = time(NULL);
    int code = gnutls_x509_crt_set_version(certificate, 3);
    if (code >= 0) {
        code = gnutls_x509_crt_set_serial(certificate, &serial, sizeof serial);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_activation_time(certificate, now - DAY);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_expiration_time(certificate, now + (time_t)DAYS * DAY);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    }
    if (code >= 0) {
        code = gnutls_x509_crt_set_key(certificate, key);
    }
    if (code >= 0) {
        code = gnutls_x509_crt_get_key_id(certificate, 0, identifier, &length);
    }
    return code < 0 ? code : gnutls_x509_crt_set_subject_key_id(certificate, identifier, length);
}

/* ---- making one ---- */

static void clear(lab_pair *pair)
{
    if (pair->certificate != NULL) {
        gnutls_x509_crt_deinit(pair->certificate);
    }
    if (pair->key != NULL) {
        gnutls_x509_privkey_deinit(pair->key);
    }
    pair->certificate = NULL;
    pair->key = NULL;
}

static int make_pair(lab_pair *out, const lab_kind *kind)
{
    int code = gnutls_x509_privkey_init(&out->key);
    if (code >= 0) {
        code = gnutls_x509_privkey_generate(out->key, kind->algorithm, kind->bits, 0);
    }
    return code < 0 ? code : gnutls_x509_crt_init(&out->certificate);
}

int hsi_lab_certify_authority(gnutls_x509_crt_t out, size_t index, const char *name, gnutls_x509_crt_t issuer)
{
    gnutls_x509_privkey_t key = authorities[index].key;
    int code = set_identity(out, key, name, 1);
    if (code >= 0) {
        code = set_authority(out);
    }
    return code < 0 ? code : gnutls_x509_crt_sign2(out, issuer, key, authority_kinds[index].digest, 0);
}

static int make_authority(size_t index)
{
    const lab_kind *kind = &authority_kinds[index].kind;
    int code = make_pair(&authorities[index], kind);
    return code < 0 ? code
                    : hsi_lab_certify_authority(authorities[index].certificate, index, kind->name,
                                                authorities[index].certificate);
}

int hsi_lab_certify(gnutls_x509_crt_t out, gnutls_x509_privkey_t key, size_t index, gnutls_x509_crt_t issuer)
{
    size_t by = kinds[index].authority;
    int code = set_identity(out, key, "lab", (uint8_t)(2 + index));
    if (code >= 0) {
        code = set_purpose(out, kinds[index].kind.algorithm);
    }
    return code < 0 ? code : gnutls_x509_crt_sign2(out, issuer, authorities[by].key, authority_kinds[by].digest, 0);
}

static int make_certificate(lab_pair *out, size_t index)
{
    int code = make_pair(out, &kinds[index].kind);
    return code < 0
               ? code
               : hsi_lab_certify(out->certificate, out->key, index, authorities[kinds[index].authority].certificate);
}

/* ---- and writing it down ---- */

static hsi_bytes bytes_of(gnutls_datum_t datum)
{
    return hsi_bytes_of(datum.data, datum.size);
}

static int write_chain(hsi_bytes *out, gnutls_datum_t first, gnutls_datum_t second)
{
    size_t length = (size_t)first.size + second.size;
    uint8_t *joined = hsi_memory_new(length);
    if (joined == NULL) {
        return GNUTLS_E_MEMORY_ERROR;
    }
    memcpy(joined, first.data, first.size);
    memcpy(joined + first.size, second.data, second.size);
    *out = hsi_bytes_of(joined, length);
    return 0;
}

static int write_down(hsi_lab_certificate *out, const lab_pair *own, const lab_pair *authority)
{
    gnutls_datum_t first = {NULL, 0}, second = {NULL, 0}, key = {NULL, 0};
    int code = gnutls_x509_crt_export2(own->certificate, GNUTLS_X509_FMT_PEM, &first);
    if (code >= 0) {
        code = gnutls_x509_crt_export2(authority->certificate, GNUTLS_X509_FMT_PEM, &second);
    }
    if (code >= 0) {
        code = gnutls_x509_privkey_export2_pkcs8(own->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key);
    }
    if (code >= 0) {
        code = write_chain(&out->chain, first, second);
    }
    gnutls_free(first.data);
    if (code < 0) {
        gnutls_free(second.data);
        gnutls_free(key.data);
        return code;
    }
    out->key = bytes_of(key);
    out->authority = bytes_of(second);
    return 0;
}

static int need_authority(size_t index)
{
    int code = authorities[index].certificate != NULL ? 0 : make_authority(index);
    if (code < 0) {
        clear(&authorities[index]);
    }
    return code;
}

static int make(hsi_lab_certificate *out, size_t index)
{
    lab_pair own = {NULL, NULL};
    int code = need_authority(kinds[index].authority);
    if (code >= 0) {
        code = make_certificate(&own, index);
    }
    if (code >= 0) {
        code = write_down(out, &own, &authorities[kinds[index].authority]);
    }
    clear(&own);
    return code;
}

hsi_status hsi_lab_status(int code)
{
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return HSI_NO_MEMORY;
    }
    return code < 0 ? HSI_UNSUPPORTED : HSI_OK;
}

static hsi_status get(hsi_lab_certificate *out, size_t index)
{
    if (!made[index].made) {
        HSI_TRY(hsi_lab_status(make(&made[index].certificate, index)));
        made[index].made = true;
    }
    *out = made[index].certificate;
    return HSI_OK;
}

/* ---- by name ---- */

static void make_lock(void)
{
    hsi_lock_init(&lock);
}

void hsi_lab_lock(void)
{
    (void)pthread_once(&once, make_lock);
    hsi_lock_take(&lock);
}

void hsi_lab_unlock(void)
{
    hsi_lock_release(&lock);
}

hsi_status hsi_lab_need(const char *name, hsi_lab_made *out)
{
    for (size_t i = 0; i < HSI_COUNT(kinds); i++) {
        if (strcmp(kinds[i].kind.name, name) == 0) {
            size_t by = kinds[i].authority;
            HSI_TRY(get(&out->certificate, i));
            *out = (hsi_lab_made){.kind = i,
                                  .certificate = out->certificate,
                                  .authority = by,
                                  .authority_name = authority_kinds[by].kind.name,
                                  .authority_key = authorities[by].key,
                                  .authority_certificate = authorities[by].certificate,
                                  .digest = authority_kinds[by].digest};
            return HSI_OK;
        }
    }
    return HSI_UNSUPPORTED;
}

hsi_status hsi_lab_certificate_get(hsi_lab_certificate *out, const char *name)
{
    hsi_lab_made made_now;
    hsi_lab_lock();
    hsi_status status = hsi_lab_need(name, &made_now);
    hsi_lab_unlock();
    if (status == HSI_OK) {
        *out = made_now.certificate;
    }
    return status;
}
