/* Lock: see the header. A list of all locks, with a lock of its own that is taken before any of them.
 * SPDX-License-Identifier: MIT */
#include "base/lock.h"

#include <stddef.h>

static pthread_mutex_t list = PTHREAD_MUTEX_INITIALIZER;
static hsi_lock *first;
static unsigned forks;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- fork ---- */

static void before_fork(void)
{
    (void)pthread_mutex_lock(&list);
    for (hsi_lock *lock = first; lock != NULL; lock = lock->next) {
        hsi_lock_take(lock);
    }
}

static void after_fork(void)
{
    for (hsi_lock *lock = first; lock != NULL; lock = lock->next) {
        hsi_lock_release(lock);
    }
    (void)pthread_mutex_unlock(&list);
}

static void in_the_child(void)
{
    forks++;
    after_fork();
}

static void watch(void)
{
    (void)pthread_atfork(before_fork, after_fork, in_the_child);
}

unsigned hsi_fork_count(void)
{
    (void)pthread_once(&once, watch);
    return forks;
}

/* ---- locks ---- */

void hsi_lock_init(hsi_lock *lock)
{
    (void)pthread_once(&once, watch);
    (void)pthread_mutex_init(&lock->mutex, NULL);
    (void)pthread_mutex_lock(&list);
    lock->previous = NULL;
    lock->next = first;
    if (first != NULL) {
        first->previous = lock;
    }
    first = lock;
    (void)pthread_mutex_unlock(&list);
}

void hsi_lock_cleanup(hsi_lock *lock)
{
    (void)pthread_mutex_lock(&list);
    *(lock->previous == NULL ? &first : &lock->previous->next) = lock->next;
    if (lock->next != NULL) {
        lock->next->previous = lock->previous;
    }
    (void)pthread_mutex_unlock(&list);
    (void)pthread_mutex_destroy(&lock->mutex);
}

void hsi_lock_take(hsi_lock *lock)
{
    (void)pthread_mutex_lock(&lock->mutex);
}

void hsi_lock_release(hsi_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->mutex);
}

void hsi_lock_take_both(hsi_lock *one, hsi_lock *other)
{
    (void)pthread_mutex_lock(&list);
    hsi_lock_take(one);
    hsi_lock_take(other);
    (void)pthread_mutex_unlock(&list);
}
