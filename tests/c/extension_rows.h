/* Extensions alone, dissected as if they were a whole message, for tables of layouts: each row holds what one field of an
 * extension should say; and whatever the bytes are cut down to, the next extension goes on.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_EXTENSION_ROWS_H
#define HSI_TESTS_EXTENSION_ROWS_H

#include "base/memory.h"
#include "expect.h"
#include "tap/message.h"
#include "tiling.h"

typedef struct dissected {
    uint8_t wire[2 + HEX_MAX];
    hsi_arena arena;
    hsi_fields f;
} dissected;

/* Dissects `extensions<0..2^16-1>` with these contents, as if it were a whole message. */
static inline void dissect(dissected *d, const char *contents, unsigned where)
{
    const hsi_field_context context = {.version = 0x0304};
    size_t length = hex(d->wire + 2, contents).length;
    d->wire[0] = (uint8_t)(length >> 8);
    d->wire[1] = (uint8_t)length;
    d->arena = HSI_ARENA_EMPTY;
    hsi_bytes raw = hsi_bytes_of(d->wire, 2 + length);
    hsi_cursor in = hsi_cursor_of(raw);
    assert_int_equal(hsi_fields_start(&d->f, &d->arena, raw, "Test", &context), HSI_OK);
    hsi_status outcome = hsi_extensions_dissect(&d->f, &in, where);
    assert_int_equal(hsi_fields_settle(&d->f, d->f.root, outcome), HSI_OK);
    assert_true(tiles(&d->f));
}

/* One field of an extension. */
typedef struct extension_row {
    const char *extension; /* type, length, data */
    unsigned where;
    expected_field field; /* below `extensions` */
} extension_row;

static inline void expect_extension(const extension_row *row)
{
    dissected d;
    dissect(&d, row->extension, row->where);
    if (d.f.status != HSI_OK) {
        fail_msg("%s stops at %zu", row->extension, d.f.stopped);
    }
    expect_field(hsi_field_find(d.f.root, "extensions"), &row->field);
    hsi_arena_cleanup(&d.arena);
}

/* The extension's length fits; its insides do not. */
static inline void expect_the_next_after_a_cut_one(const extension_row *row)
{
    uint8_t storage[HEX_MAX];
    size_t length = hex(storage, row->extension).length;
    for (size_t cut = 4; cut < length; cut++) {
        char contents[2 * HEX_MAX];
        snprintf(contents, sizeof contents, "%.4s%04x%.*s00170000", row->extension, (unsigned)(cut - 4),
                 (int)(2 * (cut - 4)), row->extension + 8);
        dissected d;
        dissect(&d, contents, row->where);
        const hsi_field *next = hsi_field_find(d.f.root, "extensions.extended_master_secret");
        assert_non_null(next);
        assert_int_equal(next->offset, 2 + cut);
        hsi_arena_cleanup(&d.arena);
    }
}

/* Memory ends somewhere inside the extension, at another place each time: it is not read, and nothing leaks. */
static inline void expect_no_memory(const extension_row *row)
{
    enum { BLOCK = 4096 };
    const hsi_field_context context = {.version = 0x0304};
    uint8_t wire[2 + HEX_MAX];
    size_t length = hex(wire + 2, row->extension).length;
    size_t failures = 0;
    wire[0] = (uint8_t)(length >> 8);
    wire[1] = (uint8_t)length;
    for (size_t used = BLOCK; used >= sizeof(hsi_field); used -= sizeof(hsi_field)) {
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        hsi_cursor in = hsi_cursor_over(wire, 2 + length);
        assert_non_null(hsi_arena_new(&arena, used));
        hsi_memory_fail_after(0);
        hsi_status status = hsi_fields_start(&f, &arena, hsi_bytes_of(wire, 2 + length), "Test", &context);
        status = status != HSI_OK ? status : hsi_extensions_dissect(&f, &in, row->where);
        hsi_memory_fail_after(SIZE_MAX);
        hsi_arena_cleanup(&arena);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        failures += status == HSI_NO_MEMORY;
    }
    assert_true(failures >= 5); /* the fields of one that is empty */
}

#endif
