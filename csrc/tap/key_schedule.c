/* Key schedule: the table of rules, and the walk over it. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

#include "base/memory.h"
#include "tap/secret_store.h"

enum { DEEPEST = 16 }; /* of secrets made from secrets; the longest chain of the table has 8, KeyUpdates are walked in order */

#define SHARED HSI_NOBODY
#define NONE HSI_NO_EPOCH
#define ANY_LATER (HSI_NO_EPOCH - 1)

/* RFC 5246 section 6.3 */
#define KEY_BLOCK_PART(label, sender, number)                                                                          \
    {label, sender, false, 1, ANY_LATER, hsi_rule_key_block_part, "slice", "a part of the key block",                  \
     "RFC 5246 section 6.3", "key block", NULL, 0, 0, number}

#define DERIVE(label, sender, epoch, parent, tls, until, until_sender)                                                 \
    {label, sender, true, epoch, epoch, hsi_rule_derive_secret, "Derive-Secret",                                       \
     "Derive-Secret(" parent ", \"" tls "\", " #until " transcript)", "RFC 8446 section 7.1", parent, tls,               \
     HSI_##until, until_sender, 0}

#define TRAFFIC_UPDATE(label, sender)                                                                                  \
    {label, sender, true, 4, ANY_LATER, hsi_rule_update, "HKDF-Expand-Label",                                          \
     "HKDF-Expand-Label(the traffic secret before, \"traffic upd\", \"\", Hash.length)", "RFC 8446 section 7.2", NULL,  \
     "traffic upd", 0, 0, 0}

#define FINISHED_KEY(sender, parent)                                                                                   \
    {"finished key", sender, true, 2, 2, hsi_rule_finished_key, "HKDF-Expand-Label",                                   \
     "HKDF-Expand-Label(" parent ", \"finished\", \"\", Hash.length)", "RFC 8446 section 4.4.4", parent, "finished",     \
     0, 0, 0}

#define WRITE_KEY(label, sender, tls)                                                                                  \
    {label, sender, true, 1, ANY_LATER, hsi_rule_write_key, "HKDF-Expand-Label",                                       \
     "HKDF-Expand-Label(the traffic secret, \"" tls "\", \"\", length)", "RFC 8446 section 7.3", NULL, tls, 0, 0, 0}

static const hsi_rule rules[] = {
    {"premaster secret", SHARED, false, NONE, NONE, hsi_rule_premaster, "key exchange",
     "RSA: the server's private key opens it; PSK: made from the shared key", "RFC 5246 section 8.1", NULL, NULL, 0, 0, 0},
    {"master secret", SHARED, false, NONE, NONE, hsi_rule_master, "PRF",
     "PRF(premaster secret, \"master secret\", client random + server random)[0..47]; with extended_master_secret: "
     "PRF(premaster secret, \"extended master secret\", session hash)[0..47]",
     "RFC 5246 section 8.1, RFC 7627 section 4", "premaster secret", NULL, 0, 0, 0},
    {"key block", SHARED, false, NONE, NONE, hsi_rule_key_block, "PRF",
     "PRF(master secret, \"key expansion\", server random + client random)", "RFC 5246 section 6.3", "master secret",
     "key expansion", 0, 0, 0},
    KEY_BLOCK_PART("client write MAC key", HSI_CLIENT, 0),
    KEY_BLOCK_PART("server write MAC key", HSI_SERVER, 1),
    KEY_BLOCK_PART("client write key", HSI_CLIENT, 2),
    KEY_BLOCK_PART("server write key", HSI_SERVER, 3),
    KEY_BLOCK_PART("client write IV", HSI_CLIENT, 4),
    KEY_BLOCK_PART("server write IV", HSI_SERVER, 5),
    {"early secret", SHARED, true, NONE, NONE, hsi_rule_early_secret, "HKDF-Extract", "HKDF-Extract(0, PSK or zeros)",
     "RFC 8446 section 7.1", NULL, NULL, 0, 0, 0},
    DERIVE("CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, 1, "early secret", "c e traffic", CLIENT_HELLO, HSI_CLIENT),
    DERIVE("EARLY_EXPORTER_SECRET", SHARED, NONE, "early secret", "e exp master", CLIENT_HELLO, HSI_CLIENT),
    {"handshake secret", SHARED, true, NONE, NONE, hsi_rule_next_stage, "HKDF-Extract",
     "HKDF-Extract(Derive-Secret(early secret, \"derived\", \"\"), shared secret)", "RFC 8446 section 7.1", "early secret",
     "shared secret", 0, 0, 0},
    DERIVE("CLIENT_HANDSHAKE_TRAFFIC_SECRET", HSI_CLIENT, 2, "handshake secret", "c hs traffic", SERVER_HELLO, HSI_SERVER),
    DERIVE("SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER, 2, "handshake secret", "s hs traffic", SERVER_HELLO, HSI_SERVER),
    FINISHED_KEY(HSI_CLIENT, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
    FINISHED_KEY(HSI_SERVER, "SERVER_HANDSHAKE_TRAFFIC_SECRET"),
    {"master secret", SHARED, true, NONE, NONE, hsi_rule_next_stage, "HKDF-Extract",
     "HKDF-Extract(Derive-Secret(handshake secret, \"derived\", \"\"), zeros)", "RFC 8446 section 7.1", "handshake secret",
     NULL, 0, 0, 0},
    DERIVE("CLIENT_TRAFFIC_SECRET_0", HSI_CLIENT, 3, "master secret", "c ap traffic", FINISHED, HSI_SERVER),
    DERIVE("SERVER_TRAFFIC_SECRET_0", HSI_SERVER, 3, "master secret", "s ap traffic", FINISHED, HSI_SERVER),
    DERIVE("EXPORTER_SECRET", SHARED, NONE, "master secret", "exp master", FINISHED, HSI_SERVER),
    DERIVE("resumption master secret", SHARED, NONE, "master secret", "res master", FINISHED, HSI_CLIENT),
    TRAFFIC_UPDATE("CLIENT_TRAFFIC_SECRET_%llu", HSI_CLIENT),
    TRAFFIC_UPDATE("SERVER_TRAFFIC_SECRET_%llu", HSI_SERVER),
    WRITE_KEY("client write key", HSI_CLIENT, "key"),
    WRITE_KEY("client write IV", HSI_CLIENT, "iv"),
    WRITE_KEY("server write key", HSI_SERVER, "key"),
    WRITE_KEY("server write IV", HSI_SERVER, "iv"),
};

static hsi_status need(hsi_working *asking, hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                       uint64_t epoch, const hsi_secret **out, const char **missing);

bool hsi_suite_resolve(const hsi_handshake *handshake, hsi_suite_algorithms *out)
{
    bool tls13 = handshake->version >= HSI_TLS13;
    bool known = handshake->version >= HSI_TLS10 && handshake->version <= HSI_TLS13; /* SSL 3.0 derives otherwise */
    if (!known || !handshake->suite_known || handshake->suite.tls13 != tls13) {
        return false;
    }
    out->cipher = hsi_cipher_named(handshake->suite.cipher);
    out->mac = hsi_hash_named(handshake->suite.mac);
    return out->cipher != NULL && (out->mac != NULL || out->cipher->kind == HSI_CIPHER_AEAD);
}

hsi_status hsi_traffic_label(hsi_arena *arena, uint8_t sender, uint64_t epoch, const char **out)
{
    const char *who = sender == HSI_CLIENT ? "CLIENT" : "SERVER";
    if (epoch < 3) {
        return hsi_arena_format(arena, out, "%s_%s_TRAFFIC_SECRET", who, epoch == 1 ? "EARLY" : "HANDSHAKE");
    }
    return hsi_arena_format(arena, out, "%s_TRAFFIC_SECRET_%llu", who, (unsigned long long)(epoch - 3));
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
    if (w->handshake->unreadable) {
        w->missing = "the transcript holds a message that could not be read";
        return HSI_OK;
    }
    const hsi_hash *hash = w->handshake->hash;
    uint8_t *digest = hsi_arena_new(&w->tap->arena, hsi_transcript_hash_size(hash));
    if (digest == NULL) {
        return HSI_NO_MEMORY;
    }
    HSI_TRY(hsi_transcript_hash(&w->handshake->transcript, hash, message->transcript_end, HSI_BYTES_EMPTY, digest));
    *out = hsi_bytes_of(digest, hsi_transcript_hash_size(hash));
    hsi_working_input(w, "transcript hash", *out);
    return HSI_OK;
}

/* ---- running a rule ---- */

static bool applies(const hsi_rule *rule, const hsi_handshake *handshake, uint64_t epoch)
{
    if (handshake->version == 0 || rule->tls13 != (handshake->version >= HSI_TLS13)) {
        return false;
    }
    return rule->first_epoch == NONE || (epoch >= rule->first_epoch && epoch <= rule->last_epoch);
}

static bool makes(const hsi_rule *rule, const char *label, uint8_t sender)
{
    bool numbered = strstr(rule->label, "%llu") != NULL;
    size_t length = numbered ? strlen(rule->label) - strlen("%llu") : strlen(rule->label) + 1;
    return strncmp(rule->label, label, length) == 0 && (sender == HSI_NOBODY || rule->sender == sender);
}

static hsi_status run(hsi_working *w, hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule, uint64_t epoch)
{
    w->tap = tap;
    w->handshake = handshake;
    w->rule = rule;
    w->sender = rule->sender;
    w->epoch = rule->first_epoch == NONE ? NONE : epoch;
    w->label = rule->label;
    w->source = HSI_SOURCE_DERIVED;
    if (strstr(rule->label, "%llu") != NULL) {
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
    hsi_status status = run(&w, tap, handshake, rule, epoch);
    if (status == HSI_OK && w.missing == NULL) {
        status = hsi_working_output(&w, out);
    }
    *missing = w.missing;
    hsi_buffer_cleanup(&w.value);
    return status;
}

/* A note of the live session may say why a secret is not there: about that secret, or about the probe, which sees those
 * that no API gives. */
static hsi_status why_not_surfaced(hsi_tap *tap, const char *label, const char **out)
{
    for (size_t i = 0; i < tap->scanned; i++) {
        const hsi_entry *entry = hsi_journal_peek(tap->journal, i);
        if (entry->kind == HSI_ENTRY_NOTE && (hsi_bytes_are(entry->name, label) || hsi_bytes_are(entry->name, "probe"))) {
            return hsi_arena_format(&tap->arena, out, "the %s was not surfaced: %.*s", label, (int)entry->data.length,
                                    (const char *)entry->data.data);
        }
    }
    return hsi_arena_format(&tap->arena, out, "the %s was not surfaced", label);
}

static hsi_status need(hsi_working *asking, hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                       uint64_t epoch, const hsi_secret **out, const char **missing)
{
    *out = hsi_secret_known(tap, handshake, label, sender, epoch);
    if (*out != NULL) {
        return HSI_OK;
    }
    for (size_t i = 0; i < HSI_COUNT(rules) && (asking == NULL || asking->depth < DEEPEST); i++) {
        if (makes(&rules[i], label, sender) && applies(&rules[i], handshake, epoch)) {
            return derive(asking, tap, handshake, &rules[i], epoch, out, missing);
        }
    }
    return why_not_surfaced(tap, label, missing);
}

hsi_status hsi_key_schedule_need(hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                                 uint64_t epoch, const hsi_secret **out, const char **missing)
{
    const char *why;
    return need(NULL, tap, handshake, label, sender, epoch, out, missing == NULL ? &why : missing);
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
    *hopeless = !hsi_suite_resolve(handshake, &suite);
    if (*hopeless) {
        *missing = "the cipher suite is not one that can be opened here";
        return HSI_OK;
    }
    *out = (hsi_record_keys){.version = handshake->version,
                             .cipher = suite.cipher,
                             .mac = suite.mac,
                             .encrypt_then_mac = handshake->encrypt_then_mac && suite.cipher->kind == HSI_CIPHER_CBC};
    HSI_TRY(key_of(tap, handshake, ivs, sender, epoch, &out->iv, missing));
    HSI_TRY(key_of(tap, handshake, keys, sender, epoch, &out->key, missing));
    if (suite.mac != NULL) {
        HSI_TRY(key_of(tap, handshake, mac_keys, sender, epoch, &out->mac_key, missing));
    }
    size_t iv = handshake->version >= HSI_TLS13 ? suite.cipher->nonce : suite.cipher->fixed_iv;
    *found = out->key.length == suite.cipher->key && (suite.mac == NULL || out->mac_key.length == suite.mac->size) &&
             (suite.cipher->kind != HSI_CIPHER_AEAD || out->iv.length == iv);
    return HSI_OK;
}

/* ---- every rule, for those who look ---- */

static hsi_status visit_rule(hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule, uint64_t epoch,
                             hsi_rule_visitor *visit, void *context)
{
    hsi_working w = {.depth = 0};
    hsi_status status = run(&w, tap, handshake, rule, epoch);
    if (status == HSI_OK) {
        status = visit(context, &w);
    }
    hsi_buffer_cleanup(&w.value);
    return status;
}

hsi_status hsi_key_schedule_visit(hsi_tap *tap, hsi_handshake *handshake, hsi_rule_visitor *visit, void *context)
{
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        const hsi_rule *rule = &rules[i];
        if (rule->first_epoch == NONE) {
            if (applies(rule, handshake, NONE)) {
                HSI_TRY(visit_rule(tap, handshake, rule, NONE, visit, context));
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

/* ---- candidates ---- */

/* What a candidate must come to: the secret below it that is known from elsewhere. */
static const struct {
    const char *candidate;
    bool tls13;
    const char *below;
} ties[] = {
    {"premaster secret", false, "master secret"},
    {"handshake secret", true, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"},
    {"early secret", true, "handshake secret"},
    {"shared secret", true, "handshake secret"},
    {"master secret", true, "CLIENT_TRAFFIC_SECRET_0"},
};

static const hsi_rule *rule_for(const char *label, bool tls13)
{
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        if (rules[i].tls13 == tls13 && strcmp(rules[i].label, label) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

/* Takes the candidate for true, and compares what comes of it with what is known. */
static hsi_status fits(hsi_tap *tap, hsi_handshake *handshake, hsi_secret *candidate, const char *below, bool *out)
{
    const hsi_rule *rule = rule_for(below, handshake->version >= HSI_TLS13);
    const hsi_secret *known = hsi_secret_known(tap, handshake, below, HSI_NOBODY, rule->first_epoch);
    *out = false;
    if (known == NULL || known->source == HSI_SOURCE_DERIVED) {
        return HSI_OK;
    }
    hsi_working w = {.depth = 0};
    HSI_TRY(hsi_secret_suppose(tap, candidate)); /* the newest: the rule finds it first */
    hsi_status status = run(&w, tap, handshake, rule, rule->first_epoch);
    hsi_secret_unsuppose(tap, candidate);
    *out = status == HSI_OK && w.missing == NULL && hsi_bytes_equal(hsi_buffer_peek(&w.value), known->value);
    hsi_buffer_cleanup(&w.value);
    return status;
}

/* Looks for the negotiation that the candidate fits, and makes it a secret of that one. */
static hsi_status confirm(hsi_tap *tap, hsi_secret *candidate, bool *confirmed)
{
    for (size_t h = tap->handshakes.count; h-- > 0 && !*confirmed;) {
        hsi_handshake *handshake = tap->handshakes.items[h];
        for (size_t i = 0; i < HSI_COUNT(ties) && !*confirmed; i++) {
            if (handshake->version != 0 && ties[i].tls13 == (handshake->version >= HSI_TLS13) &&
                hsi_secret_is(candidate, handshake, ties[i].candidate)) {
                HSI_TRY(fits(tap, handshake, candidate, ties[i].below, confirmed));
                candidate->handshake = *confirmed ? handshake : NULL;
            }
        }
    }
    return *confirmed ? hsi_secret_admit(tap, candidate) : HSI_OK;
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
