/* Protection by an AEAD: nonce and additional data, the tag, and in TLS 1.3 the inner plaintext. RFC 5246 section 6.2.3.3,
 * RFC 8446 sections 5.2 to 5.4.
 * SPDX-License-Identifier: MIT */
#include "tap/protection_state.h"

enum { TLS13_HEADER = 5 };

/* RFC 8446 section 5.3: the fixed IV xor the sequence number. */
static void xor_nonce(uint8_t *out, hsi_bytes iv, uint64_t sequence_number)
{
    uint8_t sequence[HSI_SEQUENCE];
    hsi_protection_put_uint(sequence, HSI_SEQUENCE, sequence_number);
    memcpy(out, iv.data, iv.length);
    for (size_t i = 0; i < HSI_SEQUENCE; i++) {
        out[iv.length - HSI_SEQUENCE + i] ^= sequence[i];
    }
}

/* Sets nonce and additional data, and `sealed` to ciphertext and tag. False: the record is too short for them. */
static bool aead_parts(const hsi_protection *protection, const hsi_record *record, uint8_t *nonce,
                       uint8_t input[HSI_PSEUDO_HEADER], size_t *input_length, hsi_bytes *sealed)
{
    const hsi_record_keys *keys = &protection->keys;
    const hsi_cipher *cipher = keys->cipher;
    bool tls13 = keys->version >= HSI_TLS13;
    size_t explicit_nonce = tls13 ? 0 : cipher->explicit_nonce;
    if (record->fragment.length < explicit_nonce + cipher->tag) {
        return false;
    }
    *sealed = hsi_bytes_slice(record->fragment, explicit_nonce, record->fragment.length - explicit_nonce);
    if (explicit_nonce > 0) {
        memcpy(nonce, keys->iv.data, keys->iv.length);
        memcpy(nonce + keys->iv.length, record->fragment.data, explicit_nonce);
    } else {
        xor_nonce(nonce, keys->iv, record->sequence_number);
    }
    if (tls13) {
        memcpy(input, record->header.data, TLS13_HEADER);
        *input_length = TLS13_HEADER;
    } else {
        *input_length = hsi_protection_pseudo_header(input, keys, record, sealed->length - cipher->tag);
    }
    return true;
}

/* RFC 8446 section 5.2: content, its type, zeros. A record of zeros alone has no type. */
static void split_inner_plaintext(hsi_record *record)
{
    hsi_bytes inner = record->plaintext;
    size_t length = inner.length;
    while (length > 0 && inner.data[length - 1] == 0) {
        length--;
    }
    record->padding = hsi_bytes_slice(inner, length, inner.length - length);
    if (length == 0) {
        record->plaintext = HSI_BYTES_EMPTY;
        record->reason = "the inner plaintext has no content type, RFC 8446 section 5.4";
        return;
    }
    record->content_type = inner.data[length - 1];
    record->plaintext = hsi_bytes_slice(inner, 0, length - 1);
}

hsi_status hsi_protection_open_aead(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    const hsi_cipher *cipher = protection->keys.cipher;
    uint8_t nonce[HSI_NONCE_MAX];
    uint8_t input[HSI_PSEUDO_HEADER];
    size_t input_length;
    hsi_bytes sealed;
    hsi_aead_result result;
    hsi_record_mac *mac = record->mac;
    if (!aead_parts(protection, record, nonce, input, &input_length, &sealed)) {
        hsi_protection_reject(record, "the record is shorter than its nonce and tag");
        return HSI_OK;
    }
    size_t length = sealed.length - cipher->tag;
    uint8_t *plaintext = hsi_arena_new(arena, length);
    if (plaintext == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_arena_copy(arena, &mac->nonce, hsi_bytes_of(nonce, cipher->nonce)));
    HSI_TRY(hsi_arena_copy(arena, &mac->input, hsi_bytes_of(input, input_length)));
    HSI_TRY(hsi_aead_open(protection->aead, plaintext, &result, mac->nonce, mac->input, sealed));
    HSI_TRY(hsi_arena_copy(arena, &mac->computed, hsi_bytes_of(result.computed, cipher->tag)));
    mac->received = hsi_bytes_slice(sealed, length, cipher->tag);
    mac->ok = result.ok;
    record->plaintext = hsi_bytes_of(plaintext, length);
    record->state = mac->ok ? HSI_RECORD_OPENED : HSI_RECORD_REJECTED;
    record->reason = mac->ok ? NULL : "the tag is not the one computed; the plaintext is unauthenticated";
    if (protection->keys.version >= HSI_TLS13 && mac->ok) {
        split_inner_plaintext(record);
    }
    return HSI_OK;
}
