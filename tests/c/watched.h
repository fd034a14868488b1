/* Watched memory: counts the allocations of csrc, makes one of them fail, and looks at each block that is freed: is it
 * wiped? Link with -Wl,--wrap=calloc,--wrap=free; csrc/base/memory.c is the only file of csrc that calls either.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TEST_WATCHED_H
#define HSI_TEST_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WATCHED_MOST = 8192 };

typedef struct watched_memory {
    size_t made;    /* allocations since `watch_from` */
    size_t fails;   /* the one with this number fails; SIZE_MAX: none */
    bool failed;    /* it did */
    size_t unwiped; /* blocks that were freed with something in them */
    size_t live;    /* blocks that are in use */
    struct {
        const uint8_t *at;
        size_t size;
    } blocks[WATCHED_MOST];
} watched_memory;

static watched_memory watched = {.fails = SIZE_MAX};

void *__real_calloc(size_t count, size_t size);
void __real_free(void *memory);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *memory);

void *__wrap_calloc(size_t count, size_t size)
{
    if (watched.made++ == watched.fails) {
        watched.failed = true;
        return NULL;
    }
    uint8_t *memory = __real_calloc(count, size);
    if (memory != NULL && watched.live < WATCHED_MOST) {
        watched.blocks[watched.live].at = memory;
        watched.blocks[watched.live++].size = count * size;
    }
    return memory;
}

static void look_at_freed(size_t block)
{
    const uint8_t *at = watched.blocks[block].at;
    size_t i = 0;
    while (i < watched.blocks[block].size && at[i] == 0) {
        i++;
    }
    watched.unwiped += i < watched.blocks[block].size;
    watched.blocks[block] = watched.blocks[--watched.live];
}

void __wrap_free(void *memory)
{
    for (size_t i = watched.live; i-- > 0;) {
        if (watched.blocks[i].at == memory) {
            look_at_freed(i);
            break;
        }
    }
    __real_free(memory);
}

/* From here on allocation number `fails` fails, once. */
static inline void watch_from(size_t fails)
{
    watched.made = watched.unwiped = 0;
    watched.failed = false;
    watched.fails = fails;
}

#endif
