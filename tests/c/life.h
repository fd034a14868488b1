/* A life: two configs with all that can be set, two sessions of them, a handshake, a talk and a close, in which anything
 * may fail at any time. Nothing is asserted on the way; how each part came out is kept.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TEST_LIFE_H
#define HSI_TEST_LIFE_H

#include "pair.h"

/* What a life is to be. */
typedef struct plan {
    const char *priority;
    bool certified; /* the client verifies its server's certificate */
    hsi_lab_certificate lab;
} plan;

static inline plan plan_of(const char *priority, bool certified)
{
    plan out = {.priority = priority, .certified = certified};
    assert_int_equal(hsi_lab_certificate_get(&out.lab, "ECDSA"), HSI_OK);
    return out;
}

typedef struct life {
    const char *priority;
    hsi_config *configs[2]; /* by side */
    hsi_session *sessions[2];
    hsi_trace *trace;
    hsi_status setting_up;
    hsi_status status[2]; /* what stopped a side; OK: nothing did */
    size_t seen[HSI_STATUS_COUNT]; /* how often each status came out of anything */
    bool done[2]; /* its handshake */
    bool heard[2]; /* what its peer said */
} life;

#define SAID "said"

/* ---- configs ---- */

static inline hsi_status life_set_side(hsi_config *config, uint8_t side, const hsi_lab_certificate *lab)
{
    size_t count;
    HSI_TRY(hsi_config_certificate(config, lab->chain, lab->key, NULL));
    HSI_TRY(hsi_config_trust(config, lab->authority, &count));
    hsi_config_verify(config, side == HSI_CLIENT ? HSI_VERIFY_REQUIRED : HSI_VERIFY_OPTIONAL);
    return hsi_config_tickets(config, true);
}

static inline hsi_status life_features(hsi_config *config, bool is_tls13)
{
    static const char *const features[] = {"early_data", "post_handshake_auth", "heartbeat", "session_ids"};
    for (size_t i = 0; i < HSI_COUNT(features); i++) {
        HSI_TRY(hsi_config_enable(config, features[i]));
    }
    return hsi_config_limit(config, is_tls13 ? "record_size_limit" : "max_fragment_length", 1024);
}

static inline hsi_status life_config(life *it, uint8_t side, const hsi_lab_certificate *lab)
{
    static const uint8_t key[16] = {1, 2, 3};
    const hsi_bytes protocols[] = {hsi_bytes_text("h2"), hsi_bytes_text("http/1.1")};
    size_t position;
    hsi_config *config = it->configs[side] = hsi_config_new(side);
    if (config == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_config_priority(config, it->priority, &position));
    HSI_TRY(hsi_config_alpn(config, protocols, HSI_COUNT(protocols)));
    HSI_TRY(hsi_config_psk(config, hsi_bytes_text("somebody"), hsi_bytes_of(key, sizeof key)));
    HSI_TRY(hsi_config_srp(config, "somebody", "sesame"));
    HSI_TRY(hsi_config_keylog(config, "/dev/null"));
    HSI_TRY(life_features(config, strstr(it->priority, "TLS1.3") != NULL));
    return life_set_side(config, side, lab);
}

static inline hsi_status life_set_up(life *it, const hsi_lab_certificate *lab)
{
    it->trace = hsi_trace_new();
    if (it->trace == NULL) {
        return HSI_NO_MEMORY;
    }
    for (uint8_t side = 0; side < 2; side++) {
        hsi_session_options options = {
            .side = side, .two_sided = true, .server_name = "localhost", .verify_name = side == HSI_CLIENT};
        HSI_TRY(life_config(it, side, lab));
        HSI_TRY(hsi_session_new(&it->sessions[side], it->configs[side], it->trace, &options));
    }
    return HSI_OK;
}

/* ---- sessions ---- */

/* What a call came to; a side that failed stays so. */
static inline bool life_note(life *it, uint8_t side, hsi_status status)
{
    it->seen[status]++;
    if (status != HSI_OK && status != HSI_WANT_READ && it->status[side] == HSI_OK) {
        it->status[side] = status;
    }
    return status == HSI_OK;
}

static inline bool life_carry(life *it)
{
    bool moved = false;
    for (uint8_t side = 0; side < 2; side++) {
        hsi_buffer bytes = HSI_BUFFER_EMPTY;
        (void)life_note(it, side, hsi_session_take(it->sessions[side], &bytes, SIZE_MAX));
        if (hsi_buffer_length(&bytes) > 0) {
            moved = life_note(it, hsi_peer_of(side),
                              hsi_session_feed(it->sessions[hsi_peer_of(side)], hsi_buffer_peek(&bytes))) ||
                    moved;
        }
        hsi_buffer_cleanup(&bytes);
    }
    return moved;
}

