/* Tests csrc/capture/fragments.c: datagrams out of their fragments, and those that never become one.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "capture/fragments.h"
#include "capture/limits.h"

typedef struct pile {
    hsi_packets_notes notes;
    hsi_fragments fragments;
    hsi_ip ip; /* what came of the last one */
    uint64_t time_ns;
} pile;

static void begin(pile *p)
{
    *p = (pile){.time_ns = 1};
    hsi_fragments_init(&p->fragments, &p->notes);
}

static void end(pile *p)
{
    hsi_fragments_cleanup(&p->fragments);
    assert_int_equal(p->fragments.memory, 0);
    assert_int_equal(p->fragments.count, 0);
}

static hsi_status take(pile *p, uint32_t number, uint32_t offset, const char *text, bool more)
{
    p->ip = (hsi_ip){.version = 4,
                     .protocol = HSI_IP_TCP,
                     .fragmented = true,
                     .fragment = {number, offset, more},
                     .payload = hsi_bytes_text(text)};
    return hsi_fragments_take(&p->fragments, &p->ip, p->time_ns);
}

static void give(pile *p, uint32_t number, uint32_t offset, const char *text, bool more)
{
    assert_int_equal(take(p, number, offset, text, more), HSI_OK);
}

static void assert_whole(const pile *p, const char *payload)
{
    assert_false(p->ip.fragmented);
    assert_true(hsi_bytes_are(p->ip.payload, payload));
    assert_int_equal(p->ip.missing, 0);
}

static void fragments_in_any_order_make_their_datagram(void **state)
{
    (void)state;
    pile p;
    begin(&p);
    give(&p, 1, 16, "the end", false);
    assert_true(p.ip.fragmented);
    give(&p, 2, 0, "another ", true);
    give(&p, 1, 8, "go on as", true);
    give(&p, 1, 0, "begin so", true);
    assert_whole(&p, "begin sogo on asthe end");
    give(&p, 2, 8, "one", false);
    assert_whole(&p, "another one");
    assert_int_equal(p.notes.fragments, 5);
    assert_int_equal(p.notes.fragments_dropped, 0);
    end(&p);
}

static void the_bytes_that_came_first_are_kept(void **state)
{
    (void)state;
    pile p;
    begin(&p);
    give(&p, 1, 8, "first---", true);
    give(&p, 1, 0, "01234567OTHERXXX", true);
    give(&p, 1, 8, "XXXXXXXXlast", false);
    assert_whole(&p, "01234567first---last");
    end(&p);
}

static void bytes_behind_the_last_fragment_make_no_datagram(void **state)
{
    (void)state;
    pile p;
    begin(&p);
    give(&p, 1, 8, "the end", false);
    give(&p, 1, 16, "behind it", true);
    give(&p, 1, 0, "begin so", true);
    assert_true(p.ip.fragmented);
    give(&p, 1, 65528, "too far behind", true);
    assert_int_equal(p.notes.fragments_dropped, 1);
    hsi_fragments_finish(&p.fragments);
    assert_int_equal(p.notes.fragments_dropped, 4);
    end(&p);
}

static void the_first_fragment_of_ipv6_says_what_is_in_it(void **state)
{
    (void)state;
    const uint8_t options_then_tcp[] = {HSI_IP_TCP, 0, 0, 0, 0, 0, 0, 0};
    pile p;
    begin(&p);
    p.ip = (hsi_ip){.version = 6, .protocol = 17, .fragmented = true, .fragment = {7, 8, false}};
    p.ip.payload = hsi_bytes_text("abc");
    assert_int_equal(hsi_fragments_take(&p.fragments, &p.ip, 1), HSI_OK);
    p.ip = (hsi_ip){.version = 6, .protocol = 60, .fragmented = true, .fragment = {7, 0, true}};
    p.ip.payload = hsi_bytes_of(options_then_tcp, sizeof options_then_tcp);
    assert_int_equal(hsi_fragments_take(&p.fragments, &p.ip, 1), HSI_OK);
    assert_whole(&p, "abc");
    assert_int_equal(p.ip.protocol, HSI_IP_TCP);
    end(&p);
}

static void the_oldest_make_room(void **state)
{
    (void)state;
    pile p;
    begin(&p);
    for (uint32_t number = 0; number <= HSI_DATAGRAMS_MOST; number++) {
        give(&p, number, 0, "begin so", true);
    }
    assert_int_equal(p.fragments.count, HSI_DATAGRAMS_MOST);
    assert_int_equal(p.notes.fragments_dropped, 1);
    p.time_ns += HSI_DATAGRAM_AGE_NS;
    give(&p, 1, 8, "in time", false);
    assert_whole(&p, "begin soin time");
    p.time_ns++;
    give(&p, 2, 8, "too late", false);
    assert_true(p.ip.fragmented);
    assert_int_equal(p.fragments.count, 1);
    p.time_ns = 0; /* clocks go back, too */
    give(&p, 2, 0, "no clock", true);
    assert_whole(&p, "no clocktoo late");
    end(&p);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        pile p;
        begin(&p);
        hsi_memory_fail_after(failures);
        status = take(&p, 1, 0, "01234567", true);
        status = status == HSI_OK ? take(&p, 1, 8, "8", false) : status;
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        end(&p);
    }
    assert_int_equal(failures, 5); /* a datagram, its slots, its page, the payload, and once nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_in_any_order_make_their_datagram),
        cmocka_unit_test(the_bytes_that_came_first_are_kept),
        cmocka_unit_test(bytes_behind_the_last_fragment_make_no_datagram),
        cmocka_unit_test(the_first_fragment_of_ipv6_says_what_is_in_it),
        cmocka_unit_test(the_oldest_make_room),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
