/* Der: what primitive elements hold: the readers of their content octets, and the universal types. See der.h.
 * The field of an element has its value; so has the leaf `value` in it. X.690 sections 8.2 to 8.24 and 11.7.
 * SPDX-License-Identifier: MIT */
#include "proto/oid.h"
#include "tap/der.h"

/* Gives the element that is open, and its leaf `value`, the bytes as their value. */
static hsi_status add_value(hsi_fields *f, hsi_cursor *content, hsi_field_kind kind)
{
    hsi_field *element = f->open;
    element->kind = kind;
    element->content = hsi_cursor_rest(content);
    HSI_TRY(hsi_field_rest(f, content, "value"));
    if (element->content.length > 0) {
        element->last->kind = kind;
    }
    return HSI_OK;
}

hsi_status hsi_der_octets(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    if (type->of == NULL) {
        return add_value(f, content, HSI_FIELD_OPAQUE);
    }
    f->open->kind = HSI_FIELD_OPAQUE;
    f->open->content = hsi_cursor_rest(content);
    return hsi_der_dissect_in(f, content, type, depth);
}

/* The names of the bits that are set, from the first octet's highest bit on: "digitalSignature, keyCertSign". */
static hsi_status name_bits(hsi_fields *f, hsi_field *field, hsi_registry names)
{
    const char *text = "";
    for (uint32_t i = 0; i < 8 * field->content.length && names(i) != NULL; i++) {
        if ((field->content.data[i / 8] << i % 8 & 0x80) != 0) {
            HSI_TRY(hsi_arena_join(f->arena, &text, HSI_TEXTS(text, *text == '\0' ? "" : ", ", names(i))));
        }
    }
    field->meaning = text;
    return HSI_OK;
}

hsi_status hsi_der_bits(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    hsi_field *element = f->open;
    HSI_TRY(hsi_field_u8(f, content, "unused_bits", NULL));
    if (hsi_field_last(f)->number > 7) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(hsi_der_octets(f, content, type, depth));
    return type->registry == NULL ? HSI_OK : name_bits(f, element, type->registry);
}

hsi_status hsi_der_text(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    HSI_UNUSED(type);
    HSI_UNUSED(depth);
    return add_value(f, content, HSI_FIELD_TEXT);
}

/* UTF-8 of a character of the Basic Multilingual Plane; a surrogate, which stands for none, is U+FFFD. */
static size_t encode_utf8(char *out, unsigned character)
{
    unsigned c = character >= 0xd800 && character < 0xe000 ? 0xfffd : character;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3f));
    out[2] = (char)(0x80 | (c & 0x3f));
    return 3;
}

hsi_status hsi_der_bmp(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    enum { WIDTH = 2, UTF8_MAX = 3 };
    HSI_UNUSED(type);
    HSI_UNUSED(depth);
    hsi_field *element = f->open;
    hsi_bytes bytes = hsi_cursor_rest(content);
    char *text = hsi_arena_new(f->arena, bytes.length / WIDTH * UTF8_MAX + 1);
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    element->meaning = text;
    for (size_t i = 0; i + WIDTH <= bytes.length; i += WIDTH) {
        text += encode_utf8(text, (unsigned)bytes.data[i] << 8 | bytes.data[i + 1]);
    }
    HSI_TRY(add_value(f, content, HSI_FIELD_OPAQUE));
    return bytes.length % WIDTH == 0 ? HSI_OK : HSI_ILLEGAL;
}

hsi_status hsi_der_number(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    enum { NEGATIVE = 0x80, WIDTH_MAX = 8 };
    HSI_UNUSED(depth);
    hsi_field *element = f->open;
    size_t width = hsi_cursor_left(content);
    bool negative = width > 0 && *content->at >= NEGATIVE && type->tag != HSI_DER_BOOLEAN;
    if (width == 0 || width > WIDTH_MAX || negative) {
        return add_value(f, content, HSI_FIELD_OPAQUE);
    }
    hsi_cursor ahead = *content;
    HSI_TRY(hsi_cursor_uint(&ahead, width, &element->number));
    element->kind = HSI_FIELD_UINT;
    element->content = HSI_BYTES_EMPTY;
    bool named = type->registry != NULL && element->number <= UINT32_MAX;
    element->meaning = named ? type->registry((uint32_t)element->number) : NULL;
    return hsi_field_number(f, content, "value", width, element->number, element->meaning);
}

hsi_status hsi_der_oid(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    enum { LENGTH_MAX = 128 }; /* no object identifier in use is longer */
    HSI_UNUSED(type);
    HSI_UNUSED(depth);
    hsi_field *element = f->open;
    HSI_TRY(add_value(f, content, HSI_FIELD_OPAQUE));
    const char *name = hsi_oid_name(element->content);
    if (element->content.length <= LENGTH_MAX) {
        HSI_TRY(hsi_oid_text(&element->meaning, f->arena, element->content));
    }
    return name == NULL ? HSI_OK : hsi_arena_join(f->arena, &element->meaning, HSI_TEXTS(element->meaning, " ", name));
}

