/* Schedule of TLS 1.3: extracts, Derive-Secret, traffic keys, KeyUpdate. RFC 8446 section 7.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

#include "base/memory.h"
#include "tap/given_keys.h"

static const uint8_t zeros[HSI_HASH_MAX];

/* The hash of no message, that Derive-Secret(…, "derived", "") takes. */
static hsi_status hash_of_nothing(const hsi_hash *hash, uint8_t out[HSI_HASH_MAX])
{
    return hsi_hash_of(hash, out, NULL, 0);
}

/* A HelloRetryRequest names a suite before the ServerHello does, but neither a group nor a pre-shared key. */
static bool no_hash(hsi_working *w)
{
    if (hsi_handshake_first(w->handshake, HSI_SERVER_HELLO, HSI_SERVER) == NULL) {
        w->missing = "no ServerHello was seen";
    } else if (w->handshake->hash == NULL) {
        w->missing = "the cipher suite's hash is not known";
    }
    return w->missing != NULL;
}

/* What is made from the early secret is of use with a pre-shared key only. */
static bool no_psk(hsi_working *w)
{
    bool none = !w->handshake->psk && strcmp(w->rule->parent, "early secret") == 0;
    if (none) {
        w->missing = "no pre-shared key was agreed on";
    }
    return none;
}

hsi_status hsi_rule_early_secret(hsi_working *w)
{
    if (no_hash(w)) {
        return HSI_OK;
    }
    const hsi_hash *hash = w->handshake->hash;
    hsi_bytes ikm = hsi_bytes_of(zeros, hash->size);
    if (w->handshake->psk) {
        w->formula = "HKDF-Extract(0, PSK)";
        bool given = hsi_given_keys_psk(w->tap, w->handshake->psk_identity, &ikm);
        w->missing = given ? NULL : "the pre-shared key is not known";
        hsi_working_input(w, "PSK", ikm);
    } else {
        hsi_working_input(w, "zeros", ikm);
    }
    if (w->missing != NULL) {
        return HSI_OK;
    }
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, hash->size, &out));
    return hsi_hkdf_extract(hash, out, hsi_bytes_of(zeros, hash->size), ikm);
}

/* HKDF-Extract(Derive-Secret(parent, "derived", ""), shared secret or zeros) */
static hsi_status extract_next(hsi_working *w, hsi_bytes parent, hsi_bytes ikm, uint8_t salt[HSI_HASH_MAX])
{
    const hsi_hash *hash = w->handshake->hash;
    uint8_t nothing[HSI_HASH_MAX];
    HSI_TRY(hash_of_nothing(hash, nothing));
    HSI_TRY(hsi_hkdf_expand_label(hash, salt, hash->size, parent, "derived", hsi_bytes_of(nothing, hash->size)));
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, hash->size, &out));
    return hsi_hkdf_extract(hash, out, hsi_bytes_of(salt, hash->size), ikm);
}

/* The handshake secret takes in the (EC)DHE shared secret, or zeros where only a PSK was agreed on; the master secret zeros. */
static bool takes_shared_secret(const hsi_working *w)
{
    bool psk_only = w->handshake->psk && w->handshake->group == 0;
    return w->rule->tls_label != NULL && !psk_only;
}

hsi_status hsi_rule_next_stage(hsi_working *w)
{
    hsi_bytes parent = HSI_BYTES_EMPTY;
    if (no_hash(w)) {
        return HSI_OK;
    }
    hsi_bytes ikm = hsi_bytes_of(zeros, w->handshake->hash->size);
    HSI_TRY(hsi_working_need(w, w->rule->parent, HSI_NOBODY, HSI_NO_EPOCH, &parent));
    if (w->rule->tls_label != NULL && !takes_shared_secret(w)) {
        w->formula = "HKDF-Extract(Derive-Secret(early secret, \"derived\", \"\"), zeros)"; /* psk_ke */
    }
    if (w->missing == NULL && takes_shared_secret(w)) {
        HSI_TRY(hsi_working_need(w, w->rule->tls_label, HSI_NOBODY, HSI_NO_EPOCH, &ikm));
    }
    if (w->missing != NULL) {
        return HSI_OK;
    }
    uint8_t salt[HSI_HASH_MAX];
    hsi_status status = extract_next(w, parent, ikm, salt);
    hsi_memory_wipe(salt, sizeof salt);
    return status;
}

/* Appends HKDF-Expand-Label(secret, label, context, length) to the output. */
static hsi_status expand(hsi_working *w, hsi_bytes secret, const char *label, hsi_bytes context, size_t length)
{
    uint8_t *out;
    if (w->missing != NULL || no_hash(w)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_buffer_extend(&w->value, length, &out));
    return hsi_hkdf_expand_label(w->handshake->hash, out, length, secret, label, context);
}

hsi_status hsi_rule_derive_secret(hsi_working *w)
{
    hsi_bytes parent = HSI_BYTES_EMPTY;
    hsi_bytes transcript = HSI_BYTES_EMPTY;
    if (no_hash(w) || no_psk(w)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_working_need(w, w->rule->parent, HSI_NOBODY, HSI_NO_EPOCH, &parent));
    if (w->missing == NULL) {
        HSI_TRY(hsi_working_transcript(w, w->rule->until, w->rule->until_sender, &transcript));
    }
    return expand(w, parent, w->rule->tls_label, transcript, hsi_transcript_hash_size(w->handshake->hash));
}

/* Finds the traffic secret that protects an epoch, and notes it as an input. */
static hsi_status traffic_secret(hsi_working *w, uint64_t epoch, hsi_bytes *out)
{
    const char *label;
    HSI_TRY(hsi_traffic_label(&w->tap->arena, w->sender, epoch, &label));
    return hsi_working_need(w, label, w->sender, epoch, out);
}

hsi_status hsi_rule_update(hsi_working *w)
{
    hsi_bytes before = HSI_BYTES_EMPTY;
    HSI_TRY(traffic_secret(w, w->epoch - 1, &before));
    return expand(w, before, w->rule->tls_label, HSI_BYTES_EMPTY, hsi_transcript_hash_size(w->handshake->hash));
}

hsi_status hsi_rule_finished_key(hsi_working *w)
{
    hsi_bytes base = HSI_BYTES_EMPTY;
    HSI_TRY(traffic_secret(w, w->epoch, &base));
    return expand(w, base, w->rule->tls_label, HSI_BYTES_EMPTY, hsi_transcript_hash_size(w->handshake->hash));
}

hsi_status hsi_rule_write_key(hsi_working *w)
{
    hsi_bytes secret = HSI_BYTES_EMPTY;
    hsi_suite_algorithms suite;
    if (!hsi_suite_resolve(w->handshake, &suite)) {
        w->missing = "the cipher suite is not one that can be opened here";
        return HSI_OK;
    }
    size_t length = strcmp(w->rule->tls_label, "iv") == 0 ? suite.cipher->nonce : suite.cipher->key;
    HSI_TRY(traffic_secret(w, w->epoch, &secret));
    return expand(w, secret, w->rule->tls_label, HSI_BYTES_EMPTY, length);
}
