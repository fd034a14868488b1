/* CertificateURL: where a client's certificates can be fetched, instead of them. RFC 6066 section 5.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

enum { SHA1_LENGTH = 20 };

static const hsi_name chain_types[] = {{0, "individual_certs"}, {1, "pkipath"}};

static const char *cert_chain_type(uint32_t value)
{
    return hsi_name_find(chain_types, HSI_COUNT(chain_types), value);
}

static hsi_status dissect_url_and_hash(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_text_vector(f, in, "url", 2));
    HSI_TRY(hsi_field_u8(f, in, "padding", NULL));
    return hsi_field_opaque(f, in, "SHA1Hash", SHA1_LENGTH);
}

static hsi_status dissect_certificate_url(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "type", cert_chain_type));
    return hsi_dissect_structs(f, in, "url_and_hash_list", 2, dissect_url_and_hash);
}

const hsi_message_type hsi_msg_certificate_url = {HSI_CERTIFICATE_URL, "CertificateURL", "RFC 6066 section 5",
                                                  dissect_certificate_url};
