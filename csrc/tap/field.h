/* Field: what a run of a message's bytes is called and what it says. A message is a tree of fields whose leaves tile it:
 * every byte stands in exactly one leaf, in order. hsi_fields builds the tree while a dissector reads its cursor.
 * In: a cursor over the message. Out: fields in an arena, borrowing the message's bytes. Knows no session and no keys.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_FIELD_H
#define HSI_TAP_FIELD_H

#include "base/arena.h"
#include "base/cursor.h"
#include "proto/registries.h"
#include "proto/suite.h"

typedef enum hsi_field_kind {
    HSI_FIELD_STRUCT, /* has children; no value of its own */
    HSI_FIELD_UINT, /* value is `number` */
    HSI_FIELD_OPAQUE, /* value is `content` */
    HSI_FIELD_TEXT /* value is `content`, bytes that the RFC calls text (a host name, an ALPN protocol) */
} hsi_field_kind;

typedef struct hsi_field hsi_field;
struct hsi_field {
    const char *name; /* the RFC's struct member; an item of a vector has its vector's name */
    size_t index; /* of an item in its vector, from 0; HSI_NOT_AN_ITEM otherwise */
    size_t offset; /* in the message, its 4-byte header counted */
    size_t length;
    hsi_field_kind kind;
    bool bounded; /* its end is known while it is being filled: a vector, an extension, the message */
    uint64_t number;
    hsi_bytes content; /* opaque and text: without the length field before it; a struct of DER: all of it */
    const char *meaning; /* a registered name, or NULL */
    const char *rfc; /* "RFC 8446 section 4.2.8": its own or that of the nearest field above it; may be NULL */
    hsi_field *parent;
    hsi_field *first; /* child; NULL: a leaf */
    hsi_field *last;
    hsi_field *next; /* sibling */
};

#define HSI_NOT_AN_ITEM SIZE_MAX
#define HSI_ITEMS_MAX 65536 /* of a vector: a field takes up to a hundred times the memory of the bytes that it stands for */
#define HSI_ITEM NULL /* as a name: the next item of the vector that is open */

enum { HSI_RAW_PUBLIC_KEY = 2 }; /* CertificateType, RFC 7250 section 7 */

/* What the layout of a message depends on, beside its own bytes. */
typedef struct hsi_field_context {
    uint16_t version; /* negotiated, 0x0301 to 0x0304; 0: not known yet */
    const hsi_suite *suite; /* negotiated, for ServerKeyExchange and ClientKeyExchange; NULL: not known */
    uint8_t sender; /* HSI_CLIENT or HSI_SERVER (journal.h) */
    uint8_t certificate_type; /* the sender's, as negotiated (RFC 7250): X.509 is 0 */
    bool sslv2; /* the message is an SSLv2-format ClientHello without a handshake header */
} hsi_field_context;

typedef struct hsi_fields {
    hsi_arena *arena;
    hsi_bytes raw; /* the whole message */
    hsi_field_context context;
    unsigned in; /* hsi_in of the message whose extensions are being read */
    hsi_field *root; /* the message itself: offset 0, length raw.length */
    hsi_field *open; /* the innermost field that is still being filled */
    hsi_status status; /* OK, or the first thing that made no sense */
    size_t stopped; /* where it stopped making sense: the offset of the first byte that could not be read */
    size_t elements; /* of DER, read so far: der.c bounds them */
} hsi_fields;

/* ---- reading: each adds leaves for exactly the bytes it moves past; on failure neither has changed. TOO_MANY: an item after
 * the last of HSI_ITEMS_MAX ---- */

static inline bool hsi_fields_in(const hsi_fields *f, unsigned in)
{
    return (f->in & in) != 0;
}

/* hsi_field_u8, _u16, _u24, _u32: an integer; `registry` (may be NULL) gives its meaning. */
HSI_MUST_USE hsi_status hsi_field_u8(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry);
HSI_MUST_USE hsi_status hsi_field_u16(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry);
HSI_MUST_USE hsi_status hsi_field_u24(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry);
HSI_MUST_USE hsi_status hsi_field_u32(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry);

