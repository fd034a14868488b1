/* Sessions: the master secrets of TLS sessions that a capture has shown, by session ID or ticket, for the connections that
 * resume them. RFC 5246 section 7.3, RFC 5077. Bounded: a newer one takes the place of an older; wiped when freed.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_SESSIONS_H
#define HSI_CAPTURE_SESSIONS_H

#include "crypto/crypto.h"

typedef struct hsi_sessions hsi_sessions;

/* hsi_sessions_new: heap; NULL: out of memory; ends in hsi_sessions_free (NULL is legal). */
hsi_sessions *hsi_sessions_new(void);
void hsi_sessions_free(hsi_sessions *cache);

/* hsi_sessions_put remembers a master secret; one that is not HSI_MASTER bytes long is none. */
HSI_MUST_USE hsi_status hsi_sessions_put(hsi_sessions *cache, hsi_bytes name, hsi_bytes master);

/* hsi_sessions_get borrows the master secret of a session ID or ticket until the next put; empty: it is not known. */
HSI_MUST_USE hsi_status hsi_sessions_get(const hsi_sessions *cache, hsi_bytes name, hsi_bytes *master);

#endif
