/* Files of tests/data. Tests that read them run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_DATA_H
#define HSI_TESTS_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bytes.h"

enum { KEY_FILE_MAX = 8192 };

/* data_read reads a file below tests/data to `storage` and borrows it: it is not empty, and has room to spare. */
static inline hsi_bytes data_read(void *storage, size_t size, const char *name)
{
    char path[256];
    int length = snprintf(path, sizeof path, "tests/data/%s", name);
    assert_true(length > 0 && (size_t)length < sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("%s cannot be opened: run the test in the root of the repository", path);
    }
    size_t read = fread(storage, 1, size, file);
    (void)fclose(file);
    assert_in_range(read, 1, size - 1);
    return hsi_bytes_of(storage, read);
}

/* data_key reads one of tests/data/keys, which make.sh made there with openssl. */
static inline hsi_bytes data_key(uint8_t storage[KEY_FILE_MAX], const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "keys/%s", name);
    return data_read(storage, KEY_FILE_MAX, path);
}

#endif
