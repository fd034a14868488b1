/* Field: builds a message's tree of fields while a dissector reads, and finds fields in it. See the header.
 * A field that is still open reaches to the end of what surrounds it until hsi_field_end says where it ended; so the
 * tree tiles at any moment, once the unread bytes of each open field have their leaf (hsi_fields_settle).
 * SPDX-License-Identifier: MIT */
#include "tap/field.h"

static size_t end_of(const hsi_field *field)
{
    return field->offset + field->length;
}

/* Up to where the leaves go: all before the last child of the innermost open field has been read. */
static size_t covered(const hsi_field *open)
{
    return open->last == NULL ? open->offset : end_of(open->last);
}

/* ---- building ---- */

/* The field that takes what stands at `offset`: vectors that end before it are closed. A struct is closed by its own
 * hsi_field_end only. */
static hsi_field *open_at(hsi_fields *f, size_t offset)
{
    while (f->open->bounded && f->open->parent != NULL && offset >= end_of(f->open)) {
        f->open = f->open->parent;
    }
    return f->open;
}

static size_t offset_of(const hsi_fields *f, const hsi_cursor *in)
{
    return (size_t)(in->at - f->raw.data);
}

/* Is `before` the last item that its vector shows? Only a length field of three bytes has room for more. */
static bool is_full(const hsi_field *before)
{
    return before != NULL && before->index == HSI_ITEMS_MAX - 1;
}

/* Why make refused a child of `parent`. */
static hsi_status refusal(const hsi_field *parent)
{
    return is_full(parent->last) ? HSI_TOO_MANY : HSI_NO_MEMORY;
}

/* A field that is not in the tree yet, to be a child of `parent`; NULL: out of memory, or an item too many. */
static hsi_field *make(hsi_fields *f, hsi_field *parent, const char *name, size_t offset, size_t length)
{
    const hsi_field *before = parent->last;
    hsi_field *field = name == HSI_ITEM && is_full(before) ? NULL : hsi_arena_raw(f->arena, sizeof *field);
    if (field == NULL) {
        return NULL;
    }
    bool follows_item = before != NULL && before->index != HSI_NOT_AN_ITEM;
    *field = (hsi_field){.name = name,
                         .index = HSI_NOT_AN_ITEM,
                         .offset = offset,
                         .length = length,
                         .rfc = parent->rfc,
                         .parent = parent};
    if (name == HSI_ITEM) {
        field->name = parent->name;
        field->index = follows_item ? before->index + 1 : 0;
    }
    return field;
}

static void attach(hsi_field *field)
{
    hsi_field *parent = field->parent;
    if (parent->last == NULL) {
        parent->first = field;
    } else {
        parent->last->next = field;
    }
    parent->last = field;
}

hsi_status hsi_field_number(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, uint64_t number,
                            const char *meaning)
{
    hsi_cursor ahead = *in, bytes;
    HSI_TRY(hsi_cursor_slice(&ahead, &bytes, width));
    size_t offset = offset_of(f, in);
    hsi_field *field = make(f, open_at(f, offset), name, offset, width);
    if (field == NULL) {
        return refusal(f->open);
    }
    field->kind = HSI_FIELD_UINT;
    field->number = number;
    field->meaning = meaning;
    attach(field);
    *in = ahead;
    return HSI_OK;
}

static hsi_status add_uint(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_registry registry)
{
    hsi_cursor ahead = *in;
    uint64_t number;
    HSI_TRY(hsi_cursor_uint(&ahead, width, &number));
    return hsi_field_number(f, in, name, width, number, registry == NULL ? NULL : registry((uint32_t)number));
}

hsi_status hsi_field_u8(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry)
{
    return add_uint(f, in, name, 1, registry);
}

hsi_status hsi_field_u16(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry)
{
    return add_uint(f, in, name, 2, registry);
}

hsi_status hsi_field_u24(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry)
{
    return add_uint(f, in, name, 3, registry);
}

hsi_status hsi_field_u32(hsi_fields *f, hsi_cursor *in, const char *name, hsi_registry registry)
{
    return add_uint(f, in, name, 4, registry);
}

