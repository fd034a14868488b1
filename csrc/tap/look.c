/* Look: see the header. Walks the key schedule once for each negotiation: what a rule comes to is a secret, and how it came
 * is a derivation.
 * SPDX-License-Identifier: MIT */
#include "tap/look.h"

#include "tap/key_schedule.h"
#include "tap/secret_store.h"

static bool is_computed(const hsi_secret *secret)
{
    return secret->source == HSI_SOURCE_DERIVED || secret->source == HSI_SOURCE_PRIVATE_KEY;
}

static hsi_status note_derivation(hsi_tap *tap, const hsi_working *w)
{
    hsi_derivation *derivation = hsi_arena_new(&tap->arena, sizeof *derivation);
    if (derivation == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_working_output(w, &derivation->output));
    derivation->function = w->rule->function;
    derivation->formula = w->formula;
    derivation->rfc = w->rfc;
    derivation->input_count = w->input_count;
    memcpy(derivation->inputs, w->inputs, sizeof derivation->inputs);
    derivation->ok = hsi_bytes_equal(derivation->output->value, hsi_buffer_peek(&w->value));
    if (is_computed(derivation->output)) { /* the surfaced ones stand in the list already */
        HSI_TRY(hsi_list_append(&tap->secrets, (void *)(uintptr_t)derivation->output));
    }
    return hsi_list_append(&tap->derivations, derivation);
}

/* Nothing to compare with where the secret was computed: the derivation says how. A root that was surfaced has no parents: what
 * is below it is checked against it. */
static bool is_comparable(const hsi_working *w, const hsi_secret *secret)
{
    return secret != NULL && !is_computed(secret) && (w->missing == NULL || w->rule->parent != NULL);
}

static hsi_status note_comparison(hsi_tap *tap, const hsi_working *w)
{
    const hsi_secret *secret = hsi_secret_known(tap, w->handshake, w->label, w->sender, w->epoch);
    if (!is_comparable(w, secret)) {
        return HSI_OK;
    }
    hsi_comparison *comparison = hsi_arena_new(&tap->arena, sizeof *comparison);
    if (comparison == NULL) {
        return HSI_NO_MEMORY;
    }
    *comparison = (hsi_comparison){.handshake = w->handshake,
                                   .surfaced = secret,
                                   .label = w->label,
                                   .formula = w->formula,
                                   .rfc = w->rfc,
                                   .missing = w->missing};
    HSI_TRY(hsi_arena_copy(&tap->arena, &comparison->computed, hsi_buffer_peek(&w->value)));
    return hsi_list_append(&tap->compared, comparison);
}

static hsi_status note(void *context, const hsi_working *w)
{
    hsi_tap *tap = context;
    HSI_TRY(w->missing == NULL ? note_derivation(tap, w) : HSI_OK);
    return note_comparison(tap, w);
}

static hsi_status make(hsi_tap *tap)
{
    tap->secrets.count = tap->derivations.count = tap->compared.count = tap->checks.count = 0;
    for (size_t i = 0; i < tap->surfaced.count; i++) {
        hsi_secret *secret = tap->surfaced.items[i];
        HSI_TRY(secret->refuted ? HSI_OK : hsi_list_append(&tap->secrets, secret));
    }
    for (size_t h = 0; h < tap->handshakes.count; h++) {
        HSI_TRY(hsi_key_schedule_visit(tap, tap->handshakes.items[h], note, tap));
    }
    return hsi_checks_make(tap);
}

/* What hangs on secrets and messages is made anew when there are new ones; checks of records are only added to. */
static hsi_status look(hsi_tap *tap)
{
    HSI_TRY(hsi_survey_take(tap));
    size_t weight = tap->clues + tap->alerts.count + 1;
    bool anew = tap->weighed != weight;
    tap->weighed = 0; /* until it is done */
    if (anew) {
        HSI_TRY(make(tap));
    }
    HSI_TRY(hsi_checks_extend(tap));
    tap->weighed = weight;
    return HSI_OK;
}

hsi_status hsi_tap_look(hsi_tap *tap)
{
    size_t state = tap->scanned + tap->events.count + (tap->final ? 1 : 0) + 1;
    if (tap->failed != HSI_OK || tap->looked == state || tap->retired) {
        return tap->failed;
    }
    HSI_TRY(look(tap));
    tap->looked = state;
    return HSI_OK;
}
