/* signed_certificate_timestamp: asked for with nothing, answered with a list of timestamps.
 * RFC 6962 section 3.3.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_signed_certificate_timestamp(hsi_fields *f, hsi_cursor *in)
{
    bool asks = hsi_fields_in(f, HSI_IN_CH | HSI_IN_CR);
    return asks ? HSI_OK : hsi_dissect_sct_list(f, in);
}

const hsi_extension hsi_ext_signed_certificate_timestamp = {
    18, "signed_certificate_timestamp", HSI_IN_CH | HSI_IN_SH | HSI_IN_CR | HSI_IN_CT,
    dissect_signed_certificate_timestamp, "RFC 6962 section 3.3.1"};
