/* The life of a session: how it is made from its config and options, and how it ends.
 * SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "base/lock.h"
#include "base/memory.h"
#include "live/config_state.h"
#include "live/session_state.h"

static bool is_address(const char *name)
{
    uint8_t address[16];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

/* RFC 6066 section 3: only DNS names are sent. */
static int name_server(hsi_session *session, const char *name)
{
    if (session->side != HSI_CLIENT || name == NULL || is_address(name)) {
        return 0;
    }
    return gnutls_server_name_set(session->gnutls, GNUTLS_NAME_DNS, name, strlen(name));
}

static int resume(hsi_session *session, hsi_bytes resumption)
{
    session->resuming = resumption.length > 0;
    return resumption.length == 0 ? 0 : gnutls_session_set_data(session->gnutls, resumption.data, resumption.length);
}

static hsi_status status_of(int code)
{
    if (code == GNUTLS_E_MEMORY_ERROR) {
        return HSI_NO_MEMORY;
    }
    return code < 0 ? HSI_USAGE : HSI_OK;
}

/* GNUTLS_FORCE_CLIENT_CERT: a client's certificate goes out whichever authorities the server names, as OpenSSL does. */
static hsi_status make_gnutls(hsi_session *session, const hsi_session_options *options)
{
    unsigned flags = session->side == HSI_CLIENT ? GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT : GNUTLS_SERVER;
    flags |= hsi_config_init_flags(session->config) | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;
    int code = gnutls_init(&session->gnutls, flags);
    if (code < 0) {
        session->gnutls = NULL;
        return HSI_NO_MEMORY;
    }
    gnutls_session_set_ptr(session->gnutls, session);
    code = hsi_config_apply(session->config, session->gnutls);
    if (code >= 0) {
        code = name_server(session, options->server_name);
    }
    if (code >= 0) {
        code = resume(session, options->resumption);
    }
    hsi_transport_install(session);
    hsi_hooks_install(session);
    hsi_secrets_install(session);
    hsi_verification_install(session);
    return status_of(code);
}

/* The first session of a trace says when and where it began. */
static hsi_status append_start(hsi_session *session, const hsi_session_options *options)
{
    hsi_trace_lock(session->trace);
    bool first = hsi_journal_count(hsi_trace_journal(session->trace)) == 0;
    uint64_t now = hsi_journal_now(hsi_trace_journal(session->trace));
    hsi_trace_unlock(session->trace);
    if (!first) {
        return HSI_OK;
    }
    hsi_entry entry = {
        .kind = HSI_ENTRY_START,
        .code = (uint8_t)options->transport,
        .number = now,
        .data = options->client_address,
        .name = options->server_address,
        .aux = options->server_name == NULL ? HSI_BYTES_EMPTY : hsi_bytes_text(options->server_name),
    };
    return hsi_trace_append(session->trace, &entry);
}

static hsi_status append_note(hsi_session *session)
{
    const char *reason = hsi_probe_reason();
    if (reason == NULL) {
        return HSI_OK;
    }
    hsi_entry entry = {
        .kind = HSI_ENTRY_NOTE,
        .side = session->side,
        .data = hsi_bytes_text(reason),
        .name = hsi_bytes_text("probe"),
    };
    return hsi_trace_append(session->trace, &entry);
}

static hsi_status set_up(hsi_session *session, const hsi_session_options *options)
{
    if (options->server_name != NULL) {
        HSI_TRY(hsi_buffer_append(&session->server_name,
                                  hsi_bytes_of(options->server_name, strlen(options->server_name) + 1)));
    }
    HSI_TRY(make_gnutls(session, options));
    HSI_TRY(append_start(session, options));
    return append_note(session);
}

static void release(hsi_session *session)
{
    if (session->gnutls != NULL) {
        gnutls_deinit(session->gnutls);
    }
    gnutls_free(session->verify_text.data);
    hsi_buffer_cleanup(&session->in);
    hsi_buffer_cleanup(&session->out);
    hsi_buffer_cleanup(&session->cut);
    hsi_buffer_cleanup(&session->server_name);
    hsi_secrets_cleanup(&session->secrets);
    (void)pthread_mutex_destroy(&session->lock);
    hsi_trace_drop(session->trace);
    hsi_config_drop(session->config);
    hsi_memory_free(session, sizeof *session);
}

hsi_status hsi_session_new(hsi_session **out, hsi_config *config, hsi_trace *trace, const hsi_session_options *options)
{
    if (options->side != config->side) {
        return HSI_USAGE;
    }
    hsi_session *session = hsi_memory_new(sizeof *session);
    if (session == NULL) {
        return HSI_NO_MEMORY;
    }
    hsi_status status = hsi_session_make_lock(session);
    if (status != HSI_OK) {
        hsi_memory_free(session, sizeof *session);
        return status;
    }
    session->forks = hsi_fork_count();
    session->config = hsi_config_hold(config);
    session->trace = hsi_trace_hold(trace);
    session->side = options->side;
    session->transport = options->transport;
    session->observer = options->observer;
    session->two_sided = options->two_sided;
    session->verify_name = options->verify_name;
    session->common_name = options->common_name;
    if (!session->two_sided) {
        hsi_trace_bound(trace, options->capture);
    }
    session->failure = (hsi_failure){.alert = -1, .alert_sender = HSI_NOBODY};
    status = set_up(session, options);
    if (status != HSI_OK) {
        release(session);
        return status;
    }
    *out = session;
    return HSI_OK;
}

/* Was GnuTLS at work on it when the process forked? It is half changed then, and must be left as it is. */
static bool half_changed(hsi_session *session)
{
    if (!hsi_session_forked(session)) {
        return false;
    }
    bool held = pthread_mutex_trylock(&session->lock) != 0;
    if (!held) {
        hsi_session_unlock(session);
    }
    return held;
}

void hsi_session_free(hsi_session *session)
{
    if (session == NULL || half_changed(session)) {
        return;
    }
    session->observer = (hsi_observer){NULL, NULL, NULL};
    hsi_transport_leave(session);
    if (!session->two_sided) {
        hsi_trace_finish(session->trace);
    }
    release(session);
}
