/* Tests csrc/tap/field.c: that the builder's leaves lie where the bytes are, whatever order fields are opened and
 * closed in, and that a failed read leaves no trace.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tap/dissect.h"
#include "tiling.h"

typedef struct fixture {
    hsi_arena arena;
    hsi_fields f;
    hsi_cursor in;
} fixture;

static void start(fixture *fix, const uint8_t *wire, size_t length)
{
    const hsi_field_context context = {.version = 0x0304};
    fix->arena = HSI_ARENA_EMPTY;
    fix->in = hsi_cursor_over(wire, length);
    assert_int_equal(hsi_fields_start(&fix->f, &fix->arena, hsi_bytes_of(wire, length), "Test", &context), HSI_OK);
}

static void finish(fixture *fix)
{
    hsi_arena_cleanup(&fix->arena);
}

static const char *even(uint32_t value)
{
    return value % 2 == 0 ? "even" : NULL;
}

static void an_integer_has_its_number_its_place_and_its_meaning(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x07, 0x01, 0x02, 0x01, 0x00, 0x00, 0xff, 0xff, 0xff, 0xfe};
    fixture fix;
    start(&fix, wire, sizeof wire);
    assert_int_equal(hsi_field_u8(&fix.f, &fix.in, "a", even), HSI_OK);
    assert_int_equal(hsi_field_u16(&fix.f, &fix.in, "b", even), HSI_OK);
    assert_int_equal(hsi_field_u24(&fix.f, &fix.in, "c", NULL), HSI_OK);
    assert_int_equal(hsi_field_u32(&fix.f, &fix.in, "d", even), HSI_OK);
    const hsi_field *a = hsi_field_find(fix.f.root, "a"), *b = hsi_field_find(fix.f.root, "b");
    const hsi_field *c = hsi_field_find(fix.f.root, "c"), *d = hsi_field_find(fix.f.root, "d");
    assert_int_equal(a->number, 7);
    assert_null(a->meaning);
    assert_int_equal(b->number, 0x0102);
    assert_string_equal(b->meaning, "even");
    assert_int_equal(c->number, 0x010000);
    assert_null(c->meaning);
    assert_int_equal(d->number, 0xfffffffe);
    assert_int_equal(d->offset, 6);
    assert_int_equal(d->length, 4);
    assert_int_equal(d->kind, HSI_FIELD_UINT);
    assert_int_equal(d->index, HSI_NOT_AN_ITEM);
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void a_read_that_fails_changes_neither_cursor_nor_tree(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x05, 'a'}; /* as an integer of four bytes too short, as a vector too */
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor body;
    assert_int_equal(hsi_field_u24(&fix.f, &fix.in, "n", NULL), HSI_TRUNCATED);
    assert_int_equal(hsi_field_opaque(&fix.f, &fix.in, "n", 3), HSI_TRUNCATED);
    assert_int_equal(hsi_field_opaque_vector(&fix.f, &fix.in, "n", 1), HSI_TRUNCATED);
    assert_int_equal(hsi_field_text_vector(&fix.f, &fix.in, "n", 2), HSI_TRUNCATED);
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "n", 1, &body), HSI_TRUNCATED);
    hsi_cursor empty = hsi_cursor_over(wire + 2, 0);
    assert_int_equal(hsi_field_begin(&fix.f, &empty, "n"), HSI_TRUNCATED);
    assert_ptr_equal(fix.in.at, wire);
    assert_null(fix.f.root->first);
    assert_ptr_equal(fix.f.open, fix.f.root);
    finish(&fix);
}

