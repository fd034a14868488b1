/* delegated_credential: which algorithms one may be signed with, or the credential itself beside the certificate that
 * signed it. RFC 9345 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_credential(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, "cred"));
    HSI_TRY(hsi_field_u32(f, in, "valid_time", NULL));
    HSI_TRY(hsi_field_u16(f, in, "dc_cert_verify_algorithm", hsi_signature_scheme));
    HSI_TRY(hsi_dissect_public_key(f, in, "ASN1_subjectPublicKeyInfo"));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_delegated_credential(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_fields_in(f, HSI_IN_CT)) {
        return hsi_dissect_u16s(f, in, "supported_signature_algorithms", 2, hsi_signature_scheme);
    }
    HSI_TRY(dissect_credential(f, in));
    HSI_TRY(hsi_field_u16(f, in, "algorithm", hsi_signature_scheme));
    return hsi_field_opaque_vector(f, in, "signature", 2);
}

const hsi_extension hsi_ext_delegated_credential = {34, "delegated_credential", HSI_IN_CH | HSI_IN_CR | HSI_IN_CT,
                                                    dissect_delegated_credential, "RFC 9345 section 4"};
