/* Secret store: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/secret_store.h"

#include <stdlib.h>

#include "tap/keylog.h"

enum { CANDIDATES_MAX = 128 };

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

/* Is it of that negotiation? One that does not say whose it is belongs to all. */
static bool belongs(const hsi_secret *secret, const hsi_handshake *handshake)
{
    if (secret->whose.length == 0) {
        return handshake->index >= secret->first && (secret->until == 0 || handshake->index < secret->until);
    }
    hsi_bytes own = hsi_bytes_of(handshake->client_random, HSI_RANDOM);
    if (secret->owner == HSI_KEYLOG_SESSION) {
        own = handshake->session_id;
    } else if (secret->owner == HSI_KEYLOG_PREMASTER) {
        own = handshake->encrypted_premaster; /* of which only the beginning is named */
        own.length = own.length < secret->whose.length ? own.length : secret->whose.length;
    }
    return hsi_bytes_equal(secret->whose, own);
}

static const hsi_handshake *owner_of(const hsi_tap *tap, const hsi_secret *secret)
{
    for (size_t i = 0; i < tap->handshakes.count; i++) {
        if (belongs(secret, tap->handshakes.items[i])) {
            return tap->handshakes.items[i];
        }
    }
    return NULL;
}

hsi_status hsi_secret_suppose(hsi_tap *tap, hsi_secret *candidate)
{
    return hsi_secret_index_add(&tap->surfaced_index, candidate);
}

void hsi_secret_unsuppose(hsi_tap *tap, hsi_secret *candidate)
{
    hsi_secret_index_drop(&tap->surfaced_index, candidate);
}

void hsi_secret_forget(hsi_tap *tap, const hsi_handshake *handshake)
{
    hsi_secret_index_forget(&tap->derived, handshake);
}

hsi_status hsi_secret_admit(hsi_tap *tap, hsi_secret *secret)
{
    HSI_TRY(hsi_list_append(&tap->surfaced, secret));
    if (!secret->refuted) {
        HSI_TRY(hsi_secret_index_add(&tap->surfaced_index, secret));
    }
    return hsi_tap_emit(tap, HSI_EVENT_SECRET, secret);
}

/* Each is tried again with everything that is learned, so no more are kept than a connection can have at a time. */
static hsi_status keep_candidate(hsi_tap *tap, hsi_secret *candidate)
{
    hsi_list *all = &tap->candidates;
    if (all->count == CANDIDATES_MAX) {
        memmove(all->items, all->items + 1, --all->count * sizeof all->items[0]);
    }
    return hsi_list_append(all, candidate);
}

void hsi_secret_refute(hsi_secret *secret, const hsi_handshake *handshake)
{
    secret->refuted = secret->whose.length > 0;
    if (secret->proven > 0) {
        secret->until = handshake->index;
    } else {
        secret->first = handshake->index + 1;
    }
}

static const hsi_secret *proven(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint64_t epoch)
{
    const hsi_secret *known = handshake == NULL ? NULL : hsi_secret_known(tap, handshake, label, HSI_NOBODY, epoch);
    return known != NULL && known->proven > handshake->index ? known : NULL;
}

/* What comes after a record opened says the same, or is wrong: for its negotiation, or the current one where it does not say. */
static bool is_late(const hsi_tap *tap, hsi_secret *secret, const hsi_handshake *handshake)
{
    const hsi_secret *known = proven(tap, handshake, secret->label, secret->epoch);
    if (known == NULL || secret->side != HSI_NOBODY) {
        return false;
    }
    if (hsi_bytes_equal(known->value, secret->value)) {
        secret->proven = known->proven;
    } else {
        hsi_secret_refute(secret, handshake);
    }
    return true;
}

static hsi_status take(hsi_tap *tap, hsi_secret *secret, const hsi_handshake *owner)
{
    secret->negotiation = owner == NULL ? 0 : owner->index + 1;
    bool premaster = strcmp(secret->label, "premaster secret") == 0; /* it must fit what opened the record */
    bool late = is_late(tap, secret, owner == NULL ? tap->handshake : owner);
    bool candidate = is_candidate(secret->source) ||
                     (!late && premaster && proven(tap, owner, "master secret", HSI_NO_EPOCH) != NULL);
    return candidate ? keep_candidate(tap, secret) : hsi_secret_admit(tap, secret);
}

