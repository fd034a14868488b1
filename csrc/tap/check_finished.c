/* Checks of Finished, of renegotiation_info, which repeats it, and of PSK binders: MACs over the transcript. RFC 5246 section
 * 7.4.9, RFC 8446 sections 4.4.4 and 4.2.11.2, RFC 6101 section 5.6.9, RFC 5746.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "tap/check.h"
#include "tap/key_schedule.h"

enum { TLS12_VERIFY_DATA = 12 };

/* ---- Finished ---- */

/* The transcript hash over all messages before this one. */
static hsi_status hash_before(const hsi_message *finished, uint8_t *out)
{
    const hsi_handshake *handshake = finished->handshake;
    return hsi_transcript_hash(&handshake->transcript, handshake->hash, finished->transcript_end - finished->raw.length,
                               HSI_BYTES_EMPTY, out);
}

static hsi_status tls12_verify_data(const hsi_message *finished, hsi_bytes secret, uint8_t *out, size_t *length)
{
    const hsi_handshake *handshake = finished->handshake;
    uint8_t digest[HSI_HASH_MAX];
    HSI_TRY(hash_before(finished, digest));
    hsi_bytes seed = hsi_bytes_of(digest, hsi_transcript_hash_size(handshake->hash));
    const char *label = finished->sender == HSI_CLIENT ? "client finished" : "server finished";
    *length = TLS12_VERIFY_DATA;
    return hsi_prf(handshake->hash, out, *length, secret, label, &seed, 1);
}

static hsi_status tls13_verify_data(const hsi_message *finished, hsi_bytes secret, uint8_t *out, size_t *length)
{
    const hsi_handshake *handshake = finished->handshake;
    uint8_t digest[HSI_HASH_MAX];
    HSI_TRY(hash_before(finished, digest));
    hsi_bytes seed = hsi_bytes_of(digest, handshake->hash->size);
    *length = handshake->hash->size;
    return hsi_hmac(handshake->hash, out, secret, &seed, 1);
}

static hsi_status ssl3_verify_data(const hsi_message *finished, hsi_bytes secret, uint8_t *out, size_t *length)
{
    hsi_bytes messages = hsi_buffer_peek(&finished->handshake->transcript.bytes);
    messages.length = finished->transcript_end - finished->raw.length;
    *length = HSI_SSL3_HASHES;
    return hsi_ssl3_handshake_hashes(out, messages, finished->sender == HSI_CLIENT ? "CLNT" : "SRVR", secret);
}

/* What Finished looks like in a version: the secret under it and the function over it. */
static const struct hsi_finished {
    const char *secret;
    const char *formula[2]; /* by sender */
    const char *rfc;
    hsi_status (*verify_data)(const hsi_message *finished, hsi_bytes secret, uint8_t *out, size_t *length);
} finished_before_tls13 = {"master secret",
                           {"PRF(master secret, \"client finished\", Hash(messages before))[0..11]",
                            "PRF(master secret, \"server finished\", Hash(messages before))[0..11]"},
                           "RFC 5246 section 7.4.9",
                           tls12_verify_data},
  finished_ssl3 =
      {"master secret",
       {"hash(master secret + pad_2 + hash(messages before + \"CLNT\" + master secret + pad_1)), MD5 and SHA",
        "hash(master secret + pad_2 + hash(messages before + \"SRVR\" + master secret + pad_1)), MD5 and SHA"},
       "RFC 6101 section 5.6.9",
       ssl3_verify_data},
  finished_tls13 = {"finished key",
                    {"HMAC(finished key of the client, Transcript-Hash(messages before))",
                     "HMAC(finished key of the server, Transcript-Hash(messages before))"},
                    "RFC 8446 section 4.4.4",
                    tls13_verify_data};

static const struct hsi_finished *kind_of(uint16_t version)
{
    if (version >= HSI_TLS13) {
        return &finished_tls13;
    }
    return version == HSI_SSL30 ? &finished_ssl3 : &finished_before_tls13;
}

