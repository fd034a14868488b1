/* Features of a config: what its sessions do beyond GnuTLS's defaults. One table: name -> what gnutls_init is told, and what a
 * new session is. RFC 6066 section 4 and RFC 8449 (the length of records), RFC 6520, RFC 8446.
 * SPDX-License-Identifier: MIT */
#include "live/config_state.h"
#include "tap/journal.h"

static void apply_heartbeat(const hsi_config *config, gnutls_session_t session)
{
    HSI_UNUSED(config);
    gnutls_heartbeat_enable(session, GNUTLS_HB_PEER_NOT_ALLOWED_TO_SEND);
}

static void apply_early_data(const hsi_config *config, gnutls_session_t session)
{
    if (config->side == HSI_SERVER) {
        hsi_session_cache_guard(config->cache, session);
    }
}

static void apply_session_ids(const hsi_config *config, gnutls_session_t session)
{
    if (config->side == HSI_SERVER) {
        hsi_session_cache_apply(config->cache, session);
    }
}

static const struct {
    const char *name;
    unsigned flags;
    bool remembers; /* it needs the cache */
    void (*apply)(const hsi_config *config, gnutls_session_t session); /* NULL: the flags are all */
} features[] = {
    {"one_key_share", GNUTLS_KEY_SHARE_TOP, false, NULL},
    {"early_data", GNUTLS_ENABLE_EARLY_DATA, true, apply_early_data},
    {"post_handshake_auth", GNUTLS_POST_HANDSHAKE_AUTH, false, NULL},
    {"heartbeat", 0, false, apply_heartbeat},
    {"session_ids", 0, true, apply_session_ids},
};

static bool enabled(const hsi_config *config, size_t feature)
{
    return (config->features & 1u << feature) != 0;
}

static hsi_status make_cache(hsi_config *config)
{
    if (config->cache == NULL) {
        config->cache = hsi_session_cache_new();
    }
    return config->cache == NULL ? HSI_NO_MEMORY : HSI_OK;
}

hsi_status hsi_config_enable(hsi_config *config, const char *feature)
{
    for (size_t i = 0; i < HSI_COUNT(features); i++) {
        if (strcmp(features[i].name, feature) == 0) {
            config->features |= 1u << i;
            return features[i].remembers ? make_cache(config) : HSI_OK;
        }
    }
    return HSI_UNSUPPORTED;
}

unsigned hsi_config_init_flags(const hsi_config *config)
{
    unsigned flags = 0;
    for (size_t i = 0; i < HSI_COUNT(features); i++) {
        flags |= enabled(config, i) ? features[i].flags : 0;
    }
    return flags;
}

/* ---- limits ---- */

enum { KEY_BITS = 16384 }; /* GnuTLS's own limit of the keys in a chain, which is set together with its length */

static hsi_status limit_chain(hsi_config *config, size_t limit)
{
    gnutls_certificate_set_verify_limits(config->certificate, KEY_BITS, (unsigned)limit);
    return HSI_OK;
}

static hsi_status limit_fragments(hsi_config *config, size_t limit)
{
    bool power = (limit & (limit - 1)) == 0; /* of two */
    config->max_fragment_length = limit;
    return power ? HSI_OK : HSI_USAGE;
}

static hsi_status limit_records(hsi_config *config, size_t limit)
{
    config->record_size_limit = limit;
    return HSI_OK;
}

static const struct {
    const char *name;
    size_t least;
    size_t most;
    hsi_status (*set)(hsi_config *config, size_t limit);
} limits[] = {
    {"max_fragment_length", 512, 4096, limit_fragments},
    {"record_size_limit", 512, 16384, limit_records},
    {"chain", 1, 1000, limit_chain},
};

hsi_status hsi_config_limit(hsi_config *config, const char *name, size_t limit)
{
    for (size_t i = 0; i < HSI_COUNT(limits); i++) {
        if (strcmp(limits[i].name, name) == 0) {
            return limit < limits[i].least || limit > limits[i].most ? HSI_USAGE : limits[i].set(config, limit);
        }
    }
    return HSI_UNSUPPORTED;
}

static int take_no_extension(gnutls_session_t session, const unsigned char *data, size_t length)
{
    HSI_UNUSED(session);
    HSI_UNUSED(data);
    HSI_UNUSED(length);
    return 0;
}

static int give_no_extension(gnutls_session_t session, gnutls_buffer_t out)
{
    HSI_UNUSED(session);
    HSI_UNUSED(out);
    return 0;
}

/* A client of GnuTLS always offers record_size_limit too, and a server that knows it does not look at max_fragment_length (RFC
 * 8449 section 5): this one is made not to know it. */
static int ignore_record_size_limit(gnutls_session_t session)
{
    enum { RECORD_SIZE_LIMIT = 28 };
    return gnutls_session_ext_register(
        session, "record_size_limit", RECORD_SIZE_LIMIT, GNUTLS_EXT_TLS, take_no_extension, give_no_extension, NULL,
        NULL, NULL, GNUTLS_EXT_FLAG_OVERRIDE_INTERNAL | GNUTLS_EXT_FLAG_TLS | GNUTLS_EXT_FLAG_CLIENT_HELLO);
}

static int apply_lengths(const hsi_config *config, gnutls_session_t session)
{
    if (config->record_size_limit != 0) {
        return (int)gnutls_record_set_max_recv_size(session, config->record_size_limit);
    }
    if (config->max_fragment_length == 0) {
        return 0;
    }
    int code = (int)gnutls_record_set_max_size(session, config->max_fragment_length);
    return code < 0 || config->side == HSI_CLIENT ? code : ignore_record_size_limit(session);
}

int hsi_config_apply_features(const hsi_config *config, gnutls_session_t session)
{
    for (size_t i = 0; i < HSI_COUNT(features); i++) {
        if (enabled(config, i) && features[i].apply != NULL) {
            features[i].apply(config, session);
        }
    }
    return apply_lengths(config, session);
}
