/* tls_flags: features that are one bit each, the lowest bit of the first byte is number 0. draft-ietf-tls-tlsflags
 * section 2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_tls_flags(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "flags", 1);
}

const hsi_extension hsi_ext_tls_flags = {
    62, "tls_flags", HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR | HSI_IN_EE | HSI_IN_CT | HSI_IN_CR | HSI_IN_NST,
    dissect_tls_flags, "draft-ietf-tls-tlsflags section 2"};