static hsi_status check_one_finished(hsi_tap *tap, hsi_handshake *handshake, const hsi_message *message)
{
    bool tls13 = handshake->version >= HSI_TLS13;
    const struct hsi_finished *kind = kind_of(handshake->version);
    const hsi_secret *secret;
    const char *missing = NULL;
    uint8_t expected[HSI_HASH_MAX];
    size_t length;
    hsi_check check = {.kind = HSI_COMPUTED, .formula = kind->formula[message->sender], .rfc = kind->rfc};
    HSI_TRY(hsi_check_name(tap, handshake, "finished", hsi_side_name(message->sender), &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
    HSI_TRY(hsi_key_schedule_need(tap, handshake, kind->secret, tls13 ? message->sender : HSI_NOBODY,
                                  tls13 ? 2 : HSI_NO_EPOCH, &secret, &missing));
    if (secret == NULL || (handshake->hash == NULL && handshake->version >= HSI_TLS12)) {
        return hsi_check_missing(tap, &check, missing == NULL ? "the cipher suite's hash is not known" : missing);
    }
    if (!hsi_handshake_was_read(handshake, message->transcript_end)) {
        return hsi_check_missing(tap, &check, hsi_handshake_unread(handshake));
    }
    HSI_TRY(kind->verify_data(message, secret->value, expected, &length));
    hsi_bytes found = hsi_bytes_slice(message->raw, 4, message->raw.length - 4);
    return hsi_check_compare(tap, &check, hsi_bytes_of(expected, length), found);
}

hsi_status hsi_check_finished(hsi_tap *tap, hsi_handshake *handshake)
{
    static const uint8_t senders[] = {HSI_CLIENT, HSI_SERVER};
    for (size_t i = 0; i < HSI_COUNT(senders); i++) {
        const hsi_message *message = hsi_handshake_first(handshake, HSI_FINISHED, senders[i]);
        if (message != NULL && message->transcript_end > 0) {
            HSI_TRY(check_one_finished(tap, handshake, message));
        }
    }
    return HSI_OK;
}

/* ---- renegotiation ---- */

/* The Finished of the last negotiation that was completed before; NULL: there is none. */
static const hsi_message *finished_before(const hsi_tap *tap, const hsi_handshake *handshake, uint8_t sender)
{
    for (size_t i = handshake->index; i-- > 0;) {
        const hsi_handshake *before = tap->handshakes.items[i];
        if (before->complete) {
            return hsi_handshake_first(before, HSI_FINISHED, sender);
        }
    }
    return NULL;
}

/* RFC 5746 section 3.2: the client repeats its own verify_data, the server the client's and then its own. */
static hsi_status check_renegotiated(hsi_tap *tap, hsi_handshake *handshake, const hsi_message *hello,
                                     const hsi_field *extension, hsi_buffer *expected)
{
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = hello->sender == HSI_CLIENT
                                      ? "renegotiated_connection = the client's verify_data of the handshake before"
                                      : "renegotiated_connection = both verify_data of the handshake before",
                       .rfc = "RFC 5746 section 3.2"};
    HSI_TRY(hsi_check_name(tap, handshake, "renegotiation_info", hsi_side_name(hello->sender), &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    for (uint8_t sender = HSI_CLIENT; sender <= hello->sender; sender++) {
        const hsi_message *finished = finished_before(tap, handshake, sender);
        if (finished == NULL) {
            return hsi_check_missing(tap, &check, "the Finished of the handshake before was not read");
        }
        hsi_check_evidence(&check, HSI_EVENT_MESSAGE, finished);
        HSI_TRY(hsi_buffer_append(expected, hsi_bytes_slice(finished->raw, 4, finished->raw.length - 4)));
    }
    return hsi_check_compare(tap, &check, hsi_buffer_peek(expected), extension->content);
}

hsi_status hsi_check_renegotiation(hsi_tap *tap, hsi_handshake *handshake)
{
    static const uint8_t hellos[] = {HSI_CLIENT_HELLO, HSI_SERVER_HELLO};
    for (uint8_t sender = HSI_CLIENT; handshake->index > 0 && sender <= HSI_SERVER; sender++) {
        const hsi_message *hello = hsi_handshake_first(handshake, hellos[sender], sender);
        const hsi_fields *fields;
        if (hello == NULL) {
            continue;
        }
        HSI_TRY(hsi_tap_fields(tap, hello, &fields));
        const hsi_field *extension =
            hsi_field_find(fields->root, "extensions.renegotiation_info.renegotiated_connection");
        if (extension != NULL) {
            hsi_buffer expected = HSI_BUFFER_EMPTY;
            hsi_status status = check_renegotiated(tap, handshake, hello, extension, &expected);
            hsi_buffer_cleanup(&expected);
            HSI_TRY(status);
        }
    }
    return HSI_OK;
}

/* ---- binders ---- */

/* The finished key of binder_key = Derive-Secret(early secret, label, ""). */
static hsi_status binder_finished_key(const hsi_hash *hash, hsi_bytes early, const char *label,
                                      uint8_t key[HSI_HASH_MAX])
{
    uint8_t nothing[HSI_HASH_MAX];
    HSI_TRY(hsi_hash_of(hash, nothing, NULL, 0));
    HSI_TRY(hsi_hkdf_expand_label(hash, key, hash->size, early, label, hsi_bytes_of(nothing, hash->size)));
    return hsi_hkdf_expand_label(hash, key, hash->size, hsi_bytes_of(key, hash->size), "finished", HSI_BYTES_EMPTY);
}

/* A binder is a Finished over the ClientHello up to the binders. */
static hsi_status binder(const hsi_handshake *handshake, hsi_bytes early, const char *label, size_t end,
                         hsi_bytes hello, uint8_t *out)
{
    const hsi_hash *hash = handshake->hash;
    uint8_t digest[HSI_HASH_MAX];
    uint8_t key[HSI_HASH_MAX];
    hsi_bytes seed = hsi_bytes_of(digest, hash->size);
    HSI_TRY(hsi_transcript_hash(&handshake->transcript, hash, end, hello, digest));
    hsi_status status = binder_finished_key(hash, early, label, key);
    if (status == HSI_OK) {
        status = hsi_hmac(hash, out, hsi_bytes_of(key, hash->size), &seed, 1);
    }
    hsi_memory_wipe(key, sizeof key);
    return status;
}

static hsi_status compare_binder(hsi_tap *tap, hsi_handshake *handshake, const hsi_check *check,
                                 const hsi_message *hello, const hsi_secret *early, const hsi_field *binders)
{
    const hsi_field *item = hsi_field_item(binders, handshake->psk_index);
    if (item == NULL || !hsi_handshake_was_read(handshake, hello->transcript_end)) {
        return hsi_check_missing(tap, check, "the binder or the transcript is not whole");
    }
    uint8_t expected[HSI_HASH_MAX];
    size_t end = hello->transcript_end - hello->raw.length;
    hsi_bytes truncated = hsi_bytes_slice(hello->raw, 0, binders->offset);
    HSI_TRY(binder(handshake, early->value, "res binder", end, truncated, expected));
    if (!hsi_bytes_equal(hsi_bytes_of(expected, handshake->hash->size), item->content)) {
        HSI_TRY(binder(handshake, early->value, "ext binder", end, truncated, expected)); /* a PSK from outside, then */
    }
    return hsi_check_compare(tap, check, hsi_bytes_of(expected, handshake->hash->size), item->content);
}

hsi_status hsi_check_binders(hsi_tap *tap, hsi_handshake *handshake)
{
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_fields *fields;
    const hsi_secret *early;
    const char *missing = NULL;
    if (!handshake->psk || hello == NULL || handshake->hash == NULL) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula =
                           "HMAC(finished key of Derive-Secret(early secret, \"res binder\" or \"ext binder\", \"\"), "
                           "Transcript-Hash(ClientHello up to its binders))",
                       .rfc = "RFC 8446 section 4.2.11.2"};
    HSI_TRY(hsi_arena_number(&tap->arena, &check.name, "psk_binder", handshake->psk_index));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    HSI_TRY(hsi_tap_fields(tap, hello, &fields));
    const hsi_field *binders = hsi_field_find(fields->root, "extensions.pre_shared_key.binders");
    HSI_TRY(hsi_key_schedule_need(tap, handshake, "early secret", HSI_NOBODY, HSI_NO_EPOCH, &early, &missing));
    if (early == NULL || binders == NULL) {
        return hsi_check_missing(tap, &check, missing == NULL ? "the ClientHello has no binders" : missing);
    }
    return compare_binder(tap, handshake, &check, hello, early, binders);
}
