/* Key schedule: the secrets and keys of TLS 1.0 to 1.3 as one table of rules, each an output, a function and its inputs. The
 * fold asks for the secret it needs, derivations and checks walk the same rules. RFC 5246 sections 6.3 and 8.1, RFC 7627,
 * RFC 8446 section 7. A new rule is a line in the table of rules.c.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_KEY_SCHEDULE_H
#define HSI_TAP_KEY_SCHEDULE_H

#include "tap/fold.h"

typedef struct hsi_rule hsi_rule;

/* A rule at work on one negotiation: what went in and what came out. */
typedef struct hsi_working {
    hsi_tap *tap;
    hsi_handshake *handshake;
    const hsi_rule *rule;
    const char *label; /* of the output */
    uint8_t sender;
    uint64_t epoch;
    hsi_input inputs[HSI_INPUTS_MAX];
    size_t input_count;
    hsi_buffer value; /* the output, where nothing is missing */
    hsi_source source; /* DERIVED, or what else it was got from */
    const char *formula; /* the rule's, or what it comes to for this negotiation */
    const char *rfc;
    const char *missing; /* why there is no output; NULL */
    size_t depth;
} hsi_working;

struct hsi_rule {
    const char *label; /* of the output; of the traffic secrets from epoch 3 on, with %llu for the number */
    uint8_t sender;
    bool tls13;
    uint64_t first_epoch; /* HSI_NO_EPOCH: it belongs to none */
    uint64_t last_epoch;
    hsi_status (*derive)(hsi_working *w);
    const char *function;
    const char *formula;
    const char *rfc;
    const char *parent; /* the label of the secret it is made from */
    const char *tls_label; /* of HKDF-Expand-Label or PRF */
    uint8_t until; /* the transcript reaches to the first message of this type… */
    uint8_t until_sender; /* …from this sender */
    size_t part; /* of a key block: which of the six slices */
};

/* rules.c: the table, parents before what is made from them. */
extern const hsi_rule hsi_rules[];
extern const size_t hsi_rule_count;

/* hsi_key_schedule_need finds a secret, surfaced or derived, or derives it. `out` NULL: it cannot be had (yet), and
 * `missing` (may be NULL) says why. */
HSI_MUST_USE hsi_status hsi_key_schedule_need(hsi_tap *tap, hsi_handshake *handshake, const char *label, uint8_t sender,
                                              uint64_t epoch, const hsi_secret **out, const char **missing);

/* hsi_key_schedule_keys fills in the keys that protect what `sender` sends in an epoch. `found` false: see `missing`;
 * `hopeless`: and no secret could help, the cipher is not known here. */
HSI_MUST_USE hsi_status hsi_key_schedule_keys(hsi_tap *tap, hsi_handshake *handshake, uint8_t sender, uint64_t epoch,
                                              hsi_record_keys *out, bool *found, bool *hopeless, const char **missing);

/* hsi_key_schedule_confirm ties candidates to known secrets; those that fit become secrets, with their event. candidates.c */
HSI_MUST_USE hsi_status hsi_key_schedule_confirm(hsi_tap *tap);

/* hsi_key_schedule_visit runs every rule that applies to a negotiation, in the table's order, and hands each to `visit`, with
 * its output or what is missing. */
typedef hsi_status hsi_rule_visitor(void *context, const hsi_working *w);
HSI_MUST_USE hsi_status hsi_key_schedule_visit(hsi_tap *tap, hsi_handshake *handshake, hsi_rule_visitor *visit,
                                               void *context);

/* What a rule comes to beside the secret that was surfaced: the rules are run once for derivations and checks. */
typedef struct hsi_comparison {
    const hsi_handshake *handshake;
    const hsi_secret *surfaced;
    hsi_bytes computed; /* where nothing is missing */
    const char *label, *formula, *rfc;
    const char *missing; /* NULL */
} hsi_comparison;

/* hsi_rule_run runs one rule for one epoch of a negotiation; clean up w->value afterwards. */
HSI_MUST_USE hsi_status hsi_rule_run(hsi_working *w, hsi_tap *tap, hsi_handshake *handshake, const hsi_rule *rule,
                                     uint64_t epoch);

/* ---- for the files of rules: each input is found or derived, and noted; `missing` is set where it cannot be had ---- */

HSI_MUST_USE hsi_status hsi_working_need(hsi_working *w, const char *label, uint8_t sender, uint64_t epoch,
                                         hsi_bytes *out);
void hsi_working_input(hsi_working *w, const char *name, hsi_bytes value);

/* hsi_working_transcript: the transcript hash through the first message of that type from that sender. */
HSI_MUST_USE hsi_status hsi_working_transcript(hsi_working *w, uint8_t type, uint8_t sender, hsi_bytes *out);

/* hsi_working_output is the secret that the output is: one that is known already, or a new one. */
HSI_MUST_USE hsi_status hsi_working_output(const hsi_working *w, const hsi_secret **out);

/* hsi_why_not_surfaced says why there is no such secret, with the live session's note: one about that secret, or about the
 * probe, which sees those that no API gives; `otherwise` is said where nobody noted why. */
HSI_MUST_USE hsi_status hsi_why_not_surfaced(hsi_tap *tap, const char *label, const char *otherwise, const char **out);

/* The rules, by file. */
hsi_status hsi_rule_premaster(hsi_working *w); /* premaster.c */
hsi_status hsi_rule_master(hsi_working *w); /* schedule_tls12.c */
hsi_status hsi_rule_key_block(hsi_working *w);
hsi_status hsi_rule_key_block_part(hsi_working *w);
hsi_status hsi_rule_early_secret(hsi_working *w); /* schedule_tls13.c */
hsi_status hsi_rule_next_stage(hsi_working *w);
hsi_status hsi_rule_derive_secret(hsi_working *w);
hsi_status hsi_rule_derive_early(hsi_working *w);
hsi_status hsi_rule_update(hsi_working *w);
hsi_status hsi_rule_finished_key(hsi_working *w);
hsi_status hsi_rule_write_key(hsi_working *w);

/* hsi_suite_resolve: what the suite of an epoch is made of: the negotiated one, or that of early data. False: its cipher or MAC are not known here. */
typedef struct hsi_suite_algorithms {
    const hsi_cipher *cipher;
    const hsi_hash *mac; /* NULL: AEAD */
} hsi_suite_algorithms;
bool hsi_suite_resolve(const hsi_handshake *handshake, uint64_t epoch, hsi_suite_algorithms *out);

/* hsi_traffic_label is the label of a TLS 1.3 traffic secret: "CLIENT_TRAFFIC_SECRET_0" for (client, 3). */
HSI_MUST_USE hsi_status hsi_traffic_label(hsi_arena *arena, uint8_t sender, uint64_t epoch, const char **out);

#endif
