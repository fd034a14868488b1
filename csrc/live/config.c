/* Config: see the header. Certificates and trust are config_certificate.c's, the priority string is
 * config_priority.c's, a user with a password config_srp.c's, what is switched on config_features.c's, the key-log file
 * keylog_file.c's.
 * SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "base/memory.h"
#include "live/config_state.h"
#include "live/session_state.h"
#include "tap/journal.h"

/* ---- life ---- */

static int make_credentials(hsi_config *config)
{
    int code = gnutls_certificate_allocate_credentials(&config->certificate);
    if (code >= 0) {
        code = gnutls_certificate_set_known_dh_params(config->certificate, GNUTLS_SEC_PARAM_MEDIUM);
    }
    if (code >= 0 && config->side == HSI_CLIENT) {
        return gnutls_anon_allocate_client_credentials(&config->anonymous_client);
    }
    if (code >= 0) {
        code = gnutls_anon_allocate_server_credentials(&config->anonymous_server);
    }
    if (code >= 0 && config->anonymous_server == NULL) {
        code = GNUTLS_E_MEMORY_ERROR; /* GnuTLS 3.7.9 does not say so */
    }
    if (code >= 0) {
        code = gnutls_anon_set_server_known_dh_params(config->anonymous_server, GNUTLS_SEC_PARAM_MEDIUM);
    }
    return code;
}

hsi_config *hsi_config_new(uint8_t side)
{
    hsi_config *config = hsi_memory_new(sizeof *config);
    if (config == NULL) {
        return NULL;
    }
    atomic_init(&config->references, 1);
    config->side = side;
    config->keylog = -1;
    if (make_credentials(config) < 0 || hsi_config_tickets(config, true) != HSI_OK) {
        hsi_config_drop(config);
        return NULL;
    }
    return config;
}

hsi_config *hsi_config_hold(hsi_config *config)
{
    atomic_fetch_add(&config->references, 1);
    return config;
}

static void free_ticket_key(hsi_config *config)
{
    hsi_memory_wipe(config->ticket_key.data, config->ticket_key.size);
    gnutls_free(config->ticket_key.data);
    config->ticket_key = (gnutls_datum_t){NULL, 0};
}

/* GnuTLS's own freeing functions differ in whether NULL is legal. */
static void free_credentials(hsi_config *config)
{
    if (config->certificate != NULL) {
        gnutls_certificate_free_credentials(config->certificate);
    }
    if (config->anonymous_client != NULL) {
        gnutls_anon_free_client_credentials(config->anonymous_client);
    }
    if (config->anonymous_server != NULL) {
        gnutls_anon_free_server_credentials(config->anonymous_server);
    }
    if (config->psk_client != NULL) {
        gnutls_psk_free_client_credentials(config->psk_client);
    }
    if (config->psk_server != NULL) {
        gnutls_psk_free_server_credentials(config->psk_server);
    }
    if (config->srp_client != NULL) {
        gnutls_srp_free_client_credentials(config->srp_client);
    }
    if (config->srp_server != NULL) {
        gnutls_srp_free_server_credentials(config->srp_server);
    }
    if (config->priority != NULL) {
        gnutls_priority_deinit(config->priority);
    }
}

void hsi_config_drop(hsi_config *config)
{
    if (config == NULL || atomic_fetch_sub(&config->references, 1) > 1) {
        return;
    }
    free_credentials(config);
    free_ticket_key(config);
    if (config->keylog >= 0) {
        (void)close(config->keylog);
    }
    hsi_session_cache_free(config->cache);
    hsi_list_cleanup(&config->psks);
    hsi_arena_cleanup(&config->arena);
    hsi_memory_free(config, sizeof *config);
}

/* ---- what is set ---- */

void hsi_config_verify(hsi_config *config, hsi_verify verify)
{
    config->verify = verify;
}

hsi_status hsi_config_alpn(hsi_config *config, const hsi_bytes *protocols, size_t count)
{
    if (count > HSI_ALPN_MOST) {
        return HSI_USAGE;
    }
    config->alpn_count = 0;
    for (size_t i = 0; i < count; i++) {
        hsi_bytes copy;
        if (protocols[i].length == 0 || protocols[i].length > UINT8_MAX) {
            return HSI_USAGE;
        }
        HSI_TRY(hsi_arena_copy(&config->arena, &copy, protocols[i]));
        config->alpn[config->alpn_count++] = hsi_gnutls_datum(copy);
    }
    return HSI_OK;
}

hsi_status hsi_config_tickets(hsi_config *config, bool on)
{
    free_ticket_key(config);
    if (!on || config->side == HSI_CLIENT) {
        return HSI_OK;
    }
    int code = gnutls_session_ticket_key_generate(&config->ticket_key);
    if (code < 0) {
        config->ticket_key = (gnutls_datum_t){NULL, 0}; /* GnuTLS leaves its length there */
        return code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_CRYPTO;
    }
    return HSI_OK;
}

hsi_status hsi_config_tickets_of(hsi_config *config, const hsi_config *other)
{
    free_ticket_key(config);
    if (other->ticket_key.size == 0) {
        return HSI_OK;
    }
    config->ticket_key.data = gnutls_malloc(other->ticket_key.size);
    if (config->ticket_key.data == NULL) {
        return HSI_NO_MEMORY;
    }
    config->ticket_key.size = other->ticket_key.size;
    memcpy(config->ticket_key.data, other->ticket_key.data, other->ticket_key.size);
    return HSI_OK;
}

