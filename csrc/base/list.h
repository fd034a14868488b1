/* List: a growing array of pointers, in order; what they point at belongs to somebody else (an arena, mostly).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_LIST_H
#define HSI_BASE_LIST_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct hsi_list {
    void **items;
    size_t count;
    size_t capacity;
} hsi_list;

#define HSI_LIST_EMPTY ((hsi_list){NULL, 0, 0})

void hsi_list_cleanup(hsi_list *list);

/* hsi_list_reserve makes room: the next `more` appends cannot fail. */
HSI_MUST_USE hsi_status hsi_list_reserve(hsi_list *list, size_t more);

/* hsi_list_append adds a pointer at the end. NO_MEMORY: nothing has changed. */
HSI_MUST_USE hsi_status hsi_list_append(hsi_list *list, void *item);

#endif
