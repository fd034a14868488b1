/* external_id_hash and external_session_id: what ties a handshake to an identity or a session of another protocol.
 * RFC 8844 sections 3.2 and 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_external_id_hash(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "binding_hash", 1);
}

static hsi_status dissect_external_session_id(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "session_id", 1);
}

const hsi_extension hsi_ext_external_id_hash = {55, "external_id_hash", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                dissect_external_id_hash, "RFC 8844 section 3.2"};
const hsi_extension hsi_ext_external_session_id = {56, "external_session_id", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE,
                                                   dissect_external_session_id, "RFC 8844 section 4.3"};
