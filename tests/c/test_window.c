/* Tests csrc/capture/window.c: bytes that come in any order stand where they belong, and those that came first stay.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "capture/window.h"

enum { PAGE = 2048 };

static hsi_difference put(hsi_window *window, uint64_t offset, const char *text)
{
    hsi_difference difference = {0};
    assert_int_equal(hsi_window_put(window, offset, hsi_bytes_text(text), &difference), HSI_OK);
    return difference;
}

static void assert_run(const hsi_window *window, uint64_t offset, hsi_byte_state state, const char *text)
{
    hsi_bytes run;
    assert_int_equal(hsi_window_run(window, offset, &run), state);
    if (state == HSI_BYTE_HERE) {
        assert_true(hsi_bytes_are(run, text));
    }
}

static void an_empty_window_takes_no_memory(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    assert_true(hsi_window_empty(&window));
    assert_run(&window, 77, HSI_BYTE_MISSING, "");
    hsi_window_forget(&window, 100);
    assert_int_equal(put(&window, 5, "").end, 0);
    assert_int_equal(memory, 0);
    hsi_window_cleanup(&window);
}

static void runs_that_meet_are_one(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    (void)put(&window, 13, "def");
    (void)put(&window, 10, "abc");
    assert_run(&window, 10, HSI_BYTE_HERE, "abcdef");
    assert_run(&window, 16, HSI_BYTE_MISSING, "");
    assert_int_equal(window.first, 10);
    assert_int_equal(window.end, 16);
    assert_int_equal(window.here, 6);
    hsi_window_cleanup(&window);
    assert_int_equal(memory, 0);
}

static void the_bytes_that_came_first_stay(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    (void)put(&window, 10, "abcdef");
    assert_int_equal(put(&window, 8, "..abcdef..").end, 0);
    hsi_difference difference = put(&window, 9, "?aXcdYf?");
    assert_int_equal(difference.first, 9);
    assert_int_equal(difference.end, 17);
    assert_run(&window, 8, HSI_BYTE_HERE, "..abcdef..");
    hsi_window_cleanup(&window);
}

static void a_run_may_cross_pages(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    (void)put(&window, 3 * PAGE - 2, "abcd");
    assert_run(&window, 3 * PAGE - 2, HSI_BYTE_HERE, "ab");
    assert_run(&window, 3 * PAGE, HSI_BYTE_HERE, "cd");
    assert_int_equal(window.count, 2);
    hsi_window_forget(&window, 3 * PAGE);
    assert_int_equal(window.count, 1);
    assert_int_equal(window.first, 3 * PAGE);
    hsi_window_forget(&window, 3 * PAGE + 2);
    assert_true(hsi_window_empty(&window));
    assert_int_equal(memory, 0);
}

static void pages_are_let_go_of_though_what_is_next_lies_far_ahead(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    (void)put(&window, 10, "near");
    (void)put(&window, 100 * PAGE, "far");
    hsi_window_forget(&window, 14); /* the page stays for what may come behind it */
    assert_int_equal(window.count, 2);
    assert_int_equal(window.first, 100 * PAGE);
    hsi_window_forget(&window, 5 * PAGE);
    assert_int_equal(window.count, 1);
    hsi_window_cleanup(&window);
}

static void a_cut_is_no_byte_but_is_not_missing(void **state)
{
    (void)state;
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    (void)put(&window, 10, "ab");
    assert_int_equal(hsi_window_cut(&window, 11, 3), HSI_OK);
    assert_run(&window, 10, HSI_BYTE_HERE, "ab");
    assert_run(&window, 12, HSI_BYTE_CUT, "");
    assert_run(&window, 14, HSI_BYTE_MISSING, "");
    assert_int_equal(window.here, 2);
    (void)put(&window, 13, "d"); /* it came after all */
    assert_run(&window, 13, HSI_BYTE_HERE, "d");
    hsi_window_cleanup(&window);
}

/* Against an array of the same: any order, any overlap, while the front is let go of. */
static void any_order_gives_what_an_array_would(void **state)
{
    (void)state;
    enum { LENGTH = 60000 };
    static char expected[LENGTH + 1], state_of[LENGTH];
    size_t memory = 0;
    hsi_window window;
    hsi_window_init(&window, &memory);
    srand(1);
    uint64_t forgotten = 0;
    for (int i = 0; i < 3000; i++) {
        char text[41];
        uint64_t offset = forgotten + (uint64_t)rand() % (LENGTH - 50 - forgotten);
        size_t length = (size_t)rand() % sizeof text;
        for (size_t j = 0; j < length; j++) {
            text[j] = (char)('a' + rand() % 26);
            if (state_of[offset + j] == 0) {
                expected[offset + j] = text[j];
                state_of[offset + j] = 1;
            }
        }
        text[length] = '\0';
        (void)put(&window, offset, text);
        if (i % 100 == 99) {
            hsi_window_forget(&window, forgotten += 1000);
        }
    }
    for (uint64_t at = forgotten; at < LENGTH;) {
        hsi_bytes run;
        hsi_byte_state is = hsi_window_run(&window, at, &run);
        for (size_t j = 0; j < run.length && at < LENGTH; j++, at++) {
            assert_int_equal(state_of[at], is == HSI_BYTE_HERE);
            assert_true(is != HSI_BYTE_HERE || run.data[j] == (uint8_t)expected[at]);
        }
    }
    hsi_window_cleanup(&window);
    assert_int_equal(memory, 0);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t memory = 0, failures = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        hsi_difference difference = {0};
        hsi_window window;
        hsi_window_init(&window, &memory);
        hsi_memory_fail_after(failures);
        status = hsi_window_put(&window, PAGE - 1, hsi_bytes_text("ab"), &difference);
        status = status == HSI_OK ? hsi_window_cut(&window, 40 * PAGE, 1) : status;
        hsi_memory_fail_after(SIZE_MAX);
        hsi_window_cleanup(&window);
        assert_int_equal(memory, 0);
    }
    assert_int_equal(failures, 6); /* two lists of slots and three pages, and once nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_window_takes_no_memory),
        cmocka_unit_test(runs_that_meet_are_one),
        cmocka_unit_test(the_bytes_that_came_first_stay),
        cmocka_unit_test(a_run_may_cross_pages),
        cmocka_unit_test(pages_are_let_go_of_though_what_is_next_lies_far_ahead),
        cmocka_unit_test(a_cut_is_no_byte_but_is_not_missing),
        cmocka_unit_test(any_order_gives_what_an_array_would),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
