/* Ber: how the elements of ASN.1 begin, for whoever reads certificates, names or LDAP. As in cursor.h: a read that fails
 * changes nothing. X.690 section 8.1.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_BER_H
#define HSI_BASE_BER_H

#include "base/cursor.h"

/* hsi_ber_content reads the length octets, and takes so many bytes as `content`. ILLEGAL: an indefinite length, or one in more
 * than `width` octets behind the first, 1 to 8; TRUNCATED. */
HSI_MUST_USE hsi_status hsi_ber_content(hsi_cursor *in, size_t width, hsi_cursor *content);

/* hsi_ber_element takes a whole element whose identifier is one octet, `tag`, and whose length is in four at the most, which is
 * more than any certificate or request has. Fails as hsi_ber_content does. */
HSI_MUST_USE hsi_status hsi_ber_element(hsi_cursor *in, uint8_t *tag, hsi_cursor *content);

#endif
