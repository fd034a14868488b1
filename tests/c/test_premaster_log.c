/* The premaster log: what GnuTLS's line gives to the target of the thread, and that it is off when nobody waits. The
 * probe is kept out by the environment.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* setenv */
#include <stdlib.h>

#include "pair.h"

#include "live/premaster_log.h"

static const hsi_entry *premaster(const pair *it, uint8_t side)
{
    return secret(it, side, HSI_SOURCE_LOG, "premaster secret");
}

static void without_the_probe_the_premaster_secret_comes_from_the_log(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+RSA", "RSA");
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        assert_non_null(premaster(&it, side));
        assert_int_equal(premaster(&it, side)->data.length, 48);
        assert_int_equal(premaster(&it, side)->data.data[0], 3); /* client_version, RFC 5246 section 7.4.7.1 */
        assert_int_equal(premaster(&it, side)->data.data[1], 3);
        assert_true(hsi_bytes_are(note(&it, side, "probe")->data, "HSINSPECT_NO_PROBE is set"));
    }
    assert_true(hsi_bytes_equal(premaster(&it, HSI_CLIENT)->data, premaster(&it, HSI_SERVER)->data));
    pair_end(&it);
}

static void a_secret_longer_than_a_line_is_not_told_by_halves(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048", "RSA");
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        assert_null(premaster(&it, side));
        assert_non_null(note(&it, side, "premaster secret"));
    }
    pair_end(&it);
}

static size_t lines;

static void count_line(int level, const char *line)
{
    (void)level;
    (void)line;
    lines++;
}

/* Whatever way a handshake ends, the level is 0 after it: GnuTLS then calls nobody. */
static void after_every_call_the_log_is_off_again(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+RSA", "RSA");
    pair_start(&it);
    do {
        for (uint8_t side = 0; side < 2; side++) {
            if (it.handshakes[side] == HSI_WANT_READ) {
                it.handshakes[side] = hsi_session_handshake(it.sessions[side]);
            }
            gnutls_global_set_log_function(count_line);
            lines = 0;
            uint8_t digest[16];
            assert_true(gnutls_hmac_fast(GNUTLS_MAC_UNKNOWN, "", 0, "", 0, digest) < 0); /* asserts, at level 3 */
            assert_int_equal(lines, 0);
        }
    } while (pair_carry(&it));
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_OK);
    pair_end(&it);
    gnutls_global_set_log_level(9); /* and that line would have come */
    uint8_t digest[16];
    assert_true(gnutls_hmac_fast(GNUTLS_MAC_UNKNOWN, "", 0, "", 0, digest) < 0);
    assert_true(lines > 0);
    gnutls_global_set_log_level(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_probe_the_premaster_secret_comes_from_the_log),
        cmocka_unit_test(a_secret_longer_than_a_line_is_not_told_by_halves),
        cmocka_unit_test(after_every_call_the_log_is_off_again),
    };
    return setenv("HSINSPECT_NO_PROBE", "1", 1) == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
