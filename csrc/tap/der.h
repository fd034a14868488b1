/* Der: ASN.1 values in DER, as fields. An element is a field over the leaves `tag` and `length` and what it holds: elements,
 * or a leaf `value`. What it may hold is a const table of types (x509_types.c, ocsp_types.c) that reads like the RFC's ASN.1.
 * In: a cursor, a type. Out: fields. Knows no certificate. X.690.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_DER_H
#define HSI_TAP_DER_H

#include "tap/field.h"

/* Identifier octets, X.690 section 8.1.2. */
enum {
    HSI_DER_BOOLEAN = 0x01,
    HSI_DER_INTEGER = 0x02,
    HSI_DER_BIT_STRING = 0x03,
    HSI_DER_OCTET_STRING = 0x04,
    HSI_DER_NULL = 0x05,
    HSI_DER_OID = 0x06,
    HSI_DER_ENUMERATED = 0x0a,
    HSI_DER_UTF8_STRING = 0x0c,
    HSI_DER_NUMERIC_STRING = 0x12,
    HSI_DER_PRINTABLE_STRING = 0x13,
    HSI_DER_TELETEX_STRING = 0x14,
    HSI_DER_IA5_STRING = 0x16,
    HSI_DER_UTC_TIME = 0x17,
    HSI_DER_GENERALIZED_TIME = 0x18,
    HSI_DER_VISIBLE_STRING = 0x1a,
    HSI_DER_BMP_STRING = 0x1e,
    HSI_DER_SEQUENCE = 0x30,
    HSI_DER_SET = 0x31,
    HSI_DER_CONSTRUCTED = 0x20, /* with other bits: the contents are elements */
    HSI_DER_CONTEXT = 0x80, /* with a number: [0] IMPLICIT of a primitive type */
    HSI_DER_EXPLICIT = 0xa0 /* with a number: [0] EXPLICIT, or IMPLICIT of a constructed type */
};

enum {
    HSI_DER_DEPTH_MAX = 24, /* elements in elements; what is deeper is one leaf `value` */
    HSI_DER_ELEMENTS_MAX = 1 << 16 /* of a message; what follows is one leaf `value` */
};

typedef struct hsi_der_type hsi_der_type;

/* What a value is of whose type another value names by an object identifier. */
typedef struct hsi_der_open {
    const char *governor; /* path from the SEQUENCE to the object identifier: "extnID" */
    size_t count;
    const struct hsi_der_governed {
        const char *name; /* of the object identifier, in registries/oids.csv */
        const char *inside; /* what an OCTET or BIT STRING wraps is called so */
        const hsi_der_type *type;
    } *types;
} hsi_der_open;

/* A component of a SEQUENCE or an alternative of a CHOICE. */
typedef struct hsi_der_member {
    const char *name;
    const hsi_der_type *type;
    uint8_t tag; /* its identifier octet where it has a tag of its own; 0: that of the type */
    bool explicit; /* the tag is EXPLICIT: around the type's own */
    bool optional;
    const hsi_der_open *open; /* NULL: the type says it all */
} hsi_der_member;

/* Reads the content octets of the element that is open, f->open. `depth`: of that element. */
typedef hsi_status hsi_der_reader(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth);

/* Says what a field means that has been read. */
typedef hsi_status hsi_der_describer(hsi_fields *f, hsi_field *field);

struct hsi_der_type {
    uint8_t tag; /* its identifier octet; 0: it may have several */
    hsi_der_reader *read; /* NULL: a CHOICE of the members, which has no octets of its own */
    hsi_der_describer *describe; /* NULL: nobody does */
    const hsi_der_member *members; /* of a SEQUENCE, SET or CHOICE */
    size_t count;
    const hsi_der_type *of; /* each element of a SEQUENCE OF or SET OF; what an OCTET or BIT STRING wraps */
    const char *inside; /* what is wrapped is called so */
    hsi_registry registry; /* of numbers, of the bits of a BIT STRING; NULL */
    const char *rfc;
};

/* For tables of types: what a hsi_der_type begins with. */
#define HSI_SEQUENCE(array)                                                                                            \
    .tag = HSI_DER_SEQUENCE, .read = hsi_der_members, .members = (array), .count = HSI_COUNT(array)
#define HSI_SEQUENCE_OF(type) .tag = HSI_DER_SEQUENCE, .read = hsi_der_items, .of = (type)
#define HSI_SET_OF(type) .tag = HSI_DER_SET, .read = hsi_der_items, .of = (type)
#define HSI_MEMBER(member_name, member_type, ...) {.name = (member_name), .type = &(member_type), __VA_ARGS__}
#define HSI_CHOICE(array) .members = (array), .count = HSI_COUNT(array)

/* hsi_der_dissect reads the one element of `type` that `in` begins with, as a field `name`. Whatever is wrong inside of it
 * is f->status and a leaf `trailing`. TRUNCATED, ILLEGAL: no such element is there, and nothing has changed. */
HSI_MUST_USE hsi_status hsi_der_dissect(hsi_fields *f, hsi_cursor *in, const char *name, const hsi_der_type *type);

/* hsi_der_dissect_in, for a reader: the element of type around->of that the content of the open element is. */
HSI_MUST_USE hsi_status hsi_der_dissect_in(hsi_fields *f, hsi_cursor *in, const hsi_der_type *around, unsigned depth);

/* ---- readers, for tables of types ---- */

/* der.c */
hsi_der_reader hsi_der_members; /* SEQUENCE, SET */
hsi_der_reader hsi_der_items; /* SEQUENCE OF, SET OF */
hsi_der_reader hsi_der_any; /* whatever it is, by its tag */

/* der_value.c */
hsi_der_reader hsi_der_octets; /* OCTET STRING: a leaf `value`, or the element of type `of` in it */
hsi_der_reader hsi_der_bits; /* BIT STRING: a leaf `unused_bits`, then as OCTET STRING */
hsi_der_reader hsi_der_text;
hsi_der_reader hsi_der_bmp; /* BMPString: its meaning is the text */
hsi_der_reader
    hsi_der_number; /* INTEGER, ENUMERATED, BOOLEAN: a number if it is not negative and has 8 octets at most */
hsi_der_reader hsi_der_oid; /* its meaning: "2.5.4.3 commonName" */
hsi_der_reader hsi_der_time; /* UTCTime, GeneralizedTime: its meaning is ISO 8601's */

/* ---- types that many have: der_value.c ---- */

extern const hsi_der_type hsi_der_anything, hsi_der_boolean, hsi_der_integer, hsi_der_small_integer,
    hsi_der_octet_string, hsi_der_bit_string, hsi_der_object_identifier, hsi_der_ia5_string, hsi_der_any_time,
    hsi_der_generalized_time;

/* hsi_der_universal is the type of a primitive universal tag; the one of OCTET STRING where there is nothing to say. */
const hsi_der_type *hsi_der_universal(uint8_t tag);

/* hsi_der_tag_name: "SEQUENCE"; NULL: no universal tag that is in use. A hsi_registry of identifier octets. */
const char *hsi_der_tag_name(uint32_t tag);

#endif
