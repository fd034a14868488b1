/* Name: binary search in a table of names. See the header.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"

const char *hsi_name_find(const hsi_name *names, size_t count, uint32_t value)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (names[middle].value == value) {
            return names[middle].name;
        }
        if (names[middle].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
