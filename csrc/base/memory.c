/* Memory: see the header.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/memory.h"

#include <stdlib.h>

static _Thread_local size_t allowed = SIZE_MAX;

void hsi_memory_fail_after(size_t count)
{
    allowed = count;
}

static bool may_allocate(void)
{
    if (allowed == SIZE_MAX) {
        return true;
    }
    if (allowed == 0) {
        allowed = SIZE_MAX;
        return false;
    }
    allowed--;
    return true;
}

void *hsi_memory_new(size_t size)
{
    return may_allocate() ? calloc(1, size == 0 ? 1 : size) : NULL;
}

void *hsi_memory_raw(size_t size)
{
    return may_allocate() ? malloc(size == 0 ? 1 : size) : NULL;
}

void hsi_memory_wipe(void *memory, size_t size)
{
    if (size > 0) {
        explicit_bzero(memory, size);
    }
}

void hsi_memory_free(void *memory, size_t size)
{
    if (memory != NULL) {
        hsi_memory_wipe(memory, size);
        free(memory);
    }
}

hsi_status hsi_memory_grow(void **memory, size_t old, size_t size)
{
    void *grown = hsi_memory_raw(size);
    if (grown == NULL) {
        return HSI_NO_MEMORY;
    }
    if (old > 0) {
        memcpy(grown, *memory, old);
    }
    hsi_memory_free(*memory, old);
    *memory = grown;
    return HSI_OK;
}
