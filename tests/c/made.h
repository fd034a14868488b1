/* The certificates and OCSP responses of tests/data/certificates. Tests that read them run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_MADE_H
#define HSI_TESTS_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bytes.h"

enum { MADE_MAX = 2048 };

/* made_read reads a file to `storage` and borrows it. */
static inline hsi_bytes made_read(uint8_t storage[MADE_MAX], const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/data/certificates/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("%s cannot be opened: run the test in the root of the repository", path);
    }
    size_t length = fread(storage, 1, MADE_MAX, file);
    fclose(file);
    assert_in_range(length, 1, MADE_MAX - 1);
    return hsi_bytes_of(storage, length);
}

#endif
