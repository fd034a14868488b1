/* Candidates: what the probe (or the log line in its place) saw go by, and which secret that may be. In: sights, one
 * at a time, in GnuTLS's order, which was measured. Out: SECRET entries; only one that a check ties to a known secret
 * counts. RFC 5246 section 8.1, RFC 2246 section 5, RFC 8446 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "live/premaster_log.h"
#include "live/session_state.h"

static hsi_session *session_of(hsi_probe_target *target)
{
    return (hsi_session *)(void *)((char *)target - offsetof(hsi_session, secrets.target));
}

static void tell(hsi_session *session, hsi_source source, const char *label, hsi_bytes value)
{
    hsi_secrets_tell(session, source, label, HSI_NOBODY, 0, value);
}

/* ---- TLS 1.0 to 1.2: the premaster secret is the first key of the PRF after ClientKeyExchange ---- */

static void forget_half(hsi_session *session)
{
    hsi_buffer_cleanup(&session->secrets.first_half);
}

void hsi_candidates_expect(hsi_session *session)
{
    session->secrets.premaster_due = true;
    session->secrets.premaster_seen = false;
    forget_half(session);
    hsi_candidates_enter(session);
}

void hsi_candidates_settled(hsi_session *session)
{
    session->secrets.premaster_due = false;
    forget_half(session);
    hsi_candidates_leave(session);
}

void hsi_candidates_enter(hsi_session *session)
{
    if (session->secrets.premaster_due && !session->secrets.log_raised && hsi_probe_reason() != NULL) {
        session->secrets.log_raised = true;
        hsi_premaster_log_raise();
    }
}

void hsi_candidates_leave(hsi_session *session)
{
    if (session->secrets.log_raised) {
        session->secrets.log_raised = false;
        hsi_premaster_log_drop();
    }
}

/* May this key be one? Only the first is. */
static bool premaster_comes(hsi_session *session)
{
    bool comes = session->secrets.premaster_due && !session->secrets.premaster_seen;
    session->secrets.premaster_seen = true;
    return comes;
}

static void see_prf_key(hsi_session *session, hsi_bytes key)
{
    if (premaster_comes(session)) {
        tell(session, HSI_SOURCE_PROBE, "premaster secret", key);
    }
}

static void see_first_half(hsi_session *session, hsi_bytes key)
{
    if (session->secrets.premaster_due && hsi_buffer_length(&session->secrets.first_half) == 0) {
        hsi_session_break(session, hsi_buffer_append(&session->secrets.first_half, key));
    }
}

static void tell_halves(hsi_session *session, hsi_bytes second)
{
    hsi_buffer *joined = &session->secrets.first_half;
    hsi_status status = hsi_buffer_append(joined, second);
    hsi_session_break(session, status);
    if (status == HSI_OK) {
        tell(session, HSI_SOURCE_PROBE, "premaster secret", hsi_buffer_peek(joined));
    }
}

/* The halves of a secret of odd length share the byte in the middle. Where they could, both readings are told. */
static void see_second_half(hsi_session *session, hsi_bytes key)
{
    hsi_bytes first = hsi_buffer_peek(&session->secrets.first_half);
    if (first.length == 0 || first.length != key.length || !premaster_comes(session)) {
        return;
    }
    bool odd = first.data[first.length - 1] == key.data[0];
    tell_halves(session, key);
    if (odd) {
        hsi_buffer_truncate(&session->secrets.first_half, key.length);
        tell_halves(session, hsi_bytes_slice(key, 1, key.length - 1));
    }
}

static void see_log_line(hsi_session *session, hsi_bytes secret)
{
    if (!session->secrets.premaster_due) {
        return;
    }
    if (secret.length > 0) {
        tell(session, HSI_SOURCE_LOG, "premaster secret", secret);
        return;
    }
    hsi_entry note = {
        .kind = HSI_ENTRY_NOTE,
        .side = session->side,
        .data = hsi_bytes_text("it is longer than the 255 bytes that a line of GnuTLS's log holds"),
        .name = hsi_bytes_text("premaster secret"),
    };
    hsi_session_tell(session, &note);
}

/* ---- TLS 1.3: two extractions per handshake; without (EC)DHE the input of the first is zeros ---- */

static bool all_zero(hsi_bytes bytes)
{
    uint8_t any = 0;
    for (size_t i = 0; i < bytes.length; i++) {
        any |= bytes.data[i];
    }
    return any == 0;
}

static void see_extract_input(hsi_session *session, hsi_bytes input)
{
    if (session->secrets.extracts == 0 && !all_zero(input)) {
        tell(session, HSI_SOURCE_PROBE, "shared secret", input);
    }
}

static void see_extract_output(hsi_session *session, hsi_bytes output)
{
    static const char *const labels[] = {"handshake secret", "master secret"};
    if (session->secrets.extracts < HSI_COUNT(labels)) {
        tell(session, HSI_SOURCE_PROBE, labels[session->secrets.extracts++], output);
    }
}

/* The same PSK gives the same secret for its binder and for the key schedule: it is told once. */
static void see_early_secret(hsi_session *session, hsi_bytes secret)
{
    hsi_secrets *secrets = &session->secrets;
    hsi_bytes told = hsi_bytes_of(secrets->early, secrets->early_length);
    if (secret.length > sizeof secrets->early || hsi_bytes_equal(secret, told)) {
        return;
    }
    memcpy(secrets->early, secret.data, secret.length);
    secrets->early_length = secret.length;
    tell(session, HSI_SOURCE_PROBE, "early secret", secret);
}

typedef void see(hsi_session *session, hsi_bytes bytes);

static see *const sights[HSI_SIGHT_COUNT] = {
    [HSI_SIGHT_EXTRACT_INPUT] = see_extract_input, [HSI_SIGHT_EXTRACT_OUTPUT] = see_extract_output,
    [HSI_SIGHT_EMPTY_KEY_HMAC] = see_early_secret, [HSI_SIGHT_PRF_KEY] = see_prf_key,
    [HSI_SIGHT_PRF_MD5_KEY] = see_first_half,      [HSI_SIGHT_PRF_SHA1_KEY] = see_second_half,
    [HSI_SIGHT_LOG_PREMASTER] = see_log_line,
};

void hsi_candidates_seen(hsi_probe_target *target, hsi_probe_sight sight, hsi_bytes bytes)
{
    sights[sight](session_of(target), bytes);
}
