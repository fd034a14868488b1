/* Tests csrc/capture/half.c: one direction of TCP, from segments in any order to bytes in theirs.
 * tests/py/test_reassembly.py has the disorders, and test_reassembly_faults.py what captures lack; here are the borders.
 * SPDX-License-Identifier: MIT */
#include "told.h"

#include "base/memory.h"
#include "capture/half.h"
#include "capture/limits.h"

enum { BASE = 0xfffffff8 }; /* eight bytes before the sequence numbers begin again */

typedef struct direction {
    told told;
    hsi_capture_sink sink;
    hsi_delivery to;
    size_t waiting;
    hsi_half half;
} direction;

static void begin(direction *d)
{
    *d = (direction){.told = {.length = 0}};
    d->sink = told_sink(&d->told);
    d->to = (hsi_delivery){&d->sink, d, 0, 1, 1000};
    hsi_half_init(&d->half, &d->waiting);
    hsi_half_synchronize(&d->half, BASE);
}

static void end(direction *d)
{
    hsi_half_cleanup(&d->half);
    assert_int_equal(d->waiting, 0);
}

static hsi_status take(direction *d, uint64_t offset, const char *text, size_t missing, uint8_t flags)
{
    const hsi_segment segment = {
        .sequence = BASE + (uint32_t)offset, .flags = flags, .data = hsi_bytes_text(text), .missing = missing};
    d->to.packet++;
    return hsi_half_take(&d->half, &segment, &d->to);
}

static void give(direction *d, uint64_t offset, const char *text)
{
    assert_int_equal(take(d, offset, text, 0, HSI_TCP_ACK), HSI_OK);
}

static void acknowledge(direction *d, uint64_t offset)
{
    assert_int_equal(hsi_half_acknowledge(&d->half, BASE + (uint32_t)offset, &d->to), HSI_OK);
}

static void sequence_numbers_begin_again(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 0, "before");
    give(&d, 10, "behind");
    give(&d, 6, "over");
    assert_told(&d.told, "0 bytes before\n0 bytes over\n0 bytes behind\n");
    give(&d, 4, "reover");
    assert_told(&d.told, "");
    end(&d);
}

static void what_overlaps_what_waits_is_given_once(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 4, "efgh");
    give(&d, 2, "cdefghij");
    give(&d, 0, "abcdef");
    assert_told(&d.told, "0 bytes abcdefghij\n");
    end(&d);
}

static void four_gibibytes_are_counted_in_64_bits(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    d.half.next = ((uint64_t)1 << 32) - 2;
    give(&d, d.half.next, "abcd");
    give(&d, d.half.next + 1, "f");
    acknowledge(&d, d.half.next + 2);
    assert_told(&d.told, "0 bytes abcd\n0 hole 4294967298+1\n0 bytes f\n");
    end(&d);
}

static void a_segment_before_the_first_is_left_out(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    d.half.synchronized = false;
    give(&d, 10, "first");
    give(&d, 2, "before");
    give(&d, 4, "part, first, then");
    assert_told(&d.told, "0 start 0+0\n0 bytes first\n0 bytes , then\n");
    end(&d);
}

static void a_keep_alive_is_no_conflict_but_two_bytes_may_be_one(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 0, "abc");
    give(&d, 2, "?");
    assert_told(&d.told, "0 bytes abc\n");
    give(&d, 1, "b?");
    assert_told(&d.told, "0 conflict 2+1\n");
    give(&d, 1, "?");
    assert_told(&d.told, "0 conflict 1+1\n");
    end(&d);
}

static void a_cut_is_given_behind_what_is_there(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    assert_int_equal(take(&d, 0, "abc", 7, HSI_TCP_ACK), HSI_OK);
    give(&d, 10, "klm");
    assert_told(&d.told, "0 bytes abc\n0 cut 3+7\n0 bytes klm\n");
    give(&d, 2, "?defghijk"); /* of what is before a gap nothing is known any more */
    assert_told(&d.told, "");
    end(&d);
}

static void a_cut_out_of_order_is_one_across_pages(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    assert_int_equal(take(&d, 2000, "ab", 5000, HSI_TCP_ACK), HSI_OK);
    acknowledge(&d, 7002);
    assert_told(&d.told, "0 hole 0+2000\n0 bytes ab\n0 cut 2002+5000\n");
    end(&d);
}

static void a_fin_ends_where_it_stands_and_not_before(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    assert_int_equal(take(&d, 3, "def", 0, HSI_TCP_FIN), HSI_OK);
    assert_told(&d.told, "");
    give(&d, 0, "abcdef and more");
    assert_told(&d.told, "0 bytes abcdef\n0 fin\n");
    give(&d, 6, "after");
    assert_int_equal(take(&d, 6, "", 0, HSI_TCP_FIN), HSI_OK);
    assert_told(&d.told, "");
    end(&d);
}

static void a_fin_before_what_waits_is_not_believed(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 3, "def");
    assert_int_equal(take(&d, 1, "b", 0, HSI_TCP_FIN), HSI_OK);
    give(&d, 0, "a");
    give(&d, 2, "c");
    assert_told(&d.told, "0 bytes a\n0 bytes b\n0 bytes c\n0 bytes def\n");
    end(&d);
}

