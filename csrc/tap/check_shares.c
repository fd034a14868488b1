/* Judges of the public shares of a key exchange: which, and how long. RFC 8446 section 4.2.8, RFC 8422 section 5.4.1.
 * SPDX-License-Identifier: MIT */
#include "proto/group.h"
#include "tap/check_messages.h"

/* Each share's group stands in supported_groups after that of the share before: so it is offered, in order, and there once. */
hsi_verdict hsi_judge_share_order(hsi_judging *j)
{
    const hsi_field *share = hsi_judge_first_item(hsi_judge_at(j, "extensions.key_share.client_shares"));
    const hsi_field *offered = hsi_judge_first_item(hsi_judge_at(j, "extensions.supported_groups.named_group_list"));
    if (share == NULL || offered == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    for (; share != NULL; share = hsi_judge_next_item(share)) {
        const hsi_field *group = hsi_field_child(share, hsi_bytes_text("group"));
        while (group != NULL && offered != NULL && offered->number != group->number) {
            offered = hsi_judge_next_item(offered);
        }
        if (group == NULL || offered == NULL) {
            return hsi_judge_blame(j, share);
        }
        offered = hsi_judge_next_item(offered);
    }
    return HSI_PASSED;
}

/* The form of a share's point, if it has one. */
static const hsi_field *form_of(const hsi_field *share)
{
    const hsi_field *form = hsi_field_find(share, "legacy_form");
    return form != NULL ? form : hsi_field_find(share, "ephemeral_share.legacy_form");
}

static hsi_verdict judge_share(const hsi_field *group, const hsi_field *share, uint8_t sender)
{
    enum { UNCOMPRESSED = 4 };
    const hsi_group *known = group == NULL || share == NULL ? NULL : hsi_group_find((uint32_t)group->number);
    if (known == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    bool point = known->parts[0].kind == HSI_SHARE_POINT || known->parts[1].kind == HSI_SHARE_POINT;
    const hsi_field *form = form_of(share);
    bool right = share->content.length == hsi_group_share_length(known, sender) &&
                 (!point || (form != NULL && form->number == UNCOMPRESSED));
    return right ? HSI_PASSED : HSI_FAILED;
}

static hsi_verdict judge_entry(hsi_judging *j, const hsi_field *entry)
{
    const hsi_field *share = hsi_field_child(entry, hsi_bytes_text("key_exchange"));
    hsi_verdict verdict = judge_share(hsi_field_child(entry, hsi_bytes_text("group")), share, j->message->sender);
    j->culprit = share;
    return verdict;
}

/* One share that is wrong, or else one that is right, or none that anything is known of. */
static hsi_verdict judge_client_shares(hsi_judging *j)
{
    hsi_verdict all = HSI_NOT_CHECKABLE;
    const hsi_field *share = hsi_judge_first_item(hsi_judge_at(j, "extensions.key_share.client_shares"));
    for (; share != NULL && all != HSI_FAILED; share = hsi_judge_next_item(share)) {
        hsi_verdict verdict = judge_entry(j, share);
        all = verdict == HSI_NOT_CHECKABLE ? all : verdict;
    }
    return all;
}

hsi_verdict hsi_judge_share_length(hsi_judging *j)
{
    if (j->message->type == HSI_CLIENT_HELLO) {
        return judge_client_shares(j);
    }
    const hsi_field *server_share = hsi_judge_at(j, "extensions.key_share.server_share");
    if (server_share != NULL) {
        return judge_entry(j, server_share);
    }
    const hsi_field *curve = hsi_judge_at(j, "params.curve_params.namedcurve");
    j->culprit = hsi_judge_at(j, "params.public");
    return judge_share(curve, j->culprit, j->message->sender);
}
