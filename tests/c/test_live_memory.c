/* Tests csrc/live as a whole where memory runs out: in two sessions' life from their configs to their close each allocation
 * fails once. Holds: the side that needed it says NO_MEMORY, or could do without; nobody is let in unverified; and after the
 * end every block is freed, and was wiped.
 * SPDX-License-Identifier: MIT */
#include "life.h"
#include "watched.h"

static const char *const priorities[] = {TLS("1.2"), TLS("1.3"), TLS("1.2") ":-KX-ALL:+ECDHE-PSK"};

static size_t live_every_failure(const char *priority)
{
    hsi_lab_certificate lab;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    size_t before = watched.live;
    for (size_t fails = 0;; fails++) {
        watch_from(fails);
        life it = life_of(priority, &lab);
        bool told = it.seen[HSI_NO_MEMORY] > 0, failed = watched.failed;
        if (failed != told || (!failed && !life_was_good(&it)))
            print_message("%s %zu/%zu failed %d told %d good %d: %s %s\n", priority, fails, watched.made, failed, told, life_was_good(&it), hsi_status_text(it.status[0]), hsi_status_text(it.status[1]));
        life_end(&it);
        assert_int_equal(watched.live, before);
        assert_int_equal(watched.unwiped, 0);
        if (!failed) {
            return fails;
        }
    }
}

static void any_allocation_may_fail_in_a_life(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        print_message("%zu\n", live_every_failure(priorities[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_allocation_may_fail_in_a_life)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
