/* Message: the table of handshake messages, and the way from a message's bytes to its tree of fields.
 * A new message is a file msg_*.c with one const descriptor, a line in the table of message.c, and a test.
 * A new extension is a file ext_*.c with one const descriptor, a line in the table of extensions.c, and a test.
 * RFC 5246 section 7.4, RFC 8446 section 4.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_MESSAGE_H
#define HSI_TAP_MESSAGE_H

#include "tap/field.h"

/* HandshakeType, RFC 8446 section 4 and RFC 5246 section 7.4; two that IANA never registered are in use. */
enum {
    HSI_HELLO_REQUEST = 0,
    HSI_CLIENT_HELLO = 1,
    HSI_SERVER_HELLO = 2,
    HSI_HELLO_VERIFY_REQUEST = 3,
    HSI_NEW_SESSION_TICKET = 4,
    HSI_END_OF_EARLY_DATA = 5,
    HSI_ENCRYPTED_EXTENSIONS = 8,
    HSI_REQUEST_CONNECTION_ID = 9,
    HSI_NEW_CONNECTION_ID = 10,
    HSI_CERTIFICATE = 11,
    HSI_SERVER_KEY_EXCHANGE = 12,
    HSI_CERTIFICATE_REQUEST = 13,
    HSI_SERVER_HELLO_DONE = 14,
    HSI_CERTIFICATE_VERIFY = 15,
    HSI_CLIENT_KEY_EXCHANGE = 16,
    HSI_CLIENT_CERTIFICATE_REQUEST = 17,
    HSI_FINISHED = 20,
    HSI_CERTIFICATE_URL = 21,
    HSI_CERTIFICATE_STATUS = 22,
    HSI_SUPPLEMENTAL_DATA = 23,
    HSI_KEY_UPDATE = 24,
    HSI_COMPRESSED_CERTIFICATE = 25,
    HSI_EKT_KEY = 26,
    HSI_NEXT_PROTOCOL = 67,
    HSI_CHANNEL_ID = 203,
    HSI_MESSAGE_HASH = 254
};

typedef hsi_status hsi_dissector(hsi_fields *f, hsi_cursor *in);

typedef struct hsi_message_type {
    uint8_t type;
    const char *name; /* "ClientHello": the RFC's struct */
    const char *rfc;  /* "RFC 8446 section 4.1.2" */
    hsi_dissector *dissect; /* reads the body, without the 4-byte header */
} hsi_message_type;

typedef struct hsi_extension {
    uint16_t type;
    const char *name; /* IANA's */
    unsigned in;      /* hsi_in: where the RFC lets it stand */
    hsi_dissector *dissect; /* reads extension_data */
    const char *rfc;
} hsi_extension;

/* hsi_message_type_of tells what a message is: by its type byte, and a ServerHello with the random of RFC 8446 section
 * 4.1.3 is a HelloRetryRequest. NULL: no such message is known. */
const hsi_message_type *hsi_message_type_of(hsi_bytes raw, bool sslv2);

/* hsi_extension_of: NULL: no dissector reads such an extension. */
const hsi_extension *hsi_extension_of(uint32_t type);

/* hsi_message_name is the name users see: the RFC's struct, the IANA name of a type that no dissector reads
 * ("hello_retry_request"), or "handshake_77". Static, or made in the arena. */
HSI_MUST_USE hsi_status hsi_message_name(const char **out, hsi_arena *arena, hsi_bytes raw, bool sslv2);

/* hsi_message_dissect builds the tree of a whole message: `raw` with its 4-byte header (`msg_type`, `length`). Never
 * fails for a peer's bytes: f->status and f->stopped tell, and the rest is a leaf `trailing`. NO_MEMORY is the only
 * failure. The tree lives in `arena` and borrows `raw`. */
HSI_MUST_USE hsi_status hsi_message_dissect(hsi_fields *f, hsi_arena *arena, hsi_bytes raw,
                                            const hsi_field_context *context);

/* hsi_message_certificate borrows the first certificate, or raw public key, of a whole Certificate message; empty: there is
 * none. Without a tree, which a fold that nobody looks at does not need. */
hsi_bytes hsi_message_certificate(hsi_bytes raw, const hsi_field_context *context);

/* hsi_extensions_dissect reads `extensions<0..2^16-1>`: a field `extensions` with a child per extension, named by IANA or
 * "0x1234" (four lower-case hex digits), over the leaves `extension_type`, `length` and what its dissector reads. What an
 * extension cannot read is a leaf `trailing` inside it, and the next extension goes on. Absent (`in` is empty): adds
 * nothing. `where` is the hsi_in of the message. */
HSI_MUST_USE hsi_status hsi_extensions_dissect(hsi_fields *f, hsi_cursor *in, unsigned where);

extern const uint8_t hsi_hello_retry_request_random[32]; /* RFC 8446 section 4.1.3 */

#endif
