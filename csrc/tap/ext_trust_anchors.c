/* trust_anchors: which authorities the sender trusts or has paths to, by identifiers; beside a certificate, that it was
 * chosen so. draft-ietf-tls-trust-anchor-ids.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_trust_anchors(hsi_fields *f, hsi_cursor *in)
{
    return hsi_fields_in(f, HSI_IN_CT) ? HSI_OK : hsi_dissect_opaques(f, in, "trust_anchor_ids", 2, 1);
}

const hsi_extension hsi_ext_trust_anchors = {51764, "trust_anchors", HSI_IN_CH | HSI_IN_EE | HSI_IN_CR | HSI_IN_CT,
                                             dissect_trust_anchors, "draft-ietf-tls-trust-anchor-ids"};
