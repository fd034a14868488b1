/* Finite-field groups by their prime: before TLS 1.3 a server sends the prime, and no name. RFC 7919 appendix A; the primes are
 * GnuTLS's.
 * SPDX-License-Identifier: MIT */
#include <gnutls/gnutls.h>

#include "crypto/crypto.h"

static const struct {
    uint16_t group; /* NamedGroup, RFC 8446 section 4.2.7 */
    const gnutls_datum_t *prime;
} groups[] = {
    {0x0100, &gnutls_ffdhe_2048_group_prime}, {0x0101, &gnutls_ffdhe_3072_group_prime},
    {0x0102, &gnutls_ffdhe_4096_group_prime}, {0x0103, &gnutls_ffdhe_6144_group_prime},
    {0x0104, &gnutls_ffdhe_8192_group_prime},
};

/* A number may be written with zeros before it. */
static hsi_bytes without_zeros(hsi_bytes number)
{
    size_t zeros = 0;
    while (zeros < number.length && number.data[zeros] == 0) {
        zeros++;
    }
    return hsi_bytes_slice(number, zeros, number.length - zeros);
}

uint16_t hsi_ffdhe_group(hsi_bytes prime)
{
    for (size_t i = 0; i < HSI_COUNT(groups); i++) {
        hsi_bytes known = hsi_bytes_of(groups[i].prime->data, groups[i].prime->size);
        if (hsi_bytes_equal(without_zeros(known), without_zeros(prime))) {
            return groups[i].group;
        }
    }
    return 0;
}
