/* Protection: see the header. One function per kind of cipher (the AEADs' is in protection_aead.c); what they share is the MAC
 * over RFC 5246's pseudo-header.
 * SPDX-License-Identifier: MIT */
#include "tap/protection_state.h"

#include "base/memory.h"

enum { SSL3_PSEUDO_HEADER = 11 };

/* Starts what lasts from record to record. */
static hsi_status start(hsi_protection *protection)
{
    const hsi_record_keys *keys = &protection->keys;
    if (keys->cipher->id == 0) {
        return HSI_UNSUPPORTED;
    }
    if (keys->cipher->kind == HSI_CIPHER_AEAD) {
        return hsi_aead_new(&protection->aead, keys->cipher, keys->key);
    }
    if (keys->cipher->kind == HSI_CIPHER_STREAM || keys->cipher->kind == HSI_CIPHER_CBC) {
        const uint8_t zeros[HSI_BLOCK_MAX] = {0};
        hsi_bytes iv = keys->iv.length > 0 ? keys->iv : hsi_bytes_of(zeros, keys->cipher->fixed_iv);
        HSI_TRY(hsi_cipher_new(&protection->cipher, keys->cipher, keys->key, iv));
    }
    return keys->mac == &hsi_imit ? hsi_running_mac_new(&protection->running, keys->mac, keys->mac_key) : HSI_OK;
}

hsi_status hsi_protection_new(hsi_protection **out, const hsi_record_keys *keys)
{
    hsi_protection *protection = hsi_memory_new(sizeof *protection);
    if (protection == NULL) {
        return HSI_NO_MEMORY;
    }
    protection->keys = *keys;
    hsi_status status = start(protection);
    if (status != HSI_OK) {
        hsi_protection_free(protection);
        return status;
    }
    *out = protection;
    return HSI_OK;
}

void hsi_protection_free(hsi_protection *protection)
{
    if (protection != NULL) {
        hsi_aead_free(protection->aead);
        hsi_cipher_free(protection->cipher);
        hsi_running_mac_free(protection->running);
        hsi_memory_free(protection, sizeof *protection);
    }
}

void hsi_protection_put_uint(uint8_t *out, size_t width, uint64_t value)
{
    for (size_t i = width; i-- > 0; value >>= 8) {
        out[i] = (uint8_t)value;
    }
}

size_t hsi_protection_pseudo_header(uint8_t out[HSI_PSEUDO_HEADER], const hsi_record_keys *keys,
                                    const hsi_record *record, size_t length)
{
    bool ssl3 = keys->version == HSI_SSL30;
    hsi_protection_put_uint(out, HSI_SEQUENCE, record->sequence_number);
    out[HSI_SEQUENCE] = record->outer_type;
    hsi_protection_put_uint(out + 9, 2, ssl3 ? length : record->version);
    hsi_protection_put_uint(out + 11, 2, length);
    return ssl3 ? SSL3_PSEUDO_HEADER : HSI_PSEUDO_HEADER;
}

void hsi_protection_reject(hsi_record *record, const char *reason)
{
    record->state = HSI_RECORD_REJECTED;
    record->reason = reason;
    record->mac->ok = false;
}

static const char *kind_of(const hsi_record_keys *keys)
{
    if (keys->cipher->kind == HSI_CIPHER_AEAD) {
        return "aead";
    }
    if (keys->mac == &hsi_imit) {
        return "imit";
    }
    return keys->version == HSI_SSL30 ? "ssl3" : "hmac";
}

static hsi_status new_mac(const hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    const hsi_record_keys *keys = &protection->keys;
    record->mac = hsi_arena_new(arena, sizeof *record->mac);
    if (record->mac == NULL) {
        return HSI_NO_MEMORY;
    }
    bool aead = keys->cipher->kind == HSI_CIPHER_AEAD;
    record->mac->kind = kind_of(keys);
    record->mac->algorithm = aead ? keys->cipher->name : keys->mac->name;
    record->mac->order = aead ? "aead" : keys->encrypt_then_mac ? "encrypt-then-mac" : "mac-then-encrypt";
    record->mac->key = aead ? keys->key : keys->mac_key;
    record->mac->padding_ok = true;
    return HSI_OK;
}

/* ---- HMAC, and what SSL 3.0 and GOST have in its place ---- */

static hsi_status compute_mac(const hsi_protection *protection, uint8_t *out, hsi_bytes input)
{
    const hsi_record_keys *keys = &protection->keys;
    if (protection->running != NULL) {
        return hsi_running_mac_add(protection->running, out, input);
    }
    if (keys->version == HSI_SSL30) {
        return hsi_ssl3_mac(keys->mac, out, keys->mac_key, input);
    }
    return hsi_hmac(keys->mac, out, keys->mac_key, &input, 1);
}

