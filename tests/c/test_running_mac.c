/* Tests csrc/crypto/running_mac.c: at each step the MAC is that of all bytes so far in one piece, which GnuTLS computes.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include <gnutls/crypto.h>

#include "base/memory.h"
#include "crypto/crypto.h"

static const uint8_t key[32] = {1, 2, 3};

static void each_mac_is_over_all_bytes_so_far(void **state)
{
    (void)state;
    const char text[] = "seventeen octets, and some that come later, and the last of them";
    const size_t steps[] = {17, 0, 1, 30, 16};
    hsi_running_mac *running;
    size_t end = 0;
    assert_int_equal(hsi_running_mac_new(&running, &hsi_imit, hsi_bytes_of(key, sizeof key)), HSI_OK);
    for (size_t i = 0; i < HSI_COUNT(steps); i++) {
        uint8_t out[4], expected[4];
        assert_int_equal(hsi_running_mac_add(running, out, hsi_bytes_of(text + end, steps[i])), HSI_OK);
        end += steps[i];
        assert_int_equal(gnutls_hmac_fast(GNUTLS_MAC_GOST28147_TC26Z_IMIT, key, sizeof key, text, end, expected), 0);
        assert_memory_equal(out, expected, sizeof out);
    }
    hsi_running_mac_free(running);
}

static void a_key_of_another_length_is_illegal(void **state)
{
    (void)state;
    hsi_running_mac *running = NULL;
    assert_int_equal(hsi_running_mac_new(&running, &hsi_imit, hsi_bytes_of(key, 31)), HSI_ILLEGAL);
    assert_null(running);
    hsi_running_mac_free(NULL);
}

static void no_memory_is_said_so(void **state)
{
    (void)state;
    hsi_running_mac *running = NULL;
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_running_mac_new(&running, &hsi_imit, hsi_bytes_of(key, sizeof key)), HSI_NO_MEMORY);
    assert_null(running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mac_is_over_all_bytes_so_far),
        cmocka_unit_test(a_key_of_another_length_is_illegal),
        cmocka_unit_test(no_memory_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
