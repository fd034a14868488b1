/* Certificate: a chain of certificates, or one raw public key. RFC 8446 section 4.4.2, RFC 7250 section 3; before TLS 1.3,
 * RFC 5246 section 7.4.2.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_certificate_entry(hsi_fields *f, hsi_cursor *in)
{
    hsi_named_dissector *dissect_data =
        hsi_dissect_is_raw_key(f) ? hsi_dissect_public_key : hsi_dissect_certificate_der;
    HSI_TRY(hsi_field_begin(f, in, HSI_ITEM));
    HSI_TRY(dissect_data(f, in, hsi_dissect_is_raw_key(f) ? "ASN1_subjectPublicKeyInfo" : "cert_data"));
    HSI_TRY(hsi_extensions_dissect(f, in, HSI_IN_CT));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_rfc5246(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_dissect_is_raw_key(f)) {
        hsi_field_rfc(f, "RFC 7250 section 3");
        return hsi_dissect_public_key(f, in, "ASN1_subjectPublicKeyInfo");
    }
    hsi_field_rfc(f, "RFC 5246 section 7.4.2");
    return hsi_dissect_list(f, in, "certificate_list", 3, hsi_dissect_certificate_der);
}

static hsi_status dissect_certificate(hsi_fields *f, hsi_cursor *in)
{
    if (!hsi_dissect_is_tls13(f)) {
        return dissect_rfc5246(f, in);
    }
    hsi_cursor list;
    HSI_TRY(hsi_field_opaque_vector(f, in, "certificate_request_context", 1));
    HSI_TRY(hsi_field_vector(f, in, "certificate_list", 3, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(dissect_certificate_entry(f, &list));
    }
    return HSI_OK;
}

hsi_bytes hsi_message_certificate(hsi_bytes raw, const hsi_field_context *context)
{
    enum { HEADER = 4 };
    hsi_cursor in = hsi_cursor_of(raw), skipped, list = in, found = in;
    bool tls13 = context->version >= 0x0304;
    bool listed = tls13 || context->certificate_type != HSI_RAW_PUBLIC_KEY;
    bool there = hsi_cursor_slice(&in, &skipped, HEADER) == HSI_OK &&
                 (!tls13 || hsi_cursor_vector(&in, 1, &skipped) == HSI_OK) &&
                 (!listed || hsi_cursor_vector(&in, 3, &list) == HSI_OK) &&
                 hsi_cursor_vector(listed ? &list : &in, 3, &found) == HSI_OK;
    return there ? hsi_cursor_rest(&found) : HSI_BYTES_EMPTY;
}

const hsi_message_type hsi_msg_certificate = {HSI_CERTIFICATE, "Certificate", "RFC 8446 section 4.4.2",
                                              dissect_certificate};
