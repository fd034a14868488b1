/* Check messages: rules that one message alone can break, or one after what came before it. A rule is a judge in the check_*.c
 * that it fits, a row in the table of check_messages.c, and a test. Each message is judged once, however often somebody looks;
 * of several that break a rule the first is shown.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_CHECK_MESSAGES_H
#define HSI_TAP_CHECK_MESSAGES_H

#include "tap/check.h"

typedef struct hsi_judging {
    const hsi_tap *tap; /* for what came before; what comes after is not known yet */
    const hsi_message *message;
    const hsi_field *root; /* of its fields */
    const hsi_field *culprit; /* set by a judge that says FAILED */
} hsi_judging;

/* A judge: does the message keep the rule? NOT_CHECKABLE: the rule says nothing about it. */
typedef hsi_verdict hsi_judge(hsi_judging *j);

/* ---- for judges ---- */

/* hsi_judge_blame is FAILED for `culprit`, or PASSED where that is NULL. */
hsi_verdict hsi_judge_blame(hsi_judging *j, const hsi_field *culprit);

/* hsi_judge_at is the field at a path; NULL: it is not there. */
const hsi_field *hsi_judge_at(const hsi_judging *j, const char *path);

/* hsi_judge_first_item and _next_item walk a vector, which may be NULL; NULL: there is no item (more). */
const hsi_field *hsi_judge_first_item(const hsi_field *vector);
const hsi_field *hsi_judge_next_item(const hsi_field *item);

/* hsi_judge_offers_tls13: is it a ClientHello that offers TLS 1.3, and so has to keep to RFC 8446? */
bool hsi_judge_offers_tls13(const hsi_judging *j);

static inline bool hsi_judge_is_tls13(const hsi_judging *j)
{
    return j->message->context.version >= HSI_TLS13;
}

/* ---- the judges, by file ---- */

/* check_hello.c */
hsi_judge hsi_judge_legacy_version, hsi_judge_compression, hsi_judge_required_extensions, hsi_judge_server_names;
hsi_judge hsi_judge_point_formats, hsi_judge_psk_last, hsi_judge_binders;

/* check_answer.c */
hsi_judge hsi_judge_legacy_answer, hsi_judge_suite, hsi_judge_encrypt_then_mac, hsi_judge_grease,
    hsi_judge_one_protocol;
hsi_judge hsi_judge_one_limit, hsi_judge_renegotiation;

/* check_shares.c */
hsi_judge hsi_judge_share_order, hsi_judge_share_length;

/* check_bounds.c */
hsi_judge hsi_judge_lengths, hsi_judge_values;

/* check_authentication.c */
hsi_judge hsi_judge_request_context, hsi_judge_certificate_list, hsi_judge_scheme;

/* check_borders.c */
hsi_judge hsi_judge_uninterrupted, hsi_judge_key_change;

/* check_extensions.c */
hsi_judge hsi_judge_unique_extensions;

#endif
