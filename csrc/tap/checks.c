/* Checks: the table, in the order in which a reader meets them; and how a verdict is written down. See check.h.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"
#include "tap/look.h"
#include "tap/redact.h"

typedef hsi_status hsi_check_row(hsi_tap *tap, hsi_handshake *handshake);

static hsi_check_row *const per_handshake[] = {
    hsi_check_secrets,
    hsi_check_premaster_version,
    hsi_check_sides_agree,
    hsi_check_record_keys,
    hsi_check_finished,
    hsi_check_renegotiation,
    hsi_check_binders,
    hsi_check_server_key_exchange,
    hsi_check_certificate_verify,
    hsi_check_certificates,
    hsi_check_offered,
    hsi_check_extensions,
    hsi_check_downgrade,
    hsi_check_session_id_echo,
    hsi_check_retry,
    hsi_check_psk,
    hsi_check_order,
};

static hsi_check_row *const per_trace[] = {hsi_check_hooks, hsi_check_survey, hsi_check_messages,
                                           hsi_check_alert_answers};

hsi_status hsi_checks_make(hsi_tap *tap)
{
    for (size_t h = 0; h < tap->handshakes.count; h++) {
        for (size_t i = 0; i < HSI_COUNT(per_handshake); i++) {
            HSI_TRY(per_handshake[i](tap, tap->handshakes.items[h]));
        }
    }
    for (size_t i = 0; i < HSI_COUNT(per_trace); i++) {
        HSI_TRY(per_trace[i](tap, NULL));
    }
    for (size_t i = 0; i < tap->record_checks.count; i++) {
        HSI_TRY(hsi_list_append(&tap->checks, tap->record_checks.items[i]));
    }
    return HSI_OK;
}

hsi_status hsi_checks_extend(hsi_tap *tap)
{
    for (; tap->checked < tap->records.count; tap->checked++) {
        size_t kept = tap->record_checks.count;
        size_t from = tap->checks.count;
        hsi_status status = hsi_check_record(tap, tap->records.items[tap->checked]);
        for (size_t i = from; i < tap->checks.count && status == HSI_OK; i++) {
            status = hsi_list_append(&tap->record_checks, tap->checks.items[i]);
        }
        if (status != HSI_OK) {
            tap->record_checks.count = kept; /* all of a record or nothing */
            return status;
        }
    }
    return HSI_OK;
}

static hsi_status add(hsi_tap *tap, const hsi_check *check, hsi_verdict verdict, const char *reason)
{
    hsi_check *copy = hsi_arena_new(&tap->arena, sizeof *copy);
    if (copy == NULL) {
        return HSI_NO_MEMORY;
    }
    *copy = *check;
    copy->verdict = verdict;
    copy->reason = reason;
    return hsi_list_append(&tap->checks, copy);
}

hsi_status hsi_check_compare(hsi_tap *tap, const hsi_check *check, hsi_bytes expected, hsi_bytes found)
{
    hsi_check compared = *check;
    HSI_TRY(hsi_arena_copy(&tap->arena, &compared.expected, expected));
    HSI_TRY(hsi_arena_copy(&tap->arena, &compared.found, found));
    bool equal = hsi_bytes_equal(expected, found);
    return add(tap, &compared, equal ? HSI_PASSED : HSI_FAILED, equal ? NULL : "the recomputed value is another one");
}

hsi_status hsi_check_judge(hsi_tap *tap, const hsi_check *check, bool ok, const char *reason)
{
    return add(tap, check, ok ? HSI_PASSED : HSI_FAILED, ok ? NULL : reason);
}

hsi_status hsi_check_missing(hsi_tap *tap, const hsi_check *check, const char *reason)
{
    const hsi_entry *redacted = hsi_journal_redacted(tap->journal);
    if (redacted != NULL) {
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "%s (%.*s)", reason, (int)redacted->data.length,
                                 (const char *)redacted->data.data));
    }
    return add(tap, check, HSI_NOT_CHECKABLE, reason);
}

void hsi_check_evidence(hsi_check *check, hsi_event_kind kind, const void *item)
{
    if (item != NULL && check->evidence_count < HSI_EVIDENCE_MAX) {
        check->evidence[check->evidence_count++] = (hsi_event){kind, item};
    }
}

hsi_status hsi_check_name(hsi_tap *tap, const hsi_handshake *handshake, const char *what, const char *whose,
                          const char **out)
{
    if (handshake->index > 0) {
        HSI_TRY(hsi_arena_number(&tap->arena, &whose, whose, handshake->index));
    }
    return hsi_arena_join(&tap->arena, out, HSI_TEXTS(what, ".", whose));
}
