/* Name: a number and what it is called, and finding one in a table of them. Knows no registry: see registries.h.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PROTO_NAME_H
#define HSI_PROTO_NAME_H

#include <stddef.h>
#include <stdint.h>

typedef struct hsi_name {
    uint32_t value;
    const char *name;
} hsi_name;

/* hsi_name_find returns the name of `value` in a table of `count` names, ascending by value; NULL: it is not there. */
const char *hsi_name_find(const hsi_name *names, size_t count, uint32_t value);

#endif
