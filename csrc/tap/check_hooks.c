/* Checks of hooks: what GnuTLS's handshake hook showed is what went over the wire. A phase carries the SHA-256 of the body
 * that GnuTLS saw; the message's body is hashed here. No RFC: it is GnuTLS against the wire.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

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
                       .formula = "SHA-256 of the body in GnuTLS's hook = SHA-256 of the body on the wire",
                       .rfc = "GnuTLS, gnutls_handshake_set_hook_function"};
    const hsi_message *message = nth_message(tap, phase, n);
    HSI_TRY(hsi_arena_format(&tap->arena, &check.name, "hook.%s[%zu].%s", hsi_side_name(phase->side), phase->index,
                             message == NULL ? phase->name : message->name));
    hsi_check_evidence(&check, HSI_EVENT_PHASE, phase);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
    if (message == NULL) {
        return hsi_check_missing(tap, &check, "no such message arrived over the wire");
    }
    if (phase->side == phase->sender && was_altered(tap, message)) {
        return hsi_check_missing(tap, &check, "the message was altered on its way, after this end made it");
    }
    uint8_t digest[HSI_HASH_MAX];
    size_t header = message->sslv2 || message->raw.length < HEADER ? 0 : HEADER;
    hsi_bytes body = hsi_bytes_slice(message->raw, header, message->raw.length - header);
    HSI_TRY(hsi_hash_of(&hsi_sha256, digest, &body, 1));
    return hsi_check_compare(tap, &check, hsi_bytes_of(digest, hsi_sha256.size), phase->body_hash);
}

hsi_status hsi_check_hooks(hsi_tap *tap, hsi_handshake *handshake)
{
    HSI_UNUSED(handshake);
    size_t seen[2][2][256] = {{{0}}}; /* by side, sender, type */
    for (size_t i = 0; i < tap->phases.count; i++) {
        const hsi_phase *phase = tap->phases.items[i];
        if (phase->action != HSI_ENTER || phase->side > HSI_SERVER || phase->sender > HSI_SERVER ||
            phase->body_hash.length != hsi_sha256.size) {
            continue;
        }
        HSI_TRY(check_phase(tap, phase, seen[phase->side][phase->sender][phase->type]++));
    }
    return HSI_OK;
}
