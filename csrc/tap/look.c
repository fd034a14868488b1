/* Look: see the header. Walks the key schedule once for each negotiation: what a rule comes to is a secret, and how it came
 * is a derivation.
 * SPDX-License-Identifier: MIT */
#include "tap/look.h"

#include "tap/key_schedule.h"

static hsi_status note_derivation(void *context, const hsi_working *w)
{
    hsi_tap *tap = context;
    if (w->missing != NULL) {
        return HSI_OK;
    }
    hsi_derivation *derivation = hsi_arena_new(&tap->arena, sizeof *derivation);
    if (derivation == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_working_output(w, &derivation->output));
    derivation->function = w->rule->function;
    derivation->formula = w->rule->formula;
    derivation->rfc = w->rule->rfc;
    derivation->input_count = w->input_count;
    memcpy(derivation->inputs, w->inputs, sizeof derivation->inputs);
    derivation->ok = hsi_bytes_equal(derivation->output->value, hsi_buffer_peek(&w->value));
    if (derivation->output->side == HSI_NOBODY && derivation->output->source != HSI_SOURCE_GIVEN) {
        HSI_TRY(hsi_list_append(&tap->secrets, (void *)(uintptr_t)derivation->output));
    }
    return hsi_list_append(&tap->derivations, derivation);
}

static hsi_status make(hsi_tap *tap)
{
    tap->secrets.count = tap->derivations.count = tap->checks.count = 0;
    for (size_t i = 0; i < tap->surfaced.count; i++) {
        HSI_TRY(hsi_list_append(&tap->secrets, tap->surfaced.items[i]));
    }
    for (size_t h = 0; h < tap->handshakes.count; h++) {
        HSI_TRY(hsi_key_schedule_visit(tap, tap->handshakes.items[h], note_derivation, tap));
    }
    return hsi_checks_make(tap);
}

hsi_status hsi_tap_look(hsi_tap *tap)
{
    size_t state = tap->scanned + tap->events.count + (tap->final ? 1 : 0) + 1;
    if (tap->looked == state) {
        return HSI_OK;
    }
    HSI_TRY(make(tap));
    tap->looked = state;
    return HSI_OK;
}