/* ---- pre-shared keys ---- */

bool hsi_config_psk_key(const hsi_config *config, hsi_bytes identity, hsi_bytes *key)
{
    for (size_t i = 0; i < config->psks.count; i++) {
        const hsi_psk *psk = config->psks.items[i];
        if (hsi_bytes_equal(psk->identity, identity)) {
            *key = psk->key;
            return true;
        }
    }
    return false;
}

/* GnuTLS frees what it is given here with gnutls_free. An unknown identity gets no key: GnuTLS then fails. */
static int find_key(gnutls_session_t gnutls, const gnutls_datum_t *identity, gnutls_datum_t *out)
{
    const hsi_session *session = gnutls_session_get_ptr(gnutls);
    hsi_bytes key;
    if (!hsi_config_psk_key(session->config, hsi_bytes_of(identity->data, identity->size), &key)) {
        return -1;
    }
    out->data = gnutls_malloc(key.length);
    if (out->data == NULL) {
        return -1;
    }
    memcpy(out->data, key.data, key.length);
    out->size = (unsigned)key.length;
    return 0;
}

static int make_psk_client(hsi_config *config, hsi_bytes identity, hsi_bytes key)
{
    gnutls_datum_t user = hsi_gnutls_datum(identity), secret = hsi_gnutls_datum(key);
    int code = config->psk_client == NULL ? gnutls_psk_allocate_client_credentials(&config->psk_client) : 0;
    return code < 0 ? code : gnutls_psk_set_client_credentials2(config->psk_client, &user, &secret, GNUTLS_PSK_KEY_RAW);
}

static int make_psk_server(hsi_config *config)
{
    if (config->psk_server != NULL) {
        return 0;
    }
    int code = gnutls_psk_allocate_server_credentials(&config->psk_server);
    if (code < 0) {
        return code;
    }
    gnutls_psk_set_server_credentials_function2(config->psk_server, find_key);
    return gnutls_psk_set_server_known_dh_params(config->psk_server, GNUTLS_SEC_PARAM_MEDIUM);
}

static hsi_status remember_psk(hsi_config *config, hsi_bytes identity, hsi_bytes key)
{
    hsi_psk *psk = hsi_arena_new(&config->arena, sizeof *psk);
    if (psk == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_arena_copy(&config->arena, &psk->identity, identity));
    HSI_TRY(hsi_arena_copy(&config->arena, &psk->key, key));
    return hsi_list_append(&config->psks, psk);
}

hsi_status hsi_config_psk(hsi_config *config, hsi_bytes identity, hsi_bytes key)
{
    if (key.length == 0) {
        return HSI_CREDENTIALS;
    }
    if (config->side == HSI_CLIENT) {
        return hsi_credentials_status(make_psk_client(config, identity, key));
    }
    HSI_TRY(remember_psk(config, identity, key));
    return hsi_credentials_status(make_psk_server(config));
}

/* ---- a session gets it ---- */

static int apply_credentials(const hsi_config *config, gnutls_session_t session)
{
    const struct {
        gnutls_credentials_type_t type;
        void *credentials;
    } all[] = {
        {GNUTLS_CRD_CERTIFICATE, config->certificate}, {GNUTLS_CRD_ANON, config->anonymous_client},
        {GNUTLS_CRD_ANON, config->anonymous_server},   {GNUTLS_CRD_PSK, config->psk_client},
        {GNUTLS_CRD_PSK, config->psk_server},          {GNUTLS_CRD_SRP, config->srp_client},
        {GNUTLS_CRD_SRP, config->srp_server},
    };
    int code = 0;
    for (size_t i = 0; i < HSI_COUNT(all) && code >= 0; i++) {
        if (all[i].credentials != NULL) {
            code = gnutls_credentials_set(session, all[i].type, all[i].credentials);
        }
    }
    return code;
}

/* GnuTLS copies the names of the protocols. */
static int apply_alpn(const hsi_config *config, gnutls_session_t session)
{
    return config->alpn_count == 0
               ? 0
               : gnutls_alpn_set_protocols(session, config->alpn, config->alpn_count, GNUTLS_ALPN_SERVER_PRECEDENCE);
}

static int apply_server(const hsi_config *config, gnutls_session_t session)
{
    static const gnutls_certificate_request_t requests[] = {
        [HSI_VERIFY_NONE] = GNUTLS_CERT_IGNORE,
        [HSI_VERIFY_OPTIONAL] = GNUTLS_CERT_REQUEST,
        [HSI_VERIFY_REQUIRED] = GNUTLS_CERT_REQUIRE,
    };
    gnutls_certificate_server_set_request(session, requests[config->verify]);
    return config->ticket_key.size == 0 ? 0 : gnutls_session_ticket_enable_server(session, &config->ticket_key);
}

int hsi_config_apply(const hsi_config *config, gnutls_session_t session)
{
    int code = config->priority == NULL ? gnutls_set_default_priority(session)
                                        : gnutls_priority_set(session, config->priority);
    if (code >= 0) {
        code = apply_credentials(config, session);
    }
    if (code >= 0) {
        code = apply_alpn(config, session);
    }
    if (code >= 0) {
        code = hsi_config_apply_features(config, session);
    }
    return code < 0 || config->side == HSI_CLIENT ? code : apply_server(config, session);
}
