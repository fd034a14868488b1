/* A client and a server of csrc/live in one process, over memory and two-sided in one trace, and ways to look into the
 * journal. For the tests of csrc/live.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TEST_PAIR_H
#define HSI_TEST_PAIR_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include <gnutls/crypto.h>

#include "live/lab_certificate.h"
#include "live/probe.h"
#include "live/session.h"

#define TLS(version) "NORMAL:-VERS-ALL:+VERS-TLS" version

typedef struct pair {
    hsi_config *configs[2]; /* by side */
    hsi_session_options options[2];
    hsi_trace *trace;
    hsi_session *sessions[2];
    hsi_status handshakes[2]; /* how each side's came out */
} pair;

static inline hsi_config *config_for(uint8_t side, const char *priority, const char *kind)
{
    hsi_lab_certificate lab;
    size_t position, count;
    hsi_config *config = hsi_config_new(side);
    assert_non_null(config);
    assert_int_equal(hsi_config_priority(config, priority, &position), HSI_OK);
    assert_int_equal(hsi_lab_certificate_get(&lab, kind), HSI_OK);
    if (side == HSI_SERVER) {
        assert_int_equal(hsi_config_certificate(config, lab.chain, lab.key, NULL), HSI_OK);
    } else {
        assert_int_equal(hsi_config_trust(config, lab.authority, &count), HSI_OK);
        hsi_config_verify(config, HSI_VERIFY_REQUIRED);
    }
    return config;
}

/* The configs and options of a pair; change them before pair_start. */
static inline pair pair_of(const char *priority, const char *kind)
{
    pair it = {.handshakes = {HSI_WANT_READ, HSI_WANT_READ}};
    for (uint8_t side = 0; side < 2; side++) {
        it.configs[side] = config_for(side, priority, kind);
        it.options[side] = (hsi_session_options){.side = side, .two_sided = true};
    }
    it.options[HSI_CLIENT].server_name = "localhost";
    it.options[HSI_CLIENT].verify_name = true;
    return it;
}

static inline void pair_start(pair *it)
{
    it->trace = hsi_trace_new();
    assert_non_null(it->trace);
    for (uint8_t side = 0; side < 2; side++) {
        assert_int_equal(hsi_session_new(&it->sessions[side], it->configs[side], it->trace, &it->options[side]),
                         HSI_OK);
    }
}

/* Carries what each side has for the other; false: nothing moved. */
static inline bool pair_carry(pair *it)
{
    bool moved = false;
    for (uint8_t side = 0; side < 2; side++) {
        hsi_buffer bytes = HSI_BUFFER_EMPTY;
        assert_int_equal(hsi_session_take(it->sessions[side], &bytes, SIZE_MAX), HSI_OK);
        moved |= hsi_buffer_length(&bytes) > 0;
        assert_int_equal(hsi_session_feed(it->sessions[hsi_peer_of(side)], hsi_buffer_peek(&bytes)), HSI_OK);
        hsi_buffer_cleanup(&bytes);
    }
    return moved;
}

/* Handshakes until both are done or have failed, or nothing moves any more. */
static inline void pair_handshake(pair *it)
{
    do {
        for (uint8_t side = 0; side < 2; side++) {
            if (it->handshakes[side] == HSI_WANT_READ) {
                it->handshakes[side] = hsi_session_handshake(it->sessions[side]);
            }
        }
    } while (pair_carry(it));
}

static inline void pair_run(pair *it)
{
    pair_start(it);
    pair_handshake(it);
    assert_int_equal(it->handshakes[HSI_CLIENT], HSI_OK);
    assert_int_equal(it->handshakes[HSI_SERVER], HSI_OK);
}

/* One side writes, the other must read just that. */
static inline void pair_say(pair *it, uint8_t from, const char *text)
{
    uint8_t read[256];
    size_t done;
    assert_int_equal(hsi_session_write(it->sessions[from], hsi_bytes_text(text), &done), HSI_OK);
    assert_int_equal(done, strlen(text));
    (void)pair_carry(it);
    assert_int_equal(hsi_session_read(it->sessions[hsi_peer_of(from)], read, sizeof read, &done), HSI_OK);
    assert_true(hsi_bytes_are(hsi_bytes_of(read, done), text));
}

