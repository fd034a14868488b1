/* Config: what sessions of one context have in common: credentials, priorities, ALPN, what is verified. Made, set up,
 * then shared by sessions, which hold it; not to be changed once a session uses it. Bytes in; reads no file but the
 * system's trust store. Setters: CREDENTIALS or PRIORITY for what GnuTLS does not accept, NO_MEMORY.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_CONFIG_H
#define HSI_LIVE_CONFIG_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_config hsi_config;

typedef enum hsi_verify { HSI_VERIFY_NONE, HSI_VERIFY_OPTIONAL, HSI_VERIFY_REQUIRED } hsi_verify; /* ssl.CERT_* */

/* hsi_config_new makes a config for one side: GnuTLS's default priorities, nobody trusted, nothing verified, tickets.
 * NULL: out of memory. hsi_config_drop of the last reference wipes it. */
hsi_config *hsi_config_new(uint8_t side);
hsi_config *hsi_config_hold(hsi_config *config);
void hsi_config_drop(hsi_config *config);

/* hsi_config_priority sets a GnuTLS priority string. PRIORITY: `position` is the offset where it stops being one. */
HSI_MUST_USE hsi_status hsi_config_priority(hsi_config *config, const char *priority, size_t *position);

/* These walk what the priority string that was set allows: the index-th one's name in GnuTLS ("TLS1.3"), static. NULL:
 * there are no more. */
const char *hsi_config_version(const hsi_config *config, size_t index);
const char *hsi_config_key_exchange(const hsi_config *config, size_t index);
const char *hsi_config_signature(const hsi_config *config, size_t index);

/* hsi_config_certificate adds a certificate chain and its private key, each PEM or DER; `password` may be NULL. */
HSI_MUST_USE hsi_status hsi_config_certificate(hsi_config *config, hsi_bytes chain, hsi_bytes key,
                                               const char *password);

/* hsi_config_trust adds trusted certificates, PEM or DER; `count` is how many they were. CREDENTIALS: none. */
HSI_MUST_USE hsi_status hsi_config_trust(hsi_config *config, hsi_bytes certificates, size_t *count);

/* hsi_config_trust_system adds the system's trust store; `count` 0: GnuTLS found none, and that is no error to it. */
HSI_MUST_USE hsi_status hsi_config_trust_system(hsi_config *config, size_t *count);

/* hsi_config_verify: what a session asks of its peer's certificate; a server then sends CertificateRequest. */
void hsi_config_verify(hsi_config *config, hsi_verify verify);

/* hsi_config_psk: a client's identity and key, or one of those that a server knows: the priority string has
 * to allow it ("+ECDHE-PSK"). */
HSI_MUST_USE hsi_status hsi_config_psk(hsi_config *config, hsi_bytes identity, hsi_bytes key);

/* hsi_config_srp: a client's user name and password, or the one user that a server knows, of whom it keeps a salt and the
 * verifier only; RFC 5054. The priority string has to allow it ("+SRP"). */
HSI_MUST_USE hsi_status hsi_config_srp(hsi_config *config, const char *user, const char *password);

/* hsi_config_ocsp: a server staples this OCSP response, DER, to the certificate that was added last. What it is, and says, is
 * for the client to judge. USAGE: there is no certificate. RFC 6066 section 8, RFC 8446 section 4.4.2.1. */
HSI_MUST_USE hsi_status hsi_config_ocsp(hsi_config *config, hsi_bytes response);

/* hsi_config_enable has sessions do what they do not by themselves:
 *     one_key_share       a client sends a key share for its first group only, so that a server may ask for another's
 *     early_data          0-RTT: a client may send it, a server accepts it; RFC 8446 section 2.3
 *     post_handshake_auth a client can be asked for its certificate later, a server can ask; RFC 8446 section 4.6.2
 *     heartbeat           agrees on the extension, and that nobody sends any; RFC 6520
 *     session_ids         a server keeps its last sessions, to resume them by ID; RFC 5246 section 7.4.1.2
 * UNSUPPORTED: another name. */
HSI_MUST_USE hsi_status hsi_config_enable(hsi_config *config, const char *feature);

/* hsi_config_limit sets one of these:
 *     max_fragment_length the longest plaintext of a record that a client asks for, 512, 1024, 2048 or 4096 bytes: RFC 6066
 *                         section 4; a server for which it is set knows this extension and not the next
 *     record_size_limit   the longest that either asks for, 512 to 16384 bytes: RFC 8449
 *     chain               how many certificates the peer's chain may have, 1 to 1000; GnuTLS's default is 16
 * USAGE: another number. UNSUPPORTED: another name. */
HSI_MUST_USE hsi_status hsi_config_limit(hsi_config *config, const char *name, size_t limit);

/* hsi_config_alpn: the protocols offered or accepted, the preferred first. USAGE: more than 8 (GnuTLS's limit), or a
 * name that is empty or longer than 255 bytes (RFC 7301 section 3.1). */
HSI_MUST_USE hsi_status hsi_config_alpn(hsi_config *config, const hsi_bytes *protocols, size_t count);

/* hsi_config_tickets: does a server hand out session tickets? Default: it does. */
HSI_MUST_USE hsi_status hsi_config_tickets(hsi_config *config, bool on);

/* hsi_config_tickets_of has a server read, and hand out, the tickets of another: they have one key. */
HSI_MUST_USE hsi_status hsi_config_tickets_of(hsi_config *config, const hsi_config *other);

/* hsi_config_keylog: a file to which key-log lines are appended (RFC 9850), made with mode 0600. SYSTEM: errno says
 * why. */
HSI_MUST_USE hsi_status hsi_config_keylog(hsi_config *config, const char *path);

#endif
