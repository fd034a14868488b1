/* The certificates and OCSP responses of tests/data/certificates. Tests that read them run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_MADE_H
#define HSI_TESTS_MADE_H

#include "data.h"

enum { MADE_MAX = 2048 };

/* made_read reads a file to `storage` and borrows it. */
static inline hsi_bytes made_read(uint8_t storage[MADE_MAX], const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "certificates/%s", name);
    return data_read(storage, MADE_MAX, path);
}

#endif