/* Computes the MAC over sequence number, type, version, length and `content`, and compares it with what was received. */
static hsi_status verify_mac(const hsi_protection *protection, hsi_arena *arena, hsi_record *record, hsi_bytes content,
                             hsi_bytes received)
{
    const hsi_record_keys *keys = &protection->keys;
    hsi_record_mac *mac = record->mac;
    uint8_t *input = hsi_arena_new(arena, HSI_PSEUDO_HEADER + content.length);
    uint8_t *computed = hsi_arena_new(arena, keys->mac->size);
    if (input == NULL || computed == NULL) {
        return HSI_NO_MEMORY;
    }
    size_t header = hsi_protection_pseudo_header(input, keys, record, content.length);
    if (content.length > 0) {
        memcpy(input + header, content.data, content.length);
    }
    mac->input = hsi_bytes_of(input, header + content.length);
    HSI_TRY(compute_mac(protection, computed, mac->input));
    mac->computed = hsi_bytes_of(computed, keys->mac->size);
    mac->received = received;
    mac->ok = mac->padding_ok && hsi_bytes_equal(mac->received, mac->computed);
    record->state = mac->ok ? HSI_RECORD_OPENED : HSI_RECORD_REJECTED;
    if (!mac->padding_ok) {
        record->reason = "the padding is not the one that the version allows; the plaintext is unauthenticated";
    } else if (!mac->ok) {
        record->reason = "the MAC is not the one computed; the plaintext is unauthenticated";
    }
    return HSI_OK;
}

/* Splits decrypted bytes into content and the MAC at their end, and verifies it. */
static hsi_status open_mac_at_end(const hsi_protection *protection, hsi_arena *arena, hsi_record *record,
                                  hsi_bytes open)
{
    size_t size = protection->keys.mac->size;
    if (open.length < size) {
        hsi_protection_reject(record, "the record is shorter than its MAC");
        return HSI_OK;
    }
    record->plaintext = hsi_bytes_slice(open, 0, open.length - size);
    return verify_mac(protection, arena, record, record->plaintext, hsi_bytes_slice(open, open.length - size, size));
}

static hsi_status open_null(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    return open_mac_at_end(protection, arena, record, record->fragment);
}

static hsi_status open_stream(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    uint8_t *open = hsi_arena_new(arena, record->fragment.length);
    if (open == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_cipher_decrypt(protection->cipher, open, record->fragment));
    return open_mac_at_end(protection, arena, record, hsi_bytes_of(open, record->fragment.length));
}

/* ---- CBC ---- */

/* Decrypts IV (from TLS 1.1 on) and ciphertext. False in `whole`: not a positive number of blocks. */
static hsi_status decrypt_cbc(hsi_protection *protection, hsi_arena *arena, hsi_record *record, hsi_bytes sealed,
                              hsi_bytes *open, bool *whole)
{
    const hsi_record_keys *keys = &protection->keys;
    size_t block = keys->cipher->block;
    size_t iv = keys->version >= HSI_TLS11 ? block : 0;
    *whole = sealed.length > iv && (sealed.length - iv) % block == 0;
    if (!*whole) {
        return HSI_OK;
    }
    hsi_bytes ciphertext = hsi_bytes_slice(sealed, iv, sealed.length - iv);
    uint8_t *out = hsi_arena_new(arena, ciphertext.length);
    if (out == NULL) {
        return HSI_NO_MEMORY;
    }
    if (iv > 0) {
        record->mac->nonce = hsi_bytes_slice(sealed, 0, iv);
        hsi_cipher_set_iv(protection->cipher, record->mac->nonce);
    }
    HSI_TRY(hsi_cipher_decrypt(protection->cipher, out, ciphertext));
    *open = hsi_bytes_of(out, ciphertext.length);
    return HSI_OK;
}

/* RFC 5246 section 6.2.3.2: padding_length bytes and the length itself, all of that value; in RFC 6101 section 5.2.3.2 they
 * have any value, and are no more than a block. `open` loses them; a padding that is not one is taken for its length byte
 * alone. */
