/* Session cache: the last sessions that a server had, to be resumed by their ID: what GnuTLS gives is kept, and given back; and
 * the last hellos with early data. Safe from any thread; what is let go of is wiped. RFC 5246 section 7.4.1.2 and appendix
 * F.1.4, RFC 8446 section 8.2.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_SESSION_CACHE_H
#define HSI_LIVE_SESSION_CACHE_H

#include <gnutls/gnutls.h>

typedef struct hsi_session_cache hsi_session_cache;

/* hsi_session_cache_new: NULL: out of memory. hsi_session_cache_free is legal for NULL. */
hsi_session_cache *hsi_session_cache_new(void);
void hsi_session_cache_free(hsi_session_cache *cache);

/* hsi_session_cache_apply has a server's session keep itself there, and look there. */
void hsi_session_cache_apply(hsi_session_cache *cache, gnutls_session_t session);

/* hsi_session_cache_guard has a server's session refuse early data that came before, as far as it is remembered; without it
 * GnuTLS accepts none. RFC 8446 section 8.2. */
void hsi_session_cache_guard(hsi_session_cache *cache, gnutls_session_t session);

#endif
