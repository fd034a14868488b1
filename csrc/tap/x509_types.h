/* X509_types: the ASN.1 types of certificates and of what is made of their parts, and how their fields are described.
 * The tables are in x509_types.c, x509_extensions.c and ocsp_types.c, the describers in x509_meaning.c. RFC 5280, RFC 6960.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_X509_TYPES_H
#define HSI_TAP_X509_TYPES_H

#include "tap/der.h"

/* x509_types.c, ocsp_types.c */
extern const hsi_der_type hsi_x509_certificate, hsi_x509_algorithm_identifier, hsi_x509_name, hsi_x509_rdn,
    hsi_x509_subject_public_key_info, hsi_ocsp_response, hsi_ocsp_responder_id;
extern const hsi_der_open hsi_x509_signature; /* of a BIT STRING beside a signatureAlgorithm */

/* x509_extensions.c */
extern const hsi_der_type hsi_x509_extensions, hsi_x509_crl_reason;

/* ---- describers ---- */

hsi_der_describer hsi_x509_describe_attribute; /* "CN=localhost", RFC 4514 section 2.3 */
hsi_der_describer hsi_x509_describe_rdn; /* "CN=localhost+O=lab" */
hsi_der_describer hsi_x509_describe_rdn_sequence; /* "CN=localhost,O=lab", the last one first: RFC 4514 section 2.1 */
hsi_der_describer hsi_x509_describe_name;
hsi_der_describer hsi_x509_describe_algorithm; /* "sha256WithRSAEncryption" */
hsi_der_describer hsi_x509_describe_key; /* "rsaEncryption 2048 bits" */
hsi_der_describer hsi_x509_describe_validity; /* "2016-07-30T01:23:59Z to 2026-07-30T01:23:59Z" */
hsi_der_describer hsi_x509_describe_choice; /* "dNSName localhost": the alternative, and what it says */
hsi_der_describer hsi_x509_describe_address; /* "127.0.0.1", and with a mask "10.0.0.0/255.0.0.0" */
hsi_der_describer hsi_x509_describe_extension; /* "basicConstraints, critical" */

#endif
