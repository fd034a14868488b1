/* Buffer: see the header.
 * SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include "base/memory.h"

enum { SMALLEST = 64 };

void hsi_buffer_cleanup(hsi_buffer *buffer)
{
    hsi_memory_free(buffer->data, buffer->capacity);
    *buffer = HSI_BUFFER_EMPTY;
}

/* Moves the contents to the front, so that a queue does not grow for ever. */
static void compact(hsi_buffer *buffer)
{
    if (buffer->start > 0) {
        memmove(buffer->data, buffer->data + buffer->start, hsi_buffer_length(buffer));
        buffer->end -= buffer->start;
        buffer->start = 0;
    }
}

static hsi_status reserve(hsi_buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->end >= more) {
        return HSI_OK;
    }
    compact(buffer);
    if (buffer->capacity - buffer->end >= more) {
        return HSI_OK;
    }
    size_t needed = buffer->end + more;
    if (needed < more || needed > SIZE_MAX / 2) {
        return HSI_NO_MEMORY;
    }
    size_t capacity = buffer->capacity < SMALLEST ? SMALLEST : buffer->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    void *data = buffer->data;
    HSI_TRY(hsi_memory_grow(&data, buffer->capacity, capacity));
    buffer->data = data;
    buffer->capacity = capacity;
    return HSI_OK;
}

hsi_status hsi_buffer_extend(hsi_buffer *buffer, size_t length, uint8_t **out)
{
    HSI_TRY(reserve(buffer, length));
    *out = buffer->data + buffer->end;
    if (length > 0) {
        memset(*out, 0, length);
    }
    buffer->end += length;
    return HSI_OK;
}

hsi_status hsi_buffer_append(hsi_buffer *buffer, hsi_bytes bytes)
{
    if (bytes.length == 0) {
        return HSI_OK;
    }
    HSI_TRY(reserve(buffer, bytes.length));
    memcpy(buffer->data + buffer->end, bytes.data, bytes.length);
    buffer->end += bytes.length;
    return HSI_OK;
}

hsi_status hsi_buffer_append_uint(hsi_buffer *buffer, size_t width, uint64_t value)
{
    uint8_t *out;
    HSI_TRY(hsi_buffer_extend(buffer, width, &out));
    for (size_t i = width; i-- > 0; value >>= 8) {
        out[i] = (uint8_t)value;
    }
    return HSI_OK;
}

void hsi_buffer_consume(hsi_buffer *buffer, size_t length)
{
    buffer->start += length;
    if (buffer->start == buffer->end) {
        buffer->start = buffer->end = 0;
    }
}

void hsi_buffer_truncate(hsi_buffer *buffer, size_t length)
{
    size_t end = buffer->start + length;
    if (end < buffer->end) {
        hsi_memory_wipe(buffer->data + end, buffer->end - end);
    }
    buffer->end = end;
}
