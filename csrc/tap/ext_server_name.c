/* server_name: the host that the client wants. A server answers with nothing. RFC 6066 section 3.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

static const hsi_name name_types[] = {{0, "host_name"}};

static const char *name_type(uint32_t value)
{
    return hsi_name_find(name_types, HSI_COUNT(name_types), value);
}

static hsi_status dissect_name(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "name_type", name_type));
    return hsi_field_text_vector(f, in, "name", 2);
}

static hsi_status dissect_server_name(hsi_fields *f, hsi_cursor *in)
{
    bool answer = !hsi_fields_in(f, HSI_IN_CH | HSI_IN_CR);
    return answer ? HSI_OK : hsi_dissect_structs(f, in, "server_name_list", 2, dissect_name);
}

/* In a CertificateRequest: RFC 9261 section 4, an authenticator's ClientCertificateRequest. */
const hsi_extension hsi_ext_server_name = {0, "server_name", HSI_IN_CH | HSI_IN_SH | HSI_IN_EE | HSI_IN_CR,
                                           dissect_server_name, "RFC 6066 section 3"};
