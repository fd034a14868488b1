/* Decimal: numbers as text, for what there are thousands of: printf takes ten times as long.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_DECIMAL_H
#define HSI_BASE_DECIMAL_H

#include <stdint.h>

enum { HSI_DECIMAL_MAX = sizeof "18446744073709551615" - 1 }; /* characters of the largest */

/* hsi_decimal_write writes a number without an end mark, and returns where it ends. */
static inline char *hsi_decimal_write(char *out, uint64_t number)
{
    char digits[HSI_DECIMAL_MAX];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *out++ = digits[--count];
    }
    return out;
}

#endif
