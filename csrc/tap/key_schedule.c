/* Key schedule: the walk over the rules (rules.c): finding a secret, deriving it, running every rule. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

#include "base/memory.h"
#include "tap/secret_store.h"

enum {
    DEEPEST = 16
}; /* of secrets made from secrets; the longest chain of the table has 8, KeyUpdates are walked in order */

static hsi_status need(hsi_working *asking, hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                       uint64_t epoch, const hsi_secret **out, const char **missing);

/* Early data is protected before a suite is negotiated, and not always with that one. */
static bool has_early_suite(const hsi_handshake *handshake, uint64_t epoch)
{
    return epoch == HSI_EPOCH_EARLY && handshake->early_suite.name != NULL && hsi_handshake_may_be_tls13(handshake);
}

bool hsi_suite_resolve(const hsi_handshake *handshake, uint64_t epoch, hsi_suite_algorithms *out)
{
    bool tls13 = handshake->version >= HSI_TLS13;
    bool known = handshake->version >= HSI_SSL30 && handshake->version <= HSI_TLS13;
    const hsi_suite *suite = has_early_suite(handshake, epoch) ? &handshake->early_suite : &handshake->suite;
    if (suite == &handshake->suite && (!known || !handshake->suite_known || suite->tls13 != tls13)) {
        return false;
    }
    out->cipher = hsi_cipher_named(suite->cipher);
    out->mac = hsi_hash_named(suite->mac);
    return out->cipher != NULL && (out->mac != NULL || out->cipher->kind == HSI_CIPHER_AEAD);
}

hsi_status hsi_traffic_label(hsi_arena *arena, uint8_t sender, uint64_t epoch, const char **out)
{
    static const char *const first[][2] = {
        [1] = {"CLIENT_EARLY_TRAFFIC_SECRET", "SERVER_EARLY_TRAFFIC_SECRET"},
        [2] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"},
        [3] = {"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"},
    };
    if (epoch < HSI_COUNT(first)) {
        *out = first[epoch][sender];
        return HSI_OK;
    }
    return hsi_arena_format(arena, out, "%s_TRAFFIC_SECRET_%llu", sender == HSI_CLIENT ? "CLIENT" : "SERVER",
                            (unsigned long long)(epoch - 3));
}

/* ---- inputs ---- */

void hsi_working_input(hsi_working *w, const char *name, hsi_bytes value)
{
    if (w->input_count < HSI_INPUTS_MAX) {
        w->inputs[w->input_count++] = (hsi_input){name, value};
    }
}

hsi_status hsi_working_need(hsi_working *w, const char *label, uint8_t sender, uint64_t epoch, hsi_bytes *out)
{
    const hsi_secret *secret;
    HSI_TRY(need(w, w->tap, w->handshake, label, sender, epoch, &secret, &w->missing));
    if (secret != NULL) {
        *out = secret->value;
        hsi_working_input(w, secret->label, *out);
    }
    return HSI_OK;
}

hsi_status hsi_working_transcript(hsi_working *w, uint8_t type, uint8_t sender, hsi_bytes *out)
{
    const hsi_message *message = hsi_handshake_first(w->handshake, type, sender);
    if (message == NULL || message->transcript_end == 0) {
        w->missing = "the transcript does not reach that far";
        return HSI_OK;
    }
    if (!hsi_handshake_was_read(w->handshake, message->transcript_end)) {
        w->missing = hsi_handshake_unread(w->handshake);
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_transcript_hash(w->tap, message, out));
    if (out->length == 0) {
        w->missing = "the cipher suite's hash is not known";
        return HSI_OK;
    }
    hsi_working_input(w, "transcript hash", *out);
    return HSI_OK;
}

/* ---- running a rule ---- */

static bool applies(const hsi_rule *rule, const hsi_handshake *handshake, uint64_t epoch)
{
    bool early = handshake->version == 0 && rule->tls13 && rule->first_epoch == HSI_EPOCH_EARLY;
    if (!early && (handshake->version == 0 || rule->tls13 != (handshake->version >= HSI_TLS13))) {
        return false;
    }
    return rule->first_epoch == HSI_NO_EPOCH || (epoch >= rule->first_epoch && epoch <= rule->last_epoch);
}

