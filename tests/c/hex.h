/* Bytes in tests, written as hex digits the way RFCs print them.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_HEX_H
#define HSI_TESTS_HEX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bytes.h"

enum { HEX_MAX = 512 };

/* hex decodes `digits` to `storage` and borrows what it has written there. */
static inline hsi_bytes hex(uint8_t storage[HEX_MAX], const char *digits)
{
    size_t length = strlen(digits) / 2;
    assert_true(length <= HEX_MAX);
    for (size_t i = 0; i < length; i++) {
        unsigned int byte;
        assert_int_equal(sscanf(digits + 2 * i, "%2x", &byte), 1);
        storage[i] = (uint8_t)byte;
    }
    return hsi_bytes_of(storage, length);
}

static inline void assert_hex(const uint8_t *data, const char *digits)
{
    uint8_t storage[HEX_MAX];
    hsi_bytes expected = hex(storage, digits);
    assert_memory_equal(data, expected.data, expected.length);
}

#endif
