/* Given keys: see the header. A private key is read when it is first asked for: most connections need none, and the iterations
 * of an encrypted one take long.
 * SPDX-License-Identifier: MIT */
#include "tap/given_keys.h"

#include "base/memory.h"
#include "tap/key_schedule.h"

enum { ANY_IDENTITY = 1, PASSWORD_MAX = 1024 };

typedef struct given_key {
    const hsi_entry *entry;
    hsi_private_key *key; /* NULL: not read, or not readable */
    hsi_status status; /* of reading it */
    bool read;
} given_key;

hsi_status hsi_given_keys_take(hsi_tap *tap, const hsi_entry *entry)
{
    given_key *given = hsi_arena_new(&tap->arena, sizeof *given);
    if (given == NULL) {
        return HSI_NO_MEMORY;
    }
    given->entry = entry;
    return hsi_list_append(entry->kind == HSI_ENTRY_PSK ? &tap->psks : &tap->private_keys, given);
}

void hsi_given_keys_cleanup(hsi_tap *tap)
{
    for (size_t i = 0; i < tap->private_keys.count; i++) {
        given_key *given = tap->private_keys.items[i];
        hsi_private_key_free(given->key);
    }
    hsi_list_cleanup(&tap->private_keys);
    hsi_list_cleanup(&tap->psks);
}

static hsi_status read_key(given_key *given)
{
    char password[PASSWORD_MAX + 1] = "";
    hsi_bytes given_password = given->entry->name;
    if (given->read || given_password.length > PASSWORD_MAX) {
        given->status = given->read ? given->status : HSI_CREDENTIALS;
        return HSI_OK;
    }
    if (given_password.length > 0) {
        memcpy(password, given_password.data, given_password.length);
    }
    given->status = hsi_private_key_new(&given->key, given->entry->data, password[0] == '\0' ? NULL : password);
    given->read = given->status != HSI_NO_MEMORY;
    hsi_memory_wipe(password, sizeof password);
    return given->status == HSI_NO_MEMORY ? HSI_NO_MEMORY : HSI_OK;
}

/* Why the last key that was given is of no use. */
static const char *why_not(hsi_status status)
{
    switch (status) {
    case HSI_OK:
        return "no private key that was given is that of the server's certificate";
    case HSI_CREDENTIALS:
        return "the private key that was given needs another password";
    case HSI_UNSUPPORTED:
        return "the private key that was given is none of RSA";
    default:
        return "the private key that was given cannot be read";
    }
}

hsi_status hsi_given_keys_private(hsi_tap *tap, hsi_bytes certificate, const hsi_private_key **out,
                                  const char **missing)
{
    hsi_status worst = HSI_OK;
    *out = NULL;
    for (size_t i = 0; i < tap->private_keys.count && *out == NULL; i++) {
        given_key *given = tap->private_keys.items[i];
        HSI_TRY(read_key(given));
        worst = given->status == HSI_OK ? worst : given->status;
        *out = given->key != NULL && hsi_private_key_fits(given->key, certificate) ? given->key : NULL;
    }
    if (tap->private_keys.count == 0) {
        return hsi_why_not_surfaced(tap, "premaster secret", ", and the server's private key is not known", missing);
    }
    *missing = why_not(worst);
    return HSI_OK;
}

bool hsi_given_keys_psk(const hsi_tap *tap, hsi_bytes identity, hsi_bytes *out)
{
    bool found = false;
    for (size_t i = 0; i < tap->psks.count; i++) {
        const given_key *given = tap->psks.items[i];
        bool same = given->entry->code != ANY_IDENTITY && hsi_bytes_equal(given->entry->name, identity);
        if (same || (given->entry->code == ANY_IDENTITY && !found)) {
            *out = given->entry->data;
            found = true;
        }
        if (same) {
            return true;
        }
    }
    return found;
}
