/* Arena: blocks in a chain, each filled from the front. See the header.
 * SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/memory.h"

enum { SMALLEST = 4096, LARGEST = 65536, ALIGNMENT = 16 }; /* of a block; each is twice the one before */

struct hsi_arena_block {
    hsi_arena_block *next;
    size_t size; /* of data */
    size_t used;
    size_t pad; /* keeps data aligned */
    uint8_t data[];
};

void hsi_arena_cleanup(hsi_arena *arena)
{
    while (arena->blocks != NULL) {
        hsi_arena_block *block = arena->blocks;
        arena->blocks = block->next;
        hsi_memory_free(block, sizeof *block + block->size); /* what nobody used holds what was there before */
    }
}

static size_t next_size(const hsi_arena *arena)
{
    size_t last = arena->blocks == NULL ? 0 : arena->blocks->size;
    size_t next = last < SMALLEST ? SMALLEST : 2 * last;
    return next > LARGEST ? LARGEST : next;
}

static hsi_arena_block *add_block(hsi_arena *arena, size_t size)
{
    hsi_arena_block *block = hsi_memory_raw(sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    *block = (hsi_arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return block;
}

void *hsi_arena_raw(hsi_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    hsi_arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t usual = next_size(arena);
        block = add_block(arena, size > usual ? size : usual);
        if (block == NULL) {
            return NULL;
        }
    }
    void *out = block->data + block->used;
    block->used += size;
    return out;
}

void *hsi_arena_new(hsi_arena *arena, size_t size)
{
    void *out = hsi_arena_raw(arena, size);
    return out == NULL ? NULL : memset(out, 0, size);
}

hsi_status hsi_arena_copy(hsi_arena *arena, hsi_bytes *out, hsi_bytes in)
{
    uint8_t *data = hsi_arena_raw(arena, in.length);
    if (data == NULL) {
        return HSI_NO_MEMORY;
    }
    if (in.length > 0) {
        memcpy(data, in.data, in.length);
    }
    *out = hsi_bytes_of(data, in.length);
    return HSI_OK;
}

hsi_status hsi_arena_text(hsi_arena *arena, const char **out, hsi_bytes in)
{
    char *text = hsi_arena_raw(arena, in.length + 1);
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    if (in.length > 0) {
        memcpy(text, in.data, in.length);
    }
    text[in.length] = '\0';
    *out = text;
    return HSI_OK;
}

hsi_status hsi_arena_format(hsi_arena *arena, const char **out, const char *format, ...)
{
    char usual[128]; /* most are shorter, and need no second run */
    va_list arguments;
    va_start(arguments, format);
    size_t length = (size_t)vsnprintf(usual, sizeof usual, format, arguments);
    va_end(arguments);
    if (length < sizeof usual) {
        return hsi_arena_text(arena, out, hsi_bytes_of((const uint8_t *)usual, length));
    }
    char *text = hsi_arena_raw(arena, length + 1);
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    va_start(arguments, format);
    vsnprintf(text, length + 1, format, arguments);
    va_end(arguments);
    *out = text;
    return HSI_OK;
}

hsi_status hsi_arena_join(hsi_arena *arena, const char **out, const char *const *texts)
{
    size_t length = 0;
    for (size_t i = 0; texts[i] != NULL; i++) {
        length += strlen(texts[i]);
    }
    char *joined = hsi_arena_raw(arena, length + 1);
    if (joined == NULL) {
        return HSI_NO_MEMORY;
    }
    char *end = joined;
    for (size_t i = 0; texts[i] != NULL; i++) {
        size_t size = strlen(texts[i]);
        memcpy(end, texts[i], size);
        end += size;
    }
    *end = '\0';
    *out = joined;
    return HSI_OK;
}

hsi_status hsi_arena_number(hsi_arena *arena, const char **out, const char *what, size_t number)
{
    char digits[HSI_DECIMAL_MAX + 1];
    *hsi_decimal_write(digits, number) = '\0';
    return hsi_arena_join(arena, out, HSI_TEXTS(what, "[", digits, "]"));
}
