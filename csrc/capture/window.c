/* Window: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/window.h"

#include "base/memory.h"

enum { PAGE = 2048, FEWEST_SLOTS = 4 };

struct hsi_page {
    uint64_t number; /* the offset of its first byte, in pages */
    uint8_t data[PAGE];
    uint8_t state[PAGE]; /* hsi_byte_state */
};

void hsi_window_init(hsi_window *window, size_t *memory)
{
    *window = (hsi_window){.first = HSI_NEVER, .memory = memory};
}

static hsi_page **slot(const hsi_window *window, uint64_t number)
{
    return &window->slots[number & (window->capacity - 1)];
}

/* NULL: nothing of it is there. */
static hsi_page *find(const hsi_window *window, uint64_t number)
{
    hsi_page *page = window->capacity == 0 ? NULL : *slot(window, number);
    return page != NULL && page->number == number ? page : NULL;
}

static void free_slots(hsi_window *window)
{
    hsi_memory_free(window->slots, window->capacity * sizeof(hsi_page *));
    *window->memory -= window->capacity * sizeof(hsi_page *);
}

static void free_page(hsi_window *window, uint64_t number)
{
    hsi_page *page = find(window, number);
    if (page != NULL) {
        *slot(window, number) = NULL;
        hsi_memory_free(page, sizeof *page);
        *window->memory -= sizeof *page;
        window->count--;
    }
}

void hsi_window_cleanup(hsi_window *window)
{
    for (uint64_t number = window->low; window->count > 0; number++) {
        free_page(window, number);
    }
    free_slots(window);
    hsi_window_init(window, window->memory);
}

static hsi_status grow(hsi_window *window, uint64_t span)
{
    hsi_window grown = *window;
    grown.capacity = window->capacity == 0 ? FEWEST_SLOTS : window->capacity;
    while (grown.capacity < span) {
        grown.capacity *= 2;
    }
    if (grown.capacity == window->capacity) {
        return HSI_OK;
    }
    grown.slots = hsi_memory_new(grown.capacity * sizeof(hsi_page *));
    if (grown.slots == NULL) {
        return HSI_NO_MEMORY;
    }
    *window->memory += grown.capacity * sizeof(hsi_page *);
    for (size_t i = 0; i < window->capacity; i++) {
        if (window->slots[i] != NULL) {
            *slot(&grown, window->slots[i]->number) = window->slots[i];
        }
    }
    free_slots(window);
    *window = grown;
    return HSI_OK;
}

/* Sets `out` to the page of that number, which is made where there is none. */
static hsi_status need(hsi_window *window, uint64_t number, hsi_page **out)
{
    *out = find(window, number);
    if (*out != NULL) {
        return HSI_OK;
    }
    uint64_t low = window->count == 0 || number < window->low ? number : window->low;
    uint64_t high = window->count == 0 || number > window->high ? number : window->high;
    HSI_TRY(grow(window, high - low + 1));
    *out = hsi_memory_new(sizeof **out);
    if (*out == NULL) {
        return HSI_NO_MEMORY;
    }
    (*out)->number = number;
    *slot(window, number) = *out;
    *window->memory += sizeof **out;
    window->count++;
    window->low = low;
    window->high = high;
    return HSI_OK;
}

static void extend(hsi_window *window, uint64_t offset, uint64_t length)
{
    window->first = offset < window->first ? offset : window->first;
    window->end = offset + length > window->end ? offset + length : window->end;
}

/* How many of `length` bytes from `offset` on are in the same page. */
static size_t in_page(uint64_t offset, uint64_t length)
{
    uint64_t left = PAGE - offset % PAGE;
    return (size_t)(length < left ? length : left);
}

static void put_in_page(hsi_window *window, hsi_page *page, uint64_t offset, hsi_bytes bytes,
                        hsi_difference *difference)
{
    uint8_t *data = page->data + offset % PAGE;
    uint8_t *state = page->state + offset % PAGE;
    for (size_t i = 0; i < bytes.length; i++) {
        if (state[i] != HSI_BYTE_HERE) {
            state[i] = HSI_BYTE_HERE;
            data[i] = bytes.data[i];
            window->here++;
        } else if (data[i] != bytes.data[i]) {
            hsi_difference_note(difference, offset + i);
        }
    }
}

hsi_status hsi_window_put(hsi_window *window, uint64_t offset, hsi_bytes bytes, hsi_difference *difference)
{
    while (bytes.length > 0) {
        size_t length = in_page(offset, bytes.length);
        hsi_page *page;
        HSI_TRY(need(window, offset / PAGE, &page));
        put_in_page(window, page, offset, hsi_bytes_slice(bytes, 0, length), difference);
        extend(window, offset, length);
        bytes = hsi_bytes_slice(bytes, length, bytes.length - length);
        offset += length;
    }
    return HSI_OK;
}

hsi_status hsi_window_cut(hsi_window *window, uint64_t offset, uint64_t length)
{
    while (length > 0) {
        size_t now = in_page(offset, length);
        hsi_page *page;
        HSI_TRY(need(window, offset / PAGE, &page));
        for (size_t i = 0; i < now; i++) {
            uint8_t *state = &page->state[offset % PAGE + i];
            *state = *state == HSI_BYTE_MISSING ? HSI_BYTE_CUT : *state;
        }
        extend(window, offset, now);
        offset += now;
        length -= now;
    }
    return HSI_OK;
}

hsi_byte_state hsi_window_run(const hsi_window *window, uint64_t offset, hsi_bytes *bytes)
{
    const hsi_page *page = find(window, offset / PAGE);
    size_t at = offset % PAGE;
    size_t end = at + 1;
    if (page == NULL) {
        *bytes = hsi_bytes_of(NULL, PAGE - at);
        return HSI_BYTE_MISSING;
    }
    while (end < PAGE && page->state[end] == page->state[at]) {
        end++;
    }
    *bytes = hsi_bytes_of(page->data + at, end - at);
    return (hsi_byte_state)page->state[at];
}

static uint64_t find_first(const hsi_window *window, uint64_t offset)
{
    hsi_bytes run;
    while (offset < window->end && hsi_window_run(window, offset, &run) == HSI_BYTE_MISSING) {
        offset += run.length;
    }
    return offset < window->end ? offset : HSI_NEVER;
}

void hsi_window_forget(hsi_window *window, uint64_t before)
{
    if (before > window->first) {
        window->first = find_first(window, before);
    }
    if (hsi_window_empty(window)) {
        hsi_window_cleanup(window);
        return;
    }
    for (; window->low < before / PAGE; window->low++) {
        free_page(window, window->low);
    }
}
