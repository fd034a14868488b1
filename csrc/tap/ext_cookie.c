/* cookie: what a HelloRetryRequest gives and the next ClientHello gives back. RFC 8446 section 4.2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_cookie(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "cookie", 2);
}

const hsi_extension hsi_ext_cookie = {44, "cookie", HSI_IN_CH | HSI_IN_HRR, dissect_cookie, "RFC 8446 section 4.2.2"};