/* "YYMMDDHHMMSSZ" or "YYYYMMDDHHMMSSZ", RFC 5280 sections 4.1.2.5.1 and 4.1.2.5.2, as "YYYY-MM-DDTHH:MM:SSZ". */
hsi_status hsi_der_time(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    enum { SHORT = 13, LONG = 15 };
    HSI_UNUSED(type);
    HSI_UNUSED(depth);
    hsi_field *element = f->open;
    HSI_TRY(add_value(f, content, HSI_FIELD_TEXT));
    const char *text = (const char *)element->content.data;
    size_t length = element->content.length;
    bool well_formed = (length == SHORT || length == LONG) && text[length - 1] == 'Z';
    for (size_t i = 0; well_formed && i < length - 1; i++) {
        well_formed = text[i] >= '0' && text[i] <= '9';
    }
    if (!well_formed) {
        return HSI_ILLEGAL;
    }
    char time[] = "0000-00-00T00:00:00Z";
    char *at = time;
    if (length == SHORT) {
        memcpy(time, text[0] >= '5' ? "19" : "20", 2);
        at += 2;
    }
    for (; *at != '\0'; at++) {
        *at = *at == '0' ? *text++ : *at;
    }
    return hsi_arena_text(f->arena, &element->meaning, hsi_bytes_text(time));
}

/* ---- the universal types ---- */

static const char *boolean_name(uint32_t value)
{
    return value == 0 ? "FALSE" : value == 0xff ? "TRUE" : NULL;
}

const hsi_der_type hsi_der_anything = {.read = hsi_der_any};
const hsi_der_type hsi_der_boolean = {HSI_DER_BOOLEAN, .read = hsi_der_number, .registry = boolean_name};
const hsi_der_type hsi_der_integer = {HSI_DER_INTEGER, .read = hsi_der_octets};
const hsi_der_type hsi_der_small_integer = {HSI_DER_INTEGER, .read = hsi_der_number};
const hsi_der_type hsi_der_octet_string = {HSI_DER_OCTET_STRING, .read = hsi_der_octets};
const hsi_der_type hsi_der_bit_string = {HSI_DER_BIT_STRING, .read = hsi_der_bits};
const hsi_der_type hsi_der_object_identifier = {HSI_DER_OID, .read = hsi_der_oid};
const hsi_der_type hsi_der_ia5_string = {HSI_DER_IA5_STRING, .read = hsi_der_text};
const hsi_der_type hsi_der_generalized_time = {HSI_DER_GENERALIZED_TIME, .read = hsi_der_time};
const hsi_der_type hsi_der_any_time = {.read = hsi_der_time};

/* What a primitive element of a universal tag is read as. A SEQUENCE or SET is constructed, and read here only if it is too
 * deep to be looked into. */
static const struct {
    uint8_t tag;
    const char *name;
    hsi_der_type type;
} universal[] = {
    {HSI_DER_BOOLEAN, "BOOLEAN", {.read = hsi_der_number, .tag = HSI_DER_BOOLEAN, .registry = boolean_name}},
    {HSI_DER_INTEGER, "INTEGER", {.read = hsi_der_number}},
    {HSI_DER_BIT_STRING, "BIT STRING", {.read = hsi_der_bits}},
    {HSI_DER_OCTET_STRING, "OCTET STRING", {.read = hsi_der_octets}},
    {HSI_DER_NULL, "NULL", {.read = hsi_der_octets}},
    {HSI_DER_OID, "OBJECT IDENTIFIER", {.read = hsi_der_oid}},
    {HSI_DER_ENUMERATED, "ENUMERATED", {.read = hsi_der_number}},
    {HSI_DER_UTF8_STRING, "UTF8String", {.read = hsi_der_text}},
    {HSI_DER_NUMERIC_STRING, "NumericString", {.read = hsi_der_text}},
    {HSI_DER_PRINTABLE_STRING, "PrintableString", {.read = hsi_der_text}},
    {HSI_DER_TELETEX_STRING, "TeletexString", {.read = hsi_der_text}},
    {HSI_DER_IA5_STRING, "IA5String", {.read = hsi_der_text}},
    {HSI_DER_UTC_TIME, "UTCTime", {.read = hsi_der_time}},
    {HSI_DER_GENERALIZED_TIME, "GeneralizedTime", {.read = hsi_der_time}},
    {HSI_DER_VISIBLE_STRING, "VisibleString", {.read = hsi_der_text}},
    {HSI_DER_BMP_STRING, "BMPString", {.read = hsi_der_bmp}},
    {HSI_DER_SEQUENCE, "SEQUENCE", {.read = hsi_der_octets}},
    {HSI_DER_SET, "SET", {.read = hsi_der_octets}},
};

const hsi_der_type *hsi_der_universal(uint8_t tag)
{
    for (size_t i = 0; i < HSI_COUNT(universal); i++) {
        if (universal[i].tag == tag) {
            return &universal[i].type;
        }
    }
    return &hsi_der_octet_string;
}

const char *hsi_der_tag_name(uint32_t tag)
{
    for (size_t i = 0; i < HSI_COUNT(universal); i++) {
        if (universal[i].tag == tag) {
            return universal[i].name;
        }
    }
    return NULL;
}
