/* Spki: where in a certificate its key stands. Of all that a parser of certificates reads, a signature needs that alone, and
 * GnuTLS takes fifteen times as long for the whole. In: a DER certificate. Out: its SubjectPublicKeyInfo.
 * RFC 5280 section 4.1, X.690 section 8.1.
 * SPDX-License-Identifier: MIT */
#include "base/ber.h"
#include "crypto/crypto.h"

enum { INTEGER = 0x02, SEQUENCE = 0x30, VERSION = 0xa0 };

/* What stands before the key in a TBSCertificate, but for the version, which may be left out. */
static const uint8_t before[] = {
    INTEGER, /* serialNumber */
    SEQUENCE, /* signature */
    SEQUENCE, /* issuer */
    SEQUENCE, /* validity */
    SEQUENCE, /* subject */
};

/* Moves past an element with that identifier, and sets `contents` to what is in it. */
static hsi_status read_element(hsi_cursor *in, uint8_t identifier, hsi_cursor *contents)
{
    uint8_t found;
    HSI_TRY(hsi_ber_element(in, &found, contents));
    return found == identifier ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status find(hsi_bytes certificate, hsi_bytes *out)
{
    hsi_cursor in = hsi_cursor_of(certificate), contents, tbs, passed;
    HSI_TRY(read_element(&in, SEQUENCE, &contents));
    HSI_TRY(read_element(&contents, SEQUENCE, &tbs));
    if (!hsi_cursor_empty(&tbs) && *tbs.at == VERSION) {
        HSI_TRY(read_element(&tbs, VERSION, &passed));
    }
    for (size_t i = 0; i < sizeof before; i++) {
        HSI_TRY(read_element(&tbs, before[i], &passed));
    }
    const uint8_t *start = tbs.at;
    HSI_TRY(read_element(&tbs, SEQUENCE, &passed));
    *out = hsi_bytes_of(start, (size_t)(tbs.at - start));
    return HSI_OK;
}

hsi_status hsi_certificate_key(hsi_bytes certificate, hsi_bytes *out)
{
    return find(certificate, out) == HSI_OK ? HSI_OK : HSI_ILLEGAL;
}
