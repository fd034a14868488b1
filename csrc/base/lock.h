/* Lock: a mutex that no fork() cuts in two: whoever forks waits until nobody holds one, so that a child finds what they
 * protect whole, and may take them. Whoever holds one must not wait for anything that a forking thread may hold (the
 * interpreter's lock, for one), and does not fork. Also: how often was this process forked?
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_LOCK_H
#define HSI_BASE_LOCK_H

#include <pthread.h>

typedef struct hsi_lock {
    pthread_mutex_t mutex;
    struct hsi_lock *next, *previous; /* all there are, for fork() */
} hsi_lock;

/* hsi_lock_init cannot fail on the systems that we support: its attributes are the default ones. */
void hsi_lock_init(hsi_lock *lock);
void hsi_lock_cleanup(hsi_lock *lock); /* nobody holds it */
void hsi_lock_take(hsi_lock *lock);
void hsi_lock_release(hsi_lock *lock);

/* hsi_lock_take_both takes two different ones at once, in any order, and cannot be waited for in a circle. */
void hsi_lock_take_both(hsi_lock *one, hsi_lock *other);

/* hsi_fork_count differs between a process and its parent, from the first time on that anybody asks for it. */
unsigned hsi_fork_count(void);

#endif
