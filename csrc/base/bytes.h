/* Bytes: a borrowed run of bytes, the one way in which bytes are passed around. Owns nothing.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_BYTES_H
#define HSI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HSI_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HSI_UNUSED(name) ((void)(name))

typedef struct hsi_bytes {
    const uint8_t *data; /* may be NULL where length is 0 */
    size_t length;
} hsi_bytes;

#define HSI_BYTES_EMPTY ((hsi_bytes){NULL, 0})

static inline hsi_bytes hsi_bytes_of(const void *data, size_t length)
{
    return (hsi_bytes){data, length};
}

/* hsi_bytes_text borrows a C string without its end mark. */
static inline hsi_bytes hsi_bytes_text(const char *text)
{
    return (hsi_bytes){(const uint8_t *)text, strlen(text)};
}

static inline bool hsi_bytes_equal(hsi_bytes a, hsi_bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* hsi_bytes_are says whether the bytes are exactly this text. */
static inline bool hsi_bytes_are(hsi_bytes bytes, const char *text)
{
    return hsi_bytes_equal(bytes, hsi_bytes_text(text));
}

/* hsi_bytes_slice borrows `length` bytes from `from` on; the caller knows that they are there. */
static inline hsi_bytes hsi_bytes_slice(hsi_bytes bytes, size_t from, size_t length)
{
    return (hsi_bytes){length == 0 ? NULL : bytes.data + from, length};
}

#endif
