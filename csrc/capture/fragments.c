/* Fragments: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/fragments.h"

#include "base/memory.h"
#include "capture/limits.h"

enum { LONGEST = 65535 };

struct hsi_datagram {
    hsi_datagram *next;
    hsi_ip like;      /* a fragment of it: all have its version, addresses and identification */
    uint8_t protocol; /* of the payload: what the first fragment says */
    uint64_t length;  /* HSI_NEVER: the last fragment was not there yet */
    uint64_t count;   /* fragments */
    uint64_t time_ns; /* of the one that came first */
    hsi_window window;
};

void hsi_fragments_init(hsi_fragments *fragments, hsi_packets_notes *notes)
{
    *fragments = (hsi_fragments){.notes = notes, .whole = HSI_BUFFER_EMPTY};
}

static void remove_datagram(hsi_fragments *fragments, hsi_datagram *datagram, hsi_datagram *previous)
{
    *(previous == NULL ? &fragments->oldest : &previous->next) = datagram->next;
    fragments->newest = fragments->newest == datagram ? previous : fragments->newest;
    fragments->count--;
    hsi_window_cleanup(&datagram->window);
    hsi_memory_free(datagram, sizeof *datagram);
}

static void drop_oldest(hsi_fragments *fragments)
{
    fragments->notes->fragments_dropped += fragments->oldest->count;
    remove_datagram(fragments, fragments->oldest, NULL);
}

void hsi_fragments_finish(hsi_fragments *fragments)
{
    while (fragments->oldest != NULL) {
        drop_oldest(fragments);
    }
}

void hsi_fragments_cleanup(hsi_fragments *fragments)
{
    hsi_fragments_finish(fragments);
    hsi_buffer_cleanup(&fragments->whole);
}

static bool are_alike(const hsi_ip *a, const hsi_ip *b)
{
    return a->version == b->version && a->fragment.identification == b->fragment.identification &&
           memcmp(a->source, b->source, sizeof a->source) == 0 &&
           memcmp(a->destination, b->destination, sizeof a->destination) == 0 &&
           (a->version == 6 ||
            a->protocol == b->protocol); /* RFC 8200: the protocol is no part of what tells them apart */
}

/* The datagram of a fragment and the one before it in the list; NULL: there is none yet. */
static hsi_datagram *find(const hsi_fragments *fragments, const hsi_ip *ip, hsi_datagram **previous)
{
    *previous = NULL;
    for (hsi_datagram *datagram = fragments->oldest; datagram != NULL; datagram = datagram->next) {
        if (are_alike(&datagram->like, ip)) {
            return datagram;
        }
        *previous = datagram;
    }
    return NULL;
}

static void make_room(hsi_fragments *fragments, uint64_t time_ns)
{
    while (fragments->oldest != NULL && time_ns > fragments->oldest->time_ns &&
           time_ns - fragments->oldest->time_ns > HSI_DATAGRAM_AGE_NS) {
        drop_oldest(fragments);
    }
}

/* Appends an empty datagram. */
static hsi_datagram *begin(hsi_fragments *fragments, const hsi_ip *ip, uint64_t time_ns)
{
    if (fragments->count == HSI_DATAGRAMS_MOST) {
        drop_oldest(fragments);
    }
    hsi_datagram *datagram = hsi_memory_new(sizeof *datagram);
    if (datagram != NULL) {
        datagram->like = *ip;
        datagram->length = HSI_NEVER;
        datagram->time_ns = time_ns;
        hsi_window_init(&datagram->window, &fragments->memory);
        *(fragments->newest == NULL ? &fragments->oldest : &fragments->newest->next) = datagram;
        fragments->newest = datagram;
        fragments->count++;
    }
    return datagram;
}

static hsi_status put(hsi_datagram *datagram, const hsi_ip *ip)
{
    hsi_difference ignored = {0};
    datagram->count++;
    datagram->protocol = ip->fragment.offset == 0 ? ip->protocol : datagram->protocol;
    if (!ip->fragment.more && datagram->length == HSI_NEVER) {
        datagram->length = ip->fragment.offset + ip->payload.length + ip->missing;
    }
    return hsi_window_put(&datagram->window, ip->fragment.offset, ip->payload, &ignored);
}

/* All bytes are there, and none behind the last: a datagram with such is left to its age. */
static bool is_whole(const hsi_datagram *datagram)
{
    return datagram->window.here == datagram->length && datagram->window.end == datagram->length;
}

/* Copies the payload out of the pages that it is in. */
static hsi_status collect(hsi_fragments *fragments, hsi_datagram *datagram, hsi_ip *ip)
{
    uint64_t at = 0;
    hsi_buffer_truncate(&fragments->whole, 0);
    while (at < datagram->length) {
        hsi_bytes run;
        (void)hsi_window_run(&datagram->window, at, &run);
        run.length = run.length < datagram->length - at ? run.length : (size_t)(datagram->length - at);
        HSI_TRY(hsi_buffer_append(&fragments->whole, run));
        at += run.length;
    }
    ip->protocol = datagram->protocol;
    ip->fragmented = false;
    ip->payload = hsi_buffer_peek(&fragments->whole);
    ip->missing = 0;
    return HSI_OK;
}

hsi_status hsi_fragments_take(hsi_fragments *fragments, hsi_ip *ip, uint64_t time_ns)
{
    hsi_datagram *previous;
    make_room(fragments, time_ns);
    fragments->notes->fragments++;
    if (ip->fragment.offset + ip->payload.length + ip->missing > LONGEST) {
        fragments->notes->fragments_dropped++;
        return HSI_OK;
    }
    hsi_datagram *datagram = find(fragments, ip, &previous);
    if (datagram == NULL) {
        previous = fragments->newest;
        datagram = begin(fragments, ip, time_ns);
    }
    HSI_TRY(datagram == NULL ? HSI_NO_MEMORY : put(datagram, ip));
    if (!is_whole(datagram)) {
        return HSI_OK;
    }
    HSI_TRY(collect(fragments, datagram, ip));
    remove_datagram(fragments, datagram, previous);
    return hsi_ip_extensions(ip);
}
