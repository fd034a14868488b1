/* Protection: takes record protection off, and verifies MAC or tag and padding; received and computed are both kept.
 * In: a record and the keys of its epoch. Out: plaintext, padding and hsi_record_mac. Knows no handshake.
 * RFC 5246 section 6.2.3, RFC 7366 (encrypt-then-mac), RFC 8446 section 5.2; RFC 2246 6.2.3 for the implicit IV.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_PROTECTION_H
#define HSI_TAP_PROTECTION_H

#include "tap/items.h"

/* The keys of one direction and epoch, and what they are for. Borrows. */
typedef struct hsi_record_keys {
    uint16_t version;
    const hsi_cipher *cipher;
    const hsi_hash *mac; /* NULL: the cipher is an AEAD */
    bool encrypt_then_mac;
    hsi_bytes mac_key;
    hsi_bytes key;
    hsi_bytes iv; /* AEAD: the fixed part of the nonce; CBC in TLS 1.0: the first IV */
} hsi_record_keys;

typedef struct hsi_protection hsi_protection;

/* hsi_protection_new: heap, ends in hsi_protection_free; what `keys` borrow must outlive it. UNSUPPORTED: GnuTLS does not have
 * the cipher. */
HSI_MUST_USE hsi_status hsi_protection_new(hsi_protection **out, const hsi_record_keys *keys);
void hsi_protection_free(hsi_protection *protection);

/* hsi_protection_open fills in plaintext, padding, mac, state, content_type and reason of a record whose header, fragment,
 * outer_type, version and sequence_number are set. Whatever the bytes, the record ends as OPENED or REJECTED. */
HSI_MUST_USE hsi_status hsi_protection_open(hsi_protection *protection, hsi_arena *arena, hsi_record *record);

/* hsi_protection_skip goes past records that were not kept, by the bytes of their fragments and the end of the last one.
 * `allowed` is how many bytes of key stream may be run through, and what is left of that. UNSUPPORTED: what the next record
 * needs is not in these, or more bytes are needed. */
HSI_MUST_USE hsi_status hsi_protection_skip(hsi_protection *protection, uint64_t bytes, hsi_bytes tail,
                                            uint64_t *allowed);

#endif
