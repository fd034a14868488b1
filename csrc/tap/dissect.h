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

/* hsi_dissect_opaques: a vector of opaque vectors, whose own length fields have `item_width` bytes.
 * hsi_dissect_texts: the same, called text. */
HSI_MUST_USE hsi_status hsi_dissect_opaques(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                            size_t item_width);
HSI_MUST_USE hsi_status hsi_dissect_texts(hsi_fields *f, hsi_cursor *in, const char *name, size_t width,
                                          size_t item_width);

/* hsi_dissect_nothing: a struct without members. */
hsi_dissector hsi_dissect_nothing;

/* hsi_dissect_certificate_status: the struct CertificateStatus, a message before TLS 1.3 and an extension in it. */
hsi_dissector hsi_dissect_certificate_status;

/* hsi_dissect_is_tls13: has TLS 1.3 been negotiated? While no version is known, what stands before it: no. */
static inline bool hsi_dissect_is_tls13(const hsi_fields *f)
{
    return f->context.version >= 0x0304;
}

/* hsi_dissect_names_algorithm: do signatures say which algorithm they are of? From TLS 1.2 on, RFC 5246 section 4.7. */
static inline bool hsi_dissect_names_algorithm(const hsi_fields *f)
{
    return f->context.version == 0 || f->context.version >= 0x0303;
}

#endif
