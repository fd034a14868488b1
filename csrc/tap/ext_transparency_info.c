/* transparency_info: asked for with nothing, answered with the items that a log gave for the certificate.
 * RFC 9162 sections 4.5 and 6.5.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name transaction_types[] = {
    {0x0100, "x509_entry_v2"},      {0x0101, "precert_entry_v2"},    {0x0102, "x509_sct_v2"},
    {0x0103, "precert_sct_v2"},     {0x0104, "signed_tree_head_v2"}, {0x0105, "consistency_proof_v2"},
    {0x0106, "inclusion_proof_v2"},
};

static const char *versioned_trans_type(uint32_t value)
{
    return hsi_name_find(transaction_types, HSI_COUNT(transaction_types), value);
}

/* SerializedTransItem: a TransItem in an opaque of its own. */
static hsi_status dissect_item(hsi_fields *f, hsi_cursor *in, const char *name)
{
    hsi_cursor item;
    HSI_TRY(hsi_field_nested(f, in, name, 2, &item));
    HSI_TRY(hsi_field_u16(f, &item, "versioned_type", versioned_trans_type));
    return hsi_field_rest(f, &item, "data");
}

static hsi_status dissect_transparency_info(hsi_fields *f, hsi_cursor *in)
{
    bool asks = !hsi_fields_in(f, HSI_IN_CT | HSI_IN_SH);
    return asks ? HSI_OK : hsi_dissect_list(f, in, "trans_item_list", 2, dissect_item);
}

const hsi_extension hsi_ext_transparency_info = {52, "transparency_info", HSI_IN_CH | HSI_IN_SH | HSI_IN_CR | HSI_IN_CT,
                                                 dissect_transparency_info, "RFC 9162 section 6.5"};
