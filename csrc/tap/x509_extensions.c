/* X509_extensions: what the extensions of a certificate, and of an OCSP response, hold. RFC 5280 section 4.2, RFC 6962
 * section 3.3, RFC 7633, RFC 6960 section 4.4. One that is not here is octets.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"
#include "tap/x509_types.h"

#define TAGGED(number) HSI_DER_CONTEXT | (number) /* [number] IMPLICIT of a primitive type */
#define TAGGED_IN(number) HSI_DER_EXPLICIT | (number) /* [number] EXPLICIT, or IMPLICIT of a constructed type */

/* ---- GeneralName, section 4.2.1.6 ---- */

static const hsi_der_member other_name_members[] = {
    HSI_MEMBER("type-id", hsi_der_object_identifier),
    HSI_MEMBER("value", hsi_der_anything, .tag = TAGGED_IN(0), .explicit = true),
};
static const hsi_der_type other_name = {HSI_SEQUENCE(other_name_members)};
static const hsi_der_type ip_address = {HSI_DER_OCTET_STRING, .read = hsi_der_octets,
                                        .describe = hsi_x509_describe_address};

static const hsi_der_member general_name_members[] = {
    HSI_MEMBER("otherName", other_name, .tag = TAGGED_IN(0)),
    HSI_MEMBER("rfc822Name", hsi_der_ia5_string, .tag = TAGGED(1)),
    HSI_MEMBER("dNSName", hsi_der_ia5_string, .tag = TAGGED(2)),
    HSI_MEMBER("x400Address", hsi_der_anything, .tag = TAGGED_IN(3)),
    HSI_MEMBER("directoryName", hsi_x509_name, .tag = TAGGED_IN(4), .explicit = true),
    HSI_MEMBER("ediPartyName", hsi_der_anything, .tag = TAGGED_IN(5)),
    HSI_MEMBER("uniformResourceIdentifier", hsi_der_ia5_string, .tag = TAGGED(6)),
    HSI_MEMBER("iPAddress", ip_address, .tag = TAGGED(7)),
    HSI_MEMBER("registeredID", hsi_der_object_identifier, .tag = TAGGED(8)),
};
static const hsi_der_type general_name = {HSI_CHOICE(general_name_members), .describe = hsi_x509_describe_choice};
static const hsi_der_type general_names = {HSI_SEQUENCE_OF(&general_name), .rfc = "RFC 5280 section 4.2.1.6"};

/* ---- keys and their use, sections 4.2.1.1, 4.2.1.3 and 4.2.1.12 ---- */

static const hsi_der_member authority_key_identifier_members[] = {
    HSI_MEMBER("keyIdentifier", hsi_der_octet_string, .tag = TAGGED(0), .optional = true),
    HSI_MEMBER("authorityCertIssuer", general_names, .tag = TAGGED_IN(1), .optional = true),
    HSI_MEMBER("authorityCertSerialNumber", hsi_der_integer, .tag = TAGGED(2), .optional = true),
};
static const hsi_der_type authority_key_identifier = {HSI_SEQUENCE(authority_key_identifier_members),
                                                      .rfc = "RFC 5280 section 4.2.1.1"};

static const char *key_usage_bit(uint32_t bit)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",   "keyCertSign",
                                        "cRLSign",          "encipherOnly",   "decipherOnly"};
    return bit < HSI_COUNT(names) ? names[bit] : NULL;
}
static const hsi_der_type key_usage = {HSI_DER_BIT_STRING, .read = hsi_der_bits, .registry = key_usage_bit,
                                       .rfc = "RFC 5280 section 4.2.1.3"};
static const hsi_der_type ext_key_usage = {HSI_SEQUENCE_OF(&hsi_der_object_identifier),
                                           .rfc = "RFC 5280 section 4.2.1.12"};

static const hsi_der_member private_key_usage_period_members[] = {
    HSI_MEMBER("notBefore", hsi_der_generalized_time, .tag = TAGGED(0), .optional = true),
    HSI_MEMBER("notAfter", hsi_der_generalized_time, .tag = TAGGED(1), .optional = true),
};
static const hsi_der_type private_key_usage_period = {HSI_SEQUENCE(private_key_usage_period_members),
                                                      .rfc = "RFC 3280 section 4.2.1.4"};

/* ---- paths, sections 4.2.1.9 to 4.2.1.11 and 4.2.1.14 ---- */

static const hsi_der_member basic_constraints_members[] = {
    HSI_MEMBER("cA", hsi_der_boolean, .optional = true),
    HSI_MEMBER("pathLenConstraint", hsi_der_small_integer, .optional = true),
};
static const hsi_der_type basic_constraints = {HSI_SEQUENCE(basic_constraints_members),
                                               .rfc = "RFC 5280 section 4.2.1.9"};

