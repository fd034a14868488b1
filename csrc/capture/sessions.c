/* Sessions: a table of small groups, each with its newest sessions, found by a hash of their name. See the header.
 * SPDX-License-Identifier: MIT */
#include "capture/sessions.h"

#include "base/memory.h"

enum { GROUPS = 1024, NEWEST = 8, DIGEST = 32 }; /* 8192 sessions, 80 bytes each */

typedef struct known_session {
    uint8_t name[DIGEST]; /* SHA-256 of it: a ticket may be long */
    uint8_t master[HSI_MASTER];
} known_session;

typedef struct group {
    known_session sessions[NEWEST];
    size_t count; /* of those that were ever put here */
} group;

struct hsi_sessions {
    group groups[GROUPS];
};

hsi_sessions *hsi_sessions_new(void)
{
    return hsi_memory_new(sizeof(hsi_sessions));
}

void hsi_sessions_free(hsi_sessions *cache)
{
    hsi_memory_free(cache, sizeof *cache);
}

static size_t group_of(const uint8_t digest[DIGEST])
{
    return ((size_t)digest[0] << 8 | digest[1]) % GROUPS;
}

/* The place of a name in its group; NULL: it is not there. */
static const known_session *find(const group *in, const uint8_t digest[DIGEST])
{
    for (size_t i = 0; i < NEWEST && i < in->count; i++) {
        if (memcmp(in->sessions[i].name, digest, DIGEST) == 0) {
            return &in->sessions[i];
        }
    }
    return NULL;
}

hsi_status hsi_sessions_put(hsi_sessions *cache, hsi_bytes name, hsi_bytes master)
{
    uint8_t digest[DIGEST];
    if (name.length == 0 || master.length != HSI_MASTER) {
        return HSI_OK;
    }
    HSI_TRY(hsi_hash_of(&hsi_sha256, digest, &name, 1));
    group *into = &cache->groups[group_of(digest)];
    const known_session *known = find(into, digest);
    known_session *place = &into->sessions[known != NULL ? (size_t)(known - into->sessions) : into->count++ % NEWEST];
    memcpy(place->name, digest, DIGEST);
    memcpy(place->master, master.data, HSI_MASTER);
    return HSI_OK;
}

hsi_status hsi_sessions_get(const hsi_sessions *cache, hsi_bytes name, hsi_bytes *master)
{
    uint8_t digest[DIGEST];
    *master = HSI_BYTES_EMPTY;
    if (name.length == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_hash_of(&hsi_sha256, digest, &name, 1));
    const known_session *known = find(&cache->groups[group_of(digest)], digest);
    *master = known == NULL ? HSI_BYTES_EMPTY : hsi_bytes_of(known->master, HSI_MASTER);
    return HSI_OK;
}
