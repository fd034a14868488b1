/* trusted_ca_keys: the authorities that a client trusts, each as a name, the hash of a key or of a certificate, or as
 * agreed before. RFC 6066 section 6.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

enum { PRE_AGREED, KEY_SHA1_HASH, X509_NAME, CERT_SHA1_HASH, SHA1_LENGTH = 20 };

static const hsi_name identifier_types[] = {
    {PRE_AGREED, "pre_agreed"},
    {KEY_SHA1_HASH, "key_sha1_hash"},
    {X509_NAME, "x509_name"},
    {CERT_SHA1_HASH, "cert_sha1_hash"},
};

static const char *identifier_type(uint32_t value)
{
    return hsi_name_find(identifier_types, HSI_COUNT(identifier_types), value);
}

static hsi_status dissect_trusted_authority(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u8(f, in, "identifier_type", identifier_type));
    switch (hsi_field_last(f)->number) {
    case PRE_AGREED:
        return HSI_OK;
    case X509_NAME:
        return hsi_dissect_distinguished_name(f, in, "x509_name");
    default: /* the two hashes; of another type, where it ends is not known */
        return hsi_field_last(f)->meaning == NULL ? HSI_ILLEGAL : hsi_field_opaque(f, in, "sha1_hash", SHA1_LENGTH);
    }
}

static hsi_status dissect_trusted_ca_keys(hsi_fields *f, hsi_cursor *in)
{
    bool asks = hsi_fields_in(f, HSI_IN_CH);
    return asks ? hsi_dissect_structs(f, in, "trusted_authorities_list", 2, dissect_trusted_authority) : HSI_OK;
}

const hsi_extension hsi_ext_trusted_ca_keys = {3, "trusted_ca_keys", HSI_IN_CH | HSI_IN_SH, dissect_trusted_ca_keys,
                                               "RFC 6066 section 6"};
