/* Hello: does TLS begin with these bytes? By the first record: a ClientHello or ServerHello in a handshake record of any
 * size (RFC 8446 section 5.1 lets a record hold one byte of it), or a ClientHello in SSLv2 format (RFC 5246 appendix E.2).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_HELLO_H
#define HSI_TAP_HELLO_H

#include "base/bytes.h"

typedef enum hsi_hello {
    HSI_HELLO_NONE,
    HSI_HELLO_UNDECIDED, /* too few bytes to tell */
    HSI_HELLO_CLIENT,
    HSI_HELLO_SERVER
} hsi_hello;

/* hsi_hello_begins judges the first bytes of a stream, or of what follows the opening of another protocol. */
hsi_hello hsi_hello_begins(hsi_bytes bytes);

#endif