static inline void life_handshake(life *it)
{
    do {
        for (uint8_t side = 0; side < 2; side++) {
            if (!it->done[side] && it->status[side] == HSI_OK) {
                it->done[side] = life_note(it, side, hsi_session_handshake(it->sessions[side]));
            }
        }
    } while (life_carry(it));
}

static inline void life_read(life *it, uint8_t side)
{
    uint8_t read[64];
    size_t done;
    if (life_note(it, side, hsi_session_read(it->sessions[side], read, sizeof read, &done))) {
        it->heard[side] = hsi_bytes_are(hsi_bytes_of(read, done), SAID);
    }
}

/* In TLS 1.3 the server asks for a certificate, before it begins another handshake. */
static inline void life_again(life *it)
{
    hsi_session *server = it->sessions[HSI_SERVER];
    bool is_tls13 = strstr(it->priority, "TLS1.3") != NULL;
    (void)life_note(it, HSI_SERVER, is_tls13 ? hsi_session_reauth(server) : hsi_session_rehandshake(server));
    while (life_carry(it)) {
        for (uint8_t side = 0; side < 2; side++) {
            uint8_t read[1];
            size_t done;
            (void)life_note(it, side, hsi_session_read(it->sessions[side], read, sizeof read, &done));
        }
    }
}

static inline void life_talk(life *it)
{
    for (uint8_t side = 0; side < 2; side++) {
        size_t done;
        (void)life_note(it, side, hsi_session_write(it->sessions[side], hsi_bytes_text(SAID), &done));
        if (hsi_session_version(it->sessions[side]) != NULL &&
            strcmp(hsi_session_version(it->sessions[side]), "TLSv1.3") == 0) {
            (void)life_note(it, side, hsi_session_key_update(it->sessions[side], true));
        }
        (void)life_carry(it);
        life_read(it, hsi_peer_of(side));
        (void)life_carry(it);
    }
}

/* What is asked of a session; what it does not have is no failure. */
static inline void life_ask(life *it, uint8_t side)
{
    static const char *const bindings[] = {"tls-unique", "tls-exporter", "tls-server-end-point"};
    hsi_session *session = it->sessions[side];
    hsi_buffer out = HSI_BUFFER_EMPTY;
    hsi_bytes bytes;
    for (size_t i = 0; i < HSI_COUNT(bindings); i++) {
        it->seen[hsi_session_channel_binding(session, bindings[i], &out)]++;
    }
    it->seen[hsi_session_resumption(session, &out)]++;
    it->seen[hsi_session_server_name(session, &out)]++;
    it->seen[hsi_session_alpn(session, &bytes)]++;
    (void)hsi_session_peer_certificate(session, 0, &bytes);
    (void)hsi_session_suite(session);
    (void)hsi_session_resumed(session);
    (void)hsi_session_pending(session);
    hsi_buffer_cleanup(&out);
}

static inline void life_close(life *it)
{
    for (uint8_t side = 0; side < 2; side++) {
        it->seen[hsi_session_close_notify(it->sessions[side])]++;
        (void)life_carry(it);
    }
    for (uint8_t side = 0; side < 2; side++) {
        it->seen[hsi_session_sent_end(it->sessions[side], HSI_END_FIN)]++;
        it->seen[hsi_session_feed_end(it->sessions[hsi_peer_of(side)], HSI_END_FIN)]++;
        it->seen[hsi_session_handshake(it->sessions[side])]++;
    }
}

/* From nothing to the close; ended by life_end, whatever came of it. */
static inline life life_of(const char *priority, const hsi_lab_certificate *lab)
{
    life it = {.priority = priority};
    it.setting_up = life_set_up(&it, lab);
    it.seen[it.setting_up]++;
    if (it.setting_up == HSI_OK) {
        life_handshake(&it);
        life_again(&it);
        life_talk(&it);
        life_ask(&it, HSI_CLIENT);
        life_ask(&it, HSI_SERVER);
        life_close(&it);
    }
    return it;
}

static inline bool life_was_good(const life *it)
{
    return it->setting_up == HSI_OK && it->done[0] && it->done[1] && it->heard[0] && it->heard[1] &&
           it->status[0] == HSI_OK && it->status[1] == HSI_OK;
}

/* A client that is done has verified its server: what fails may not let a stranger in. */
static inline bool life_was_trusted(const life *it)
{
    for (size_t i = 0; i < hsi_journal_count(hsi_trace_journal(it->trace)); i++) {
        const hsi_entry *entry = hsi_journal_peek(hsi_trace_journal(it->trace), i);
        if (entry->kind == HSI_ENTRY_VERDICT && entry->side == HSI_CLIENT) {
            return entry->code == 1;
        }
    }
    return false;
}

static inline void life_end(life *it)
{
    for (uint8_t side = 0; side < 2; side++) {
        hsi_session_free(it->sessions[side]);
        hsi_config_drop(it->configs[side]);
    }
    hsi_trace_drop(it->trace);
}

#endif