static const hsi_der_member general_subtree_members[] = {
    HSI_MEMBER("base", general_name),
    HSI_MEMBER("minimum", hsi_der_small_integer, .tag = TAGGED(0), .optional = true),
    HSI_MEMBER("maximum", hsi_der_small_integer, .tag = TAGGED(1), .optional = true),
};
static const hsi_der_type general_subtree = {HSI_SEQUENCE(general_subtree_members)};
static const hsi_der_type general_subtrees = {HSI_SEQUENCE_OF(&general_subtree)};
static const hsi_der_member name_constraints_members[] = {
    HSI_MEMBER("permittedSubtrees", general_subtrees, .tag = TAGGED_IN(0), .optional = true),
    HSI_MEMBER("excludedSubtrees", general_subtrees, .tag = TAGGED_IN(1), .optional = true),
};
static const hsi_der_type name_constraints = {HSI_SEQUENCE(name_constraints_members),
                                              .rfc = "RFC 5280 section 4.2.1.10"};

static const hsi_der_member policy_constraints_members[] = {
    HSI_MEMBER("requireExplicitPolicy", hsi_der_small_integer, .tag = TAGGED(0), .optional = true),
    HSI_MEMBER("inhibitPolicyMapping", hsi_der_small_integer, .tag = TAGGED(1), .optional = true),
};
static const hsi_der_type policy_constraints = {HSI_SEQUENCE(policy_constraints_members),
                                                .rfc = "RFC 5280 section 4.2.1.11"};
static const hsi_der_type inhibit_any_policy = {HSI_DER_INTEGER, .read = hsi_der_number,
                                                .rfc = "RFC 5280 section 4.2.1.14"};

/* ---- policies, sections 4.2.1.4 and 4.2.1.5 ---- */

static const hsi_der_member policy_qualifier_members[] = {HSI_MEMBER("policyQualifierId", hsi_der_object_identifier),
                                                          HSI_MEMBER("qualifier", hsi_der_anything)};
static const hsi_der_type policy_qualifier = {HSI_SEQUENCE(policy_qualifier_members)};
static const hsi_der_type policy_qualifiers = {HSI_SEQUENCE_OF(&policy_qualifier)};
static const hsi_der_member policy_information_members[] = {
    HSI_MEMBER("policyIdentifier", hsi_der_object_identifier),
    HSI_MEMBER("policyQualifiers", policy_qualifiers, .optional = true),
};
static const hsi_der_type policy_information = {HSI_SEQUENCE(policy_information_members)};
static const hsi_der_type certificate_policies = {HSI_SEQUENCE_OF(&policy_information),
                                                  .rfc = "RFC 5280 section 4.2.1.4"};

static const hsi_der_member policy_mapping_members[] = {HSI_MEMBER("issuerDomainPolicy", hsi_der_object_identifier),
                                                        HSI_MEMBER("subjectDomainPolicy", hsi_der_object_identifier)};
static const hsi_der_type policy_mapping = {HSI_SEQUENCE(policy_mapping_members)};
static const hsi_der_type policy_mappings = {HSI_SEQUENCE_OF(&policy_mapping), .rfc = "RFC 5280 section 4.2.1.5"};

/* ---- where to ask, sections 4.2.1.13, 4.2.2.1 and 4.2.2.2 ---- */

static const char *reason_flag(uint32_t bit)
{
    static const char *const names[] = {"unused",      "keyCompromise",        "cACompromise",    "affiliationChanged",
                                        "superseded",  "cessationOfOperation", "certificateHold", "privilegeWithdrawn",
                                        "aACompromise"};
    return bit < HSI_COUNT(names) ? names[bit] : NULL;
}
static const hsi_der_type reason_flags = {HSI_DER_BIT_STRING, .read = hsi_der_bits, .registry = reason_flag};

static const hsi_der_member distribution_point_name_members[] = {
    HSI_MEMBER("fullName", general_names, .tag = TAGGED_IN(0)),
    HSI_MEMBER("nameRelativeToCRLIssuer", hsi_x509_rdn, .tag = TAGGED_IN(1)),
};
static const hsi_der_type distribution_point_name = {HSI_CHOICE(distribution_point_name_members)};
static const hsi_der_member distribution_point_members[] = {
    HSI_MEMBER("distributionPoint", distribution_point_name, .tag = TAGGED_IN(0), .explicit = true, .optional = true),
    HSI_MEMBER("reasons", reason_flags, .tag = TAGGED(1), .optional = true),
    HSI_MEMBER("cRLIssuer", general_names, .tag = TAGGED_IN(2), .optional = true),
};
static const hsi_der_type distribution_point = {HSI_SEQUENCE(distribution_point_members)};
static const hsi_der_type crl_distribution_points = {HSI_SEQUENCE_OF(&distribution_point),
                                                     .rfc = "RFC 5280 section 4.2.1.13"};

