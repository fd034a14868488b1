/* Ocsp_types: the answer of an OCSP responder. RFC 6960 section 4.2.1, whose tags are EXPLICIT unless they say otherwise.
 * SPDX-License-Identifier: MIT */
#include "tap/x509_types.h"

#define EXPLICIT(number) .tag = HSI_DER_EXPLICIT | (number), .explicit = true

static const char *version_name(uint32_t value)
{
    return value == 0 ? "v1" : NULL;
}

static const char *response_status_name(uint32_t value)
{
    static const char *const names[] = {"successful", "malformedRequest", "internalError", "tryLater",
                                        NULL,         "sigRequired",      "unauthorized"};
    return value < HSI_COUNT(names) ? names[value] : NULL;
}

/* ---- SingleResponse ---- */

static const hsi_der_member cert_id_members[] = {
    HSI_MEMBER("hashAlgorithm", hsi_x509_algorithm_identifier),
    HSI_MEMBER("issuerNameHash", hsi_der_octet_string),
    HSI_MEMBER("issuerKeyHash", hsi_der_octet_string),
    HSI_MEMBER("serialNumber", hsi_der_integer),
};
static const hsi_der_type cert_id = {HSI_SEQUENCE(cert_id_members), .rfc = "RFC 6960 section 4.1.1"};

static const hsi_der_member revoked_info_members[] = {
    HSI_MEMBER("revocationTime", hsi_der_generalized_time),
    HSI_MEMBER("revocationReason", hsi_x509_crl_reason, EXPLICIT(0), .optional = true),
};
static const hsi_der_type revoked_info = {HSI_SEQUENCE(revoked_info_members)};
static const hsi_der_member cert_status_members[] = {
    HSI_MEMBER("good", hsi_der_octet_string, .tag = HSI_DER_CONTEXT | 0),
    HSI_MEMBER("revoked", revoked_info, .tag = HSI_DER_EXPLICIT | 1), /* [1] IMPLICIT of a SEQUENCE */
    HSI_MEMBER("unknown", hsi_der_octet_string, .tag = HSI_DER_CONTEXT | 2),
};
static const hsi_der_type cert_status = {HSI_CHOICE(cert_status_members), .describe = hsi_x509_describe_choice};

static const hsi_der_member single_response_members[] = {
    HSI_MEMBER("certID", cert_id),
    HSI_MEMBER("certStatus", cert_status),
    HSI_MEMBER("thisUpdate", hsi_der_generalized_time),
    HSI_MEMBER("nextUpdate", hsi_der_generalized_time, EXPLICIT(0), .optional = true),
    HSI_MEMBER("singleExtensions", hsi_x509_extensions, EXPLICIT(1), .optional = true),
};
static const hsi_der_type single_response = {HSI_SEQUENCE(single_response_members)};
static const hsi_der_type responses = {HSI_SEQUENCE_OF(&single_response)};

/* ---- BasicOCSPResponse ---- */

static const hsi_der_type version = {HSI_DER_INTEGER, .read = hsi_der_number, .registry = version_name};
static const hsi_der_type certificates = {HSI_SEQUENCE_OF(&hsi_x509_certificate)};

static const hsi_der_member responder_id_members[] = {
    HSI_MEMBER("byName", hsi_x509_name, EXPLICIT(1)),
    HSI_MEMBER("byKey", hsi_der_octet_string, EXPLICIT(2)),
};
const hsi_der_type hsi_ocsp_responder_id = {HSI_CHOICE(responder_id_members), .describe = hsi_x509_describe_choice,
                                            .rfc = "RFC 6960 section 4.2.1"};

static const hsi_der_member response_data_members[] = {
    HSI_MEMBER("version", version, EXPLICIT(0), .optional = true),
    HSI_MEMBER("responderID", hsi_ocsp_responder_id),
    HSI_MEMBER("producedAt", hsi_der_generalized_time),
    HSI_MEMBER("responses", responses),
    HSI_MEMBER("responseExtensions", hsi_x509_extensions, EXPLICIT(1), .optional = true),
};
static const hsi_der_type response_data = {HSI_SEQUENCE(response_data_members)};

static const hsi_der_member basic_members[] = {
    HSI_MEMBER("tbsResponseData", response_data),
    HSI_MEMBER("signatureAlgorithm", hsi_x509_algorithm_identifier),
    HSI_MEMBER("signature", hsi_der_bit_string, .open = &hsi_x509_signature),
    HSI_MEMBER("certs", certificates, EXPLICIT(0), .optional = true),
};
static const hsi_der_type basic = {HSI_SEQUENCE(basic_members), .rfc = "RFC 6960 section 4.2.1"};

/* ---- OCSPResponse ---- */

static const struct hsi_der_governed response_types[] = {{"ocsp-basic", "BasicOCSPResponse", &basic}};
static const hsi_der_open response = {"responseType", HSI_COUNT(response_types), response_types};

static const hsi_der_member response_bytes_members[] = {
    HSI_MEMBER("responseType", hsi_der_object_identifier),
    HSI_MEMBER("response", hsi_der_octet_string, .open = &response),
};
static const hsi_der_type response_bytes = {HSI_SEQUENCE(response_bytes_members)};
static const hsi_der_type response_status = {HSI_DER_ENUMERATED, .read = hsi_der_number,
                                             .registry = response_status_name};

static const hsi_der_member ocsp_response_members[] = {
    HSI_MEMBER("responseStatus", response_status),
    HSI_MEMBER("responseBytes", response_bytes, EXPLICIT(0), .optional = true),
};
const hsi_der_type hsi_ocsp_response = {HSI_SEQUENCE(ocsp_response_members), .rfc = "RFC 6960 section 4.2.1"};
