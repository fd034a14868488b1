/* Keyring: see the header. What each connection gets of it is in serving.c.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "capture/held_keys.h"

hsi_keyring *hsi_keyring_new(void)
{
    hsi_keyring *keyring = hsi_memory_new(sizeof *keyring);
    if (keyring == NULL) {
        return NULL;
    }
    keyring->sessions = hsi_sessions_new();
    if (keyring->sessions == NULL || hsi_keylog_index_new(&keyring->lines) != HSI_OK) {
        hsi_keyring_free(keyring);
        return NULL;
    }
    return keyring;
}

void hsi_keyring_free(hsi_keyring *keyring)
{
    if (keyring == NULL) {
        return;
    }
    for (size_t i = 0; i < keyring->private_keys.count; i++) {
        hsi_private_key_free(keyring->private_keys.items[i]);
    }
    hsi_list_cleanup(&keyring->private_keys);
    hsi_list_cleanup(&keyring->psks);
    hsi_keylog_index_free(keyring->lines);
    hsi_sessions_free(keyring->sessions);
    hsi_arena_cleanup(&keyring->arena);
    hsi_memory_free(keyring, sizeof *keyring);
}

hsi_status hsi_keyring_lines(hsi_keyring *keyring, hsi_bytes text, size_t *lines)
{
    return hsi_keylog_index_add(keyring->lines, text, lines);
}

hsi_status hsi_keyring_private_key(hsi_keyring *keyring, hsi_bytes encoded, const char *password)
{
    hsi_private_key *key;
    HSI_TRY(hsi_list_reserve(&keyring->private_keys, 1));
    HSI_TRY(hsi_private_key_new(&key, encoded, password));
    return hsi_list_append(&keyring->private_keys, key);
}

hsi_status hsi_keyring_psk(hsi_keyring *keyring, bool any, hsi_bytes identity, hsi_bytes key)
{
    hsi_held_psk *psk = hsi_arena_new(&keyring->arena, sizeof *psk);
    if (psk == NULL) {
        return HSI_NO_MEMORY;
    }
    psk->any = any;
    HSI_TRY(hsi_arena_copy(&keyring->arena, &psk->identity, identity));
    HSI_TRY(hsi_arena_copy(&keyring->arena, &psk->key, key));
    return hsi_list_append(&keyring->psks, psk);
}