static void an_opaque_vector_has_its_content_over_its_length_and_its_bytes(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x00, 0x02, 'h', '2', 0x00};
    fixture fix;
    start(&fix, wire, sizeof wire);
    assert_int_equal(hsi_field_text_vector(&fix.f, &fix.in, "name", 2), HSI_OK);
    assert_int_equal(hsi_field_opaque_vector(&fix.f, &fix.in, "none", 1), HSI_OK);
    const hsi_field *name = hsi_field_find(fix.f.root, "name"), *none = hsi_field_find(fix.f.root, "none");
    assert_int_equal(name->kind, HSI_FIELD_TEXT);
    assert_int_equal(name->length, 4);
    assert_true(hsi_bytes_are(name->content, "h2"));
    assert_int_equal(hsi_field_find(name, "length")->number, 2);
    assert_true(hsi_bytes_are(hsi_field_find(name, "opaque")->content, "h2"));
    assert_int_equal(none->kind, HSI_FIELD_OPAQUE);
    assert_int_equal(none->content.length, 0);
    assert_null(hsi_field_find(none, "opaque"));
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void zero_opaque_bytes_add_no_leaf(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01};
    fixture fix;
    start(&fix, wire, sizeof wire);
    assert_int_equal(hsi_field_opaque(&fix.f, &fix.in, "nothing", 0), HSI_OK);
    assert_int_equal(hsi_field_rest(&fix.f, &fix.in, "all"), HSI_OK);
    assert_int_equal(hsi_field_rest(&fix.f, &fix.in, "nothing"), HSI_OK);
    assert_string_equal(fix.f.root->first->name, "all");
    assert_ptr_equal(fix.f.root->first, fix.f.root->last);
    finish(&fix);
}

static void a_vector_closes_when_reading_goes_past_its_end(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x02, 0x01, 0x07, 0x00, 0x09}; /* outer<1>{inner<1>{7}}, empty<1>, 9 */
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor outer, inner, empty;
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "outer", 1, &outer), HSI_OK);
    assert_int_equal(hsi_field_vector(&fix.f, &outer, "inner", 1, &inner), HSI_OK);
    assert_int_equal(hsi_field_u8(&fix.f, &inner, HSI_ITEM, NULL), HSI_OK);
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "empty", 1, &empty), HSI_OK);
    assert_true(hsi_cursor_empty(&empty));
    assert_int_equal(hsi_field_u8(&fix.f, &fix.in, "after", NULL), HSI_OK);
    assert_int_equal(hsi_field_find(fix.f.root, "outer.inner[0]")->number, 7);
    assert_ptr_equal(hsi_field_find(fix.f.root, "empty")->parent, fix.f.root);
    assert_ptr_equal(hsi_field_find(fix.f.root, "after")->parent, fix.f.root);
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void a_struct_ends_where_it_is_told_to_even_after_a_vector(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x06, 0x0a, 0x01, 0x0b, 0x0c, 0x01, 0x0d}; /* items<1> of {u8, bytes<1>} */
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor items, bytes;
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "items", 1, &items), HSI_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hsi_field_begin(&fix.f, &items, HSI_ITEM), HSI_OK);
        assert_int_equal(hsi_field_u8(&fix.f, &items, "head", NULL), HSI_OK);
        assert_int_equal(hsi_field_vector(&fix.f, &items, "bytes", 1, &bytes), HSI_OK);
        assert_int_equal(hsi_field_u8(&fix.f, &bytes, HSI_ITEM, NULL), HSI_OK);
        hsi_field_end(&fix.f, &items);
    }
    assert_int_equal(hsi_field_find(fix.f.root, "items[0]")->length, 3);
    assert_int_equal(hsi_field_find(fix.f.root, "items[1]")->offset, 4);
    assert_string_equal(hsi_field_find(fix.f.root, "items[1]")->name, "items");
    assert_int_equal(hsi_field_find(fix.f.root, "items[1].bytes[0]")->number, 0x0d);
    assert_null(hsi_field_find(fix.f.root, "items[2]"));
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void after_a_failure_each_open_field_gets_its_own_unread_bytes(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x04, 0x02, 0x0a, 0xee, 0xee, 0xdd}; /* outer<1>{struct{inner<1>{a, ?}, ?}}, ? */
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor outer, inner;
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "outer", 1, &outer), HSI_OK);
    assert_int_equal(hsi_field_begin(&fix.f, &outer, "struct"), HSI_OK);
    assert_int_equal(hsi_field_vector(&fix.f, &outer, "inner", 1, &inner), HSI_OK);
    assert_int_equal(hsi_field_u8(&fix.f, &inner, HSI_ITEM, NULL), HSI_OK);
    assert_int_equal(hsi_fields_settle(&fix.f, fix.f.root, HSI_TRUNCATED), HSI_OK);
    assert_int_equal(fix.f.status, HSI_TRUNCATED);
    assert_int_equal(fix.f.stopped, 3);
    assert_int_equal(hsi_field_find(fix.f.root, "outer.struct.inner.trailing")->offset, 3);
    assert_int_equal(hsi_field_find(fix.f.root, "outer.struct.trailing")->offset, 4);
    assert_int_equal(hsi_field_find(fix.f.root, "trailing")->offset, 5);
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void bytes_left_over_by_a_content_dissector_are_illegal(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01, 0x02, 0x03};
    fixture fix;
    start(&fix, wire, sizeof wire);
    assert_int_equal(hsi_field_u8(&fix.f, &fix.in, "a", NULL), HSI_OK);
    assert_int_equal(hsi_fields_settle(&fix.f, fix.f.root, HSI_OK), HSI_OK);
    assert_int_equal(fix.f.status, HSI_ILLEGAL);
    assert_int_equal(fix.f.stopped, 1);
    assert_int_equal(hsi_field_find(fix.f.root, "trailing")->length, 2);
    finish(&fix);
}

