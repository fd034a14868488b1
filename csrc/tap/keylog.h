/* Key log: the text that NSS, OpenSSL, GnuTLS and browsers write, to secret entries of a journal. RFC 9850, and the older
 * forms: a premaster secret by its ciphertext or by the client random, a master secret by the session ID.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_KEYLOG_H
#define HSI_TAP_KEYLOG_H

#include "base/cursor.h"
#include "tap/journal.h"

enum { HSI_KEYLOG_WHOSE_MAX = 32 }; /* bytes of what says whose a secret is, at most */

/* The labels of entries whose secret names no client random: what they have in its place says hsi_entry's aux. */
#define HSI_LABEL_RSA "RSA"                    /* a premaster secret; the first bytes of its ciphertext */
#define HSI_LABEL_RSA_SESSION "RSA Session-ID" /* a master secret; the session ID */

/* By what a line says whose its secret is. */
typedef enum hsi_keylog_owner {
    HSI_KEYLOG_RANDOM, /* ClientHello.random */
    HSI_KEYLOG_PREMASTER, /* the first 8 bytes of EncryptedPreMasterSecret */
    HSI_KEYLOG_SESSION /* session_id */
} hsi_keylog_owner;

/* One line; the digits are borrowed from it. */
typedef struct hsi_keylog_line {
    char label[64]; /* of the secret: "master secret", "premaster secret", or as the line has it */
    hsi_keylog_owner owner;
    hsi_bytes whose; /* hex digits, at most 2 * HSI_KEYLOG_WHOSE_MAX */
    hsi_bytes value; /* hex digits */
} hsi_keylog_line;

/* hsi_keylog_parse reads one line (no line end). ILLEGAL: it is no key-log line, or one whose label or length nobody
 * uses; a blank line or a comment too. */
HSI_MUST_USE hsi_status hsi_keylog_parse(hsi_keylog_line *out, hsi_bytes line);

/* hsi_keylog_next reads up to the next line of a text that is one, and past it. False: there is none. */
bool hsi_keylog_next(hsi_cursor *text, hsi_keylog_line *out);

/* hsi_keylog_decode writes what the digits of a line say, half as many bytes. */
void hsi_keylog_decode(uint8_t *out, hsi_bytes digits);

/* hsi_keylog_append appends every line of a text as secret entries. Lines that are none are passed over, as Wireshark
 * does; `lines` counts those that were taken. */
HSI_MUST_USE hsi_status hsi_keylog_append(hsi_journal *journal, uint8_t side, hsi_bytes text, size_t *lines);

#endif
