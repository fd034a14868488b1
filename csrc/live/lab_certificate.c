/* Lab certificates: see the header. RSA keys have their certificates from an RSA authority, elliptic ones from an
 * ECDSA one, so that a handshake without the other kind of signature can verify them (RFC 5246 section 7.4.2).
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "live/lab_certificate.h"

#include <gnutls/x509.h>
#include <time.h>

#include "base/lock.h"
#include "base/memory.h"

enum { DAYS = 3650, DAY = 86400 };

typedef struct lab_kind {
    const char *name;
    gnutls_pk_algorithm_t algorithm;
    unsigned bits;
    size_t authority; /* an index into authorities */
} lab_kind;

/* Their names differ: by its name GnuTLS looks for a certificate's issuer among those that are trusted. */
static const lab_kind authority_kinds[] = {
    {"lab RSA authority", GNUTLS_PK_RSA, 2048, 0},
    {"lab ECDSA authority", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 1},
};

static const lab_kind kinds[] = {
    {"RSA", GNUTLS_PK_RSA, 2048, 0},
    {"RSA-PSS", GNUTLS_PK_RSA_PSS, 2048, 0},
    {"DSA", GNUTLS_PK_DSA, 2048, 0},
    {"ECDSA", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 1},
    {"Ed25519", GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519), 1},
    {"Ed448", GNUTLS_PK_EDDSA_ED448, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED448), 1},
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

static int make_authority(lab_pair *out, const lab_kind *kind)
{
    int code = make_pair(out, kind);
    if (code >= 0) {
        code = set_identity(out->certificate, out->key, kind->name, 1);
    }
    if (code >= 0) {
        code = set_authority(out->certificate);
    }
    return code < 0 ? code : gnutls_x509_crt_sign2(out->certificate, out->certificate, out->key, GNUTLS_DIG_SHA256, 0);
}

static int make_certificate(lab_pair *out, const lab_kind *kind, const lab_pair *authority)
{
    int code = make_pair(out, kind);
    if (code >= 0) {
        code = set_identity(out->certificate, out->key, "lab", (uint8_t)(2 + (kind - kinds)));
    }
    if (code >= 0) {
        code = set_purpose(out->certificate, kind->algorithm);
    }
    return code < 0
               ? code
               : gnutls_x509_crt_sign2(out->certificate, authority->certificate, authority->key, GNUTLS_DIG_SHA256, 0);
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

static int get_authority(lab_pair **out, size_t index)
{
    *out = &authorities[index];
    if ((*out)->certificate != NULL) {
        return 0;
    }
    int code = make_authority(*out, &authority_kinds[index]);
    if (code < 0) {
        clear(*out);
    }
    return code;
}

static int make(hsi_lab_certificate *out, const lab_kind *kind)
{
    lab_pair *authority;
    lab_pair own = {NULL, NULL};
    int code = get_authority(&authority, kind->authority);
    if (code >= 0) {
        code = make_certificate(&own, kind, authority);
    }
    if (code >= 0) {
        code = write_down(out, &own, authority);
    }
    clear(&own);
    return code;
}

static hsi_status get(hsi_lab_certificate *out, size_t index)
{
    if (!made[index].made) {
        int code = make(&made[index].certificate, &kinds[index]);
        if (code < 0) {
            return code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_UNSUPPORTED;
        }
        made[index].made = true;
    }
    *out = made[index].certificate;
    return HSI_OK;
}

static void make_lock(void)
{
    hsi_lock_init(&lock);
}

hsi_status hsi_lab_certificate_get(hsi_lab_certificate *out, const char *name)
{
    hsi_status status = HSI_UNSUPPORTED;
    (void)pthread_once(&once, make_lock);
    hsi_lock_take(&lock);
    for (size_t i = 0; i < HSI_COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            status = get(out, i);
        }
    }
    hsi_lock_release(&lock);
    return status;
}
