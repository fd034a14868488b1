/* Certificates of a config: a chain with its key, and those that are trusted. In: PEM or DER; out: GnuTLS's
 * credentials, which copy. Reads no file but, by GnuTLS, the system's trust store.
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include <gnutls/x509.h>

#include "live/config_state.h"

static gnutls_x509_crt_fmt_t format_of(hsi_bytes bytes)
{
    static const char mark[] = "-----BEGIN ";
    return bytes.length > 0 && memmem(bytes.data, bytes.length, mark, sizeof mark - 1) != NULL ? GNUTLS_X509_FMT_PEM
                                                                                               : GNUTLS_X509_FMT_DER;
}

hsi_status hsi_credentials_status(int code)
{
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return HSI_NO_MEMORY;
    }
    return code < 0 ? HSI_CREDENTIALS : HSI_OK;
}

static int set_key(hsi_config *config, gnutls_x509_crt_t *chain, unsigned count, hsi_bytes encoded,
                   const char *password)
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t datum = hsi_gnutls_datum(encoded);
    int code = gnutls_x509_privkey_init(&key);
    if (code < 0) {
        return code;
    }
    code = gnutls_x509_privkey_import2(key, &datum, format_of(encoded), password, 0);
    if (code >= 0) {
        code = gnutls_certificate_set_x509_key(config->certificate, chain, (int)count, key);
    }
    if (code >= 0) {
        config->certificates++;
    }
    gnutls_x509_privkey_deinit(key);
    return code;
}

hsi_status hsi_config_certificate(hsi_config *config, hsi_bytes chain, hsi_bytes key, const char *password)
{
    gnutls_x509_crt_t *certificates;
    unsigned count;
    gnutls_datum_t datum = hsi_gnutls_datum(chain);
    int code = gnutls_x509_crt_list_import2(&certificates, &count, &datum, format_of(chain), 0);
    if (code < 0) {
        return hsi_credentials_status(code);
    }
    code = set_key(config, certificates, count, key, password);
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(certificates[i]);
    }
    gnutls_free(certificates);
    return hsi_credentials_status(code);
}

hsi_status hsi_config_ocsp(hsi_config *config, hsi_bytes response)
{
    gnutls_datum_t datum = hsi_gnutls_datum(response);
    if (config->certificates == 0) {
        return HSI_USAGE;
    }
    gnutls_certificate_set_flags(config->certificate, GNUTLS_CERTIFICATE_SKIP_OCSP_RESPONSE_CHECK);
    return hsi_credentials_status(gnutls_certificate_set_ocsp_status_request_mem(
        config->certificate, &datum, config->certificates - 1, GNUTLS_X509_FMT_DER));
}

hsi_status hsi_config_trust(hsi_config *config, hsi_bytes certificates, size_t *count)
{
    gnutls_datum_t datum = hsi_gnutls_datum(certificates);
    int code = gnutls_certificate_set_x509_trust_mem(config->certificate, &datum, format_of(certificates));
    *count = code < 0 ? 0 : (size_t)code;
    return code == 0 ? HSI_CREDENTIALS : hsi_credentials_status(code);
}

hsi_status hsi_config_trust_system(hsi_config *config, size_t *count)
{
    int code = gnutls_certificate_set_x509_system_trust(config->certificate);
    *count = code < 0 ? 0 : (size_t)code;
    return code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_OK;
}
