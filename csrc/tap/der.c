/* Der: elements in elements, as their types say. See the header. The elements of one message, and how deep they lie, are
 * bounded, so that a peer's bytes take linear memory and no more stack than a certificate does.
 * SPDX-License-Identifier: MIT */
#include "tap/der.h"

#include "base/ber.h"
#include "proto/oid.h"

/* Identifier and length octets, X.690 sections 8.1.2 and 8.1.3, and what they are in front of. */
typedef struct der_header {
    uint64_t tag; /* its octets, as a number */
    size_t tag_width;
    size_t length_width;
    hsi_cursor content;
} der_header;

/* The place that an element is for: as hsi_der_member, whose governor has been looked at. */
typedef struct der_slot {
    const char *name;
    const hsi_der_type *type;
    uint8_t tag;
    bool explicit;
    unsigned depth;
} der_slot;

static hsi_status read_tag(hsi_cursor *in, der_header *header)
{
    enum { NUMBER = 0x1f, MORE = 0x80, WIDTH_MAX = 5 };
    uint8_t octet;
    HSI_TRY(hsi_cursor_u8(in, &octet));
    bool more = (octet & NUMBER) == NUMBER;
    header->tag = octet;
    for (header->tag_width = 1; more; header->tag_width++) {
        if (header->tag_width == WIDTH_MAX) {
            return HSI_ILLEGAL;
        }
        HSI_TRY(hsi_cursor_u8(in, &octet));
        header->tag = header->tag << 8 | octet;
        more = (octet & MORE) != 0;
    }
    return HSI_OK;
}

/* Looks at the element that `in` begins with: it reaches to the end of header->content. */
static hsi_status peek_element(const hsi_cursor *in, der_header *header)
{
    enum { WIDTH_MAX = 8 }; /* no length of ours needs more octets */
    hsi_cursor ahead = *in;
    HSI_TRY(read_tag(&ahead, header));
    const uint8_t *length = ahead.at;
    HSI_TRY(hsi_ber_content(&ahead, WIDTH_MAX, &header->content));
    header->length_width = (size_t)(header->content.at - length);
    return HSI_OK;
}

static bool is_choice(const hsi_der_type *type)
{
    return type->read == NULL;
}

static bool fits(const hsi_der_type *type, uint8_t tag, uint8_t octet);

static const hsi_der_member *alternative_of(const hsi_der_type *choice, uint8_t octet)
{
    for (size_t i = 0; i < choice->count; i++) {
        if (fits(choice->members[i].type, choice->members[i].tag, octet)) {
            return &choice->members[i];
        }
    }
    return NULL;
}

/* Whether an element with that first octet is of the type, or has the tag that stands in its place. */
static bool fits(const hsi_der_type *type, uint8_t tag, uint8_t octet)
{
    if (tag != 0) {
        return tag == octet;
    }
    return is_choice(type) ? alternative_of(type, octet) != NULL : type->tag == 0 || type->tag == octet;
}

static bool affords_more(const hsi_fields *f)
{
    return f->elements < HSI_DER_ELEMENTS_MAX;
}

/* ---- one element ---- */

/* Context-specific tags that fit the identifier octet, X.690 section 8.1.2.4; 31 says that more octets follow. */
static const char *const context_tags[32] = {"[0]",  "[1]",  "[2]",  "[3]",  "[4]",  "[5]",  "[6]",  "[7]",
                                             "[8]",  "[9]",  "[10]", "[11]", "[12]", "[13]", "[14]", "[15]",
                                             "[16]", "[17]", "[18]", "[19]", "[20]", "[21]", "[22]", "[23]",
                                             "[24]", "[25]", "[26]", "[27]", "[28]", "[29]", "[30]"};

static const char *tag_meaning(uint64_t tag)
{
    if (tag > UINT8_MAX) {
        return NULL;
    }
    bool context = (tag & 0xc0) == HSI_DER_CONTEXT;
    return context ? context_tags[tag & 0x1f] : hsi_der_tag_name((uint32_t)tag);
}

/* The leaves of a header, and on to its content. */
static hsi_status add_header(hsi_fields *f, hsi_cursor *in, const der_header *header, const char *tag,
                             const char *length)
{
    HSI_TRY(hsi_field_number(f, in, tag, header->tag_width, header->tag, tag_meaning(header->tag)));
    HSI_TRY(hsi_field_number(f, in, length, header->length_width, hsi_cursor_left(&header->content), NULL));
    *in = header->content;
    return HSI_OK;
}

static hsi_status dissect(hsi_fields *f, hsi_cursor *in, const der_slot *slot);

static hsi_status dissect_alternative(hsi_fields *f, hsi_cursor *in, const der_slot *slot)
{
    const hsi_der_member *found = hsi_cursor_empty(in) ? NULL : alternative_of(slot->type, *in->at);
    if (found == NULL) {
        return hsi_cursor_empty(in) ? HSI_TRUNCATED : HSI_ILLEGAL;
    }
    return dissect(f, in, &(der_slot){found->name, found->type, found->tag, found->explicit, slot->depth + 1});
}