/* The entries that name no client random have a label of their own, which says what they name. */
static hsi_status read_label(hsi_tap *tap, hsi_secret *secret, hsi_bytes label)
{
    if (hsi_bytes_are(label, HSI_LABEL_RSA)) {
        secret->owner = HSI_KEYLOG_PREMASTER;
        secret->label = "premaster secret";
    } else if (hsi_bytes_are(label, HSI_LABEL_RSA_SESSION)) {
        secret->owner = HSI_KEYLOG_SESSION;
        secret->label = "master secret";
    } else {
        return hsi_arena_text(&tap->arena, &secret->label, label);
    }
    return HSI_OK;
}

hsi_status hsi_secret_surface(hsi_tap *tap, const hsi_entry *entry)
{
    hsi_secret *secret = hsi_arena_new(&tap->arena, sizeof *secret);
    if (secret == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(read_label(tap, secret, entry->name));
    secret->side = entry->side;
    secret->sender = entry->sender;
    secret->epoch = entry->number > 0 ? entry->number - 1 : epoch_of(secret->label);
    secret->source = (hsi_source)entry->code;
    secret->time_ns = entry->time_ns;
    secret->value = entry->data; /* the journal lives longer than its tap */
    secret->whose = entry->aux;
    if (secret->whose.length == 0) {
        return take(tap, secret, NULL);
    }
    const hsi_handshake *owner = owner_of(tap, secret);
    return owner == NULL ? hsi_list_append(&tap->unclaimed, secret) : take(tap, secret, owner);
}

hsi_status hsi_secret_claim(hsi_tap *tap, const hsi_handshake *handshake)
{
    size_t kept = 0;
    for (size_t i = 0; i < tap->unclaimed.count; i++) {
        hsi_secret *secret = tap->unclaimed.items[i];
        if (belongs(secret, handshake)) {
            HSI_TRY(take(tap, secret, handshake));
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
    return belongs(secret, handshake);
}

static hsi_secret *find(const hsi_secret_index *index, const hsi_handshake *handshake, const char *label,
                        uint8_t sender, uint64_t epoch)
{
    hsi_secret *secret = hsi_secret_index_chain(index, label, epoch);
    for (; secret != NULL; secret = secret->older) {
        if (secret->epoch == epoch && (sender == HSI_NOBODY || secret->sender == sender) &&
            hsi_secret_is(secret, handshake, label)) {
            return secret;
        }
    }
    return NULL;
}

static hsi_secret *find_known(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint8_t sender,
                              uint64_t epoch)
{
    hsi_secret *surfaced = find(&tap->surfaced_index, handshake, label, sender, epoch);
    return surfaced != NULL ? surfaced : find(&tap->derived, handshake, label, sender, epoch);
}

const hsi_secret *hsi_secret_known(const hsi_tap *tap, const hsi_handshake *handshake, const char *label,
                                   uint8_t sender, uint64_t epoch)
{
    return find_known(tap, handshake, label, sender, epoch);
}

void hsi_secret_prove(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint64_t epoch)
{
    hsi_secret *known = find_known(tap, handshake, label, HSI_NOBODY, epoch);
    if (known != NULL) {
        known->proven = handshake->index + 1;
    }
}

void hsi_secret_claims(const hsi_tap *tap, const hsi_handshake *handshake, const char *label, uint64_t epoch,
                       hsi_secret **out, size_t *count, size_t most)
{
    hsi_secret *secret = hsi_secret_index_chain(&tap->surfaced_index, label, epoch);
    for (; secret != NULL && *count < most; secret = secret->older) {
        if (secret->side == HSI_NOBODY && secret->epoch == epoch && hsi_secret_is(secret, handshake, label)) {
            out[(*count)++] = secret;
        }
    }
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
    copy->negotiation = secret->handshake == NULL ? 0 : secret->handshake->index + 1;
    HSI_TRY(hsi_arena_copy(&tap->arena, &copy->value, value));
    HSI_TRY(hsi_secret_index_add(&tap->derived, copy));
    *out = copy;
    return HSI_OK;
}
