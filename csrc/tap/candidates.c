/* Candidates: secrets that the probe or GnuTLS's log showed under a label that may be wrong. One counts once a rule of the key
 * schedule makes of it what is known from elsewhere.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"
#include "tap/secret_store.h"

/* What a candidate must come to: the secret below it that is known from elsewhere. */
struct tie {
    const char *candidate;
    bool tls13;
    const char *below;
    bool from_nothing; /* without a pre-shared key a constant, which is cheaper to make than what is below it */
};

static const struct tie ties[] = {
    {"premaster secret", false, "master secret", false},
    {"handshake secret", true, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", false},
    {"early secret", true, "handshake secret", true},
    {"early secret", true, "CLIENT_EARLY_TRAFFIC_SECRET", false},
    {"shared secret", true, "handshake secret", false},
    {"master secret", true, "CLIENT_TRAFFIC_SECRET_0", false},
};

static const hsi_rule *rule_for(const char *label, bool tls13)
{
    for (size_t i = 0; i < hsi_rule_count; i++) {
        if (hsi_rules[i].tls13 == tls13 && strcmp(hsi_rules[i].label, label) == 0) {
            return &hsi_rules[i];
        }
    }
    return NULL;
}

/* Does the rule for `label` come to that value? */
static hsi_status comes_to(hsi_tap *tap, hsi_handshake *handshake, const char *label, hsi_bytes value, bool *out)
{
    const hsi_rule *rule = rule_for(label, handshake->version >= HSI_TLS13);
    hsi_working w = {.depth = 0};
    hsi_status status = hsi_rule_run(&w, tap, handshake, rule, rule->first_epoch);
    *out = status == HSI_OK && w.missing == NULL && hsi_bytes_equal(hsi_buffer_peek(&w.value), value);
    hsi_buffer_cleanup(&w.value);
    return status;
}

/* Takes the candidate for true, and compares what comes of it with what is known. */
static hsi_status fits(hsi_tap *tap, hsi_handshake *handshake, hsi_secret *candidate, const struct tie *tie, bool *out)
{
    const hsi_rule *below = rule_for(tie->below, tie->tls13);
    const hsi_secret *known = hsi_secret_known(tap, handshake, tie->below, HSI_NOBODY, below->first_epoch);
    *out = false;
    if (known == NULL || known->source == HSI_SOURCE_DERIVED) {
        return HSI_OK;
    }
    if (tie->from_nothing && !handshake->psk) {
        return comes_to(tap, handshake, tie->candidate, candidate->value, out);
    }
    HSI_TRY(hsi_secret_suppose(tap, candidate)); /* the newest: the rule finds it first */
    hsi_status status = comes_to(tap, handshake, tie->below, known->value, out);
    hsi_secret_unsuppose(tap, candidate);
    return status;
}

/* Has the other end's GnuTLS shown the same? It counts because a rule confirmed it, which need not run again. */
static bool is_confirmed(const hsi_tap *tap, const hsi_handshake *handshake, const hsi_secret *candidate)
{
    const hsi_secret *known = hsi_secret_surfaced(tap, handshake, candidate->label, candidate->epoch, HSI_NOBODY);
    return known != NULL && known->source == candidate->source && hsi_bytes_equal(known->value, candidate->value);
}

/* Looks for the negotiation that the candidate fits, and makes it a secret of that one. */
static hsi_status confirm(hsi_tap *tap, hsi_secret *candidate, bool *confirmed)
{
    for (size_t h = tap->handshakes.count; h-- > 0 && !*confirmed;) {
        hsi_handshake *handshake = tap->handshakes.items[h];
        for (size_t i = 0; i < HSI_COUNT(ties) && !*confirmed; i++) {
            if (handshake->version != 0 && ties[i].tls13 == (handshake->version >= HSI_TLS13) &&
                hsi_secret_is(candidate, handshake, ties[i].candidate)) {
                *confirmed = is_confirmed(tap, handshake, candidate);
                HSI_TRY(*confirmed ? HSI_OK : fits(tap, handshake, candidate, &ties[i], confirmed));
                candidate->handshake = *confirmed ? handshake : NULL;
            }
        }
    }
    if (!*confirmed) {
        return HSI_OK;
    }
    candidate->negotiation = candidate->handshake->index + 1;
    return hsi_secret_admit(tap, candidate);
}

/* Goes through the candidates once; `confirmed` says whether any was. */
static hsi_status confirm_once(hsi_tap *tap, bool *confirmed)
{
    size_t kept = 0;
    hsi_status status = HSI_OK;
    for (size_t i = 0; i < tap->candidates.count; i++) {
        hsi_secret *candidate = tap->candidates.items[i];
        bool one = false;
        if (status == HSI_OK) {
            status = confirm(tap, candidate, &one);
        }
        if (!one) {
            tap->candidates.items[kept++] = candidate;
        }
        *confirmed = *confirmed || one;
    }
    tap->candidates.count = kept;
    return status;
}

hsi_status hsi_key_schedule_confirm(hsi_tap *tap)
{
    bool confirmed = true; /* one that is confirmed may confirm another */
    while (confirmed && tap->candidates.count > 0) {
        confirmed = false;
        HSI_TRY(confirm_once(tap, &confirmed));
    }
    return HSI_OK;
}
