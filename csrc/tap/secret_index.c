/* Secret index: a hash table of chains. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/secret_index.h"

#include "base/memory.h"

enum { SMALLEST = 64 }; /* a power of two */

void hsi_secret_index_cleanup(hsi_secret_index *index)
{
    hsi_memory_free(index->slots, index->size * sizeof(hsi_secret *));
    *index = (hsi_secret_index){NULL, 0, 0};
}

/* Length and first letter tell the labels of the key schedule apart. Whoever could choose labels that collide could as well
 * append as many entries. */
static size_t hash_of(const char *label, uint64_t epoch)
{
    uint64_t hash = (epoch << 16 ^ strlen(label) << 8 ^ (uint8_t)label[0]) * 0x9e3779b97f4a7c15U;
    return (size_t)(hash >> 32);
}

static void push(hsi_secret **slots, size_t size, hsi_secret *secret)
{
    hsi_secret **slot = &slots[hash_of(secret->label, secret->epoch) & (size - 1)];
    secret->older = *slot;
    *slot = secret;
}

/* Turns a chain round, so that pushing it puts the newest last, and so first. */
static hsi_secret *turned(hsi_secret *chain)
{
    hsi_secret *out = NULL;
    while (chain != NULL) {
        hsi_secret *next = chain->older;
        chain->older = out;
        out = chain;
        chain = next;
    }
    return out;
}

static hsi_status grow(hsi_secret_index *index)
{
    size_t size = index->size == 0 ? SMALLEST : 2 * index->size;
    hsi_secret **slots = hsi_memory_new(size * sizeof(hsi_secret *));
    if (slots == NULL) {
        return HSI_NO_MEMORY;
    }
    for (size_t i = 0; i < index->size; i++) {
        for (hsi_secret *secret = turned(index->slots[i]); secret != NULL;) {
            hsi_secret *next = secret->older;
            push(slots, size, secret);
            secret = next;
        }
    }
    hsi_memory_free(index->slots, index->size * sizeof(hsi_secret *));
    index->slots = slots;
    index->size = size;
    return HSI_OK;
}

hsi_status hsi_secret_index_add(hsi_secret_index *index, hsi_secret *secret)
{
    if (index->count == index->size) {
        HSI_TRY(grow(index));
    }
    push(index->slots, index->size, secret);
    index->count++;
    return HSI_OK;
}

/* Takes out what stands at that place of a chain. */
static void take_out(hsi_secret_index *index, hsi_secret **place)
{
    hsi_secret *secret = *place;
    *place = secret->older;
    secret->older = NULL;
    index->count--;
}

void hsi_secret_index_drop(hsi_secret_index *index, hsi_secret *secret)
{
    hsi_secret **place = &index->slots[hash_of(secret->label, secret->epoch) & (index->size - 1)];
    while (*place != secret) {
        place = &(*place)->older;
    }
    take_out(index, place);
}

void hsi_secret_index_forget(hsi_secret_index *index, const hsi_handshake *handshake)
{
    for (size_t i = 0; i < index->size; i++) {
        for (hsi_secret **place = &index->slots[i]; *place != NULL;) {
            if ((*place)->handshake == handshake && (*place)->proven == 0) {
                take_out(index, place);
            } else {
                place = &(*place)->older;
            }
        }
    }
}

hsi_secret *hsi_secret_index_chain(const hsi_secret_index *index, const char *label, uint64_t epoch)
{
    return index->size == 0 ? NULL : index->slots[hash_of(label, epoch) & (index->size - 1)];
}
