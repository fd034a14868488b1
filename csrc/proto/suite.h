/* Suite: what a cipher suite's IANA name says of it. RFC 5246 appendix C, RFC 8446 appendix B.4.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PROTO_SUITE_H
#define HSI_PROTO_SUITE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hsi_suite {
    uint16_t id;
    const char *name;         /* IANA's */
    const char *key_exchange; /* GnuTLS's names: "RSA", "ECDHE-RSA", "DHE-PSK", "ANON-ECDH"…; NULL in TLS 1.3 */
    const char *cipher;       /* GnuTLS's names, as hsi_cipher_named takes them: "AES-128-CBC" */
    const char *mac;          /* "SHA1", "MD5", "SHA256", "SHA384" as hsi_hash_named takes them; "AEAD"; GOST's */
    const char *prf;          /* the hash of PRF and transcript from TLS 1.2 on: "SHA256", "SHA384", rarely another */
    bool tls13;               /* a TLS 1.3 suite: names no key exchange */
} hsi_suite;

/* hsi_suite_parse derives a suite from its IANA name. False: the name is none of a suite (an SCSV, GREASE), or names an
 * algorithm that nothing here knows. Strings in `out` are static but for `name`, which is the caller's. */
bool hsi_suite_parse(hsi_suite *out, uint16_t id, const char *name);

/* hsi_suite_find is hsi_suite_parse of a registered number. False where it has no name or no suite comes of it. */
bool hsi_suite_find(hsi_suite *out, uint16_t id);

#endif
