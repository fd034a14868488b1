/* Schedule of TLS 1.0 to 1.2: master secret, key block and its slices. RFC 5246 sections 8.1 and 6.3, RFC 7627.
 * The hash of the PRF is the suite's in TLS 1.2, MD5 with SHA1 before (hash NULL).
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

static hsi_bytes client_random(const hsi_working *w)
{
    return hsi_bytes_of(w->handshake->client_random, HSI_RANDOM);
}

static hsi_bytes server_random(const hsi_working *w)
{
    return hsi_bytes_of(w->handshake->server_random, HSI_RANDOM);
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
    hsi_bytes seed[] = {client_random(w), server_random(w)};
    hsi_working_input(w, "client random", seed[0]);
    hsi_working_input(w, "server random", seed[1]);
    return hsi_prf(w->handshake->hash, out, HSI_MASTER, premaster, "master secret", seed, HSI_COUNT(seed));
}

hsi_status hsi_rule_master(hsi_working *w)
{
    hsi_bytes premaster = HSI_BYTES_EMPTY;
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
    size_t iv = aead ? suite.cipher->fixed_iv : suite.cipher->block;
    size_t mac = aead ? 0 : suite.mac->size;
    const size_t all[6] = {mac, mac, suite.cipher->key, suite.cipher->key, iv, iv};
    memcpy(lengths, all, sizeof all);
    return true;
}

hsi_status hsi_rule_key_block(hsi_working *w)
{
    size_t lengths[6];
    size_t total = 0;
    hsi_bytes master = HSI_BYTES_EMPTY;
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
    hsi_bytes seed[] = {server_random(w), client_random(w)};
    hsi_working_input(w, "server random", seed[0]);
    hsi_working_input(w, "client random", seed[1]);
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, total, &out));
    return hsi_prf(w->handshake->hash, out, total, master, "key expansion", seed, HSI_COUNT(seed));
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