static inline void pair_hang_up(pair *it, uint8_t from)
{
    uint8_t read[16];
    size_t done;
    assert_int_equal(hsi_session_close_notify(it->sessions[from]), HSI_OK);
    (void)pair_carry(it);
    assert_int_equal(hsi_session_read(it->sessions[hsi_peer_of(from)], read, sizeof read, &done), HSI_CLOSED);
}

/* Ends the sessions and the trace, not the configs. */
static inline void pair_stop(pair *it)
{
    for (uint8_t side = 0; side < 2; side++) {
        hsi_session_free(it->sessions[side]);
        it->handshakes[side] = HSI_WANT_READ;
    }
    hsi_trace_drop(it->trace);
}

static inline void pair_end(pair *it)
{
    pair_stop(it);
    hsi_config_drop(it->configs[HSI_CLIENT]);
    hsi_config_drop(it->configs[HSI_SERVER]);
}

static inline const hsi_failure *failure(const pair *it, uint8_t side)
{
    return hsi_session_failure(it->sessions[side]);
}

/* ---- the journal ---- */

static inline size_t journal_count(const pair *it)
{
    return hsi_journal_count(hsi_trace_journal(it->trace));
}

static inline const hsi_entry *journal_at(const pair *it, size_t i)
{
    return hsi_journal_peek(hsi_trace_journal(it->trace), i);
}

static inline size_t count_kind(const pair *it, hsi_entry_kind kind, uint8_t side)
{
    size_t count = 0;
    for (size_t i = 0; i < journal_count(it); i++) {
        count += journal_at(it, i)->kind == kind && journal_at(it, i)->side == side;
    }
    return count;
}

/* The last secret of a label that a side surfaced, from a source; NULL: none. */
static inline const hsi_entry *secret(const pair *it, uint8_t side, hsi_source source, const char *label)
{
    for (size_t i = journal_count(it); i-- > 0;) {
        const hsi_entry *entry = journal_at(it, i);
        if (entry->kind == HSI_ENTRY_SECRET && entry->side == side && entry->code == source &&
            hsi_bytes_are(entry->name, label)) {
            return entry;
        }
    }
    return NULL;
}

static inline const hsi_entry *note(const pair *it, uint8_t side, const char *about)
{
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        if (entry->kind == HSI_ENTRY_NOTE && entry->side == side && hsi_bytes_are(entry->name, about)) {
            return entry;
        }
    }
    return NULL;
}

/* The index-th record of a content type that a side sent, as received. */
static inline hsi_bytes record(const pair *it, uint8_t sender, uint8_t type, size_t index)
{
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        if (entry->kind == HSI_ENTRY_WIRE && entry->sender == sender && entry->data.length > 0 &&
            entry->data.data[0] == type && index-- == 0) {
            return entry->data;
        }
    }
    return HSI_BYTES_EMPTY;
}

static inline size_t count_records(const pair *it, uint8_t sender, uint8_t type)
{
    size_t count = 0;
    while (record(it, sender, type, count).length > 0) {
        count++;
    }
    return count;
}

/* ---- RFC 5246 section 5 and RFC 5869, written out ---- */

static inline void hmac(gnutls_mac_algorithm_t mac, uint8_t *out, hsi_bytes key, const void *text, size_t length)
{
    assert_int_equal(gnutls_hmac_fast(mac, key.data, key.length, text, length, out), 0);
}

/* P_hash, of 48 bytes: a master secret, from the label and the two randoms. */
static inline void p_hash(gnutls_mac_algorithm_t mac, uint8_t out[48], hsi_bytes key, const uint8_t *seed,
                          size_t length)
{
    uint8_t a[64 + 256], block[64];
    size_t size = gnutls_hmac_get_len(mac);
    hmac(mac, a, key, seed, length);
    for (size_t done = 0; done < 48; done += size) {
        memcpy(a + size, seed, length);
        hmac(mac, block, key, a, size + length);
        memcpy(out + done, block, done + size > 48 ? 48 - done : size);
        hmac(mac, block, key, a, size);
        memcpy(a, block, size);
    }
}

/* The bytes that the master secret's PRF takes: the label, and both randoms off the wire. */
static inline size_t master_seed(const pair *it, uint8_t seed[77])
{
    enum { RANDOM_AT = 5 + 4 + 2 };
    memcpy(seed, "master secret", 13);
    memcpy(seed + 13, record(it, HSI_CLIENT, 22, 0).data + RANDOM_AT, 32);
    memcpy(seed + 45, record(it, HSI_SERVER, 22, 0).data + RANDOM_AT, 32);
    return 77;
}

#endif
