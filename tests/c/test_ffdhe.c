/* Tests csrc/crypto/ffdhe.c. The primes begin and end with 64 ones (RFC 7919 appendix A), so what tells them apart is between.
 * SPDX-License-Identifier: MIT */
#include <gnutls/gnutls.h>

#include "crypto/crypto.h"
#include "hex.h"

/* RFC 7919 appendix A.1, the last line of each group: what the constant X and the length make of it. */
static const struct {
    uint16_t group;
    const gnutls_datum_t *prime;
    size_t bits;
    const char *end;
} rows[] = {
    {256, &gnutls_ffdhe_2048_group_prime, 2048, "886b423861285c97ffffffffffffffff"},
    {257, &gnutls_ffdhe_3072_group_prime, 3072, "25e41d2b66c62e37ffffffffffffffff"},
    {258, &gnutls_ffdhe_4096_group_prime, 4096, "c68a007e5e655f6affffffffffffffff"},
    {259, &gnutls_ffdhe_6144_group_prime, 6144, "a40e329cd0e40e65ffffffffffffffff"},
    {260, &gnutls_ffdhe_8192_group_prime, 8192, "d68c8bb7c5c6424cffffffffffffffff"},
};

static hsi_bytes prime_of(size_t i)
{
    hsi_bytes prime = hsi_bytes_of(rows[i].prime->data, rows[i].prime->size);
    return hsi_bytes_slice(prime, prime.length - rows[i].bits / 8, rows[i].bits / 8);
}

static void each_prime_has_its_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_bytes prime = prime_of(i);
        assert_hex(prime.data + prime.length - 16, rows[i].end);
        assert_int_equal(hsi_ffdhe_group(prime), rows[i].group);
    }
}

static void zeros_before_a_prime_do_not_count(void **state)
{
    (void)state;
    uint8_t padded[3 + 256] = {0};
    memcpy(padded + 3, prime_of(0).data, 256);
    assert_int_equal(hsi_ffdhe_group(hsi_bytes_of(padded, sizeof padded)), 256);
}

static void another_prime_has_none(void **state)
{
    (void)state;
    uint8_t other[256];
    memcpy(other, prime_of(0).data, sizeof other);
    other[100] ^= 1;
    assert_int_equal(hsi_ffdhe_group(hsi_bytes_of(other, sizeof other)), 0);
    assert_int_equal(hsi_ffdhe_group(hsi_bytes_slice(prime_of(0), 0, 255)), 0);
    assert_int_equal(hsi_ffdhe_group(HSI_BYTES_EMPTY), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_prime_has_its_group),
        cmocka_unit_test(zeros_before_a_prime_do_not_count),
        cmocka_unit_test(another_prime_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
