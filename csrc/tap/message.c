/* Message: the table of handshake messages, and a whole message's tree. See the header.
 * Knows the header of a message; what follows it is in a file msg_*.c each.
 * SPDX-License-Identifier: MIT */
#include "tap/message.h"

enum { HEADER = 4, RANDOM_AT = HEADER + 2 };

/* Ascending by HandshakeType. A message that is not here shows as one opaque leaf under its IANA name. */
#define HSI_MESSAGES(X)                                                                                                \
    X(hello_request)                                                                                                   \
    X(client_hello)                                                                                                    \
    X(server_hello)                                                                                                    \
    X(hello_verify_request)                                                                                            \
    X(new_session_ticket)                                                                                              \
    X(end_of_early_data)                                                                                               \
    X(encrypted_extensions)                                                                                            \
    X(request_connection_id)                                                                                           \
    X(new_connection_id)                                                                                               \
    X(certificate)                                                                                                     \
    X(server_key_exchange)                                                                                             \
    X(certificate_request)                                                                                             \
    X(server_hello_done)                                                                                               \
    X(certificate_verify)                                                                                              \
    X(client_key_exchange)                                                                                             \
    X(client_certificate_request)                                                                                      \
    X(finished)                                                                                                        \
    X(certificate_url)                                                                                                 \
    X(certificate_status)                                                                                              \
    X(supplemental_data)                                                                                               \
    X(key_update)                                                                                                      \
    X(compressed_certificate)                                                                                          \
    X(ekt_key)                                                                                                         \
    X(next_protocol)                                                                                                   \
    X(channel_id)                                                                                                      \
    X(message_hash)

#define HSI_MESSAGE_DECLARE(name) extern const hsi_message_type hsi_msg_##name;
HSI_MESSAGES(HSI_MESSAGE_DECLARE)
#undef HSI_MESSAGE_DECLARE

/* The two that their type byte does not tell apart from the ClientHello and the ServerHello. */
extern const hsi_message_type hsi_msg_sslv2_client_hello, hsi_msg_hello_retry_request;

static const hsi_message_type *const messages[] = {
#define HSI_MESSAGE_ROW(name) &hsi_msg_##name,
    HSI_MESSAGES(HSI_MESSAGE_ROW)
#undef HSI_MESSAGE_ROW
};

/* The SHA-256 of "HelloRetryRequest". */
const uint8_t hsi_hello_retry_request_random[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                    0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static bool is_hello_retry_request(hsi_bytes raw)
{
    const size_t size = sizeof hsi_hello_retry_request_random;
    return raw.data[0] == HSI_SERVER_HELLO && raw.length >= RANDOM_AT + size &&
           memcmp(raw.data + RANDOM_AT, hsi_hello_retry_request_random, size) == 0;
}

const hsi_message_type *hsi_message_type_of(hsi_bytes raw, bool sslv2)
{
    if (sslv2) {
        return &hsi_msg_sslv2_client_hello; /* the only message that has this format */
    }
    if (raw.length == 0) {
        return NULL;
    }
    if (is_hello_retry_request(raw)) {
        return &hsi_msg_hello_retry_request;
    }
    for (size_t i = 0; i < HSI_COUNT(messages); i++) {
        if (messages[i]->type == raw.data[0]) {
            return messages[i];
        }
    }
    return NULL;
}

hsi_status hsi_message_name(const char **out, hsi_arena *arena, hsi_bytes raw, bool sslv2)
{
    const hsi_message_type *type = hsi_message_type_of(raw, sslv2);
    if (type != NULL) {
        *out = type->name;
        return HSI_OK;
    }
    if (raw.length == 0) {
        *out = "handshake";
        return HSI_OK;
    }
    *out = hsi_handshake_type(raw.data[0]);
    return *out != NULL ? HSI_OK : hsi_arena_format(arena, out, "handshake_%u", raw.data[0]);
}

static hsi_status dissect_body(hsi_fields *f, hsi_cursor *body, const hsi_message_type *type)
{
    return type == NULL ? hsi_field_rest(f, body, "body") : type->dissect(f, body);
}

/* struct Handshake, RFC 8446 section 4. The body ends where the header says or where the bytes do. */
static hsi_status dissect_handshake(hsi_fields *f, hsi_cursor *in, const hsi_message_type *type)
{
    HSI_TRY(hsi_field_u8(f, in, "msg_type", hsi_handshake_type));
    HSI_TRY(hsi_field_u24(f, in, "length", NULL));
    uint64_t length = f->root->last->number;
    bool cut = length > hsi_cursor_left(in);
    hsi_cursor body = hsi_cursor_over(in->at, cut ? hsi_cursor_left(in) : (size_t)length);
    HSI_TRY(dissect_body(f, &body, type));
    return cut ? HSI_TRUNCATED : HSI_OK;
}

hsi_status hsi_message_dissect(hsi_fields *f, hsi_arena *arena, hsi_bytes raw, const hsi_field_context *context)
{
    const char *name;
    HSI_TRY(hsi_message_name(&name, arena, raw, context->sslv2));
    HSI_TRY(hsi_fields_start(f, arena, raw, name, context));
    const hsi_message_type *type = hsi_message_type_of(raw, context->sslv2);
    hsi_field_rfc(f, type == NULL ? NULL : type->rfc);
    hsi_cursor in = hsi_cursor_of(raw);
    hsi_status outcome = context->sslv2 ? dissect_body(f, &in, type) : dissect_handshake(f, &in, type);
    return hsi_fields_settle(f, f->root, outcome);
}