static const hsi_der_member access_description_members[] = {HSI_MEMBER("accessMethod", hsi_der_object_identifier),
                                                            HSI_MEMBER("accessLocation", general_name)};
static const hsi_der_type access_description = {HSI_SEQUENCE(access_description_members)};
static const hsi_der_type info_access = {HSI_SEQUENCE_OF(&access_description), .rfc = "RFC 5280 section 4.2.2"};

/* ---- other documents ---- */

static const hsi_der_type tls_feature = {HSI_DER_INTEGER, .read = hsi_der_number, .registry = hsi_extension_name};
static const hsi_der_type tls_features = {HSI_SEQUENCE_OF(&tls_feature), .rfc = "RFC 7633 section 4"};

/* A TLS structure in DER. */
static hsi_status read_timestamps(hsi_fields *f, hsi_cursor *content, const hsi_der_type *type, unsigned depth)
{
    HSI_UNUSED(type);
    HSI_UNUSED(depth);
    return hsi_dissect_sct_list(f, content);
}
static const hsi_der_type timestamps = {HSI_DER_OCTET_STRING, .read = read_timestamps, .rfc = "RFC 6962 section 3.3"};

static const char *crl_reason_name(uint32_t value)
{
    static const char *const names[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", NULL,
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
    return value < HSI_COUNT(names) ? names[value] : NULL;
}
const hsi_der_type hsi_x509_crl_reason = {HSI_DER_ENUMERATED, .read = hsi_der_number, .registry = crl_reason_name,
                                          .rfc = "RFC 5280 section 5.3.1"};

/* ---- Extensions, section 4.1.2.9 ---- */

#define EXTENSION(oid, type) {oid, oid, &(type)}
static const struct hsi_der_governed extension_types[] = {
    EXTENSION("acmeIdentifier", hsi_der_octet_string),
    EXTENSION("authorityInfoAccess", info_access),
    EXTENSION("authorityKeyIdentifier", authority_key_identifier),
    EXTENSION("basicConstraints", basic_constraints),
    EXTENSION("cRLDistributionPoints", crl_distribution_points),
    EXTENSION("cRLReasons", hsi_x509_crl_reason),
    EXTENSION("certificatePolicies", certificate_policies),
    EXTENSION("delegationUsage", hsi_der_anything),
    EXTENSION("extKeyUsage", ext_key_usage),
    EXTENSION("freshestCRL", crl_distribution_points),
    EXTENSION("inhibitAnyPolicy", inhibit_any_policy),
    EXTENSION("invalidityDate", hsi_der_generalized_time),
    EXTENSION("issuerAltName", general_names),
    EXTENSION("keyUsage", key_usage),
    EXTENSION("nameConstraints", name_constraints),
    EXTENSION("netscape-cert-type", hsi_der_bit_string),
    EXTENSION("netscape-comment", hsi_der_anything),
    EXTENSION("ocsp-archive-cutoff", hsi_der_generalized_time),
    EXTENSION("ocsp-nocheck", hsi_der_anything),
    EXTENSION("ocspSignedCertificateTimestampList", timestamps),
    EXTENSION("policyConstraints", policy_constraints),
    EXTENSION("policyMappings", policy_mappings),
    EXTENSION("precertificatePoison", hsi_der_anything),
    EXTENSION("privateKeyUsagePeriod", private_key_usage_period),
    EXTENSION("qcStatements", hsi_der_anything),
    EXTENSION("signedCertificateTimestampList", timestamps),
    EXTENSION("subjectAltName", general_names),
    EXTENSION("subjectDirectoryAttributes", hsi_der_anything),
    EXTENSION("subjectInfoAccess", info_access),
    EXTENSION("subjectKeyIdentifier", hsi_der_octet_string),
    EXTENSION("tlsfeature", tls_features),
};
static const hsi_der_open extension_value = {"extnID", HSI_COUNT(extension_types), extension_types};

static const hsi_der_member extension_members[] = {
    HSI_MEMBER("extnID", hsi_der_object_identifier),
    HSI_MEMBER("critical", hsi_der_boolean, .optional = true),
    HSI_MEMBER("extnValue", hsi_der_octet_string, .open = &extension_value),
};
static const hsi_der_type extension = {HSI_SEQUENCE(extension_members), .describe = hsi_x509_describe_extension};
const hsi_der_type hsi_x509_extensions = {HSI_SEQUENCE_OF(&extension), .rfc = "RFC 5280 section 4.1.2.9"};
