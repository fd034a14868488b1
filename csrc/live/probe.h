/* Probe: sees the secrets that no API gives, by standing in a handful of import slots of the loaded libgnutls. One
 * table of slots; a wrapper looks at its arguments and calls on, never fails, never changes the call. Which session a
 * call belongs to is a thread-local set around every GnuTLS call. What a call means is not known here (candidates.c).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_PROBE_H
#define HSI_LIVE_PROBE_H

#include "base/bytes.h"

/* What a wrapper saw go by. */
typedef enum hsi_probe_sight {
    HSI_SIGHT_EXTRACT_INPUT, /* HKDF-Extract's input keying material, RFC 5869 section 2.2 */
    HSI_SIGHT_EXTRACT_OUTPUT, /* and the pseudorandom key it gave */
    HSI_SIGHT_EMPTY_KEY_HMAC, /* an HMAC under the empty key: GnuTLS's way to an early secret, RFC 8446 7.1 */
    HSI_SIGHT_PRF_KEY, /* an HMAC-SHA256 or -SHA384 key: a PRF secret, RFC 5246 section 5 */
    HSI_SIGHT_PRF_MD5_KEY, /* the first half of a PRF secret, RFC 2246 section 5 */
    HSI_SIGHT_PRF_SHA1_KEY, /* the second half */
    HSI_SIGHT_LOG_PREMASTER, /* not the probe's: the log line that stands in for it (premaster_log.h) */
    HSI_SIGHT_COUNT
} hsi_probe_sight;

/* Who looks. `seen` borrows the bytes for the call; GnuTLS calls made in it are not seen. */
typedef struct hsi_probe_target {
    void (*seen)(struct hsi_probe_target *target, hsi_probe_sight sight, hsi_bytes bytes);
    bool listening; /* the handshake is at a point where secrets can come */
} hsi_probe_target;

/* hsi_probe_install patches the slots, once per process, unless HSINSPECT_NO_PROBE is set to more than "" or "0". */
void hsi_probe_install(void);

/* hsi_probe_reason: NULL where the probe is installed, else why it is not. Static. */
const char *hsi_probe_reason(void);

/* hsi_probe_enter names the target of this thread's GnuTLS calls, or NULL for none (our own computations), and returns
 * the one before, to be put back. */
hsi_probe_target *hsi_probe_enter(hsi_probe_target *target);

/* hsi_probe_tell tells this thread's target, where it listens, what was seen. */
void hsi_probe_tell(hsi_probe_sight sight, hsi_bytes bytes);

#endif
