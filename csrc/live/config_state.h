/* The inside of a config, for the files of csrc/live.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_CONFIG_STATE_H
#define HSI_LIVE_CONFIG_STATE_H

#include <gnutls/gnutls.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/list.h"
#include "live/config.h"
#include "live/session_cache.h"

enum { HSI_ALPN_MOST = 8 }; /* GnuTLS takes no more */

/* A pre-shared key and who has it. */
typedef struct hsi_psk {
    hsi_bytes identity;
    hsi_bytes key;
} hsi_psk;

/* A server's SRP user: what it keeps of the password. */
typedef struct hsi_srp_user {
    hsi_bytes name;
    hsi_bytes salt;
    hsi_bytes verifier;
} hsi_srp_user;

struct hsi_config {
    atomic_uint references;
    uint8_t side;
    hsi_verify verify;
    gnutls_priority_t priority; /* NULL: GnuTLS's default */
    gnutls_certificate_credentials_t certificate;
    gnutls_anon_client_credentials_t anonymous_client;
    gnutls_anon_server_credentials_t anonymous_server;
    gnutls_psk_client_credentials_t psk_client; /* NULL: no PSK configured; so for the server */
    gnutls_psk_server_credentials_t psk_server;
    hsi_list psks;           /* of hsi_psk, in the arena */
    gnutls_srp_client_credentials_t srp_client; /* NULL: no SRP user configured; so for the server */
    gnutls_srp_server_credentials_t srp_server;
    hsi_srp_user srp_user;   /* in the arena */
    unsigned certificates;   /* that were added */
    unsigned features;       /* a bit for each, see config_features.c */
    size_t max_fragment_length; /* 0: not asked for; so for the next */
    size_t record_size_limit;
    hsi_session_cache *cache; /* NULL: sessions are not kept */
    gnutls_datum_t alpn[HSI_ALPN_MOST]; /* the names in the arena */
    unsigned alpn_count;
    gnutls_datum_t ticket_key; /* empty: no tickets */
    int keylog;              /* a descriptor, -1: none */
    hsi_arena arena;
};

/* hsi_config_apply gives a new GnuTLS session what the config has. Returns GnuTLS's code. */
int hsi_config_apply(const hsi_config *config, gnutls_session_t session);

/* hsi_config_init_flags is what gnutls_init has to be told of the features; hsi_config_apply_features gives a new session the
 * rest of them. Returns GnuTLS's code. */
unsigned hsi_config_init_flags(const hsi_config *config);
int hsi_config_apply_features(const hsi_config *config, gnutls_session_t session);

/* hsi_credentials_status is what GnuTLS's code for something that a config is given means: NO_MEMORY, CREDENTIALS or OK. */
HSI_MUST_USE hsi_status hsi_credentials_status(int code);

/* hsi_config_psk_key finds the key of an identity among a server's PSKs; false: it is not known. */
bool hsi_config_psk_key(const hsi_config *config, hsi_bytes identity, hsi_bytes *key);

/* hsi_config_keylog_line appends one key-log line to the file, if there is one. SYSTEM: errno says why. */
HSI_MUST_USE hsi_status hsi_config_keylog_line(const hsi_config *config, const char *label, hsi_bytes client_random,
                                               hsi_bytes secret);

/* hsi_gnutls_datum lends bytes to a GnuTLS function, none of which writes through it. */
static inline gnutls_datum_t hsi_gnutls_datum(hsi_bytes bytes)
{
    gnutls_datum_t datum = {NULL, (unsigned)bytes.length};
    memcpy(&datum.data, &bytes.data, sizeof datum.data); /* the field is not const, what it lends is */
    return datum;
}

#endif
