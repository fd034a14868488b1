/* Memory: the one allocator, and memory that is wiped before it is given back. No other file calls malloc or free, so
 * that a test can make any allocation fail (hsi_memory_fail_after) and no secret is left behind.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_MEMORY_H
#define HSI_BASE_MEMORY_H

#include "base/bytes.h"
#include "base/status.h"

/* hsi_memory_new returns `size` zeroed bytes; NULL: out of memory. Ends in hsi_memory_free. */
void *hsi_memory_new(size_t size);

/* hsi_memory_raw returns `size` bytes that hold anything, for who fills them all at once. Else as hsi_memory_new. */
void *hsi_memory_raw(size_t size);

/* hsi_memory_free wipes `size` bytes, the size they were made with, and frees them. NULL is legal. */
void hsi_memory_free(void *memory, size_t size);

/* hsi_memory_wipe zeroes in a way that no optimiser removes. */
void hsi_memory_wipe(void *memory, size_t size);

/* hsi_memory_grow replaces *memory, of `old` bytes, by a larger one with the same beginning, whose rest holds anything; the
 * old one is wiped.
 * NO_MEMORY: *memory is as it was. */
HSI_MUST_USE hsi_status hsi_memory_grow(void **memory, size_t old, size_t size);

/* hsi_memory_fail_after makes the allocation after the next `count` ones of this thread fail, once. For tests;
 * SIZE_MAX: never. */
void hsi_memory_fail_after(size_t count);

#endif
