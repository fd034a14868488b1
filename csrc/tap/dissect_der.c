/* Dissect_der: the vectors of TLS that hold DER, each with the one type that it holds. See dissect.h.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"
#include "tap/x509_types.h"

static hsi_status dissect_vector(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, const char *inside,
                                 const hsi_der_type *type)
{
    hsi_cursor ahead = *in, body;
    if (f->elements >= HSI_DER_ELEMENTS_MAX) {
        return hsi_field_opaque_vector(f, in, name, width);
    }
    HSI_TRY(hsi_field_nested(f, &ahead, name, width, &body));
    hsi_field *vector = f->open;
    hsi_status outcome = hsi_cursor_empty(&body) ? HSI_OK : hsi_der_dissect(f, &body, inside, type);
    HSI_TRY(hsi_fields_settle(f, vector, outcome));
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_dissect_certificate_der(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 3, "Certificate", &hsi_x509_certificate);
}

hsi_status hsi_dissect_public_key(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 3, "SubjectPublicKeyInfo", &hsi_x509_subject_public_key_info);
}

hsi_status hsi_dissect_ocsp_response(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 3, "OCSPResponse", &hsi_ocsp_response);
}

hsi_status hsi_dissect_distinguished_name(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 2, "Name", &hsi_x509_name);
}

hsi_status hsi_dissect_responder_id(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 2, "ResponderID", &hsi_ocsp_responder_id);
}

hsi_status hsi_dissect_request_extensions(hsi_fields *f, hsi_cursor *in, const char *name)
{
    return dissect_vector(f, in, name, 2, "Extensions", &hsi_x509_extensions);
}

hsi_status hsi_dissect_list(hsi_fields *f, hsi_cursor *in, const char *name, size_t width, hsi_named_dissector *item)
{
    hsi_cursor list;
    HSI_TRY(hsi_field_vector(f, in, name, width, &list));
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(item(f, &list, HSI_ITEM));
    }
    return HSI_OK;
}
