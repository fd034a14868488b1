/* Arena: memory that is given back all at once, wiped. What it hands out never moves. Not for threads.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_ARENA_H
#define HSI_BASE_ARENA_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_arena_block hsi_arena_block;

typedef struct hsi_arena {
    hsi_arena_block *blocks; /* the newest first */
} hsi_arena;

#define HSI_ARENA_EMPTY ((hsi_arena){NULL})

/* hsi_arena_cleanup wipes and frees all that was made in the arena. */
void hsi_arena_cleanup(hsi_arena *arena);

/* hsi_arena_new returns `size` zeroed bytes, aligned for anything; NULL: out of memory. */
void *hsi_arena_new(hsi_arena *arena, size_t size);

/* hsi_arena_copy sets `out` to a copy of `in` in the arena. */
HSI_MUST_USE hsi_status hsi_arena_copy(hsi_arena *arena, hsi_bytes *out, hsi_bytes in);

/* hsi_arena_text sets `out` to a copy of `in` in the arena, with an end mark after it. */
HSI_MUST_USE hsi_status hsi_arena_text(hsi_arena *arena, const char **out, hsi_bytes in);

/* hsi_arena_format sets `out` to a formatted text in the arena, with its end mark. */
HSI_MUST_USE hsi_status hsi_arena_format(hsi_arena *arena, const char **out, const char *format, ...)
    __attribute__((format(printf, 3, 4), nonnull(1, 2, 3)));

#endif
