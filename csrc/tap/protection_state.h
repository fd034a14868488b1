/* Protection: the inside, for protection.c and protection_aead.c. Nothing else includes it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_PROTECTION_STATE_H
#define HSI_TAP_PROTECTION_STATE_H

#include "tap/protection.h"

enum { HSI_SEQUENCE = 8, HSI_PSEUDO_HEADER = 13 }; /* bytes */

struct hsi_protection {
    hsi_record_keys keys;
    hsi_aead *aead;
    hsi_cipher_state *cipher; /* stream and CBC */
    hsi_running_mac *running; /* IMIT, which goes on from record to record */
};

/* hsi_protection_put_uint writes a big-endian number of `width` bytes. */
void hsi_protection_put_uint(uint8_t *out, size_t width, uint64_t value);

/* hsi_protection_pseudo_header: RFC 5246 sections 6.2.3.1 and 6.2.3.3: seq_num, type, version, length; RFC 6101 section 5.2.3.1
 * has no version. Returns how many bytes that are. */
size_t hsi_protection_pseudo_header(uint8_t out[HSI_PSEUDO_HEADER], const hsi_record_keys *keys,
                                    const hsi_record *record, size_t length);

/* hsi_protection_reject marks a record that cannot even be taken apart. */
void hsi_protection_reject(hsi_record *record, const char *reason);

HSI_MUST_USE hsi_status hsi_protection_open_aead(hsi_protection *protection, hsi_arena *arena, hsi_record *record);

#endif
