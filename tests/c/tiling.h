/* Whether a tree of fields is sound: its leaves tile the message, and every field lies exactly over its children.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_TILING_H
#define HSI_TESTS_TILING_H

#include "tap/message.h"

enum { TILING_DEPTH_MAX = 64 }; /* a vector of TLS, and DER in it as deep as der.c goes */

static inline bool tiling_leaf(const hsi_field *leaf, hsi_bytes raw)
{
    bool has_content = leaf->kind == HSI_FIELD_OPAQUE || leaf->kind == HSI_FIELD_TEXT;
    bool content_fits = leaf->content.data == raw.data + leaf->offset && leaf->content.length == leaf->length;
    return leaf->length > 0 && leaf->kind != HSI_FIELD_STRUCT && (!has_content || content_fits);
}

/* Everything below `field` covers it from its first byte to its last, in order, without a gap. */
static inline bool tiling_field(const hsi_field *field, hsi_bytes raw, int depth)
{
    size_t at = field->offset;
    const hsi_field *last = NULL;
    if (depth > TILING_DEPTH_MAX || field->offset > raw.length || field->length > raw.length - field->offset) {
        return false;
    }
    if (field->first == NULL) {
        return field->last == NULL && tiling_leaf(field, raw);
    }
    for (const hsi_field *child = field->first; child != NULL; child = child->next) {
        if (child->offset != at || child->parent != field || child->name == NULL ||
            !tiling_field(child, raw, depth + 1)) {
            return false;
        }
        at += child->length;
        last = child;
    }
    return last == field->last && at == field->offset + field->length;
}

static inline bool tiles(const hsi_fields *f)
{
    const hsi_field *root = f->root;
    if (root->offset != 0 || root->length != f->raw.length || f->stopped > f->raw.length) {
        return false;
    }
    return f->raw.length == 0 ? root->first == NULL : tiling_field(root, f->raw, 0);
}

#endif