hsi_status hsi_field_varint(hsi_fields *f, hsi_cursor *in, const char *name)
{
    enum { LENGTH_BITS = 2 };
    hsi_cursor ahead = *in;
    uint64_t number;
    if (hsi_cursor_empty(in)) {
        return HSI_TRUNCATED;
    }
    size_t width = (size_t)1 << (*in->at >> (8 - LENGTH_BITS));
    HSI_TRY(hsi_cursor_uint(&ahead, width, &number));
    number &= UINT64_MAX >> (64 - 8 * width + LENGTH_BITS);
    return hsi_field_number(f, in, name, width, number, NULL);
}

hsi_status hsi_field_opaque(hsi_fields *f, hsi_cursor *in, const char *name, size_t length)
{
    hsi_cursor ahead = *in;
    hsi_bytes content;
    HSI_TRY(hsi_cursor_take(&ahead, &content, length));
    if (length == 0) {
        return HSI_OK;
    }
    size_t offset = offset_of(f, in);
    hsi_field *field = make(f, open_at(f, offset), name, offset, length);
    if (field == NULL) {
        return refusal(f->open);
    }
    field->kind = HSI_FIELD_OPAQUE;
    field->content = content;
    attach(field);
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_field_rest(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return hsi_field_opaque(f, in, name, hsi_cursor_left(in));
}

/* A field over a length field of `width` bytes and a body, with its leaf `length`; attached by the caller. */
static hsi_status make_vector(hsi_field **out, hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                              hsi_cursor *body)
{
    HSI_TRY(hsi_cursor_vector(in, width, body));
    size_t left = hsi_cursor_left(body);
    size_t offset = offset_of(f, body) - width;
    hsi_field *vector = make(f, open_at(f, offset), name, offset, width + left);
    hsi_field *length = vector == NULL ? NULL : make(f, vector, "length", offset, width);
    if (length == NULL) {
        return refusal(vector == NULL ? f->open : vector);
    }
    length->kind = HSI_FIELD_UINT;
    length->number = left;
    attach(length);
    *out = vector;
    return HSI_OK;
}

static hsi_status add_content(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_field_kind kind)
{
    hsi_cursor ahead = *in, body;
    hsi_field *vector;
    HSI_TRY(make_vector(&vector, f, &ahead, name, width, &body));
    vector->kind = kind;
    vector->content = hsi_cursor_rest(&body);
    if (vector->content.length > 0) {
        hsi_field *content = make(f, vector, "opaque", vector->offset + width, vector->content.length);
        if (content == NULL) {
            return HSI_NO_MEMORY;
        }
        content->kind = kind;
        content->content = vector->content;
        attach(content);
    }
    attach(vector);
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_field_opaque_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width)
{
    return add_content(f, in, name, width, HSI_FIELD_OPAQUE);
}

hsi_status hsi_field_text_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width)
{
    return add_content(f, in, name, width, HSI_FIELD_TEXT);
}

