/* Messages in hex, and what their fields should say: for tables of layouts.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_LAYOUT_H
#define HSI_TESTS_LAYOUT_H

#include "expect.h"
#include "tap/message.h"
#include "tiling.h"

enum { FIELDS_MAX = 10 };

typedef struct layout {
    const char *message; /* in hex, without the type's byte and the length */
    uint8_t type;
    uint16_t version;
    const char *key_exchange;
    const char *absent; /* a path that the layout does not have */
    expected_field fields[FIELDS_MAX];
} layout;

static inline void check_layout(const layout *row)
{
    uint8_t wire[4 + HEX_MAX] = {row->type};
    hsi_bytes body = hex(wire + 4, row->message);
    wire[3] = (uint8_t)body.length;
    const hsi_suite suite = {.key_exchange = row->key_exchange};
    const hsi_field_context context = {.version = row->version, .suite = &suite};
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, 4 + body.length), &context), HSI_OK);
    if (f.status != HSI_OK) {
        fail_msg("%s stops at %zu", row->message, f.stopped);
    }
    assert_true(tiles(&f));
    assert_null(hsi_field_find(f.root, row->absent));
    for (size_t i = 0; i < FIELDS_MAX && row->fields[i].path != NULL; i++) {
        expect_field(f.root, &row->fields[i]);
    }
    hsi_arena_cleanup(&arena);
}

#endif
