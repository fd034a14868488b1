/* Tests csrc/base/lock.c: what a child of fork() finds.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* fork, alarm */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/lock.h"

enum { FORKS = 40, PATIENCE = 20 /* seconds */ };

/* The two halves are equal whenever nobody holds the lock. */
typedef struct halves {
    hsi_lock lock;
    volatile unsigned one, other;
    atomic_bool ended;
} halves;

static void *change(void *context)
{
    halves *it = context;
    while (!atomic_load(&it->ended)) {
        hsi_lock_take(&it->lock);
        it->one++;
        it->other++;
        hsi_lock_release(&it->lock);
    }
    return NULL;
}

static int in_the_child(halves *it, unsigned forks)
{
    alarm(PATIENCE);
    hsi_lock_take(&it->lock);
    bool whole = it->one == it->other && hsi_fork_count() == forks + 1;
    hsi_lock_release(&it->lock);
    return whole ? 0 : 1;
}

static void a_child_finds_it_free_and_what_it_protects_whole(void **state)
{
    (void)state;
    static halves it;
    pthread_t thread;
    unsigned forks = hsi_fork_count();
    hsi_lock_init(&it.lock);
    assert_int_equal(pthread_create(&thread, NULL, change, &it), 0);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        if (child == 0) {
            _exit(in_the_child(&it, forks));
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    atomic_store(&it.ended, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(hsi_fork_count(), forks);
    hsi_lock_cleanup(&it.lock);
}

static void the_list_is_whole_whichever_of_them_ends_first(void **state)
{
    (void)state;
    static const size_t orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        hsi_lock locks[3];
        for (size_t n = 0; n < 3; n++) {
            hsi_lock_init(&locks[n]);
        }
        for (size_t n = 0; n < 3; n++) {
            hsi_lock_cleanup(&locks[orders[i][n]]);
            pid_t child = fork(); /* walks over those that are left */
            if (child == 0) {
                _exit(0);
            }
            assert_int_equal(waitpid(child, NULL, 0), child);
        }
    }
}

typedef struct two {
    hsi_lock *one, *other;
} two;

static void *take_both(void *context)
{
    const two *locks = context;
    for (int i = 0; i < 2000; i++) {
        hsi_lock_take_both(locks->one, locks->other);
        hsi_lock_release(locks->other);
        hsi_lock_release(locks->one);
    }
    return NULL;
}

static void two_are_taken_in_either_order_without_a_circle(void **state)
{
    (void)state;
    hsi_lock a, b;
    pthread_t threads[2];
    hsi_lock_init(&a);
    hsi_lock_init(&b);
    two orders[] = {{&a, &b}, {&b, &a}};
    alarm(PATIENCE * 5); /* valgrind is slow */
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_both, &orders[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    alarm(0);
    hsi_lock_cleanup(&a);
    hsi_lock_cleanup(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_finds_it_free_and_what_it_protects_whole),
        cmocka_unit_test(the_list_is_whole_whichever_of_them_ends_first),
        cmocka_unit_test(two_are_taken_in_either_order_without_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
