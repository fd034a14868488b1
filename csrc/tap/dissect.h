/* Dissect: shapes that many messages and extensions have, so that each dissector reads like the RFC's struct.
 * In and out as in field.h. RFC 8446 section 3.4.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_DISSECT_H
#define HSI_TAP_DISSECT_H

#include "tap/message.h"

/* hsi_dissect_u8s, hsi_dissect_u16s: a vector of integers, with a length field of `width` bytes. */
HSI_MUST_USE hsi_status hsi_dissect_u8s(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                        hsi_registry registry);
HSI_MUST_USE hsi_status hsi_dissect_u16s(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                         hsi_registry registry);

/* hsi_dissect_opaques: a vector of opaque vectors, whose own length fields have `item_width` bytes. */
HSI_MUST_USE hsi_status hsi_dissect_opaques(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                            size_t item_width);

/* hsi_dissect_structs: a vector of structs, each of which `item` reads. */
HSI_MUST_USE hsi_status hsi_dissect_structs(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                            hsi_dissector *item);

/* hsi_dissect_protocol_name: ProtocolName of RFC 7301 section 3.1; of GREASE, its meaning says so.
 * hsi_dissect_protocol_names: a vector of them, with a length field of two bytes. */
HSI_MUST_USE hsi_status hsi_dissect_protocol_name(hsi_fields *f, hsi_cursor *in, const char *name);
HSI_MUST_USE hsi_status hsi_dissect_protocol_names(hsi_fields *f, hsi_cursor *in, const char *name);

/* hsi_dissect_point: an opaque vector with an ECPoint of some curve: in parts where its bytes say that it is uncompressed.
 * RFC 8422 section 5.4.1. */
HSI_MUST_USE hsi_status hsi_dissect_point(hsi_fields *f, hsi_cursor *in, const char *name, size_t width);

/* hsi_dissect_share: an opaque vector with the share of `sender` in a named group: in parts where it is as long as the group
 * asks for; one opaque leaf otherwise. RFC 8446 section 4.2.8. */
HSI_MUST_USE hsi_status hsi_dissect_share(hsi_fields *f, hsi_cursor *in, const char *name, uint64_t group,
                                          unsigned sender);

/* hsi_dissect_curve_params: the struct ECParameters, called `curve_params`. RFC 8422 section 5.4. */
hsi_dissector hsi_dissect_curve_params;

/* hsi_dissect_nothing: a struct without members. */
hsi_dissector hsi_dissect_nothing;

/* hsi_dissect_certificate_status: the struct CertificateStatus, a message before TLS 1.3 and an extension in it. */
hsi_dissector hsi_dissect_certificate_status;

/* ---- DER in a vector: a field with the DER as its content, over `length` and the tree of what it holds. dissect_der.c ----
 * What is no DER of that type, or follows it, is a leaf `trailing`, and f->status says so. An empty vector stays empty. */

/* hsi_dissect_certificate_der: opaque cert_data<1..2^24-1>, with a `Certificate` in it (RFC 5280 section 4.1).
 * hsi_dissect_public_key: opaque ASN1_subjectPublicKeyInfo<1..2^24-1>, a `SubjectPublicKeyInfo` (RFC 7250 section 3).
 * hsi_dissect_ocsp_response: opaque OCSPResponse<0..2^24-1>, an `OCSPResponse` (RFC 6960 section 4.2.1).
 * hsi_dissect_distinguished_name: opaque DistinguishedName<1..2^16-1>, a `Name` (RFC 5280 section 4.1.2.4).
 * hsi_dissect_responder_id: opaque ResponderID<1..2^16-1>, a `ResponderID` (RFC 6960 section 4.2.1).
 * hsi_dissect_request_extensions: opaque Extensions<0..2^16-1>, of an OCSP request, an `Extensions`. */
typedef hsi_status hsi_named_dissector(hsi_fields *f, hsi_cursor *in, const char *name);
hsi_named_dissector hsi_dissect_certificate_der, hsi_dissect_public_key, hsi_dissect_ocsp_response,
    hsi_dissect_distinguished_name, hsi_dissect_responder_id, hsi_dissect_request_extensions;

/* hsi_dissect_list: a vector, with a length field of `width` bytes, of such items: each is called HSI_ITEM. */
HSI_MUST_USE hsi_status hsi_dissect_list(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                         hsi_named_dissector *item);

/* hsi_dissect_sct_list: a SignedCertificateTimestampList, RFC 6962 sections 3.2 and 3.3. */
hsi_dissector hsi_dissect_sct_list;

/* hsi_dissect_is_tls13: has TLS 1.3 been negotiated? While no version is known, what stands before it: no. */
static inline bool hsi_dissect_is_tls13(const hsi_fields *f)
{
    return f->context.version >= 0x0304;
}

/* hsi_dissect_is_raw_key: is the sender's certificate just its public key? RFC 7250 section 3. */
static inline bool hsi_dissect_is_raw_key(const hsi_fields *f)
{
    return f->context.certificate_type == HSI_RAW_PUBLIC_KEY;
}

/* hsi_dissect_names_algorithm: do signatures say which algorithm they are of? From TLS 1.2 on, RFC 5246 section 4.7. */
static inline bool hsi_dissect_names_algorithm(const hsi_fields *f)
{
    return f->context.version == 0 || f->context.version >= 0x0303;
}

#endif
