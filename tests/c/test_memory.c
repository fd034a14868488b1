/* Tests csrc/base/memory.c: memory comes zeroed, is wiped when it goes, and any allocation can be made to fail.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/memory.h"

/* What the C library's free gets to see: this program's own free stands before it. */
static const uint8_t *watched;
static size_t watched_size;
static bool wiped;

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    if (memory != NULL && memory == watched) {
        wiped = true;
        for (size_t i = 0; i < watched_size; i++) {
            wiped = wiped && watched[i] == 0;
        }
        watched = NULL;
    }
    __real_free(memory);
}

static void watch(const void *memory, size_t size)
{
    watched = memory;
    watched_size = size;
    wiped = false;
}

static void new_memory_is_zero(void **state)
{
    (void)state;
    uint8_t *memory = hsi_memory_new(1000);
    assert_non_null(memory);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(memory[i], 0);
    }
    hsi_memory_free(memory, 1000);
}

static void memory_of_no_bytes_is_not_null(void **state)
{
    (void)state;
    void *memory = hsi_memory_new(0);
    assert_non_null(memory);
    hsi_memory_free(memory, 0);
}

static void freeing_null_is_legal(void **state)
{
    (void)state;
    hsi_memory_free(NULL, 10);
    hsi_memory_wipe(NULL, 0);
}

static void wiping_zeroes_just_the_bytes_it_was_told(void **state)
{
    (void)state;
    uint8_t bytes[] = {1, 2, 3, 4, 5};
    const uint8_t expected[] = {1, 0, 0, 0, 5};
    hsi_memory_wipe(bytes + 1, 3);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static void freed_memory_has_been_wiped(void **state)
{
    (void)state;
    uint8_t *memory = hsi_memory_new(64);
    memset(memory, 0xa5, 64);
    watch(memory, 64);
    hsi_memory_free(memory, 64);
    assert_null(watched);
    assert_true(wiped);
}

static void grown_memory_keeps_its_beginning_and_the_old_one_has_been_wiped(void **state)
{
    (void)state;
    void *memory = hsi_memory_new(6);
    memcpy(memory, "secret", 6);
    watch(memory, 6);
    assert_int_equal(hsi_memory_grow(&memory, 6, 8), HSI_OK);
    assert_true(wiped);
    assert_memory_equal(memory, "secret", 6);
    memset(memory, 0, 8); /* the new bytes hold anything */
    hsi_memory_free(memory, 8);
}

static void nothing_grows_to_something(void **state)
{
    (void)state;
    void *memory = NULL;
    assert_int_equal(hsi_memory_grow(&memory, 0, 8), HSI_OK);
    assert_non_null(memory);
    hsi_memory_free(memory, 8);
}

static void the_allocation_after_the_next_n_fails_once(void **state)
{
    (void)state;
    for (size_t count = 0; count < 3; count++) {
        hsi_memory_fail_after(count);
        for (size_t i = 0; i < 6; i++) {
            void *memory = hsi_memory_new(8);
            assert_int_equal(memory == NULL, i == count);
            hsi_memory_free(memory, 8);
        }
    }
}

static void memory_that_cannot_grow_is_as_it_was(void **state)
{
    (void)state;
    void *memory = hsi_memory_new(4);
    void *before = memory;
    memcpy(memory, "kept", 4);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_memory_grow(&memory, 4, 8), HSI_NO_MEMORY);
    assert_ptr_equal(memory, before);
    assert_memory_equal(memory, "kept", 4);
    hsi_memory_free(memory, 4);
}

static void a_failure_that_was_called_off_does_not_come(void **state)
{
    (void)state;
    hsi_memory_fail_after(0);
    hsi_memory_fail_after(SIZE_MAX);
    void *memory = hsi_memory_new(8);
    assert_non_null(memory);
    hsi_memory_free(memory, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zero),
        cmocka_unit_test(memory_of_no_bytes_is_not_null),
        cmocka_unit_test(freeing_null_is_legal),
        cmocka_unit_test(wiping_zeroes_just_the_bytes_it_was_told),
        cmocka_unit_test(freed_memory_has_been_wiped),
        cmocka_unit_test(grown_memory_keeps_its_beginning_and_the_old_one_has_been_wiped),
        cmocka_unit_test(nothing_grows_to_something),
        cmocka_unit_test(the_allocation_after_the_next_n_fails_once),
        cmocka_unit_test(memory_that_cannot_grow_is_as_it_was),
        cmocka_unit_test(a_failure_that_was_called_off_does_not_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