/* The element of a type, in the field that is open for it. */
static hsi_status dissect_typed(hsi_fields *f, hsi_cursor *in, const der_slot *slot, uint8_t tag)
{
    der_header header;
    HSI_TRY(peek_element(in, &header));
    if (!fits(slot->type, tag, *in->at)) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(add_header(f, in, &header, "tag", "length"));
    bool opaque = slot->depth >= HSI_DER_DEPTH_MAX || !affords_more(f);
    const hsi_der_type *type = opaque ? &hsi_der_octet_string : slot->type;
    return type->read(f, in, type, slot->depth);
}

static hsi_status dissect_inside(hsi_fields *f, hsi_cursor *in, const der_slot *slot)
{
    der_header header;
    if (slot->explicit) {
        HSI_TRY(peek_element(in, &header));
        HSI_TRY(add_header(f, in, &header, "explicit_tag", "explicit_length"));
    }
    return is_choice(slot->type) ? dissect_alternative(f, in, slot)
                                 : dissect_typed(f, in, slot, slot->explicit ? 0 : slot->tag);
}

/* Reads the element that fills the slot. TRUNCATED, ILLEGAL: it is none, and nothing has changed. */
static hsi_status dissect(hsi_fields *f, hsi_cursor *in, const der_slot *slot)
{
    der_header header;
    HSI_TRY(peek_element(in, &header));
    if (!fits(slot->type, slot->tag, *in->at)) {
        return HSI_ILLEGAL;
    }
    hsi_cursor element = {in->at, header.content.end};
    f->elements++;
    HSI_TRY(hsi_field_bounded(f, in, slot->name, hsi_cursor_left(&element)));
    hsi_field *opened = f->open;
    opened->content = hsi_cursor_rest(&element);
    opened->rfc = slot->type->rfc == NULL ? opened->rfc : slot->type->rfc;
    HSI_TRY(hsi_fields_settle(f, opened, dissect_inside(f, &element, slot)));
    in->at = header.content.end;
    return slot->type->describe == NULL ? HSI_OK : slot->type->describe(f, opened);
}

hsi_status hsi_der_dissect(hsi_fields *f, hsi_cursor *in, const char *name, const hsi_der_type *type)
{
    return dissect(f, in, &(der_slot){.name = name, .type = type});
}

hsi_status hsi_der_dissect_in(hsi_fields *f, hsi_cursor *in, const hsi_der_type *around, unsigned depth)
{
    return dissect(f, in, &(der_slot){.name = around->inside, .type = around->of, .depth = depth + 1});
}

/* ---- elements in an element ---- */

/* The type that the governor's object identifier stands for; NULL: it is unknown. */
static const struct hsi_der_governed *governed(const hsi_fields *f, const hsi_der_open *open)
{
    const hsi_field *governor = open == NULL ? NULL : hsi_field_find(f->open, open->governor);
    const char *name = governor == NULL ? NULL : hsi_oid_name(governor->content);
    for (size_t i = 0; name != NULL && i < open->count; i++) {
        if (strcmp(open->types[i].name, name) == 0) {
            return &open->types[i];
        }
    }
    return NULL;
}

static hsi_status dissect_member(hsi_fields *f, hsi_cursor *in, const hsi_der_member *member, unsigned depth)
{
    const struct hsi_der_governed *found = governed(f, member->open);
    hsi_der_type wrapping = *member->type; /* an OCTET or BIT STRING around the governed type */
    der_slot slot = {member->name, member->type, member->tag, member->explicit, depth + 1};
    if (found != NULL && member->type->tag != 0) {
        wrapping.of = found->type;
        wrapping.inside = found->inside;
        slot.type = &wrapping;
    } else if (found != NULL && fits(found->type, 0, *in->at)) {
        slot.type = found->type;
    }
    return dissect(f, in, &slot);
}

hsi_status hsi_der_members(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    for (size_t i = 0; i < type->count; i++) {
        const hsi_der_member *member = &type->members[i];
        bool there = !hsi_cursor_empty(content) && fits(member->type, member->tag, *content->at);
        if (there) {
            HSI_TRY(dissect_member(f, content, member, depth));
        } else if (!member->optional) {
            return hsi_cursor_empty(content) ? HSI_TRUNCATED : HSI_ILLEGAL;
        }
    }
    return HSI_OK;
}

hsi_status hsi_der_items(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    while (!hsi_cursor_empty(content)) {
        if (!affords_more(f)) {
            return hsi_field_rest(f, content, "value");
        }
        HSI_TRY(dissect(f, content, &(der_slot){.name = HSI_ITEM, .type = type->of, .depth = depth + 1}));
    }
    return HSI_OK;
}

hsi_status hsi_der_any(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    const hsi_field *leaf = hsi_field_child(f->open, hsi_bytes_text("tag"));
    uint8_t tag = leaf->length == 1 ? (uint8_t)leaf->number : HSI_DER_OCTET_STRING;
    if ((f->raw.data[leaf->offset] & HSI_DER_CONSTRUCTED) != 0) {
        hsi_der_type items = {.read = hsi_der_items, .of = type};
        return hsi_der_items(f, content, &items, depth);
    }
    const hsi_der_type *primitive = hsi_der_universal(tag);
    return primitive->read(f, content, primitive, depth);
}
