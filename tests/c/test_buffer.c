/* Tests csrc/base/buffer.c: bytes go in at the end and out at the front, and leave nothing behind.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"

static void append_text(hsi_buffer *buffer, const char *text)
{
    assert_int_equal(hsi_buffer_append(buffer, hsi_bytes_text(text)), HSI_OK);
}

static void assert_holds(const hsi_buffer *buffer, const char *text)
{
    assert_true(hsi_bytes_are(hsi_buffer_peek(buffer), text));
    assert_int_equal(hsi_buffer_length(buffer), strlen(text));
}

static void assert_zeros(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(data[i], 0);
    }
}

static void an_empty_buffer_holds_nothing_and_may_be_cleaned_up_twice(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    assert_holds(&buffer, "");
    assert_int_equal(hsi_buffer_append(&buffer, HSI_BYTES_EMPTY), HSI_OK);
    hsi_buffer_consume(&buffer, 0);
    hsi_buffer_truncate(&buffer, 0);
    assert_null(buffer.data); /* nothing costs nothing */
    hsi_buffer_cleanup(&buffer);
    hsi_buffer_cleanup(&buffer);
}

static void what_is_appended_stands_at_the_end(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    append_text(&buffer, "Client");
    append_text(&buffer, "Hello");
    assert_holds(&buffer, "ClientHello");
    hsi_buffer_cleanup(&buffer);
    assert_holds(&buffer, "");
}

static void integers_are_appended_big_endian(void **state)
{
    (void)state;
    const uint8_t expected[] = {0x16, 0x03, 0x03, 0x00, 0x01, 0xfc, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_buffer_append_uint(&buffer, 1, 0x16), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(&buffer, 2, 0x0303), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(&buffer, 3, 0x0001fc), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(&buffer, 8, 0x0102030405060708), HSI_OK);
    assert_true(hsi_bytes_equal(hsi_buffer_peek(&buffer), hsi_bytes_of(expected, sizeof expected)));
    hsi_buffer_cleanup(&buffer);
}

static void what_is_consumed_is_gone(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    append_text(&buffer, "secret, then more");
    hsi_buffer_consume(&buffer, 6);
    assert_holds(&buffer, ", then more");
    hsi_buffer_cleanup(&buffer);
}

static void what_is_truncated_is_gone_and_wiped(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    append_text(&buffer, "x, and a secret");
    hsi_buffer_consume(&buffer, 3);
    hsi_buffer_truncate(&buffer, 5);
    assert_holds(&buffer, "and a");
    assert_zeros(hsi_buffer_peek(&buffer).data + 5, 7);
    hsi_buffer_cleanup(&buffer);
}

static void extended_bytes_are_zero_even_where_something_stood(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    uint8_t *out;
    append_text(&buffer, "0123456789");
    hsi_buffer_truncate(&buffer, 2);
    assert_int_equal(hsi_buffer_extend(&buffer, 8, &out), HSI_OK);
    assert_ptr_equal(out, buffer.data + 2);
    assert_zeros(out, 8);
    memcpy(out, "abcdefgh", 8);
    assert_holds(&buffer, "01abcdefgh");
    hsi_buffer_cleanup(&buffer);
}

static void a_queue_keeps_its_bytes_in_order_and_does_not_grow_for_ever(void **state)
{
    (void)state;
    hsi_buffer queue = HSI_BUFFER_EMPTY;
    uint8_t next = 0;
    append_text(&queue, "#");
    hsi_buffer_truncate(&queue, 0);
    for (unsigned i = 0; i < 100000; i++) {
        assert_int_equal(hsi_buffer_append_uint(&queue, 1, (uint8_t)i), HSI_OK);
        if (i >= 40) { /* 40 bytes wait, always: never empty */
            assert_int_equal(hsi_buffer_peek(&queue).data[0], next++);
            hsi_buffer_consume(&queue, 1);
        }
    }
    assert_int_equal(hsi_buffer_length(&queue), 40);
    assert_true(queue.capacity <= 128);
    hsi_buffer_cleanup(&queue);
}

static void a_buffer_that_cannot_grow_keeps_what_it_has(void **state)
{
    (void)state;
    uint8_t much[1000] = {1};
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    append_text(&buffer, "kept");
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_buffer_append(&buffer, hsi_bytes_of(much, sizeof much)), HSI_NO_MEMORY);
    assert_holds(&buffer, "kept");
    assert_int_equal(hsi_buffer_append(&buffer, hsi_bytes_of(much, sizeof much)), HSI_OK);
    assert_int_equal(hsi_buffer_length(&buffer), 4 + sizeof much);
    hsi_buffer_cleanup(&buffer);
}

static void more_than_any_memory_is_refused(void **state)
{
    (void)state;
    hsi_buffer buffer = HSI_BUFFER_EMPTY;
    uint8_t *out = NULL;
    append_text(&buffer, "kept");
    assert_int_equal(hsi_buffer_extend(&buffer, SIZE_MAX, &out), HSI_NO_MEMORY);
    assert_int_equal(hsi_buffer_extend(&buffer, SIZE_MAX - 2, &out), HSI_NO_MEMORY); /* their sum wraps around */
    assert_int_equal(hsi_buffer_extend(&buffer, SIZE_MAX / 2, &out), HSI_NO_MEMORY);
    assert_holds(&buffer, "kept");
    hsi_buffer_cleanup(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_holds_nothing_and_may_be_cleaned_up_twice),
        cmocka_unit_test(what_is_appended_stands_at_the_end),
        cmocka_unit_test(integers_are_appended_big_endian),
        cmocka_unit_test(what_is_consumed_is_gone),
        cmocka_unit_test(what_is_truncated_is_gone_and_wiped),
        cmocka_unit_test(extended_bytes_are_zero_even_where_something_stood),
        cmocka_unit_test(a_queue_keeps_its_bytes_in_order_and_does_not_grow_for_ever),
        cmocka_unit_test(a_buffer_that_cannot_grow_keeps_what_it_has),
        cmocka_unit_test(more_than_any_memory_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