/* The secrets after a KeyUpdate have their number in the label. */
static bool is_numbered(const hsi_rule *rule)
{
    return rule->derive == hsi_rule_update;
}

static bool makes(const hsi_rule *rule, const char *label, uint8_t sender)
{
    if (sender != HSI_NOBODY && rule->sender != sender) {
        return false;
    }
    return is_numbered(rule) ? strncmp(rule->label, label, strlen(rule->label) - strlen("%llu")) == 0
                             : strcmp(rule->label, label) == 0;
}

hsi_status hsi_rule_run(hsi_working *w, hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule, uint64_t epoch)
{
    w->tap = tap;
    w->handshake = handshake;
    w->rule = rule;
    w->sender = rule->sender;
    w->epoch = rule->first_epoch == HSI_NO_EPOCH ? HSI_NO_EPOCH : epoch;
    w->label = rule->label;
    w->source = HSI_SOURCE_DERIVED;
    w->formula = rule->formula;
    w->rfc = rule->rfc;
    if (is_numbered(rule)) {
        HSI_TRY(hsi_traffic_label(&tap->arena, rule->sender, epoch, &w->label));
    }
    return rule->derive(w);
}

hsi_status hsi_working_output(const hsi_working *w, const hsi_secret **out)
{
    *out = hsi_secret_known(w->tap, w->handshake, w->label, w->sender, w->epoch);
    if (*out != NULL) {
        return HSI_OK;
    }
    hsi_secret secret = {.label = w->label,
                         .side = HSI_NOBODY,
                         .sender = w->sender,
                         .epoch = w->epoch,
                         .source = w->source,
                         .handshake = w->handshake};
    return hsi_secret_derive(w->tap, &secret, hsi_buffer_peek(&w->value), out);
}

static hsi_status derive(hsi_working *asking, hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule,
                         uint64_t epoch, const hsi_secret **out, const char **missing)
{
    hsi_working w = {.depth = asking == NULL ? 0 : asking->depth + 1};
    hsi_status status = hsi_rule_run(&w, tap, handshake, rule, epoch);
    if (status == HSI_OK && w.missing == NULL) {
        status = hsi_working_output(&w, out);
    }
    *missing = w.missing;
    hsi_buffer_cleanup(&w.value);
    return status;
}

static const hsi_entry *find_note(const hsi_tap *tap, const char *about)
{
    for (size_t i = 0; i < tap->notes.count; i++) {
        const hsi_entry *note = tap->notes.items[i];
        if (hsi_bytes_are(note->name, about)) {
            return note;
        }
    }
    return NULL;
}

hsi_status hsi_why_not_surfaced(hsi_tap *tap, const char *label, const char *otherwise, const char **out)
{
    const hsi_entry *note = find_note(tap, label);
    note = note == NULL ? find_note(tap, "probe") : note;
    if (note == NULL) {
        return hsi_arena_join(&tap->arena, out, HSI_TEXTS("the ", label, " was not surfaced", otherwise));
    }
    return hsi_arena_format(&tap->arena, out, "the %s was not surfaced: %.*s", label, (int)note->data.length,
                            (const char *)note->data.data);
}

static hsi_status need(hsi_working *asking, hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                       uint64_t epoch, const hsi_secret **out, const char **missing)
{
    *out = hsi_secret_known(tap, handshake, label, sender, epoch);
    if (*out != NULL) {
        return HSI_OK;
    }
    for (size_t i = 0; i < hsi_rule_count && (asking == NULL || asking->depth < DEEPEST); i++) {
        if (applies(&hsi_rules[i], handshake, epoch) && makes(&hsi_rules[i], label, sender)) {
            return derive(asking, tap, handshake, &hsi_rules[i], epoch, out, missing);
        }
    }
    return hsi_why_not_surfaced(tap, label, "", missing);
}

hsi_status hsi_key_schedule_need(hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                                 uint64_t epoch, const hsi_secret **out, const char **missing)
{
    const char *why;
    return need(NULL, tap, handshake, label, sender, epoch, out, missing == NULL ? &why : missing);
}

