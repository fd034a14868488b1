/* Info: see the header.
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* dladdr */
#include "live/info.h"

#include <dlfcn.h>
#include <gnutls/gnutls.h>
#include <stdio.h>

const char *hsi_info_version(void)
{
    return gnutls_check_version(NULL);
}

const char *hsi_info_library(void)
{
    Dl_info info;
    void *function;
    const char *(*known)(const char *) = gnutls_check_version;
    memcpy(&function, &known, sizeof function); /* ISO C has no cast from a function pointer */
    return dladdr(function, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "";
}

static const struct {
    gnutls_protocol_t protocol;
    const char *name;
} protocols[] = {
    {GNUTLS_TLS1_0, "TLSv1"},
    {GNUTLS_TLS1_1, "TLSv1.1"},
    {GNUTLS_TLS1_2, "TLSv1.2"},
    {GNUTLS_TLS1_3, "TLSv1.3"},
};

const char *hsi_info_protocol(unsigned protocol)
{
    for (size_t i = 0; i < HSI_COUNT(protocols); i++) {
        if (protocols[i].protocol == protocol) {
            return protocols[i].name;
        }
    }
    return NULL;
}

/* The priority string that asks for one suite; of TLS 1.3 no key exchange is part. */
static void ask_for(char *out, size_t size, gnutls_kx_algorithm_t kx, gnutls_cipher_algorithm_t cipher,
                    gnutls_mac_algorithm_t mac)
{
    bool named = kx != GNUTLS_KX_UNKNOWN;
    (void)snprintf(out, size, "NONE:+VERS-ALL:+GROUP-ALL:+SIGN-ALL:+COMP-NULL:+CTYPE-ALL%s%s:+%s:+%s",
                   named ? ":+" : "", named ? gnutls_kx_get_name(kx) : "", gnutls_cipher_get_name(cipher),
                   gnutls_mac_get_name(mac));
}

static bool granted(const char *priority, size_t index)
{
    gnutls_priority_t cache;
    if (gnutls_priority_init(&cache, priority, NULL) < 0) {
        return false;
    }
    bool found = false;
    unsigned suite;
    int code;
    for (unsigned i = 0; !found; i++) {
        code = gnutls_priority_get_cipher_suite_index(cache, i, &suite);
        if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
            break;
        }
        found = code >= 0 && suite == index;
    }
    gnutls_priority_deinit(cache);
    return found;
}

bool hsi_info_suite(size_t index, hsi_listed_suite *out)
{
    char priority[256];
    unsigned char bytes[2];
    gnutls_kx_algorithm_t kx;
    gnutls_cipher_algorithm_t cipher;
    gnutls_mac_algorithm_t mac;
    gnutls_protocol_t lowest;
    const char *name = gnutls_cipher_suite_info(index, bytes, &kx, &cipher, &mac, &lowest);
    if (name == NULL) {
        return false;
    }
    ask_for(priority, sizeof priority, kx, cipher, mac);
    *out = (hsi_listed_suite){
        .id = (uint16_t)(bytes[0] << 8 | bytes[1]),
        .name = name,
        .lowest = hsi_info_protocol(lowest),
        .allowed = granted(priority, index),
    };
    return true;
}