hsi_status hsi_field_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_cursor *body)
{
    hsi_cursor ahead = *in;
    hsi_field *vector;
    HSI_TRY(make_vector(&vector, f, &ahead, name, width, body));
    vector->bounded = true;
    attach(vector);
    f->open = vector;
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_field_nested(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_cursor *body)
{
    HSI_TRY(hsi_field_vector(f, in, name, width, body));
    f->open->kind = HSI_FIELD_OPAQUE;
    f->open->content = hsi_cursor_rest(body);
    return HSI_OK;
}

hsi_status hsi_field_bounded(hsi_fields *f, const hsi_cursor *in, const char *name, size_t length)
{
    size_t offset = offset_of(f, in);
    hsi_field *field = make(f, open_at(f, offset), name, offset, length);
    if (field == NULL) {
        return refusal(f->open);
    }
    field->bounded = true;
    attach(field);
    f->open = field;
    return HSI_OK;
}

hsi_status hsi_field_begin(hsi_fields *f, const hsi_cursor *in, const char *name)
{
    if (hsi_cursor_empty(in)) {
        return HSI_TRUNCATED;
    }
    size_t offset = offset_of(f, in);
    HSI_TRY(hsi_field_bounded(f, in, name, end_of(open_at(f, offset)) - offset));
    f->open->bounded = false;
    return HSI_OK;
}

void hsi_field_end(hsi_fields *f, const hsi_cursor *in)
{
    size_t offset = offset_of(f, in);
    hsi_field *ended = open_at(f, offset);
    ended->length = offset - ended->offset;
    f->open = ended->parent;
}

void hsi_field_rfc(hsi_fields *f, const char *rfc)
{
    f->open->rfc = rfc;
}

hsi_status hsi_fields_start(hsi_fields *f, hsi_arena *arena, hsi_bytes raw, const char *name,
                            const hsi_field_context *context)
{
    hsi_field *root = hsi_arena_new(arena, sizeof *root);
    if (root == NULL) {
        return HSI_NO_MEMORY;
    }
    *root = (hsi_field){.name = name, .index = HSI_NOT_AN_ITEM, .length = raw.length, .bounded = true};
    *f = (hsi_fields){
        .arena = arena, .raw = raw, .context = *context, .root = root, .open = root, .stopped = raw.length};
    return HSI_OK;
}

static hsi_status add_trailing(hsi_fields *f, hsi_field *open, size_t offset)
{
    hsi_field *trailing = make(f, open, "trailing", offset, end_of(open) - offset);
    if (trailing == NULL) {
        return HSI_NO_MEMORY;
    }
    trailing->kind = HSI_FIELD_OPAQUE;
    trailing->content = hsi_bytes_slice(f->raw, offset, trailing->length);
    attach(trailing);
    return HSI_OK;
}

hsi_status hsi_fields_settle(hsi_fields *f, hsi_field *field, hsi_status outcome)
{
    if (outcome == HSI_NO_MEMORY) {
        return outcome;
    }
    size_t stopped = covered(f->open);
    if (outcome == HSI_OK && stopped < end_of(field)) {
        outcome = HSI_ILLEGAL;
    }
    if (outcome != HSI_OK && f->status == HSI_OK) {
        f->status = outcome;
        f->stopped = stopped;
    }
    hsi_field *above = field->parent;
    for (hsi_field *open = f->open; open != above; open = open->parent) {
        if (covered(open) < end_of(open)) {
            HSI_TRY(add_trailing(f, open, covered(open)));
        }
    }
    f->open = above == NULL ? field : above;
    return HSI_OK;
}

/* ---- looking ---- */

/* Without measuring the field's name: most names differ in their first letter. */
static bool is_named(const hsi_field *field, hsi_bytes name)
{
    bool begins = name.length > 0 && *field->name == (char)*name.data;
    return begins && strncmp(field->name, (const char *)name.data, name.length) == 0 &&
           field->name[name.length] == '\0';
}

const hsi_field *hsi_field_child(const hsi_field *parent, hsi_bytes name)
{
    for (const hsi_field *child = parent->first; child != NULL; child = child->next) {
        if (child->index == HSI_NOT_AN_ITEM && is_named(child, name)) {
            return child;
        }
    }
    return NULL;
}

const hsi_field *hsi_field_item(const hsi_field *parent, size_t index)
{
    for (const hsi_field *child = parent->first; child != NULL; child = child->next) {
        if (child->index == index && index != HSI_NOT_AN_ITEM) {
            return child;
        }
    }
    return NULL;
}

/* "[12]" at *path: moves past it. False: no index in brackets stands there. */
static bool read_index(const char **path, size_t *index)
{
    enum { DIGITS = 9 }; /* no message has more items, and no number of so many digits overflows */
    const char *at = *path + 1;
    size_t digits = strspn(at, "0123456789");
    if (**path != '[' || digits == 0 || digits > DIGITS || at[digits] != ']') {
        return false;
    }
    *index = 0;
    for (size_t i = 0; i < digits; i++) {
        *index = *index * 10 + (size_t)(at[i] - '0');
    }
    *path = at + digits + 1;
    return true;
}

const hsi_field *hsi_field_find(const hsi_field *from, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, ".[");
        from = hsi_field_child(from, hsi_bytes_of(path, length));
        path += length;
        size_t index;
        while (from != NULL && *path == '[') {
            from = read_index(&path, &index) ? hsi_field_item(from, index) : NULL;
        }
        if (from == NULL || *path == '\0') {
            return from;
        }
        if (*path != '.') {
            return NULL;
        }
        path++;
    }
}
