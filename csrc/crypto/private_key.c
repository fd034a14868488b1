/* Private keys: see the header. In: key files, ciphertext. Out: the premaster secret. Knows no message.
 * SPDX-License-Identifier: MIT */
#include "crypto/private_key.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

enum { KEY_ID = 32 }; /* SHA256 over the SubjectPublicKeyInfo */

struct hsi_private_key {
    gnutls_privkey_t key;
    uint8_t id[KEY_ID]; /* of its public half */
};

static int import_pem(gnutls_x509_privkey_t *key, const gnutls_datum_t *encoded, const char *password)
{
    return gnutls_x509_privkey_import2(*key, encoded, GNUTLS_X509_FMT_PEM, password, 0);
}

static int import_der(gnutls_x509_privkey_t *key, const gnutls_datum_t *encoded, const char *password)
{
    return gnutls_x509_privkey_import2(*key, encoded, GNUTLS_X509_FMT_DER, password, 0);
}

static int parse_pkcs12(gnutls_pkcs12_t bag, gnutls_x509_privkey_t *key, const gnutls_datum_t *encoded,
                        const char *password)
{
    int code = gnutls_pkcs12_import(bag, encoded, GNUTLS_X509_FMT_DER, 0);
    if (code < 0) {
        return code;
    }
    gnutls_x509_privkey_t found = NULL;
    code = gnutls_pkcs12_simple_parse(bag, password, &found, NULL, NULL, NULL, NULL, NULL, 0);
    if (code < 0 || found == NULL) {
        return code < 0 ? code : GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
    }
    gnutls_x509_privkey_deinit(*key);
    *key = found;
    return 0;
}

static int import_pkcs12(gnutls_x509_privkey_t *key, const gnutls_datum_t *encoded, const char *password)
{
    gnutls_pkcs12_t bag;
    int code = gnutls_pkcs12_init(&bag);
    if (code < 0) {
        return code;
    }
    code = parse_pkcs12(bag, key, encoded, password);
    gnutls_pkcs12_deinit(bag);
    return code;
}

typedef int import_function(gnutls_x509_privkey_t *key, const gnutls_datum_t *encoded, const char *password);

static import_function *const formats[] = {import_pem, import_der, import_pkcs12};

/* What GnuTLS says of a file that is in the format, and that another password would open. */
static bool needs_password(int code)
{
    return code == GNUTLS_E_DECRYPTION_FAILED || code == GNUTLS_E_MAC_VERIFY_FAILED;
}

/* import_any sets `out` to the key in whichever format it is in. */
static hsi_status import_any(gnutls_x509_privkey_t *out, hsi_bytes encoded, const char *password)
{
    gnutls_datum_t datum = hsi_gnutls_datum(encoded);
    hsi_status status = HSI_ILLEGAL;
    for (size_t i = 0; i < HSI_COUNT(formats); i++) {
        HSI_TRY(hsi_gnutls_status(gnutls_x509_privkey_init(out)));
        int code = formats[i](out, &datum, password);
        if (code >= 0) {
            return HSI_OK;
        }
        gnutls_x509_privkey_deinit(*out);
        if (code == GNUTLS_E_MEMORY_ERROR) {
            return HSI_NO_MEMORY;
        }
        status = needs_password(code) ? HSI_CREDENTIALS : status;
    }
    return status;
}

/* adopt_key moves `x509` into `key`, if it is an RSA key. */
static hsi_status adopt_key(hsi_private_key *key, gnutls_x509_privkey_t x509)
{
    size_t size = sizeof key->id;
    int kind = gnutls_x509_privkey_get_pk_algorithm(x509);
    HSI_TRY(hsi_gnutls_status(kind));
    if (kind != GNUTLS_PK_RSA) {
        return HSI_UNSUPPORTED;
    }
    HSI_TRY(hsi_gnutls_status(gnutls_x509_privkey_get_key_id(x509, GNUTLS_KEYID_USE_SHA256, key->id, &size)));
    return hsi_gnutls_status(gnutls_privkey_import_x509(key->key, x509, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE));
}

static hsi_status read_key(hsi_private_key *key, hsi_bytes encoded, const char *password)
{
    gnutls_x509_privkey_t x509;
    HSI_TRY(hsi_gnutls_status(gnutls_privkey_init(&key->key)));
    HSI_TRY(import_any(&x509, encoded, password));
    hsi_status status = adopt_key(key, x509);
    if (status != HSI_OK) {
        gnutls_x509_privkey_deinit(x509);
    }
    return status;
}

hsi_status hsi_private_key_new(hsi_private_key **out, hsi_bytes encoded, const char *password)
{
    hsi_private_key *key = hsi_memory_new(sizeof *key);
    if (key == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = read_key(key, encoded, password);
    if (status != HSI_OK) {
        hsi_private_key_free(key);
        return status;
    }
    *out = key;
    return HSI_OK;
}

void hsi_private_key_free(hsi_private_key *key)
{
    if (key == NULL) {
        return;
    }
    if (key->key != NULL) {
        gnutls_privkey_deinit(key->key);
    }
    hsi_memory_free(key, sizeof *key);
}

bool hsi_private_key_fits(const hsi_private_key *key, hsi_bytes certificate)
{
    uint8_t id[KEY_ID];
    hsi_bytes spki;
    return hsi_certificate_key(certificate, &spki) == HSI_OK && hsi_hash_of(&hsi_sha256, id, &spki, 1) == HSI_OK &&
           memcmp(id, key->id, sizeof id) == 0;
}

/* gnutls_privkey_decrypt_data leaves copies of what it found in memory that it frees; this one works in ours. */
hsi_status hsi_private_key_decrypt(const hsi_private_key *key, hsi_bytes encrypted, hsi_buffer *premaster)
{
    gnutls_datum_t ciphertext = hsi_gnutls_datum(encrypted);
    size_t before = hsi_buffer_length(premaster);
    uint8_t *plaintext;
    HSI_TRY(hsi_buffer_extend(premaster, HSI_PREMASTER, &plaintext));
    hsi_status status =
        hsi_gnutls_status(gnutls_privkey_decrypt_data2(key->key, 0, &ciphertext, plaintext, HSI_PREMASTER));
    if (status != HSI_OK) {
        hsi_buffer_truncate(premaster, before);
    }
    return status == HSI_CRYPTO ? HSI_ILLEGAL : status; /* the ciphertext's fault, not ours */
}
