/* Schedule of TLS 1.3: extracts, Derive-Secret, traffic keys, KeyUpdate. RFC 8446 section 7.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

#include "base/memory.h"
#include "tap/given_keys.h"
#include "tap/secret_store.h"

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

static void pre_shared_key(hsi_working *w, hsi_bytes identity, hsi_bytes *out)
{
    if (hsi_given_keys_psk(w->tap, identity, out)) {
        hsi_working_input(w, "PSK", *out);
    } else {
        w->missing = "the pre-shared key is not known";
    }
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
        pre_shared_key(w, w->handshake->psk_identity, &ikm);
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

static hsi_status expand_with(hsi_working *w, const hsi_hash *hash, hsi_bytes secret, const char *label,
                              hsi_bytes context, size_t length)
{
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(&w->value, length, &out));
    return hsi_hkdf_expand_label(hash, out, length, secret, label, context);
}

/* Appends HKDF-Expand-Label(secret, label, context, length) to the output. */
static hsi_status expand(hsi_working *w, hsi_bytes secret, const char *label, hsi_bytes context, size_t length)
{
    bool early = w->epoch == HSI_EPOCH_EARLY && w->handshake->early_hash != NULL;
    if (w->missing != NULL || (!early && no_hash(w))) {
        return HSI_OK;
    }
    return expand_with(w, early ? w->handshake->early_hash : w->handshake->hash, secret, label, context, length);
}

hsi_status hsi_rule_derive_secret(hsi_working *w)
{
    hsi_bytes parent = HSI_BYTES_EMPTY;
    hsi_bytes transcript = HSI_BYTES_EMPTY;
    if (no_hash(w)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_working_need(w, w->rule->parent, HSI_NOBODY, HSI_NO_EPOCH, &parent));
    if (w->missing == NULL) {
        HSI_TRY(hsi_working_transcript(w, w->rule->until, w->rule->until_sender, &transcript));
    }
    return expand(w, parent, w->rule->tls_label, transcript, hsi_transcript_hash_size(w->handshake->hash));
}

/* ---- early data: from the first pre-shared key that was offered, whatever the server chooses ---- */

static bool chose_first_psk(const hsi_handshake *handshake)
{
    return handshake->psk && handshake->psk_index == 0;
}

/* The early secret of the offered key: that of the negotiation, if the server chose it, or is still silent. */
static hsi_status offered_early_secret(hsi_working *w, uint8_t out[HSI_HASH_MAX])
{
    const hsi_handshake *handshake = w->handshake;
    bool silent = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER) == NULL;
    hsi_bytes early = HSI_BYTES_EMPTY;
    hsi_bytes psk = HSI_BYTES_EMPTY;
    bool known = hsi_secret_known(w->tap, handshake, w->rule->parent, HSI_NOBODY, HSI_NO_EPOCH) != NULL;
    if (chose_first_psk(handshake) || (silent && known)) {
        HSI_TRY(hsi_working_need(w, w->rule->parent, HSI_NOBODY, HSI_NO_EPOCH, &early));
        if (w->missing == NULL && early.length == handshake->early_hash->size) {
            memcpy(out, early.data, early.length);
        }
        return HSI_OK;
    }
    pre_shared_key(w, handshake->early_identity, &psk);
    return w->missing != NULL
               ? HSI_OK
               : hsi_hkdf_extract(handshake->early_hash, out, hsi_bytes_of(zeros, handshake->early_hash->size), psk);
}

/* Over the ClientHello that offers it: after a HelloRetryRequest that is the first one, which stands for itself here. */
static hsi_status hello_hash(hsi_working *w, uint8_t out[HSI_HASH_MAX])
{
    const hsi_handshake *handshake = w->handshake;
    bool first = handshake->hello_retry && handshake->early_data_offered;
    const hsi_message *hello =
        first ? handshake->retried_hello : hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    if (hello == NULL || hello->transcript_end == 0) {
        w->missing = "the transcript does not reach that far";
        return HSI_OK;
    }
    if (first) {
        return hsi_hash_of(handshake->early_hash, out, &hello->raw, 1);
    }
    return hsi_transcript_hash(&handshake->transcript, handshake->early_hash, hello->transcript_end, HSI_BYTES_EMPTY,
                               out);
}

static hsi_status derive_early(hsi_working *w, uint8_t secret[HSI_HASH_MAX], uint8_t digest[HSI_HASH_MAX])
{
    const hsi_hash *hash = w->handshake->early_hash;
    HSI_TRY(offered_early_secret(w, secret));
    if (w->missing == NULL) {
        HSI_TRY(hello_hash(w, digest));
    }
    if (w->missing != NULL) {
        return HSI_OK;
    }
    hsi_bytes kept;
    HSI_TRY(hsi_arena_copy(&w->tap->arena, &kept, hsi_bytes_of(digest, hash->size)));
    hsi_working_input(w, "transcript hash", kept);
    return expand_with(w, hash, hsi_bytes_of(secret, hash->size), w->rule->tls_label, kept, hash->size);
}

hsi_status hsi_rule_derive_early(hsi_working *w)
{
    const hsi_handshake *handshake = w->handshake;
    bool answered = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER) != NULL;
    if (handshake->early_hash == NULL || (answered && !handshake->early_data_offered && !chose_first_psk(handshake))) {
        w->missing = "no pre-shared key was agreed on";
        return HSI_OK;
    }
    uint8_t secret[HSI_HASH_MAX] = {0};
    uint8_t digest[HSI_HASH_MAX];
    hsi_status status = derive_early(w, secret, digest);
    hsi_memory_wipe(secret, sizeof secret);
    return status;
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
    if (!hsi_suite_resolve(w->handshake, w->epoch, &suite)) {
        w->missing = "the cipher suite is not one that can be opened here";
        return HSI_OK;
    }
    size_t length = strcmp(w->rule->tls_label, "iv") == 0 ? suite.cipher->nonce : suite.cipher->key;
    HSI_TRY(traffic_secret(w, w->epoch, &secret));
    return expand(w, secret, w->rule->tls_label, HSI_BYTES_EMPTY, length);
}
