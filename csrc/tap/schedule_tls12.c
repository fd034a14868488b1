/* Schedule of SSL 3.0 to TLS 1.2: master secret, key block and its slices. RFC 5246 sections 8.1 and 6.3, RFC 7627; RFC 6101
 * section 6. The hash of the PRF is the suite's in TLS 1.2, MD5 with SHA1 before (hash NULL).
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

static hsi_input client_random(const hsi_working *w)
{
    return (hsi_input){"client random", hsi_bytes_of(w->handshake->client_random, HSI_RANDOM)};
}

static hsi_input server_random(const hsi_working *w)
{
    return (hsi_input){"server random", hsi_bytes_of(w->handshake->server_random, HSI_RANDOM)};
}

/* PRF(secret, label, seed); SSL 3.0 has another function, without a label. */
static hsi_status prf(hsi_working *w, uint8_t *out, size_t length, hsi_bytes secret, const hsi_input seed[2])
{
    const hsi_bytes values[] = {seed[0].value, seed[1].value};
    hsi_working_input(w, seed[0].name, seed[0].value);
    hsi_working_input(w, seed[1].name, seed[1].value);
    if (w->handshake->version > HSI_SSL30) {
        return hsi_prf(w->handshake->hash, out, length, secret, w->rule->tls_label, values, 2);
    }
    HSI_TRY(hsi_arena_format(&w->tap->arena, &w->formula, "MD5(%s + SHA('A' + %s + %s + %s)) + MD5(... 'BB' ...) + ...",
                             w->rule->parent, w->rule->parent, seed[0].name, seed[1].name));
    w->rfc = "RFC 6101 section 6";
    return hsi_ssl3_prf(out, length, secret, values, 2);
}

/* Notes what is missing where the ClientHello is. */
static bool lacks_random(hsi_working *w)
{
    bool lacks = hsi_handshake_beheaded(w->handshake);
    w->missing = lacks ? hsi_handshake_unread(w->handshake) : w->missing;
    return lacks;
}

/* RFC 7627 section 4: the session hash covers the messages up to and including ClientKeyExchange. */
static hsi_status extended_master(hsi_working *w, hsi_bytes premaster, uint8_t *out)
{
    hsi_bytes session_hash = HSI_BYTES_EMPTY;
    w->formula = "PRF(premaster secret, \"extended master secret\", session hash)[0..47]";
    w->rfc = "RFC 7627 section 4";
    HSI_TRY(hsi_working_transcript(w, HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT, &session_hash));
    if (w->missing != NULL) {
        return HSI_OK;
    }
    return hsi_prf(w->handshake->hash, out, HSI_MASTER, premaster, "extended master secret", &session_hash, 1);
}

static hsi_status plain_master(hsi_working *w, hsi_bytes premaster, uint8_t *out)
{
    const hsi_input seed[] = {client_random(w), server_random(w)};
    return prf(w, out, HSI_MASTER, premaster, seed);
}

hsi_status hsi_rule_master(hsi_working *w)
{
    hsi_bytes premaster = HSI_BYTES_EMPTY;
    if (lacks_random(w)) {
        return HSI_OK;
    }
    if (w->handshake->resumed) {
        w->missing = "the session was resumed: its master secret was made in an earlier handshake";
        return HSI_OK;
    }
    HSI_TRY(hsi_working_need(w, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH, &premaster));
    if (w->missing != NULL) {
        return HSI_OK;
    }
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, HSI_MASTER, &out));
    return w->handshake->extended_master_secret ? extended_master(w, premaster, out) : plain_master(w, premaster, out);
}

/* The lengths of the six slices, in the key block's order: two MAC keys, two keys, two IVs. */
static bool slice_lengths(const hsi_handshake *handshake, size_t lengths[6])
{
    hsi_suite_algorithms suite;
    if (!hsi_suite_resolve(handshake, HSI_NO_EPOCH, &suite)) {
        return false;
    }
    bool aead = suite.cipher->kind == HSI_CIPHER_AEAD;
    size_t iv = suite.cipher->fixed_iv;
    size_t mac = aead ? 0 : suite.mac->mac_key;
    const size_t all[6] = {mac, mac, suite.cipher->key, suite.cipher->key, iv, iv};
    memcpy(lengths, all, sizeof all);
    return true;
}

hsi_status hsi_rule_key_block(hsi_working *w)
{
    size_t lengths[6];
    size_t total = 0;
    hsi_bytes master = HSI_BYTES_EMPTY;
    if (lacks_random(w)) {
        return HSI_OK;
    }
    if (!slice_lengths(w->handshake, lengths)) {
        w->missing = "the cipher suite is not one that can be opened here";
        return HSI_OK;
    }
    for (size_t i = 0; i < HSI_COUNT(lengths); i++) {
        total += lengths[i];
    }
    HSI_TRY(hsi_working_need(w, "master secret", HSI_NOBODY, HSI_NO_EPOCH, &master));
    if (w->missing != NULL) {
        return HSI_OK;
    }
    const hsi_input seed[] = {server_random(w), client_random(w)};
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, total, &out));
    return prf(w, out, total, master, seed);
}

hsi_status hsi_rule_key_block_part(hsi_working *w)
{
    size_t lengths[6];
    size_t from = 0;
    hsi_bytes block = HSI_BYTES_EMPTY;
    HSI_TRY(hsi_working_need(w, "key block", HSI_NOBODY, HSI_NO_EPOCH, &block));
    if (w->missing != NULL || !slice_lengths(w->handshake, lengths)) {
        return HSI_OK;
    }
    for (size_t i = 0; i < w->rule->part; i++) {
        from += lengths[i];
    }
    if (from + lengths[w->rule->part] > block.length || lengths[w->rule->part] == 0) {
        w->missing = "the cipher suite has none";
        return HSI_OK;
    }
    return hsi_buffer_append(&w->value, hsi_bytes_slice(block, from, lengths[w->rule->part]));
}