static void only_the_first_failure_of_a_message_is_told(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01, 0x02, 0x03, 0x04};
    fixture fix;
    start(&fix, wire, sizeof wire);
    assert_int_equal(hsi_field_bounded(&fix.f, &fix.in, "part", 2), HSI_OK);
    assert_int_equal(hsi_fields_settle(&fix.f, fix.f.open, HSI_TRUNCATED), HSI_OK);
    assert_ptr_equal(fix.f.open, fix.f.root);
    assert_int_equal(hsi_fields_settle(&fix.f, fix.f.root, HSI_OK), HSI_OK);
    assert_int_equal(fix.f.status, HSI_TRUNCATED);
    assert_int_equal(fix.f.stopped, 0);
    assert_non_null(hsi_field_find(fix.f.root, "part.trailing"));
    assert_true(tiles(&fix.f));
    finish(&fix);
}

static void a_field_inherits_where_it_is_defined(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01, 0x02, 0x03};
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor body;
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "v", 1, &body), HSI_OK);
    hsi_field_rfc(&fix.f, "RFC 8446 section 3.4");
    assert_int_equal(hsi_field_u8(&fix.f, &body, HSI_ITEM, NULL), HSI_OK);
    assert_int_equal(hsi_field_u8(&fix.f, &fix.in, "after", NULL), HSI_OK);
    assert_string_equal(hsi_field_find(fix.f.root, "v")->rfc, "RFC 8446 section 3.4");
    assert_string_equal(hsi_field_find(fix.f.root, "v[0]")->rfc, "RFC 8446 section 3.4");
    assert_null(hsi_field_find(fix.f.root, "after")->rfc);
    finish(&fix);
}

static void a_path_that_is_none_finds_nothing(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x02, 0x0a, 0x0b};
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_cursor body;
    assert_int_equal(hsi_field_vector(&fix.f, &fix.in, "v", 1, &body), HSI_OK);
    assert_int_equal(hsi_field_u8(&fix.f, &body, HSI_ITEM, NULL), HSI_OK);
    assert_int_equal(hsi_field_u8(&fix.f, &body, HSI_ITEM, NULL), HSI_OK);
    assert_int_equal(hsi_field_find(fix.f.root, "v[1]")->number, 0x0b);
    static const char *const wrong[] = {"",
                                        ".",
                                        "v.",
                                        "v..length",
                                        "v[",
                                        "v[]",
                                        "v[2]",
                                        "v[-1]",
                                        "v[1",
                                        "v[1]x",
                                        "v[1x]",
                                        "v[0].v",
                                        "w",
                                        "v.v",
                                        "[0]",
                                        "v[18446744073709551615]",
                                        "v[18446744073709551617]",
                                        " v"};
    for (size_t i = 0; i < HSI_COUNT(wrong); i++) {
        assert_null(hsi_field_find(fix.f.root, wrong[i]));
    }
    assert_null(hsi_field_item(fix.f.root, HSI_NOT_AN_ITEM));
    finish(&fix);
}

