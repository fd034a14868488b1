/* Protected records and what is inside them, made with Python: hashlib and hmac for the MACs, the package
 * `cryptography` (so OpenSSL) for the ciphers. Keys count up so that a mixed-up one is seen: MAC keys from 60
 * (SHA256: 80, MD5: b0), keys from 10 (256 bits: 20), IVs from 40, nonces from d0 and e0.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_PROTECTED_H
#define HSI_TESTS_PROTECTED_H

#include "tap/items.h"

typedef struct protected_record {
    const char *name; /* what is special about it */
    uint16_t version;
    const char *cipher;
    const char *mac; /* NULL: an AEAD */
    bool encrypt_then_mac;
    const char *mac_key; /* bytes are written in hex */
    const char *key;
    const char *iv;
    uint64_t sequence_number;
    uint8_t type;
    uint8_t content_type;
    const char *fragment;
    const char *plaintext;
    const char *received;
    const char *computed;
    const char *padding;
    const char *input;
    const char *nonce;
    hsi_record_state state;
    bool padding_ok;
} protected_record;

#endif
