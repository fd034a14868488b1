/* Secret store: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/secret_store.h"

#include <stdlib.h>

static const char traffic[] = "_TRAFFIC_SECRET_";

/* The epoch that a key-log label speaks of, RFC 8446 section 7.1 and DESIGN of epochs: 1 early, 2 handshake, 3 and on. */
static uint64_t epoch_of(const char *label)
{
    const char *number = strstr(label, traffic);
    if (number != NULL) {
        return 3 + strtoull(number + strlen(traffic), NULL, 10);
    }
    if (strcmp(label, "CLIENT_EARLY_TRAFFIC_SECRET") == 0) {
        return 1;
    }
    return strstr(label, "_HANDSHAKE_TRAFFIC_SECRET") != NULL ? 2 : HSI_NO_EPOCH;
}

static bool is_candidate(uint8_t source)
{
    return source == HSI_SOURCE_PROBE || source == HSI_SOURCE_LOG;
}

/* Does the secret belong to a negotiation that has begun? One that does not say whose it is belongs to all. */
static bool is_claimed(const hsi_tap *tap, const hsi_secret *secret)
{
    for (size_t i = 0; i < tap->handshakes.count && secret->client_random.length > 0; i++) {
        const hsi_handshake *handshake = tap->handshakes.items[i];
        if (hsi_bytes_equal(secret->client_random, hsi_bytes_of(handshake->client_random, HSI_RANDOM))) {
            return true;
        }
    }
    return secret->client_random.length == 0;
}

hsi_status hsi_secret_suppose(hsi_tap *tap, hsi_secret *candidate)
{
    return hsi_secret_index_add(&tap->surfaced_index, candidate);
}

void hsi_secret_unsuppose(hsi_tap *tap, hsi_secret *candidate)
{
    hsi_secret_index_drop(&tap->surfaced_index, candidate);
}

hsi_status hsi_secret_admit(hsi_tap *tap, hsi_secret *secret)
{
    HSI_TRY(hsi_list_append(&tap->surfaced, secret));
    HSI_TRY(hsi_secret_index_add(&tap->surfaced_index, secret));
    return hsi_tap_emit(tap, HSI_EVENT_SECRET, secret);
}

static hsi_status take(hsi_tap *tap, hsi_secret *secret)
{
    return is_candidate(secret->source) ? hsi_list_append(&tap->candidates, secret) : hsi_secret_admit(tap, secret);
}

hsi_status hsi_secret_surface(hsi_tap *tap, const hsi_entry *entry)
{
    hsi_secret *secret = hsi_arena_new(&tap->arena, sizeof *secret);
    if (secret == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_arena_text(&tap->arena, &secret->label, entry->name));
    secret->side = entry->side;
    secret->sender = entry->sender;
    secret->epoch = entry->number > 0 ? entry->number - 1 : epoch_of(secret->label);
    secret->source = (hsi_source)entry->code;
    secret->time_ns = entry->time_ns;
    secret->value = entry->data; /* the journal lives longer than its tap */
    secret->client_random = entry->aux;
    return is_claimed(tap, secret) ? take(tap, secret) : hsi_list_append(&tap->unclaimed, secret);
}

hsi_status hsi_secret_claim(hsi_tap *tap)
{
    size_t kept = 0;
    for (size_t i = 0; i < tap->unclaimed.count; i++) {
        hsi_secret *secret = tap->unclaimed.items[i];
        if (is_claimed(tap, secret)) {
            HSI_TRY(take(tap, secret));
        } else {
            tap->unclaimed.items[kept++] = secret;
        }
    }
    tap->unclaimed.count = kept;
    return HSI_OK;
}

bool hsi_secret_is(const hsi_secret *secret, const hsi_handshake *handshake, const char *label)
{
    if (strcmp(secret->label, label) != 0) {
        return false;
    }
    if (secret->handshake != NULL) {
        return secret->handshake == handshake;
    }
    return secret->client_random.length == 0 ||
           hsi_bytes_equal(secret->client_random, hsi_bytes_of(handshake->client_random, HSI_RANDOM));
}

static const hsi_secret *find(const hsi_secret_index *index, const hsi_handshake *handshake, const char *label,
                              uint8_t sender, uint64_t epoch)
{
    const hsi_secret *secret = hsi_secret_index_chain(index, label, epoch);
    for (; secret != NULL; secret = secret->older) {
        if (secret->epoch == epoch && (sender == HSI_NOBODY || secret->sender == sender) &&
            hsi_secret_is(secret, handshake, label)) {
            return secret;
        }
    }
    return NULL;
}

const hsi_secret *hsi_secret_known(const hsi_tap *tap, const hsi_handshake *handshake, const char *label,
                                   uint8_t sender, uint64_t epoch)
{
    const hsi_secret *surfaced = find(&tap->surfaced_index, handshake, label, sender, epoch);
    return surfaced != NULL ? surfaced : find(&tap->derived, handshake, label, sender, epoch);
}

const hsi_secret *hsi_secret_surfaced(const hsi_tap *tap, const hsi_handshake *handshake, const char *label,
                                      uint64_t epoch, uint8_t side)
{
    const hsi_secret *secret = hsi_secret_index_chain(&tap->surfaced_index, label, epoch);
    for (; secret != NULL; secret = secret->older) {
        if (secret->epoch == epoch && (side == HSI_NOBODY || secret->side == side) &&
            hsi_secret_is(secret, handshake, label)) {
            return secret;
        }
    }
    return NULL;
}

hsi_status hsi_secret_derive(hsi_tap *tap, const hsi_secret *secret, hsi_bytes value, const hsi_secret **out)
{
    hsi_secret *copy = hsi_arena_new(&tap->arena, sizeof *copy);
    if (copy == NULL) {
        return HSI_NO_MEMORY;
    }
    *copy = *secret;
    HSI_TRY(hsi_arena_copy(&tap->arena, &copy->value, value));
    HSI_TRY(hsi_secret_index_add(&tap->derived, copy));
    *out = copy;
    return HSI_OK;
}
