/* Checks of hooks: what GnuTLS's handshake hook showed is what went over the wire. A phase carries the body that GnuTLS
 * saw. No RFC: it is GnuTLS against the wire.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"
#include "tap/redact.h"

enum { HEADER = 4 };

/* The n-th message of that type and sender; NULL: the wire has fewer. */
static const hsi_message *nth_message(const hsi_tap *tap, const hsi_phase *phase, size_t n)
{
    for (size_t i = 0; i < tap->messages.count; i++) {
        const hsi_message *message = tap->messages.items[i];
        if (message->type == phase->type && message->sender == phase->sender && !message->cut && n-- == 0) {
            return message;
        }
    }
    return NULL;
}

static bool was_altered(const hsi_tap *tap, const hsi_message *message)
{
    for (size_t i = message->first_record; i <= message->last_record; i++) {
        const hsi_record *record = tap->records.items[i];
        if (record->sender == message->sender && record->altered) {
            return true;
        }
    }
    return false;
}

static hsi_status check_phase(hsi_tap *tap, const hsi_phase *phase, size_t n)
{
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "the body in GnuTLS's hook = the body on the wire",
                       .rfc = "GnuTLS, gnutls_handshake_set_hook_function"};
    const hsi_message *message = nth_message(tap, phase, n);
    HSI_TRY(hsi_arena_format(&tap->arena, &check.name, "hook.%s[%zu].%s", hsi_side_name(phase->side), phase->index,
                             message == NULL ? phase->name : message->name));
    hsi_check_evidence(&check, HSI_EVENT_PHASE, phase);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
    if (hsi_journal_redacted(tap->journal) != NULL) {
        return hsi_check_missing(tap, &check, "the body in the hook is not known");
    }
    if (message == NULL) {
        return hsi_check_missing(tap, &check, "no such message arrived over the wire");
    }
    if (phase->side == phase->sender && was_altered(tap, message)) {
        return hsi_check_missing(tap, &check, "the message was altered on its way, after this end made it");
    }
    size_t header = message->sslv2 || message->raw.length < HEADER ? 0 : HEADER;
    hsi_bytes body = hsi_bytes_slice(message->raw, header, message->raw.length - header);
    return hsi_check_compare(tap, &check, body, phase->body);
}

hsi_status hsi_check_hooks(hsi_tap *tap, hsi_handshake *handshake)
{
    HSI_UNUSED(handshake);
    size_t seen[2][2][256] = {{{0}}}; /* by side, sender, type */
    for (size_t i = 0; i < tap->phases.count; i++) {
        const hsi_phase *phase = tap->phases.items[i];
        if (phase->action != HSI_ENTER || phase->side > HSI_SERVER || phase->sender > HSI_SERVER) {
            continue;
        }
        HSI_TRY(check_phase(tap, phase, seen[phase->side][phase->sender][phase->type]++));
    }
    return HSI_OK;
}
