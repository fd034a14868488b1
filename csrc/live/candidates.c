/* Candidates: what the probe (or the log line in its place) saw go by, and which secret that may be. In: sights, one
 * at a time, in GnuTLS's order, which was measured. Out: SECRET entries; only one that a check ties to a known secret
 * counts. RFC 5246 section 8.1, RFC 2246 section 5, RFC 8446 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
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

/* ---- before TLS 1.2 it comes in halves; those of a secret of odd length share the byte in the middle ---- */

/* May a key exchange have this premaster secret? */
typedef bool may_be(hsi_bytes premaster);

static bool any(hsi_bytes premaster)
{
    HSI_UNUSED(premaster);
    return true;
}

static bool even(hsi_bytes premaster)
{
    return premaster.length % 2 == 0;
}

/* RFC 4279 section 2: the other secret, then the pre-shared key, each after its length. */
static bool framed(hsi_bytes premaster)
{
    hsi_cursor in = hsi_cursor_of(premaster), secret, key;
    return hsi_cursor_vector(&in, 2, &secret) == HSI_OK && hsi_cursor_vector(&in, 2, &key) == HSI_OK &&
           hsi_cursor_empty(&in);
}

static may_be *const premasters[] = {
    [GNUTLS_KX_RSA] = even,       [GNUTLS_KX_ECDHE_RSA] = even,   [GNUTLS_KX_ECDHE_ECDSA] = even,
    [GNUTLS_KX_ANON_ECDH] = even, [GNUTLS_KX_PSK] = even, /* as many zeros as the key is long */
    [GNUTLS_KX_DHE_PSK] = framed, [GNUTLS_KX_ECDHE_PSK] = framed, [GNUTLS_KX_RSA_PSK] = framed,
};

static may_be *premaster_of(const hsi_session *session)
{
    size_t exchange = (size_t)gnutls_kx_get(session->gnutls);
    return exchange < HSI_COUNT(premasters) && premasters[exchange] != NULL ? premasters[exchange] : any;
}

static hsi_status join(hsi_buffer *out, hsi_bytes first, hsi_bytes second)
{
    HSI_TRY(hsi_buffer_append(out, first));
    return hsi_buffer_append(out, second);
}

/* Where both readings may be, both are told. */
static void tell_halves(hsi_session *session, hsi_bytes first, hsi_bytes second)
{
    may_be *fits = premaster_of(session);
    hsi_buffer apart = HSI_BUFFER_EMPTY, shared = HSI_BUFFER_EMPTY;
    hsi_session_break(session, join(&apart, first, second));
    hsi_session_break(session, join(&shared, first, hsi_bytes_slice(second, 1, second.length - 1)));
    if (session->broken == HSI_OK) {
        bool odd = first.data[first.length - 1] == second.data[0] && fits(hsi_buffer_peek(&shared));
        if (!odd || fits(hsi_buffer_peek(&apart))) {
            tell(session, HSI_SOURCE_PROBE, "premaster secret", hsi_buffer_peek(&apart));
        }
        if (odd) {
            tell(session, HSI_SOURCE_PROBE, "premaster secret", hsi_buffer_peek(&shared));
        }
    }
    hsi_buffer_cleanup(&apart);
    hsi_buffer_cleanup(&shared);
}

static void see_second_half(hsi_session *session, hsi_bytes key)
{
    hsi_bytes first = hsi_buffer_peek(&session->secrets.first_half);
    if (first.length > 0 && first.length == key.length && premaster_comes(session)) {
        tell_halves(session, first, key);
    }
}

/* ---- without the probe ---- */

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
