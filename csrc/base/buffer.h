/* Buffer: bytes that grow at the end and can be taken from the front; wiped when its memory is replaced or freed.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_BUFFER_H
#define HSI_BASE_BUFFER_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_buffer {
    uint8_t *data;
    size_t start; /* bytes before it have been consumed */
    size_t end;
    size_t capacity;
} hsi_buffer;

#define HSI_BUFFER_EMPTY ((hsi_buffer){NULL, 0, 0, 0})

void hsi_buffer_cleanup(hsi_buffer *buffer);

static inline size_t hsi_buffer_length(const hsi_buffer *buffer)
{
    return buffer->end - buffer->start;
}

/* hsi_buffer_peek borrows the contents: good until the next change. */
static inline hsi_bytes hsi_buffer_peek(const hsi_buffer *buffer)
{
    return hsi_bytes_of(buffer->data == NULL ? NULL : buffer->data + buffer->start, hsi_buffer_length(buffer));
}

/* hsi_buffer_append copies bytes to the end. `bytes` may not lie in this buffer. NO_MEMORY: nothing has changed. */
HSI_MUST_USE hsi_status hsi_buffer_append(hsi_buffer *buffer, hsi_bytes bytes);

/* hsi_buffer_append_uint appends a big-endian integer of `width` bytes, 1 to 8. */
HSI_MUST_USE hsi_status hsi_buffer_append_uint(hsi_buffer *buffer, size_t width, uint64_t value);

/* hsi_buffer_extend adds `length` zero bytes at the end and sets `out` to the first; good until the next change. */
HSI_MUST_USE hsi_status hsi_buffer_extend(hsi_buffer *buffer, size_t length, uint8_t **out);

/* hsi_buffer_consume takes `length` bytes off the front; the caller knows that they are there. They are wiped when the
 * buffer grows or is freed, or written over: a queue of wire bytes would be slower by a pass over each. */
void hsi_buffer_consume(hsi_buffer *buffer, size_t length);

/* hsi_buffer_truncate wipes all but the first `length` bytes of the contents. */
void hsi_buffer_truncate(hsi_buffer *buffer, size_t length);

#endif
