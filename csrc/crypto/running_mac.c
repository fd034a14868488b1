/* Running MAC: a MAC that is asked for again and again while bytes come in. In: key, bytes. Out: the MAC so far. Knows no
 * record. RFC 9189 section 4.1.1.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/gnutls_call.h"

#include <gnutls/crypto.h>

struct hsi_running_mac {
    gnutls_hmac_hd_t handle;
};

hsi_status hsi_running_mac_new(hsi_running_mac **out, const hsi_hash *mac, hsi_bytes key)
{
    if (key.length != mac->mac_key) {
        return HSI_ILLEGAL;
    }
    hsi_running_mac *running = hsi_memory_new(sizeof *running);
    if (running == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = hsi_gnutls_init_status(
        gnutls_hmac_init(&running->handle, (gnutls_mac_algorithm_t)mac->mac, key.data, key.length));
    if (status != HSI_OK) {
        hsi_memory_free(running, sizeof *running);
        return status;
    }
    *out = running;
    return HSI_OK;
}

void hsi_running_mac_free(hsi_running_mac *running)
{
    if (running != NULL) {
        uint8_t ignored[HSI_HASH_MAX];
        gnutls_hmac_deinit(running->handle, ignored);
        hsi_memory_free(running, sizeof *running);
    }
}

/* To ask is to end: a copy is asked. */
hsi_status hsi_running_mac_add(hsi_running_mac *running, uint8_t *out, hsi_bytes in)
{
    HSI_TRY(hsi_gnutls_status(gnutls_hmac(running->handle, in.data, in.length)));
    gnutls_hmac_hd_t copy = gnutls_hmac_copy(running->handle);
    if (copy == NULL) {
        return HSI_NO_MEMORY;
    }
    gnutls_hmac_deinit(copy, out);
    return HSI_OK;
}
