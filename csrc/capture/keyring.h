/* Keyring: the keys that somebody gave for a capture, and what its connections told of each other. A connection is served
 * with the secrets that are its own: lines of key logs, the premaster secret that a private key opens, pre-shared keys of its
 * identities, the master secret of the session it resumes. Wiped when freed.
 * In: a trace that grows. Out: SECRET, PSK and NOTE entries in its journal; a private key itself stays here, since traces
 * are saved and shared.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_KEYRING_H
#define HSI_CAPTURE_KEYRING_H

#include "tap/trace.h"

typedef struct hsi_keyring hsi_keyring;

/* hsi_keyring_new: heap; NULL: out of memory; ends in hsi_keyring_free (NULL is legal). */
hsi_keyring *hsi_keyring_new(void);
void hsi_keyring_free(hsi_keyring *keyring);

/* hsi_keyring_lines adds a key log; `lines` counts those that were taken. hsi_keyring_private_key: CREDENTIALS: it is none, or
 * the password is wrong. hsi_keyring_psk: for the identity, or for any. */
HSI_MUST_USE hsi_status hsi_keyring_lines(hsi_keyring *keyring, hsi_bytes text, size_t *lines);
HSI_MUST_USE hsi_status hsi_keyring_private_key(hsi_keyring *keyring, hsi_bytes encoded, const char *password);
HSI_MUST_USE hsi_status hsi_keyring_psk(hsi_keyring *keyring, bool any, hsi_bytes identity, hsi_bytes key);

/* How far a connection has been served; zeros to begin with. */
typedef struct hsi_served {
    size_t messages; /* looked at */
    size_t before; /* of these, looked at when it was served before, too */
    uint64_t since; /* hsi_keylog_index_now of that time */
    uint8_t random[HSI_RANDOM]; /* of the last ClientHello */
    bool greeted; /* there was one */
    bool noted; /* it was said that no private key fits */
    size_t doubted; /* the last handshake whose lines opened nothing, so that other ways were tried, plus 1; 0: none */
} hsi_served;

/* hsi_keyring_serve folds the trace as far as it goes, and gives its journal what is its own, again and again until nothing
 * new comes of it: a second handshake can be read only when the first has its keys. */
HSI_MUST_USE hsi_status hsi_keyring_serve(hsi_keyring *keyring, hsi_trace *trace, hsi_served *served);

#endif
