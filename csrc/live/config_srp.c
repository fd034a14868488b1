/* SRP: a user and a password. A server keeps a salt and the verifier that the password gives with it, in the 2048-bit group.
 * RFC 5054 section 2.4, RFC 2945.
 * SPDX-License-Identifier: MIT */
#include <gnutls/crypto.h>

#include "live/config_state.h"
#include "live/session_state.h"

enum { SALT = 16 };

/* GnuTLS frees what it is given here with gnutls_free. */
static bool give(gnutls_datum_t *out, hsi_bytes bytes)
{
    out->data = gnutls_malloc(bytes.length);
    if (out->data == NULL) {
        return false;
    }
    memcpy(out->data, bytes.data, bytes.length);
    out->size = (unsigned)bytes.length;
    return true;
}

static hsi_bytes bytes_of(gnutls_datum_t datum)
{
    return hsi_bytes_of(datum.data, datum.size);
}

/* An unknown user has no verifier: GnuTLS then fails. */
static int find_user(gnutls_session_t gnutls, const char *name, gnutls_datum_t *salt, gnutls_datum_t *verifier,
                     gnutls_datum_t *generator, gnutls_datum_t *prime)
{
    const hsi_session *session = gnutls_session_get_ptr(gnutls);
    const hsi_srp_user *user = &session->config->srp_user;
    bool given = hsi_bytes_are(user->name, name) && give(salt, user->salt) && give(verifier, user->verifier) &&
                 give(generator, bytes_of(gnutls_srp_2048_group_generator)) &&
                 give(prime, bytes_of(gnutls_srp_2048_group_prime));
    return given ? 0 : -1;
}

/* New ones each time: GnuTLS 3.7.9 does not free what it was given before. */
static int make_client(hsi_config *config, const char *user, const char *password)
{
    gnutls_srp_client_credentials_t made;
    int code = gnutls_srp_allocate_client_credentials(&made);
    if (code < 0) {
        return code;
    }
    if (config->srp_client != NULL) {
        gnutls_srp_free_client_credentials(config->srp_client);
    }
    config->srp_client = made;
    return gnutls_srp_set_client_credentials(made, user, password);
}

static int make_server(hsi_config *config)
{
    int code = config->srp_server == NULL ? gnutls_srp_allocate_server_credentials(&config->srp_server) : 0;
    if (code >= 0) {
        gnutls_srp_set_server_credentials_function(config->srp_server, find_user);
    }
    return code;
}

static hsi_status remember(hsi_config *config, const char *user, hsi_bytes salt, hsi_bytes verifier)
{
    HSI_TRY(hsi_arena_copy(&config->arena, &config->srp_user.name, hsi_bytes_text(user)));
    HSI_TRY(hsi_arena_copy(&config->arena, &config->srp_user.salt, salt));
    return hsi_arena_copy(&config->arena, &config->srp_user.verifier, verifier);
}

static hsi_status remember_password(hsi_config *config, const char *user, const char *password)
{
    uint8_t bytes[SALT];
    gnutls_datum_t salt = {bytes, sizeof bytes}, verifier = {NULL, 0};
    int code = gnutls_rnd(GNUTLS_RND_NONCE, bytes, sizeof bytes);
    if (code >= 0) {
        code = gnutls_srp_verifier(user, password, &salt, &gnutls_srp_2048_group_generator,
                                   &gnutls_srp_2048_group_prime, &verifier);
    }
    if (code < 0) {
        return hsi_credentials_status(code);
    }
    hsi_status status = remember(config, user, bytes_of(salt), bytes_of(verifier));
    gnutls_memset(verifier.data, 0, verifier.size);
    gnutls_free(verifier.data);
    return status;
}

hsi_status hsi_config_srp(hsi_config *config, const char *user, const char *password)
{
    if (config->side == HSI_CLIENT) {
        return hsi_credentials_status(make_client(config, user, password));
    }
    HSI_TRY(remember_password(config, user, password));
    return hsi_credentials_status(make_server(config));
}
