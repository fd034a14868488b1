/* Window: bytes of a stream that came out of order, by offset; of each the one that came first. Takes any number of runs in
 * any order, each in time that grows with its own length only: pages of bytes, of which there are those that hold something.
 * For the segments of a direction of TCP (half.c) and the fragments of a datagram (fragments.c).
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_WINDOW_H
#define HSI_CAPTURE_WINDOW_H

#include "base/bytes.h"
#include "base/status.h"

#define HSI_NEVER UINT64_MAX /* an offset that nothing has */

/* What is known of a byte. CUT: it was sent, but is not in the capture (snaplen). */
typedef enum hsi_byte_state { HSI_BYTE_MISSING, HSI_BYTE_HERE, HSI_BYTE_CUT } hsi_byte_state;

typedef struct hsi_page hsi_page;

typedef struct hsi_window {
    hsi_page **slots; /* a page is in the slot of its number, modulo how many there are */
    size_t capacity; /* a power of two, or 0 */
    size_t count; /* pages */
    uint64_t low; /* no page has a lower number */
    uint64_t high; /* nor a higher one */
    uint64_t first; /* the lowest offset that is not missing; HSI_NEVER: there is none */
    uint64_t end; /* behind the highest one; 0: there is none */
    size_t here; /* bytes that were put since it was last empty */
    size_t *memory; /* what all windows take that share this count, in bytes */
} hsi_window;

/* Where the bytes of two runs differ: the first, and behind the last. Nowhere: end is 0. */
typedef struct hsi_difference {
    uint64_t first, end;
} hsi_difference;

/* hsi_difference_note adds an offset. Offsets come in ascending order. */
static inline void hsi_difference_note(hsi_difference *difference, uint64_t offset)
{
    difference->first = difference->end == 0 ? offset : difference->first;
    difference->end = offset + 1;
}

/* hsi_window_init: empty, and takes no memory. Ends in hsi_window_cleanup. */
void hsi_window_init(hsi_window *window, size_t *memory);
void hsi_window_cleanup(hsi_window *window);

static inline bool hsi_window_empty(const hsi_window *window)
{
    return window->first == HSI_NEVER;
}

/* hsi_window_put puts bytes at an offset where there are none yet, and notes which of those that are there are others.
 * The caller sees to it that what a window spans has a bound. NO_MEMORY: some may have been put. */
HSI_MUST_USE hsi_status hsi_window_put(hsi_window *window, uint64_t offset, hsi_bytes bytes,
                                       hsi_difference *difference);

/* hsi_window_cut says that these bytes are cut, where they are missing. */
HSI_MUST_USE hsi_status hsi_window_cut(hsi_window *window, uint64_t offset, uint64_t length);

/* hsi_window_run is how the window goes on at an offset: so many bytes of one state, not necessarily all. `bytes` borrows
 * them where they are here: good until the next change. */
hsi_byte_state hsi_window_run(const hsi_window *window, uint64_t offset, hsi_bytes *bytes);

/* hsi_window_forget lets go of what is before an offset. */
void hsi_window_forget(hsi_window *window, uint64_t before);

#endif