static hsi_status read_u8(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u8(f, in, "n", NULL);
}

static hsi_status read_opaque_vector(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "n", 1);
}

static hsi_status read_vector(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor body;
    return hsi_field_vector(f, in, "n", 1, &body);
}

static void without_memory_a_read_fails_and_changes_nothing(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01, 0x02};
    hsi_dissector *const reads[] = {read_u8, read_opaque_vector, read_vector};
    for (size_t i = 0; i < HSI_COUNT(reads); i++) {
        fixture fix;
        const hsi_field *last;
        hsi_status status;
        start(&fix, wire, sizeof wire);
        hsi_memory_fail_after(0);
        do { /* the same bytes again, until the arena needs its next block */
            last = fix.f.root->last;
            fix.f.open = fix.f.root;
            fix.in = hsi_cursor_over(wire, sizeof wire);
            status = reads[i](&fix.f, &fix.in);
        } while (status == HSI_OK);
        hsi_memory_fail_after(SIZE_MAX);
        assert_int_equal(status, HSI_NO_MEMORY);
        assert_ptr_equal(fix.in.at, wire);
        assert_ptr_equal(fix.f.root->last, last);
        assert_ptr_equal(fix.f.open, fix.f.root);
        finish(&fix);
    }
}

/* Items of three bytes, one more than are shown. */
static void the_first_items_of_a_vector_are_shown_and_the_rest_trails(void **state)
{
    (void)state;
    enum { ITEM = 3, BODY = ITEM * (HSI_ITEMS_MAX + 1) };
    static uint8_t wire[3 + BODY]; /* every item is an empty opaque<0..2^24-1> */
    wire[0] = (uint8_t)(BODY >> 16);
    wire[1] = (uint8_t)(BODY >> 8);
    wire[2] = (uint8_t)BODY;
    fixture fix;
    start(&fix, wire, sizeof wire);
    hsi_status outcome = hsi_dissect_opaques(&fix.f, &fix.in, "v", 3, ITEM);
    assert_int_equal(outcome, HSI_TOO_MANY);
    assert_int_equal(hsi_fields_settle(&fix.f, fix.f.root, outcome), HSI_OK);
    assert_true(tiles(&fix.f));
    assert_int_equal(fix.f.status, HSI_TOO_MANY);
    assert_int_equal(fix.f.stopped, 3 + ITEM * HSI_ITEMS_MAX);
    assert_int_equal(hsi_field_find(fix.f.root, "v")->last->length, ITEM);
    assert_string_equal(hsi_field_find(fix.f.root, "v")->last->name, "trailing");
    finish(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_integer_has_its_number_its_place_and_its_meaning),
        cmocka_unit_test(a_read_that_fails_changes_neither_cursor_nor_tree),
        cmocka_unit_test(an_opaque_vector_has_its_content_over_its_length_and_its_bytes),
        cmocka_unit_test(zero_opaque_bytes_add_no_leaf),
        cmocka_unit_test(a_vector_closes_when_reading_goes_past_its_end),
        cmocka_unit_test(a_struct_ends_where_it_is_told_to_even_after_a_vector),
        cmocka_unit_test(after_a_failure_each_open_field_gets_its_own_unread_bytes),
        cmocka_unit_test(bytes_left_over_by_a_content_dissector_are_illegal),
        cmocka_unit_test(only_the_first_failure_of_a_message_is_told),
        cmocka_unit_test(a_field_inherits_where_it_is_defined),
        cmocka_unit_test(a_path_that_is_none_finds_nothing),
        cmocka_unit_test(without_memory_a_read_fails_and_changes_nothing),
        cmocka_unit_test(the_first_items_of_a_vector_are_shown_and_the_rest_trails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
