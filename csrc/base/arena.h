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

/* hsi_arena_raw returns `size` bytes that hold anything, for who fills them all at once. Else as hsi_arena_new. */
void *hsi_arena_raw(hsi_arena *arena, size_t size);

/* hsi_arena_copy sets `out` to a copy of `in` in the arena. */
HSI_MUST_USE hsi_status hsi_arena_copy(hsi_arena *arena, hsi_bytes *out, hsi_bytes in);

/* hsi_arena_text sets `out` to a copy of `in` in the arena, with an end mark after it. */
HSI_MUST_USE hsi_status hsi_arena_text(hsi_arena *arena, const char **out, hsi_bytes in);

/* hsi_arena_format sets `out` to a formatted text in the arena, with its end mark. */
HSI_MUST_USE hsi_status hsi_arena_format(hsi_arena *arena, const char **out, const char *format, ...)
    __attribute__((format(printf, 3, 4), nonnull(1, 2, 3)));

/* hsi_arena_join sets `out` to the texts, HSI_TEXTS(a, ", ", b), one after the other; a NULL ends them. hsi_arena_number: to
 * `what` with a number, "what[7]". For what there are thousands of: printf takes ten times as long. */
#define HSI_TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
HSI_MUST_USE hsi_status hsi_arena_join(hsi_arena *arena, const char **out, const char *const *texts);
HSI_MUST_USE hsi_status hsi_arena_number(hsi_arena *arena, const char **out, const char *what, size_t number);

#endif
