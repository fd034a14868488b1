/* Tests csrc/base/arena.c: what an arena hands out stays where it is and apart from the rest until all goes at once.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/memory.h"

static void memory_of_an_arena_is_zero_and_aligned_for_anything(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    for (size_t size = 0; size < 100; size++) {
        const uint8_t *memory = hsi_arena_new(&arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
        }
    }
    hsi_arena_cleanup(&arena);
}

static void what_was_handed_out_is_not_touched_by_what_follows(void **state)
{
    (void)state;
    enum { PIECES = 300 };
    hsi_arena arena = HSI_ARENA_EMPTY;
    uint8_t *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = hsi_arena_new(&arena, 1 + i);
        assert_non_null(pieces[i]);
        memset(pieces[i], (int)(i & 0xff), 1 + i);
    }
    for (size_t i = 0; i < PIECES; i++) {
        assert_int_equal(pieces[i][0], i & 0xff);
        assert_int_equal(pieces[i][i], i & 0xff);
    }
    hsi_arena_cleanup(&arena);
}

static void a_piece_may_be_larger_than_a_block(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    uint8_t *small = hsi_arena_new(&arena, 1);
    uint8_t *large = hsi_arena_new(&arena, 100000);
    assert_non_null(small);
    assert_non_null(large);
    memset(large, 0xff, 100000);
    assert_int_equal(*small, 0);
    hsi_arena_cleanup(&arena);
}

static void a_copy_has_the_bytes_and_a_place_of_its_own(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    char text[] = "fragment";
    hsi_bytes copy;
    assert_int_equal(hsi_arena_copy(&arena, &copy, hsi_bytes_text(text)), HSI_OK);
    text[0] = 'F';
    assert_true(hsi_bytes_are(copy, "fragment"));
    assert_int_equal(hsi_arena_copy(&arena, &copy, HSI_BYTES_EMPTY), HSI_OK);
    assert_int_equal(copy.length, 0);
    hsi_arena_cleanup(&arena);
}

static void a_formatted_text_is_whole_whatever_its_length(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    const char *text;
    char long_word[5001];
    memset(long_word, 'x', 5000);
    long_word[5000] = '\0';
    assert_int_equal(hsi_arena_format(&arena, &text, "mac.record[%d] %s", 9, "ok"), HSI_OK);
    assert_string_equal(text, "mac.record[9] ok");
    assert_int_equal(hsi_arena_format(&arena, &text, "%s!", long_word), HSI_OK);
    assert_int_equal(strlen(text), 5001);
    assert_int_equal(text[5000], '!');
    hsi_arena_cleanup(&arena);
}

static void joined_and_numbered_texts_are_what_printf_would_make_of_them(void **state)
{
    (void)state;
    static const size_t numbers[] = {0, 9, 10, 4294967296, SIZE_MAX};
    hsi_arena arena = HSI_ARENA_EMPTY;
    const char *text = "server";
    for (size_t i = 0; i < HSI_COUNT(numbers); i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "mac.record[%zu]", numbers[i]);
        assert_int_equal(hsi_arena_number(&arena, &text, "mac.record", numbers[i]), HSI_OK);
        assert_string_equal(text, expected);
    }
    assert_int_equal(hsi_arena_join(&arena, &text, HSI_TEXTS("")), HSI_OK);
    assert_string_equal(text, "");
    assert_int_equal(hsi_arena_join(&arena, &text, HSI_TEXTS("finished", ".", "client")), HSI_OK);
    assert_int_equal(hsi_arena_join(&arena, &text, HSI_TEXTS(text, "", "[1]")), HSI_OK); /* of itself too */
    assert_string_equal(text, "finished.client[1]");
    hsi_arena_cleanup(&arena);
}

static void an_arena_is_empty_and_of_use_after_cleanup(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_arena_cleanup(&arena);
    assert_non_null(hsi_arena_new(&arena, 10));
    hsi_arena_cleanup(&arena);
    assert_null(arena.blocks);
    assert_non_null(hsi_arena_new(&arena, 10));
    hsi_arena_cleanup(&arena);
}

static void an_arena_out_of_memory_says_so_and_stays_whole(void **state)
{
    (void)state;
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_bytes copy = HSI_BYTES_EMPTY;
    const char *text = NULL;
    hsi_memory_fail_after(0);
    assert_null(hsi_arena_new(&arena, 10));
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_arena_copy(&arena, &copy, hsi_bytes_text("bytes")), HSI_NO_MEMORY);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_arena_format(&arena, &text, "%d", 1), HSI_NO_MEMORY);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_arena_join(&arena, &text, HSI_TEXTS("text")), HSI_NO_MEMORY);
    assert_null(copy.data);
    assert_null(text);
    assert_null(hsi_arena_new(&arena, SIZE_MAX));
    assert_non_null(hsi_arena_new(&arena, 10));
    hsi_arena_cleanup(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_an_arena_is_zero_and_aligned_for_anything),
        cmocka_unit_test(what_was_handed_out_is_not_touched_by_what_follows),
        cmocka_unit_test(a_piece_may_be_larger_than_a_block),
        cmocka_unit_test(a_copy_has_the_bytes_and_a_place_of_its_own),
        cmocka_unit_test(a_formatted_text_is_whole_whatever_its_length),
        cmocka_unit_test(joined_and_numbered_texts_are_what_printf_would_make_of_them),
        cmocka_unit_test(an_arena_is_empty_and_of_use_after_cleanup),
        cmocka_unit_test(an_arena_out_of_memory_says_so_and_stays_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
