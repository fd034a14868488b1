/* Tests csrc/tap/share.c and csrc/proto/group.c: the parts of a public share, by group and by who sent it. Lengths: FIPS 203
 * table 3, RFC 7748 section 5, RFC 8446 section 4.2.8.2, RFC 10024 section 3.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/group.h"
#include "proto/registries.h"
#include "tap/dissect.h"
#include "tap/journal.h"
#include "tiling.h"

enum { SHARE_MAX = 2048 };

typedef struct dissected {
    uint8_t wire[2 + SHARE_MAX];
    hsi_arena arena;
    hsi_fields f;
} dissected;

/* A share of `length` bytes that count up from 4, so that a point is an uncompressed one. */
static void dissect(dissected *d, uint16_t group, unsigned sender, size_t length)
{
    const hsi_field_context context = {.version = 0x0304};
    d->wire[0] = (uint8_t)(length >> 8);
    d->wire[1] = (uint8_t)length;
    for (size_t i = 0; i < length; i++) {
        d->wire[2 + i] = (uint8_t)(4 + i);
    }
    d->arena = HSI_ARENA_EMPTY;
    hsi_bytes raw = hsi_bytes_of(d->wire, 2 + length);
    hsi_cursor in = hsi_cursor_of(raw);
    assert_int_equal(hsi_fields_start(&d->f, &d->arena, raw, "Test", &context), HSI_OK);
    assert_int_equal(hsi_dissect_share(&d->f, &in, "share", group, sender), HSI_OK);
    assert_int_equal(hsi_fields_settle(&d->f, d->f.root, HSI_OK), HSI_OK);
    assert_int_equal(d->f.status, HSI_OK);
    assert_true(tiles(&d->f));
    assert_int_equal(hsi_field_find(d->f.root, "share")->content.length, length);
}

static const struct row {
    uint16_t group;
    unsigned sender;
    size_t length; /* of the share */
    const char *part;
    size_t offset; /* in the share */
    size_t part_length;
} rows[] = {
    {0x0017, HSI_CLIENT, 65, "share.X", 1, 32},
    {0x0017, HSI_SERVER, 65, "share.Y", 33, 32},
    {0x0019, HSI_CLIENT, 133, "share.Y", 67, 66},
    {0x001d, HSI_CLIENT, 32, "share.opaque", 0, 32},
    {0x001e, HSI_SERVER, 56, "share.opaque", 0, 56},
    {0x0100, HSI_SERVER, 256, "share.opaque", 0, 256},
    {0x0201, HSI_CLIENT, 1184, "share.opaque", 0, 1184},
    {0x0202, HSI_SERVER, 1568, "share.opaque", 0, 1568},
    {0x11ec, HSI_CLIENT, 1216, "share.encapsulation_key", 0, 1184}, /* the KEM first */
    {0x11ec, HSI_CLIENT, 1216, "share.ephemeral_share", 1184, 32},
    {0x11ec, HSI_SERVER, 1120, "share.ciphertext", 0, 1088},
    {0x11ec, HSI_SERVER, 1120, "share.ephemeral_share", 1088, 32},
    {0x11eb, HSI_CLIENT, 1249, "share.ephemeral_share.X", 1, 32}, /* the point first */
    {0x11eb, HSI_CLIENT, 1249, "share.encapsulation_key", 65, 1184},
    {0x11eb, HSI_SERVER, 1153, "share.ciphertext", 65, 1088},
    {0x11ed, HSI_CLIENT, 1665, "share.encapsulation_key", 97, 1568},
    {0x11ed, HSI_SERVER, 1665, "share.ephemeral_share.Y", 49, 48},
    {0x11ea, HSI_CLIENT, 832, "share.ephemeral_share", 800, 32},
    {0x11e9, HSI_SERVER, 833, "share.ciphertext", 65, 768},
    {0x6399, HSI_CLIENT, 1216, "share.ephemeral_share", 0, 32}, /* the draft had it the other way round */
    {0x6399, HSI_SERVER, 1120, "share.ciphertext", 32, 1088},
};

static void a_share_has_the_parts_of_its_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        dissected d;
        dissect(&d, rows[i].group, rows[i].sender, rows[i].length);
        const hsi_field *part = hsi_field_find(d.f.root, rows[i].part);
        if (part == NULL) {
            fail_msg("0x%04x has no %s", rows[i].group, rows[i].part);
        } else {
            assert_int_equal(part->offset, 2 + rows[i].offset);
            assert_int_equal(part->length, rows[i].part_length);
        }
        hsi_arena_cleanup(&d.arena);
    }
}

static void a_share_of_another_length_is_one_leaf(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        dissected d;
        dissect(&d, rows[i].group, rows[i].sender, rows[i].length - 1);
        assert_int_equal(hsi_field_find(d.f.root, "share.opaque")->length, rows[i].length - 1);
        hsi_arena_cleanup(&d.arena);
    }
    dissected d;
    dissect(&d, 0x0a0a, HSI_CLIENT, 1); /* GREASE */
    assert_int_equal(hsi_field_find(d.f.root, "share.opaque")->length, 1);
    hsi_arena_cleanup(&d.arena);
}

/* Those whose shares have no one length, and the two that say that a curve is spelled out. */
static void every_group_of_tls13_is_in_the_table(void **state)
{
    (void)state;
    for (uint32_t id = 0x0017; id <= UINT16_MAX; id++) {
        const char *name = hsi_named_group(id);
        bool gost = id >= 0x0022 && id <= 0x0028;
        bool known = name != NULL && strncmp(name, "GREASE", 6) != 0 && strncmp(name, "arbitrary", 9) != 0 && !gost;
        assert_int_equal(hsi_group_find(id) != NULL, known);
    }
    assert_null(hsi_group_find(0x10017));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_has_the_parts_of_its_group),
        cmocka_unit_test(a_share_of_another_length_is_one_leaf),
        cmocka_unit_test(every_group_of_tls13_is_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
