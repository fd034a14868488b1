/* Key log: the text that NSS, OpenSSL and GnuTLS write, to secret entries of a journal, and back. RFC 9850.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_KEYLOG_H
#define HSI_TAP_KEYLOG_H

#include "tap/journal.h"

typedef struct hsi_keylog_line {
    char label[64];
    uint8_t client_random[32];
    uint8_t value[64];
    size_t length; /* of value */
} hsi_keylog_line;

/* hsi_keylog_parse reads one line (no line end). ILLEGAL: it is no key-log line, or one whose label or length nobody
 * uses; a blank line or a comment too. The caller wipes `out`. */
HSI_MUST_USE hsi_status hsi_keylog_parse(hsi_keylog_line *out, hsi_bytes line);

/* hsi_keylog_append appends every line of a text as secret entries: CLIENT_RANDOM as "master secret", the others under
 * their own label. Lines that are none are passed over, as Wireshark does; `lines` counts those that were taken. */
HSI_MUST_USE hsi_status hsi_keylog_append(hsi_journal *journal, uint8_t side, hsi_bytes text, size_t *lines);

#endif
