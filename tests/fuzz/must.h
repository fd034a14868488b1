/* What a fuzz target demands: where it does not hold, libFuzzer keeps the input.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_FUZZ_MUST_H
#define HSI_FUZZ_MUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
