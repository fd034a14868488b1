/* List: see the header.
 * SPDX-License-Identifier: MIT */
#include "base/list.h"

#include "base/memory.h"

void hsi_list_cleanup(hsi_list *list)
{
    hsi_memory_free(list->items, list->capacity * sizeof(void *));
    *list = HSI_LIST_EMPTY;
}

enum { SMALLEST = 32 };

hsi_status hsi_list_reserve(hsi_list *list, size_t more)
{
    if (list->capacity - list->count < more) {
        size_t capacity = list->capacity == 0 ? SMALLEST : 2 * list->capacity;
        capacity = capacity - list->count < more ? list->count + more : capacity;
        void *items = list->items;
        HSI_TRY(hsi_memory_grow(&items, list->capacity * sizeof(void *), capacity * sizeof(void *)));
        list->items = items;
        list->capacity = capacity;
    }
    return HSI_OK;
}

hsi_status hsi_list_append(hsi_list *list, void *item)
{
    HSI_TRY(hsi_list_reserve(list, 1));
    list->items[list->count++] = item;
    return HSI_OK;
}
