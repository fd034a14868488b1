/* The priority string of a config, and what it allows. In: GnuTLS's language of priorities; out: GnuTLS's names.
 * SPDX-License-Identifier: MIT */
#include "live/config_state.h"

hsi_status hsi_config_priority(hsi_config *config, const char *priority, size_t *position)
{
    gnutls_priority_t made;
    const char *stopped = priority;
    int code = gnutls_priority_init(&made, priority, &stopped);
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return HSI_NO_MEMORY;
    }
    if (code < 0) {
        *position = (size_t)(stopped - priority);
        return HSI_PRIORITY;
    }
    if (config->priority != NULL) {
        gnutls_priority_deinit(config->priority);
    }
    config->priority = made;
    return HSI_OK;
}

const char *hsi_config_version(const hsi_config *config, size_t index)
{
    const unsigned *list;
    int count = config->priority == NULL ? 0 : gnutls_priority_protocol_list(config->priority, &list);
    return count > 0 && index < (size_t)count ? gnutls_protocol_get_name((gnutls_protocol_t)list[index]) : NULL;
}

const char *hsi_config_key_exchange(const hsi_config *config, size_t index)
{
    const unsigned *list;
    int count = config->priority == NULL ? 0 : gnutls_priority_kx_list(config->priority, &list);
    return count > 0 && index < (size_t)count ? gnutls_kx_get_name((gnutls_kx_algorithm_t)list[index]) : NULL;
}

const char *hsi_config_signature(const hsi_config *config, size_t index)
{
    const unsigned *list;
    int count = config->priority == NULL ? 0 : gnutls_priority_sign_list(config->priority, &list);
    return count > 0 && index < (size_t)count ? gnutls_sign_get_name((gnutls_sign_algorithm_t)list[index]) : NULL;
}