/* hsi_field_number: `width` bytes of any length that say a number in another way than those above. `meaning` may be NULL. */
HSI_MUST_USE hsi_status hsi_field_number(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, uint64_t number,
                                         const char *meaning);

/* hsi_field_opaque: `length` bytes that have no structure. Zero bytes add no leaf. */
HSI_MUST_USE hsi_status hsi_field_opaque(hsi_fields *f, hsi_cursor *in, const char *name, size_t length);

/* hsi_field_rest: all that is left of `in`, opaque. Cannot be short. */
HSI_MUST_USE hsi_status hsi_field_rest(hsi_fields *f, hsi_cursor *in, const char *name);

/* hsi_field_opaque_vector: opaque name<..> with a length field of `width` bytes: a field with its content as value, over
 * the leaves `length` and (where it has bytes) `opaque`. hsi_field_text_vector: the same, called text. */
HSI_MUST_USE hsi_status hsi_field_opaque_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width);
HSI_MUST_USE hsi_status hsi_field_text_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width);

/* hsi_field_varint: an integer of QUIC, of 1, 2, 4 or 8 bytes as its first two bits say. RFC 9000 section 16. */
HSI_MUST_USE hsi_status hsi_field_varint(hsi_fields *f, hsi_cursor *in, const char *name);

/* hsi_field_vector: opens the vector `name` with a length field of `width` bytes: a leaf `length`, and what is read from
 * `body` afterwards becomes its children, until `body` is empty. */
HSI_MUST_USE hsi_status hsi_field_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                         hsi_cursor *body);

/* hsi_field_nested: hsi_field_opaque_vector whose content has parts: it has the value of the one and is open like the
 * other. Who opens it reads `body` to its end. */
HSI_MUST_USE hsi_status hsi_field_nested(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                         hsi_cursor *body);

/* hsi_field_begin opens a struct at the cursor; what is read until hsi_field_end becomes its children. TRUNCATED: the
 * cursor is empty, and no struct of TLS has zero bytes. */
HSI_MUST_USE hsi_status hsi_field_begin(hsi_fields *f, const hsi_cursor *in, const char *name);
void hsi_field_end(hsi_fields *f, const hsi_cursor *in);

/* hsi_field_bounded opens a struct of `length` bytes, which the caller knows to be there; hsi_fields_settle ends it. */
HSI_MUST_USE hsi_status hsi_field_bounded(hsi_fields *f, const hsi_cursor *in, const char *name, size_t length);

/* hsi_field_last is the field that was added last; its meaning may still be given to it. */
static inline hsi_field *hsi_field_last(const hsi_fields *f)
{
    return f->open->last;
}

/* hsi_field_rfc says where the open field is defined; its later children inherit it. The text is static. */
void hsi_field_rfc(hsi_fields *f, const char *rfc);

/* ---- a whole message, and what in it could not be read ---- */

/* hsi_fields_start makes the root, called `name`, and opens it. */
HSI_MUST_USE hsi_status hsi_fields_start(hsi_fields *f, hsi_arena *arena, hsi_bytes raw, const char *name,
                                         const hsi_field_context *context);

/* hsi_fields_settle ends the bounded `field` and all that is still open in it, after its dissector's `outcome`. Bytes
 * that nobody read become leaves `trailing` of the innermost field that holds them; the first such place of a message is
 * its f->status and f->stopped (ILLEGAL where the dissector was content and bytes are left). NO_MEMORY only. */
HSI_MUST_USE hsi_status hsi_fields_settle(hsi_fields *f, hsi_field *field, hsi_status outcome);

/* ---- looking ---- */

/* hsi_field_find follows a dotted path, "extensions.key_share.client_shares[0].group"; NULL: there is none. */
const hsi_field *hsi_field_find(const hsi_field *from, const char *path);

/* hsi_field_child finds the first child of that name that is no item, or the index-th item; NULL: there is none. */
const hsi_field *hsi_field_child(const hsi_field *parent, hsi_bytes name);
const hsi_field *hsi_field_item(const hsi_field *parent, size_t index);

#endif
