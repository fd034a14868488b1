/* connection_id, and what it was before its number changed: the identifier that the sender wants to see in the records of
 * its peer. DTLS only. RFC 9146 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_connection_id(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "cid", 1);
}

const hsi_extension hsi_ext_connection_id_deprecated = {53, "connection_id_deprecated", HSI_IN_CH | HSI_IN_SH,
                                                        dissect_connection_id, "RFC 9146 section 10"};
const hsi_extension hsi_ext_connection_id = {54, "connection_id", HSI_IN_CH | HSI_IN_SH, dissect_connection_id,
                                             "RFC 9146 section 3"};
