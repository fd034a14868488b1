/* Fuzzes every csrc/tap/msg_*.c and ext_*.c through hsi_message_dissect, and the fingerprints of what comes out.
 * The first byte says the version (and 0x80: SSLv2 format), the second the key exchange, the rest is the message.
 * Seeds: tests/fuzz/corpus/message, one file a message.
 * Holds: whatever the bytes, the leaves tile them; a message with a leaf `trailing` says where it
 * stopped making sense.
 * SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "../c/tiling.h"
#include "must.h"
#include "tap/fingerprint.h"

/* A seed's second byte counts in this table; NULL: no suite is known. */
static const char *const key_exchanges[] = {
    NULL,
    "ANON-DH",
    "ANON-ECDH",
    "DHE-DSS",
    "DHE-PSK",
    "DHE-RSA",
    "ECDHE-ECDSA",
    "ECDHE-PSK",
    "ECDHE-RSA",
    "PSK",
    "RSA",
    "SRP",
    "RSA-EXPORT",
    "RSA-PSK",
    "SRP-DSS",
    "SRP-RSA",
    "DHE-RSA-EXPORT",
    "DH-RSA",
    "ECDH-ECDSA",
    "ECCPWD",
    "KRB5",
    "VKO-GOST-12",
};

static bool has_trailing(const hsi_field *field)
{
    for (const hsi_field *child = field->first; child != NULL; child = child->next) {
        if (strcmp(child->name, "trailing") == 0 || has_trailing(child)) {
            return true;
        }
    }
    return false;
}

static void fingerprint(const hsi_field *root)
{
    char ja3[HSI_JA3_SIZE], ja4[HSI_JA4_SIZE];
    bool readable = hsi_ja3(root, ja3) == HSI_OK;
    must((hsi_ja4(root, 't', ja4) == HSI_OK) == readable);
    must(!readable || (strlen(ja3) == HSI_JA3_SIZE - 1 && strlen(ja4) == HSI_JA4_SIZE - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    hsi_suite suite = {.key_exchange = key_exchanges[data[1] % HSI_COUNT(key_exchanges)]};
    uint16_t minor = data[0] & 0x07;
    hsi_field_context context = {
        .version = minor == 0 ? 0 : (uint16_t)(0x0300 + minor % 5), .suite = &suite, .sslv2 = (data[0] & 0x80) != 0};
    hsi_bytes raw = hsi_bytes_slice(hsi_bytes_of(data, size), 2, size - 2);
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    must(hsi_message_dissect(&f, &arena, raw, &context) == HSI_OK);
    must(tiles(&f));
    must(f.status != HSI_OK || !has_trailing(f.root));
    must(f.status == HSI_OK || f.status == HSI_TRUNCATED || f.status == HSI_ILLEGAL);
    if (raw.length > 0 && raw.data[0] == HSI_CLIENT_HELLO) {
        fingerprint(f.root);
    }
    hsi_arena_cleanup(&arena);
    return 0;
}
