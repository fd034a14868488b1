/* Fingerprint: names that other tools give to a ClientHello, so that it can be looked up in their lists.
 * In: the tree of a ClientHello. Out: a text. JA3 as Salesforce published it (2017), JA4 as FoxIO did (2023); neither
 * is in an RFC. GREASE (RFC 8701) is left out of both.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_FINGERPRINT_H
#define HSI_TAP_FINGERPRINT_H

#include "tap/field.h"

enum { HSI_JA3_SIZE = 33, HSI_JA4_SIZE = 37 }; /* with the end mark */

/* hsi_ja3: 32 hex digits, the MD5 of the hello's numbers in their order. ILLEGAL: the tree is none of a ClientHello in
 * TLS's format, or its cipher suites cannot be read; NO_MEMORY, CRYPTO. */
HSI_MUST_USE hsi_status hsi_ja3(const hsi_field *client_hello, char out[HSI_JA3_SIZE]);

/* hsi_ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1". `transport` is its first character: 't' for TCP. Fails as hsi_ja3
 * does. */
HSI_MUST_USE hsi_status hsi_ja4(const hsi_field *client_hello, char transport, char out[HSI_JA4_SIZE]);

#endif
