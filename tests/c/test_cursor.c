/* Tests csrc/base/cursor.c: big-endian reads, slices and vectors; a read that fails changes nothing.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t wire[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

/* The cursor stands `moved` bytes into the wire. */
static void assert_moved(const hsi_cursor *in, size_t moved)
{
    assert_ptr_equal(in->at, wire + moved);
    assert_int_equal(hsi_cursor_left(in), sizeof wire - moved);
}

static void integers_of_every_width_are_big_endian(void **state)
{
    (void)state;
    const uint64_t expected[] = {
        0, 0x01, 0x0102, 0x010203, 0x01020304, 0x0102030405, 0x010203040506, 0x01020304050607, 0x0102030405060708};
    for (size_t width = 1; width <= 8; width++) {
        hsi_cursor in = hsi_cursor_over(wire, sizeof wire);
        uint64_t value;
        assert_int_equal(hsi_cursor_uint(&in, width, &value), HSI_OK);
        assert_true(value == expected[width]);
        assert_moved(&in, width);
    }
}

static void the_named_widths_read_one_after_another(void **state)
{
    (void)state;
    hsi_cursor in = hsi_cursor_over(wire, sizeof wire);
    uint8_t one;
    uint16_t two;
    uint32_t three;
    assert_int_equal(hsi_cursor_u8(&in, &one), HSI_OK);
    assert_int_equal(hsi_cursor_u16(&in, &two), HSI_OK);
    assert_int_equal(hsi_cursor_u24(&in, &three), HSI_OK);
    assert_int_equal(one, 0x01);
    assert_int_equal(two, 0x0203);
    assert_int_equal(three, 0x040506);
    assert_moved(&in, 6);
}

static void an_integer_that_is_cut_short_moves_nothing_and_sets_nothing(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 8; width++) {
        hsi_cursor in = hsi_cursor_over(wire, width - 1);
        const hsi_cursor before = in;
        uint64_t value = 99;
        assert_int_equal(hsi_cursor_uint(&in, width, &value), HSI_TRUNCATED);
        assert_ptr_equal(in.at, before.at);
        assert_true(value == 99);
    }
}

static void a_slice_is_the_next_bytes_and_the_cursor_stands_behind_it(void **state)
{
    (void)state;
    hsi_cursor in = hsi_cursor_over(wire, sizeof wire), slice;
    hsi_bytes taken;
    assert_int_equal(hsi_cursor_slice(&in, &slice, 3), HSI_OK);
    assert_ptr_equal(slice.at, wire);
    assert_ptr_equal(slice.end, wire + 3);
    assert_int_equal(hsi_cursor_take(&in, &taken, 5), HSI_OK);
    assert_ptr_equal(taken.data, wire + 3);
    assert_int_equal(taken.length, 5);
    assert_true(hsi_cursor_empty(&in));
}

static void a_slice_of_nothing_is_there_even_at_the_end(void **state)
{
    (void)state;
    hsi_cursor in = hsi_cursor_over(wire, 0), slice;
    assert_int_equal(hsi_cursor_slice(&in, &slice, 0), HSI_OK);
    assert_true(hsi_cursor_empty(&slice));
    in = hsi_cursor_over(NULL, 0);
    assert_int_equal(hsi_cursor_slice(&in, &slice, 0), HSI_OK);
    assert_int_equal(hsi_cursor_slice(&in, &slice, 1), HSI_TRUNCATED);
}

static void a_slice_longer_than_what_is_left_moves_nothing(void **state)
{
    (void)state;
    hsi_cursor in = hsi_cursor_over(wire, sizeof wire), slice = {NULL, NULL};
    hsi_bytes taken = HSI_BYTES_EMPTY;
    assert_int_equal(hsi_cursor_slice(&in, &slice, sizeof wire + 1), HSI_TRUNCATED);
    assert_int_equal(hsi_cursor_slice(&in, &slice, SIZE_MAX), HSI_TRUNCATED);
    assert_int_equal(hsi_cursor_take(&in, &taken, SIZE_MAX), HSI_TRUNCATED);
    assert_moved(&in, 0);
    assert_null(slice.at);
    assert_null(taken.data);
}

static void a_vector_has_the_length_that_stands_before_it(void **state)
{
    (void)state;
    const uint8_t vectors[] = {0x02, 'a', 'b', 0x00, 0x01, 'c', 0x00, 0x00, 0x00, 'd'};
    hsi_cursor in = hsi_cursor_over(vectors, sizeof vectors), body = in;
    assert_int_equal(hsi_cursor_vector(&in, 1, &body), HSI_OK);
    assert_true(hsi_bytes_are(hsi_cursor_rest(&body), "ab"));
    assert_int_equal(hsi_cursor_vector(&in, 2, &body), HSI_OK);
    assert_true(hsi_bytes_are(hsi_cursor_rest(&body), "c"));
    assert_int_equal(hsi_cursor_vector(&in, 3, &body), HSI_OK); /* of no bytes */
    assert_true(hsi_cursor_empty(&body));
    assert_true(hsi_bytes_are(hsi_cursor_rest(&in), "d"));
}

static void a_length_beyond_the_end_moves_nothing(void **state)
{
    (void)state;
    const uint8_t two_of_five[] = {0x00, 0x05, 'a', 'b'};
    hsi_cursor in = hsi_cursor_over(two_of_five, sizeof two_of_five), body = {NULL, NULL};
    assert_int_equal(hsi_cursor_vector(&in, 2, &body), HSI_TRUNCATED);
    assert_ptr_equal(in.at, two_of_five);
    assert_null(body.at);
}

static void a_length_that_is_itself_cut_moves_nothing(void **state)
{
    (void)state;
    hsi_cursor in = hsi_cursor_over(wire, 2), body = {NULL, NULL};
    assert_int_equal(hsi_cursor_vector(&in, 3, &body), HSI_TRUNCATED);
    assert_ptr_equal(in.at, wire);
    assert_null(body.at);
}

static void a_copy_looks_ahead_without_the_original(void **state)
{
    (void)state;
    const hsi_cursor in = hsi_cursor_of(hsi_bytes_of(wire, sizeof wire));
    hsi_cursor ahead = in;
    uint8_t byte;
    assert_int_equal(hsi_cursor_u8(&ahead, &byte), HSI_OK);
    assert_moved(&in, 0);
    assert_moved(&ahead, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_of_every_width_are_big_endian),
        cmocka_unit_test(the_named_widths_read_one_after_another),
        cmocka_unit_test(an_integer_that_is_cut_short_moves_nothing_and_sets_nothing),
        cmocka_unit_test(a_slice_is_the_next_bytes_and_the_cursor_stands_behind_it),
        cmocka_unit_test(a_slice_of_nothing_is_there_even_at_the_end),
        cmocka_unit_test(a_slice_longer_than_what_is_left_moves_nothing),
        cmocka_unit_test(a_vector_has_the_length_that_stands_before_it),
        cmocka_unit_test(a_length_beyond_the_end_moves_nothing),
        cmocka_unit_test(a_length_that_is_itself_cut_moves_nothing),
        cmocka_unit_test(a_copy_looks_ahead_without_the_original),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
