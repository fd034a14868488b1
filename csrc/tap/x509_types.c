/* X509_types: certificates and keys, as RFC 5280 section 4.1 has them, with the algorithms of RFC 3279, 4055, 5480 and 8017.
 * SPDX-License-Identifier: MIT */
#include "tap/x509_types.h"

static const char *version_name(uint32_t value)
{
    static const char *const names[] = {"v1", "v2", "v3"};
    return value < HSI_COUNT(names) ? names[value] : NULL;
}

/* ---- AlgorithmIdentifier, RFC 5280 section 4.1.1.2, and the parameters of some algorithms ---- */

static const hsi_der_member ec_parameters_members[] = {HSI_MEMBER("namedCurve", hsi_der_object_identifier)};
static const hsi_der_type ec_parameters = {HSI_CHOICE(ec_parameters_members), .describe = hsi_x509_describe_choice,
                                           .rfc = "RFC 5480 section 2.1.1"};

static const hsi_der_member dss_parms_members[] = {HSI_MEMBER("p", hsi_der_integer), HSI_MEMBER("q", hsi_der_integer),
                                                   HSI_MEMBER("g", hsi_der_integer)};
static const hsi_der_type dss_parms = {HSI_SEQUENCE(dss_parms_members), .rfc = "RFC 3279 section 2.3.2"};

static const hsi_der_member rsassa_pss_params_members[] = {
    HSI_MEMBER("hashAlgorithm", hsi_x509_algorithm_identifier, .tag = HSI_DER_EXPLICIT | 0, .explicit = true,
               .optional = true),
    HSI_MEMBER("maskGenAlgorithm", hsi_x509_algorithm_identifier, .tag = HSI_DER_EXPLICIT | 1, .explicit = true,
               .optional = true),
    HSI_MEMBER("saltLength", hsi_der_small_integer, .tag = HSI_DER_EXPLICIT | 2, .explicit = true, .optional = true),
    HSI_MEMBER("trailerField", hsi_der_small_integer, .tag = HSI_DER_EXPLICIT | 3, .explicit = true, .optional = true),
};
static const hsi_der_type rsassa_pss_params = {HSI_SEQUENCE(rsassa_pss_params_members),
                                               .rfc = "RFC 8017 appendix A.2.3"};

static const struct hsi_der_governed parameters_types[] = {
    {"dsa", "Dss-Parms", &dss_parms},
    {"ecPublicKey", "ECParameters", &ec_parameters},
    {"mgf1", "AlgorithmIdentifier", &hsi_x509_algorithm_identifier},
    {"RSASSA-PSS", "RSASSA-PSS-params", &rsassa_pss_params},
};
static const hsi_der_open parameters = {"algorithm", HSI_COUNT(parameters_types), parameters_types};

static const hsi_der_member algorithm_identifier_members[] = {
    HSI_MEMBER("algorithm", hsi_der_object_identifier),
    HSI_MEMBER("parameters", hsi_der_anything, .optional = true, .open = &parameters),
};
const hsi_der_type hsi_x509_algorithm_identifier = {HSI_SEQUENCE(algorithm_identifier_members),
                                                    .describe = hsi_x509_describe_algorithm,
                                                    .rfc = "RFC 5280 section 4.1.1.2"};

/* ---- signatures that are DER themselves ---- */

static const hsi_der_member dss_sig_value_members[] = {HSI_MEMBER("r", hsi_der_integer),
                                                       HSI_MEMBER("s", hsi_der_integer)};
static const hsi_der_type dss_sig_value = {HSI_SEQUENCE(dss_sig_value_members), .rfc = "RFC 3279 section 2.2.2"};
static const hsi_der_type ecdsa_sig_value = {HSI_SEQUENCE(dss_sig_value_members), .rfc = "RFC 3279 section 2.2.3"};

static const struct hsi_der_governed signature_types[] = {
    {"dsa-with-sha1", "Dss-Sig-Value", &dss_sig_value},
    {"dsa-with-sha224", "Dss-Sig-Value", &dss_sig_value},
    {"dsa-with-sha256", "Dss-Sig-Value", &dss_sig_value},
    {"dsa-with-sha384", "Dss-Sig-Value", &dss_sig_value},
    {"dsa-with-sha512", "Dss-Sig-Value", &dss_sig_value},
    {"ecdsa-with-SHA1", "Ecdsa-Sig-Value", &ecdsa_sig_value},
    {"ecdsa-with-SHA224", "Ecdsa-Sig-Value", &ecdsa_sig_value},
    {"ecdsa-with-SHA256", "Ecdsa-Sig-Value", &ecdsa_sig_value},
    {"ecdsa-with-SHA384", "Ecdsa-Sig-Value", &ecdsa_sig_value},
    {"ecdsa-with-SHA512", "Ecdsa-Sig-Value", &ecdsa_sig_value},
};
const hsi_der_open hsi_x509_signature = {"signatureAlgorithm.algorithm", HSI_COUNT(signature_types), signature_types};