static void split_padding(const hsi_record_keys *keys, hsi_record *record, hsi_bytes *open, size_t mac)
{
    size_t length = (size_t)open->data[open->length - 1] + 1;
    bool ssl3 = keys->version == HSI_SSL30;
    bool ok = length + mac <= open->length && (!ssl3 || length <= keys->cipher->block);
    for (size_t i = open->length - (ok ? length : 0); ok && !ssl3 && i < open->length; i++) {
        ok = open->data[i] == length - 1;
    }
    record->mac->padding_ok = ok;
    length = ok ? length : 1;
    record->padding = hsi_bytes_slice(*open, open->length - length, length);
    open->length -= length;
}

static hsi_status open_mac_then_encrypt(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    hsi_bytes open = HSI_BYTES_EMPTY;
    bool whole;
    HSI_TRY(decrypt_cbc(protection, arena, record, record->fragment, &open, &whole));
    if (!whole) {
        hsi_protection_reject(record, "the fragment is no whole number of cipher blocks");
        return HSI_OK;
    }
    split_padding(&protection->keys, record, &open, protection->keys.mac->size);
    return open_mac_at_end(protection, arena, record, open);
}

static hsi_status open_encrypt_then_mac(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    size_t size = protection->keys.mac->size;
    hsi_bytes open = HSI_BYTES_EMPTY;
    bool whole;
    if (record->fragment.length < size) {
        hsi_protection_reject(record, "the record is shorter than its MAC");
        return HSI_OK;
    }
    hsi_bytes sealed = hsi_bytes_slice(record->fragment, 0, record->fragment.length - size);
    hsi_bytes received = hsi_bytes_slice(record->fragment, sealed.length, size);
    HSI_TRY(decrypt_cbc(protection, arena, record, sealed, &open, &whole));
    if (whole) {
        split_padding(&protection->keys, record, &open, 0);
        record->plaintext = open;
    }
    HSI_TRY(verify_mac(protection, arena, record, sealed, received));
    if (!whole) {
        hsi_protection_reject(record, "the fragment is no whole number of cipher blocks");
    }
    return HSI_OK;
}

static hsi_status open_cbc(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    return protection->keys.encrypt_then_mac ? open_encrypt_then_mac(protection, arena, record)
                                             : open_mac_then_encrypt(protection, arena, record);
}

hsi_status hsi_protection_open(hsi_protection *protection, hsi_arena *arena, hsi_record *record)
{
    static hsi_status (*const open[])(hsi_protection *, hsi_arena *, hsi_record *) = {
        [HSI_CIPHER_NULL] = open_null,
        [HSI_CIPHER_STREAM] = open_stream,
        [HSI_CIPHER_CBC] = open_cbc,
        [HSI_CIPHER_AEAD] = hsi_protection_open_aead,
    };
    HSI_TRY(new_mac(protection, arena, record));
    return open[protection->keys.cipher->kind](protection, arena, record);
}

/* ---- records that were not kept ---- */

/* The key stream does not depend on what it is mixed with: it is run past them. */
static hsi_status skip_stream(hsi_protection *protection, uint64_t bytes, uint64_t *allowed)
{
    enum { CHUNK = 4096 };
    static const uint8_t zeros[CHUNK];
    uint8_t ignored[CHUNK];
    if (bytes > *allowed || protection->running != NULL) {
        return HSI_UNSUPPORTED; /* a running MAC would need the plaintext */
    }
    *allowed -= bytes;
    for (; bytes > 0; bytes -= bytes < CHUNK ? bytes : CHUNK) {
        hsi_bytes next = hsi_bytes_of(zeros, bytes < CHUNK ? (size_t)bytes : CHUNK);
        HSI_TRY(hsi_cipher_decrypt(protection->cipher, ignored, next));
    }
    return HSI_OK;
}

/* RFC 2246 section 6.2.3.2: the last block of a record is the IV of the next; later records bring their own. */
static hsi_status skip_cbc(hsi_protection *protection, hsi_bytes tail)
{
    const hsi_record_keys *keys = &protection->keys;
    size_t block = keys->cipher->block;
    size_t mac = keys->encrypt_then_mac ? keys->mac->size : 0;
    if (keys->version >= HSI_TLS11) {
        return HSI_OK;
    }
    if (tail.length < block + mac) {
        return HSI_UNSUPPORTED;
    }
    hsi_cipher_set_iv(protection->cipher, hsi_bytes_slice(tail, tail.length - mac - block, block));
    return HSI_OK;
}

hsi_status hsi_protection_skip(hsi_protection *protection, uint64_t bytes, hsi_bytes tail, uint64_t *allowed)
{
    switch (protection->keys.cipher->kind) {
    case HSI_CIPHER_STREAM:
        return skip_stream(protection, bytes, allowed);
    case HSI_CIPHER_CBC:
        return skip_cbc(protection, tail);
    default:
        return HSI_OK;
    }
}
