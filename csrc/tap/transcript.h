/* Transcript: the handshake messages of one negotiation, one after another, as Finished and the key schedule hash them.
 * After HelloRetryRequest the first ClientHello is replaced by its message_hash. RFC 8446 section 4.4.1, RFC 5246 7.4.9.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_TRANSCRIPT_H
#define HSI_TAP_TRANSCRIPT_H

#include "base/buffer.h"
#include "crypto/crypto.h"

typedef struct hsi_transcript {
    hsi_buffer bytes;
    size_t retried; /* bytes of message_hash at the front; 0: no HelloRetryRequest */
    uint8_t first_hello[HSI_HASH_MAX]; /* the hash inside it */
} hsi_transcript;

void hsi_transcript_cleanup(hsi_transcript *transcript);

/* hsi_transcript_append adds a message, its header included, and gives the place after it. */
HSI_MUST_USE hsi_status hsi_transcript_append(hsi_transcript *transcript, hsi_bytes message, size_t *end);

/* hsi_transcript_retry replaces what there is (the first ClientHello) by its message_hash. */
HSI_MUST_USE hsi_status hsi_transcript_retry(hsi_transcript *transcript, const hsi_hash *hash);

/* hsi_transcript_hash hashes the first `end` bytes, then `tail` (may be empty). `hash` NULL: MD5 then SHA1 (TLS 1.0, 1.1).
 * `out` takes hash->size bytes, or 36. */
HSI_MUST_USE hsi_status hsi_transcript_hash(const hsi_transcript *transcript, const hsi_hash *hash, size_t end,
                                            hsi_bytes tail, uint8_t *out);

/* hsi_transcript_hash_size: how many bytes that are. */
size_t hsi_transcript_hash_size(const hsi_hash *hash);

#endif
