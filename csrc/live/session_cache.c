/* Session cache: see the header. A ring: the newest takes the place of the oldest.
 * SPDX-License-Identifier: MIT */
#include "live/session_cache.h"

#include "base/buffer.h"
#include "base/lock.h"
#include "base/memory.h"

enum { KEPT = 64 };

typedef struct kept_session {
    hsi_buffer id;
    hsi_buffer data;
} kept_session;

struct hsi_session_cache {
    hsi_lock lock;
    kept_session kept[KEPT];
    size_t next;
    gnutls_anti_replay_t replays;
};

static void forget(kept_session *session)
{
    hsi_buffer_cleanup(&session->id);
    hsi_buffer_cleanup(&session->data);
}

void hsi_session_cache_free(hsi_session_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < KEPT; i++) {
        forget(&cache->kept[i]);
    }
    gnutls_anti_replay_deinit(cache->replays);
    hsi_lock_cleanup(&cache->lock);
    hsi_memory_free(cache, sizeof *cache);
}

static hsi_bytes bytes_of(gnutls_datum_t datum)
{
    return hsi_bytes_of(datum.data, datum.size);
}

/* NULL: it is not there. */
static kept_session *find(hsi_session_cache *cache, gnutls_datum_t id)
{
    for (size_t i = 0; i < KEPT; i++) {
        if (hsi_bytes_equal(hsi_buffer_peek(&cache->kept[i].id), bytes_of(id))) {
            return &cache->kept[i];
        }
    }
    return NULL;
}

static hsi_status keep(kept_session *place, gnutls_datum_t id, gnutls_datum_t data)
{
    forget(place);
    HSI_TRY(hsi_buffer_append(&place->data, bytes_of(data)));
    return hsi_buffer_append(&place->id, bytes_of(id));
}

static kept_session *oldest(hsi_session_cache *cache)
{
    kept_session *place = &cache->kept[cache->next];
    cache->next = (cache->next + 1) % KEPT;
    return place;
}

/* ---- GnuTLS's callbacks ---- */

static int store(void *context, gnutls_datum_t id, gnutls_datum_t data)
{
    hsi_session_cache *cache = context;
    hsi_lock_take(&cache->lock);
    kept_session *known = find(cache, id);
    hsi_status status = keep(known == NULL ? oldest(cache) : known, id, data);
    hsi_lock_release(&cache->lock);
    return status == HSI_OK ? 0 : GNUTLS_E_DB_ERROR;
}

/* How long it counts is not looked at: it goes when others come. */
static int add(void *context, time_t until, const gnutls_datum_t *id, const gnutls_datum_t *data)
{
    HSI_UNUSED(until);
    hsi_session_cache *cache = context;
    int code = GNUTLS_E_DB_ENTRY_EXISTS;
    hsi_lock_take(&cache->lock);
    if (find(cache, *id) == NULL) {
        code = keep(oldest(cache), *id, *data) == HSI_OK ? 0 : GNUTLS_E_DB_ERROR;
    }
    hsi_lock_release(&cache->lock);
    return code;
}

/* GnuTLS frees what it gets with gnutls_free; no bytes: it is not there. */
static gnutls_datum_t retrieve(void *context, gnutls_datum_t id)
{
    hsi_session_cache *cache = context;
    gnutls_datum_t out = {NULL, 0};
    hsi_lock_take(&cache->lock);
    const kept_session *found = find(cache, id);
    hsi_bytes data = found == NULL ? HSI_BYTES_EMPTY : hsi_buffer_peek(&found->data);
    out.data = data.length == 0 ? NULL : gnutls_malloc(data.length);
    if (out.data != NULL) {
        memcpy(out.data, data.data, data.length);
        out.size = (unsigned)data.length;
    }
    hsi_lock_release(&cache->lock);
    return out;
}

static int remove_session(void *context, gnutls_datum_t id)
{
    hsi_session_cache *cache = context;
    hsi_lock_take(&cache->lock);
    kept_session *found = find(cache, id);
    if (found != NULL) {
        forget(found);
    }
    hsi_lock_release(&cache->lock);
    return found == NULL ? GNUTLS_E_DB_ERROR : 0;
}

/* ---- life, and use ---- */

hsi_session_cache *hsi_session_cache_new(void)
{
    hsi_session_cache *cache = hsi_memory_new(sizeof *cache);
    if (cache == NULL) {
        return NULL;
    }
    if (gnutls_anti_replay_init(&cache->replays) < 0) {
        hsi_memory_free(cache, sizeof *cache);
        return NULL;
    }
    gnutls_anti_replay_set_add_function(cache->replays, add);
    gnutls_anti_replay_set_ptr(cache->replays, cache);
    hsi_lock_init(&cache->lock);
    return cache;
}

void hsi_session_cache_guard(hsi_session_cache *cache, gnutls_session_t session)
{
    gnutls_anti_replay_enable(session, cache->replays);
}

void hsi_session_cache_apply(hsi_session_cache *cache, gnutls_session_t session)
{
    gnutls_db_set_ptr(session, cache);
    gnutls_db_set_store_function(session, store);
    gnutls_db_set_retrieve_function(session, retrieve);
    gnutls_db_set_remove_function(session, remove_session);
}