static void an_acknowledged_fin_ends_the_stream_though_bytes_are_missing(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    assert_int_equal(take(&d, 3, "def", 0, HSI_TCP_FIN), HSI_OK);
    acknowledge(&d, 2);
    assert_told(&d.told, "");
    acknowledge(&d, 7);
    assert_told(&d.told, "0 hole 0+3\n0 bytes def\n0 fin\n");
    end(&d);
}

static void what_is_acknowledged_behind_the_window_of_any_connection_is_not_heeded(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 3, "def");
    acknowledge(&d, (1 << 30) + 1);
    acknowledge(&d, (uint64_t)UINT32_MAX - 5); /* before the first byte */
    assert_told(&d.told, "");
    assert_int_equal(hsi_half_give_up(&d.half, &d.to), HSI_OK);
    assert_told(&d.told, "0 hole 0+3\n0 bytes def\n");
    end(&d);
}

static void a_reset_ends_behind_what_waits(void **state)
{
    (void)state;
    direction d;
    begin(&d);
    give(&d, 3, "def");
    assert_int_equal(hsi_half_reset(&d.half, BASE + (uint32_t)HSI_WINDOW_MOST + 1, &d.to), HSI_OK);
    assert_told(&d.told, "");
    assert_int_equal(hsi_half_reset(&d.half, BASE + (uint32_t)HSI_WINDOW_MOST, &d.to), HSI_OK);
    assert_told(&d.told, "0 hole 0+3\n0 bytes def\n0 rst\n");
    give(&d, 6, "after");
    assert_int_equal(hsi_half_finish(&d.half, &d.to), HSI_OK);
    assert_told(&d.told, "");
    end(&d);
}

static void one_segment_out_of_reach_is_left_out_and_two_are_a_hole(void **state)
{
    (void)state;
    direction d;
    const uint64_t far = HSI_WINDOW_MOST + 1;
    begin(&d);
    give(&d, far, "abc");
    give(&d, far + 100, "xyz");
    assert_told(&d.told, "");
    give(&d, far + 103, "uvw");
    assert_told(&d.told, "0 hole 0+8388712\n0 bytes uvw\n");
    end(&d);
}

static void what_was_acknowledged_is_believed_however_far(void **state)
{
    (void)state;
    direction d;
    const uint64_t far = HSI_WINDOW_MOST * 2;
    begin(&d);
    give(&d, 3, "def");
    acknowledge(&d, far);
    give(&d, far, "abc");
    assert_told(&d.told, "0 hole 0+3\n0 bytes def\n0 hole 6+16777210\n0 bytes abc\n");
    end(&d);
}

/* What reaches over the end of the window takes the holes before it, and then is no longer ahead of them. */
static void a_segment_at_the_border_of_the_window_may_overlap_what_waits(void **state)
{
    (void)state;
    direction d;
    const uint64_t border = HSI_WINDOW_MOST - 2;
    begin(&d);
    give(&d, border - 2, "abcd");
    acknowledge(&d, border - 3);
    give(&d, border - 3, "?abcde");
    assert_told(&d.told, "0 hole 0+8388604\n0 bytes abcd\n0 bytes e\n");
    end(&d);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        direction d;
        begin(&d);
        hsi_memory_fail_after(failures);
        status = take(&d, 3, "def", 9000, HSI_TCP_ACK);
        status = status == HSI_OK ? take(&d, 0, "abcd", 0, HSI_TCP_ACK) : status;
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        end(&d);
    }
    assert_in_range(failures, 8, 10); /* slots twice, five pages, the history */
}

static void what_the_sink_refuses_comes_back(void **state)
{
    (void)state;
    for (size_t call = 1; call <= 5; call++) {
        direction d;
        begin(&d);
        d.told.fails_at = call;
        hsi_status status = take(&d, 3, "d", 2, HSI_TCP_FIN);
        status = status == HSI_OK ? take(&d, 3, "x", 0, HSI_TCP_ACK) : status;
        status = status == HSI_OK ? hsi_half_finish(&d.half, &d.to) : status;
        assert_int_equal(status, HSI_CALLBACK);
        assert_int_equal(d.told.calls, call); /* conflict, hole, bytes, cut, end */
        end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_numbers_begin_again),
        cmocka_unit_test(what_overlaps_what_waits_is_given_once),
        cmocka_unit_test(four_gibibytes_are_counted_in_64_bits),
        cmocka_unit_test(a_segment_before_the_first_is_left_out),
        cmocka_unit_test(a_keep_alive_is_no_conflict_but_two_bytes_may_be_one),
        cmocka_unit_test(a_cut_is_given_behind_what_is_there),
        cmocka_unit_test(a_cut_out_of_order_is_one_across_pages),
        cmocka_unit_test(a_fin_ends_where_it_stands_and_not_before),
        cmocka_unit_test(a_fin_before_what_waits_is_not_believed),
        cmocka_unit_test(an_acknowledged_fin_ends_the_stream_though_bytes_are_missing),
        cmocka_unit_test(what_is_acknowledged_behind_the_window_of_any_connection_is_not_heeded),
        cmocka_unit_test(a_reset_ends_behind_what_waits),
        cmocka_unit_test(one_segment_out_of_reach_is_left_out_and_two_are_a_hole),
        cmocka_unit_test(what_was_acknowledged_is_believed_however_far),
        cmocka_unit_test(a_segment_at_the_border_of_the_window_may_overlap_what_waits),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(what_the_sink_refuses_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
