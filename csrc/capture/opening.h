/* Opening: the plain bytes with which two ends agree, in another protocol, that TLS follows: STARTTLS and its like. A
 * table, opening.c: a new one is a row, and a function only where its bytes are of a new kind.
 * In: what each end has sent so far. Out: whether that is the whole opening of a protocol. Knows no TLS.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_OPENING_H
#define HSI_CAPTURE_OPENING_H

#include "base/bytes.h"

/* Bytes that a protocol cannot begin without. They may hold zeros. */
typedef struct hsi_opening_start {
    const char *bytes;
    size_t length;
} hsi_opening_start;

typedef struct hsi_opening {
    const char *name;
    const char *rfc; /* or who says so */
    bool server_first; /* the server greets, and the client waits for it; else the other way round */
    hsi_opening_start client, server; /* length 0: anything */
    const char *request, *answer; /* for `agreed` */

    /* Did the client ask, and the server answer that TLS comes next? The client's next bytes then are its hello. */
    bool (*agreed)(const struct hsi_opening *opening, hsi_bytes client, hsi_bytes server);

    /* Where the client does not wait for an answer: how many of its bytes the opening is; 0: it is none (yet). NULL: waits */
    size_t (*length)(hsi_bytes client);
} hsi_opening;

extern const hsi_opening hsi_openings[];
extern const size_t hsi_opening_count;

/* hsi_opening_possible: may this still become an opening of one of the protocols? */
bool hsi_opening_possible(hsi_bytes client, hsi_bytes server);

/* hsi_opening_agreed: is this an opening as a whole? hsi_opening_length: how many of the client's bytes are, where it does not
 * wait; 0: none. NULL and 0 otherwise. */
const hsi_opening *hsi_opening_agreed(hsi_bytes client, hsi_bytes server);
size_t hsi_opening_length(hsi_bytes client, hsi_bytes server);

#endif
