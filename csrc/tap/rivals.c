/* Rivals: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/rivals.h"

#include "tap/key_schedule.h"
#include "tap/secret_store.h"

enum { CLAIMS_MAX = 16 }; /* each is tried */

typedef struct rivals {
    hsi_secret *claims[CLAIMS_MAX];
    size_t count;
} rivals;

/* The labels that the keys of the epoch follow from, the one that all others follow from first. */
static hsi_status roots_of(hsi_tap *tap, const hsi_stream *stream, const char *labels[2], uint64_t *epoch)
{
    if (hsi_handshake_may_be_tls13(stream->keys_from)) {
        *epoch = stream->epoch;
        labels[1] = NULL;
        return hsi_traffic_label(&tap->arena, stream->sender, stream->epoch, &labels[0]);
    }
    *epoch = HSI_NO_EPOCH;
    labels[0] = "premaster secret";
    labels[1] = "master secret";
    return HSI_OK;
}

/* ---- trying ---- */

/* Only this one counts, and what follows from it. */
static hsi_status assume(hsi_tap *tap, const hsi_handshake *handshake, hsi_secret *claim)
{
    hsi_secret_forget(tap, handshake);
    return hsi_secret_suppose(tap, claim);
}

static void dismiss(hsi_tap *tap, const hsi_handshake *handshake, hsi_secret *claim)
{
    hsi_secret_forget(tap, handshake);
    hsi_secret_unsuppose(tap, claim);
}

/* Leaves the first that opens the record in the index, alone; `chosen` is its place, or `count`. What did not open this very
 * record before will not now. */
static hsi_status choose(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, rivals *all, size_t *chosen)
{
    size_t number = tap->records.count + 1;
    for (*chosen = 0; *chosen < all->count; ++*chosen) {
        bool opens = false;
        hsi_secret *claim = all->claims[*chosen];
        if (claim->tried == number) {
            continue;
        }
        HSI_TRY(assume(tap, stream->keys_from, claim));
        HSI_TRY(hsi_stream_opens(tap, stream, record, &opens));
        if (opens) {
            return HSI_OK;
        }
        dismiss(tap, stream->keys_from, claim);
        claim->tried = number;
    }
    return HSI_OK;
}

/* Puts back those that still count: they say the same as what was chosen, or what follows from it; or nothing was. */
static hsi_status put_back(hsi_tap *tap, const hsi_handshake *handshake, rivals *all, size_t chosen)
{
    for (size_t i = all->count; i-- > 0;) {
        hsi_secret *claim = all->claims[i];
        const hsi_secret *known = hsi_secret_known(tap, handshake, claim->label, claim->sender, claim->epoch);
        bool same = known != NULL && hsi_bytes_equal(known->value, claim->value);
        if (i != chosen && chosen < all->count && !same) {
            hsi_secret_refute(claim, handshake);
        }
        if (i != chosen && !claim->refuted) {
            HSI_TRY(hsi_secret_suppose(tap, claim));
        }
    }
    return HSI_OK;
}

/* Is there anything to choose? Not where the other direction has proven one. */
static bool is_open(const rivals *all, const hsi_handshake *handshake)
{
    bool proven = false;
    for (size_t i = 0; i < all->count; i++) {
        proven = proven || all->claims[i]->proven > handshake->index;
    }
    return all->count > 1 && !proven;
}

hsi_status hsi_rivals_settle(hsi_tap *tap, hsi_stream *stream, const hsi_record *record)
{
    rivals all = {.count = 0};
    const char *labels[2];
    uint64_t epoch;
    size_t chosen;
    if (hsi_tap_vouched(tap)) {
        return HSI_OK;
    }
    HSI_TRY(roots_of(tap, stream, labels, &epoch));
    for (size_t i = 0; i < HSI_COUNT(labels) && labels[i] != NULL; i++) {
        hsi_secret_claims(tap, stream->keys_from, labels[i], epoch, all.claims, &all.count, CLAIMS_MAX);
    }
    if (!is_open(&all, stream->keys_from)) {
        return HSI_OK;
    }
    for (size_t i = 0; i < all.count; i++) {
        hsi_secret_unsuppose(tap, all.claims[i]);
    }
    HSI_TRY(choose(tap, stream, record, &all, &chosen));
    tap->clues += chosen < all.count;
    return put_back(tap, stream->keys_from, &all, chosen);
}

hsi_status hsi_rivals_proven(hsi_tap *tap, const hsi_stream *stream)
{
    const char *labels[2];
    uint64_t epoch;
    if (hsi_tap_vouched(tap)) {
        return HSI_OK;
    }
    HSI_TRY(roots_of(tap, stream, labels, &epoch));
    for (size_t i = 0; i < HSI_COUNT(labels) && labels[i] != NULL; i++) {
        hsi_secret_prove(tap, stream->keys_from, labels[i], epoch);
    }
    return HSI_OK;
}

bool hsi_rivals_may_come(const hsi_tap *tap, const hsi_stream *stream, const hsi_record *record)
{
    return record->state == HSI_RECORD_REJECTED && !stream->opened && !tap->final && !hsi_tap_vouched(tap);
}