/* ---- Name, RFC 5280 section 4.1.2.4 ---- */

static const hsi_der_member attribute_members[] = {HSI_MEMBER("type", hsi_der_object_identifier),
                                                   HSI_MEMBER("value", hsi_der_anything)};
static const hsi_der_type attribute = {HSI_SEQUENCE(attribute_members), .describe = hsi_x509_describe_attribute};
const hsi_der_type hsi_x509_rdn = {HSI_SET_OF(&attribute), .describe = hsi_x509_describe_rdn};
static const hsi_der_type rdn_sequence = {HSI_SEQUENCE_OF(&hsi_x509_rdn), .describe = hsi_x509_describe_rdn_sequence};
static const hsi_der_member name_members[] = {HSI_MEMBER("rdnSequence", rdn_sequence)};
const hsi_der_type hsi_x509_name = {HSI_CHOICE(name_members), .describe = hsi_x509_describe_name,
                                    .rfc = "RFC 5280 section 4.1.2.4"};

/* ---- SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7 ---- */

static const hsi_der_member rsa_public_key_members[] = {HSI_MEMBER("modulus", hsi_der_integer),
                                                        HSI_MEMBER("publicExponent", hsi_der_integer)};
static const hsi_der_type rsa_public_key = {HSI_SEQUENCE(rsa_public_key_members), .rfc = "RFC 8017 appendix A.1.1"};
static const hsi_der_type dsa_public_key = {HSI_DER_INTEGER, .read = hsi_der_octets, .rfc = "RFC 3279 section 2.3.2"};

static const struct hsi_der_governed key_types[] = {
    {"dsa", "DSAPublicKey", &dsa_public_key},
    {"rsaEncryption", "RSAPublicKey", &rsa_public_key},
    {"RSASSA-PSS", "RSAPublicKey", &rsa_public_key},
};
static const hsi_der_open key = {"algorithm.algorithm", HSI_COUNT(key_types), key_types};

static const hsi_der_member subject_public_key_info_members[] = {
    HSI_MEMBER("algorithm", hsi_x509_algorithm_identifier),
    HSI_MEMBER("subjectPublicKey", hsi_der_bit_string, .open = &key),
};
const hsi_der_type hsi_x509_subject_public_key_info = {HSI_SEQUENCE(subject_public_key_info_members),
                                                       .describe = hsi_x509_describe_key,
                                                       .rfc = "RFC 5280 section 4.1.2.7"};

/* ---- Certificate, RFC 5280 section 4.1 ---- */

static const hsi_der_type version = {HSI_DER_INTEGER, .read = hsi_der_number, .registry = version_name};

static const hsi_der_member validity_members[] = {HSI_MEMBER("notBefore", hsi_der_any_time),
                                                  HSI_MEMBER("notAfter", hsi_der_any_time)};
static const hsi_der_type validity = {HSI_SEQUENCE(validity_members), .describe = hsi_x509_describe_validity,
                                      .rfc = "RFC 5280 section 4.1.2.5"};

static const hsi_der_member tbs_certificate_members[] = {
    HSI_MEMBER("version", version, .tag = HSI_DER_EXPLICIT | 0, .explicit = true, .optional = true),
    HSI_MEMBER("serialNumber", hsi_der_integer),
    HSI_MEMBER("signature", hsi_x509_algorithm_identifier),
    HSI_MEMBER("issuer", hsi_x509_name),
    HSI_MEMBER("validity", validity),
    HSI_MEMBER("subject", hsi_x509_name),
    HSI_MEMBER("subjectPublicKeyInfo", hsi_x509_subject_public_key_info),
    HSI_MEMBER("issuerUniqueID", hsi_der_bit_string, .tag = HSI_DER_CONTEXT | 1, .optional = true),
    HSI_MEMBER("subjectUniqueID", hsi_der_bit_string, .tag = HSI_DER_CONTEXT | 2, .optional = true),
    HSI_MEMBER("extensions", hsi_x509_extensions, .tag = HSI_DER_EXPLICIT | 3, .explicit = true, .optional = true),
};
static const hsi_der_type tbs_certificate = {HSI_SEQUENCE(tbs_certificate_members), .rfc = "RFC 5280 section 4.1.2"};

static const hsi_der_member certificate_members[] = {
    HSI_MEMBER("tbsCertificate", tbs_certificate),
    HSI_MEMBER("signatureAlgorithm", hsi_x509_algorithm_identifier),
    HSI_MEMBER("signatureValue", hsi_der_bit_string, .open = &hsi_x509_signature),
};
const hsi_der_type hsi_x509_certificate = {HSI_SEQUENCE(certificate_members), .rfc = "RFC 5280 section 4.1"};
