/* Early data: see the header. Its cipher suite is that of the pre-shared key, which the ClientHello does not name: the offered
 * ones with the hash of the binder are tried, and a tag that is right tells. Knows no rule: key_schedule.c has the secret.
 * SPDX-License-Identifier: MIT */
#include "tap/early_data.h"

#include "base/memory.h"
#include "tap/key_schedule.h"

enum { TLS13_SUITES = 0x1300, SUITES = 256 }; /* RFC 8446 appendix B.4 has them begin with 0x13 */

const char hsi_early_data_closed[] =
    "no cipher suite that was offered opens it under the CLIENT_EARLY_TRAFFIC_SECRET that is known";

static const char rejected[] = "early data that the server rejected";

void hsi_early_data_offer(hsi_handshake *handshake, const hsi_field *root)
{
    const hsi_field *identity = hsi_field_find(root, "extensions.pre_shared_key.identities[0].identity");
    const hsi_field *binder = hsi_field_find(root, "extensions.pre_shared_key.binders[0]");
    static const hsi_hash *const hashes[] = {&hsi_sha256, &hsi_sha384};
    handshake->early_data_offered = hsi_field_find(root, "extensions.early_data") != NULL;
    handshake->early_identity = identity == NULL ? HSI_BYTES_EMPTY : identity->content;
    for (size_t i = 0; binder != NULL && i < HSI_COUNT(hashes); i++) { /* RFC 8446 section 4.2.11: Hash.length bytes */
        handshake->early_hash = binder->content.length == hashes[i]->size ? hashes[i] : handshake->early_hash;
    }
}

/* ---- the cipher suite ---- */

/* Opens the record with these keys, once. */
static hsi_status open_once(const hsi_record_keys *keys, hsi_arena *arena, hsi_record *record)
{
    hsi_protection *protection;
    HSI_TRY(hsi_protection_new(&protection, keys));
    hsi_status status = hsi_protection_open(protection, arena, record);
    hsi_protection_free(protection);
    return status;
}

hsi_status hsi_keys_open(const hsi_record_keys *keys, const hsi_record *record, bool *opens)
{
    hsi_record attempt = *record;
    hsi_arena scratch = HSI_ARENA_EMPTY;
    hsi_status status = open_once(keys, &scratch, &attempt);
    *opens = attempt.state == HSI_RECORD_OPENED;
    hsi_arena_cleanup(&scratch);
    return status == HSI_UNSUPPORTED ? HSI_OK : status;
}

/* Makes key and IV of a cipher in the arena. */
static hsi_status make_keys(hsi_arena *arena, const hsi_cipher *cipher, const hsi_hash *hash, hsi_bytes secret,
                            hsi_record_keys *out)
{
    uint8_t *key = hsi_arena_new(arena, cipher->key);
    uint8_t *iv = hsi_arena_new(arena, cipher->nonce);
    if (key == NULL || iv == NULL) {
        return HSI_NO_MEMORY;
    }
    *out = (hsi_record_keys){.version = HSI_TLS13,
                             .cipher = cipher,
                             .key = hsi_bytes_of(key, cipher->key),
                             .iv = hsi_bytes_of(iv, cipher->nonce)};
    HSI_TRY(hsi_hkdf_expand_label(hash, iv, cipher->nonce, secret, "iv", HSI_BYTES_EMPTY));
    return hsi_hkdf_expand_label(hash, key, cipher->key, secret, "key", HSI_BYTES_EMPTY);
}

static hsi_status try_cipher(const hsi_cipher *cipher, const hsi_hash *hash, hsi_bytes secret, const hsi_record *record,
                             bool *opened)
{
    hsi_arena scratch = HSI_ARENA_EMPTY;
    hsi_record_keys keys;
    hsi_status status = make_keys(&scratch, cipher, hash, secret, &keys);
    if (status == HSI_OK) {
        status = hsi_keys_open(&keys, record, opened);
    }
    hsi_arena_cleanup(&scratch);
    return status;
}

static void read_offer(const hsi_handshake *handshake, bool offered[SUITES])
{
    const hsi_message *hello = handshake->hello_retry ? handshake->retried_hello
                                                      : hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_field *list =
        hello == NULL || hello->fields == NULL ? NULL : hsi_field_find(hello->fields->root, "cipher_suites");
    for (const hsi_field *suite = list == NULL ? NULL : list->first; suite != NULL; suite = suite->next) {
        if (suite->index != HSI_NOT_AN_ITEM && suite->number / SUITES == TLS13_SUITES / SUITES) {
            offered[suite->number % SUITES] = true;
        }
    }
}

/* Finds the offered suites that the pre-shared key may be for: how many there are, and the first, or one that opens the
 * record. */