hsi_status hsi_tap_known(hsi_tap *tap, const hsi_handshake *handshake, const char *label, hsi_bytes *out)
{
    const hsi_secret *secret;
    hsi_handshake *own =
        tap->handshakes.items[handshake->index]; /* the tap may note what it computes, who asks may not */
    HSI_TRY(hsi_key_schedule_need(tap, own, label, HSI_NOBODY, HSI_NO_EPOCH, &secret, NULL));
    *out = secret == NULL ? HSI_BYTES_EMPTY : secret->value;
    return HSI_OK;
}

/* ---- record keys ---- */

static hsi_status key_of(hsi_tap *tap, hsi_handshake *handshake, const char *const labels[2], uint8_t sender,
                         uint64_t epoch, hsi_bytes *out, const char **missing)
{
    const hsi_secret *secret;
    HSI_TRY(need(NULL, tap, handshake, labels[sender], sender, epoch, &secret, missing));
    *out = secret == NULL ? HSI_BYTES_EMPTY : secret->value;
    return HSI_OK;
}

hsi_status hsi_key_schedule_keys(hsi_tap *tap, hsi_handshake *handshake, uint8_t sender, uint64_t epoch,
                                 hsi_record_keys *out, bool *found, bool *hopeless, const char **missing)
{
    static const char *const mac_keys[2] = {"client write MAC key", "server write MAC key"};
    static const char *const keys[2] = {"client write key", "server write key"};
    static const char *const ivs[2] = {"client write IV", "server write IV"};
    hsi_suite_algorithms suite;
    *found = false;
    *hopeless = !hsi_suite_resolve(handshake, epoch, &suite);
    if (*hopeless) {
        *missing = "the cipher suite is not one that can be opened here";
        return HSI_OK;
    }
    *out = (hsi_record_keys){.version = handshake->version == 0 ? HSI_TLS13 : handshake->version,
                             .cipher = suite.cipher,
                             .mac = suite.mac,
                             .encrypt_then_mac = handshake->encrypt_then_mac && suite.cipher->kind == HSI_CIPHER_CBC};
    HSI_TRY(key_of(tap, handshake, ivs, sender, epoch, &out->iv, missing));
    HSI_TRY(key_of(tap, handshake, keys, sender, epoch, &out->key, missing));
    if (suite.mac != NULL) {
        HSI_TRY(key_of(tap, handshake, mac_keys, sender, epoch, &out->mac_key, missing));
    }
    size_t iv = out->version >= HSI_TLS13 ? suite.cipher->nonce : suite.cipher->fixed_iv;
    *found = out->key.length == suite.cipher->key && (suite.mac == NULL || out->mac_key.length == suite.mac->mac_key) &&
             (suite.cipher->kind != HSI_CIPHER_AEAD || out->iv.length == iv);
    return HSI_OK;
}

/* ---- every rule, for those who look ---- */

static hsi_status visit_rule(hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule, uint64_t epoch,
                             hsi_rule_visitor *visit, void *context)
{
    hsi_working w = {.depth = 0};
    hsi_status status = hsi_rule_run(&w, tap, handshake, rule, epoch);
    if (status == HSI_OK) {
        status = visit(context, &w);
    }
    hsi_buffer_cleanup(&w.value);
    return status;
}

hsi_status hsi_key_schedule_visit(hsi_tap *tap, hsi_handshake *handshake, hsi_rule_visitor *visit, void *context)
{
    for (size_t i = 0; i < hsi_rule_count; i++) {
        const hsi_rule *rule = &hsi_rules[i];
        if (rule->first_epoch == HSI_NO_EPOCH) {
            if (applies(rule, handshake, HSI_NO_EPOCH)) {
                HSI_TRY(visit_rule(tap, handshake, rule, HSI_NO_EPOCH, visit, context));
            }
            continue;
        }
        uint64_t last = tap->streams[rule->sender].epoch;
        last = rule->last_epoch < last ? rule->last_epoch : last;
        for (uint64_t epoch = rule->first_epoch; epoch <= last; epoch++) {
            bool own = rule->tls13 || handshake->epochs[rule->sender] == epoch;
            if (own && applies(rule, handshake, epoch)) {
                HSI_TRY(visit_rule(tap, handshake, rule, epoch, visit, context));
            }
        }
    }
    return HSI_OK;
}