static hsi_status try_suites(const hsi_handshake *handshake, hsi_bytes secret, const hsi_record *record, hsi_suite *out,
                             size_t *fitting, bool *opened)
{
    bool offered[SUITES] = {false};
    *fitting = 0;
    *opened = false;
    read_offer(handshake, offered);
    for (uint16_t i = 0; i < SUITES && !*opened; i++) {
        hsi_suite suite;
        if (!offered[i] || !hsi_suite_find(&suite, TLS13_SUITES + i) || !suite.tls13 ||
            hsi_hash_named(suite.prf) != handshake->early_hash || hsi_cipher_named(suite.cipher) == NULL) {
            continue;
        }
        HSI_TRY(try_cipher(hsi_cipher_named(suite.cipher), handshake->early_hash, secret, record, opened));
        *out = *opened || *fitting == 0 ? suite : *out;
        ++*fitting;
    }
    return HSI_OK;
}

hsi_status hsi_early_data_settle(hsi_tap *tap, hsi_handshake *handshake, const hsi_record *record, const char **missing)
{
    const hsi_secret *secret;
    hsi_suite suite;
    size_t fitting;
    bool opened;
    *missing = NULL;
    if (handshake->early_suite.name != NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_key_schedule_need(tap, handshake, "CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, HSI_EPOCH_EARLY, &secret,
                                  missing));
    if (secret == NULL) {
        return HSI_OK;
    }
    HSI_TRY(try_suites(handshake, secret->value, record, &suite, &fitting, &opened));
    *missing = opened || fitting == 1 ? NULL : hsi_early_data_closed;
    if (*missing == NULL) {
        handshake->early_suite = suite;
    } else if (fitting > 0) {
        handshake->early_guess = suite;
    }
    return HSI_OK;
}

hsi_status hsi_early_data_refuse(hsi_tap *tap, hsi_handshake *handshake, hsi_record *record)
{
    const hsi_secret *secret;
    hsi_record_keys keys;
    record->state = HSI_RECORD_UNREADABLE;
    record->reason = hsi_early_data_closed;
    HSI_TRY(hsi_key_schedule_need(tap, handshake, "CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, HSI_EPOCH_EARLY, &secret,
                                  NULL));
    if (secret == NULL || handshake->early_guess.name == NULL) {
        return HSI_OK;
    }
    const hsi_cipher *cipher = hsi_cipher_named(handshake->early_guess.cipher);
    HSI_TRY(make_keys(&tap->arena, cipher, handshake->early_hash, secret->value, &keys));
    HSI_TRY(open_once(&keys, &tap->arena, record));
    record->plaintext = HSI_BYTES_EMPTY; /* the suite is a guess */
    record->reason = hsi_early_data_closed;
    return HSI_OK;
}

hsi_status hsi_early_data_ended(hsi_tap *tap, const hsi_stream *stream, const hsi_record *record, bool *ended)
{
    hsi_record_keys keys;
    hsi_record first = *record; /* of the next epoch */
    bool found;
    bool hopeless;
    const char *missing;
    *ended = false;
    if (stream->epoch != HSI_EPOCH_EARLY || !stream->keys_from->early_data_accepted || stream->no_keys == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_key_schedule_keys(tap, stream->keys_from, stream->sender, HSI_EPOCH_HANDSHAKE, &keys, &found, &hopeless,
                                  &missing));
    first.sequence_number = 0;
    return found ? hsi_keys_open(&keys, &first, ended) : HSI_OK;
}

/* ---- after a rejection ---- */

void hsi_early_data_reject(hsi_tap *tap, hsi_stream *stream)
{
    stream->early = stream->protection;
    stream->early_sequence_number = stream->sequence_number;
    stream->early_rejected = true;
    stream->protection = NULL;
    hsi_stream_rekey(stream, HSI_EPOCH_HANDSHAKE, tap->handshake);
}

/* Makes the protection that no record before the rejection needed. */
static hsi_status protect(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    hsi_record_keys keys;
    bool found;
    bool hopeless;
    const char *missing;
    if (stream->early != NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_early_data_settle(tap, stream->keys_from, record, &missing));
    if (missing != NULL) {
        return HSI_OK;
    }
    HSI_TRY(
        hsi_key_schedule_keys(tap, stream->keys_from, HSI_CLIENT, HSI_EPOCH_EARLY, &keys, &found, &hopeless, &missing));
    return found ? hsi_protection_new(&stream->early, &keys) : HSI_OK;
}

hsi_status hsi_early_data_take(hsi_tap *tap, hsi_stream *stream, hsi_record *record, bool *taken)
{
    const hsi_record before = *record;
    *taken = false;
    if (!stream->early_rejected) {
        return HSI_OK;
    }
    record->epoch = HSI_EPOCH_EARLY;
    record->sequence_number = stream->early_sequence_number;
    HSI_TRY(protect(tap, stream, record));
    if (stream->early != NULL) {
        HSI_TRY(hsi_protection_open(stream->early, &tap->arena, record));
    }
    *taken = record->state == HSI_RECORD_OPENED;
    if (*taken) {
        stream->early_sequence_number++;
        record->reason = rejected;
    } else {
        *record = before;
    }
    return HSI_OK;
}

bool hsi_early_data_closed_to_us(hsi_stream *stream, const hsi_record *record)
{
    stream->early_rejected = stream->early_rejected && record->state != HSI_RECORD_OPENED;
    return stream->early_rejected && stream->early == NULL;
}
