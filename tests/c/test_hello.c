/* Tests csrc/tap/hello.c: which bytes are the beginning of TLS.
 * SPDX-License-Identifier: MIT */
#include "hex.h"
#include "tap/hello.h"

static hsi_hello judge(const char *digits)
{
    uint8_t storage[HEX_MAX];
    return hsi_hello_begins(hex(storage, digits));
}

static void a_hello_is_a_handshake_record_that_begins_with_one(void **state)
{
    (void)state;
    assert_int_equal(judge("1603010200010001fc0303"), HSI_HELLO_CLIENT);
    assert_int_equal(judge("160303007a020000760303"), HSI_HELLO_SERVER);
    assert_int_equal(judge("160300000101"), HSI_HELLO_CLIENT); /* one byte of it in a record, SSL 3.0 */
    assert_int_equal(judge("16030400050100000a03"), HSI_HELLO_CLIENT);
}

static void what_has_not_come_yet_is_undecided(void **state)
{
    (void)state;
    static const char *const beginnings[] = {"",   "16",   "1603",   "160301",  "1603010200",
                                             "80", "802e", "802e01", "802e0103"};
    for (size_t i = 0; i < HSI_COUNT(beginnings); i++) {
        assert_int_equal(judge(beginnings[i]), HSI_HELLO_UNDECIDED);
    }
}

static void what_tls_cannot_begin_with_is_none(void **state)
{
    (void)state;
    static const char *const others[] = {
        "47",                             /* GET */
        "17",                             /* application data */
        "1604",                           /* another major version */
        "160305",                         /* a minor version that nobody has */
        "16030100000103",                 /* an empty record */
        "160301400101000003fd03",         /* longer than a record may be */
        "1603010200"
        "03",                /* another message */
        "1603010200"
        "01020001"
        "03",     /* a message longer than any ClientHello */
        "1603010200"
        "010001fc"
        "02",     /* whose version is none of TLS */
        "802e02",                         /* SSLv2: another message */
        "802e0103010016000000100000",     /* SSLv2: suites are no multiple of three */
        "802f0103010015000000100000",     /* SSLv2: lengths do not add up */
        "802e0105010015000000100000",     /* SSLv2: another version */
        "80250103010015000000070000",     /* SSLv2: a challenge that is too short */
    };
    for (size_t i = 0; i < HSI_COUNT(others); i++) {
        if (judge(others[i]) != HSI_HELLO_NONE) {
            fail_msg("%s is none", others[i]);
        }
    }
}

static void an_sslv2_format_hello_is_a_clients(void **state)
{
    (void)state;
    assert_int_equal(judge("802e010301001500000010"), HSI_HELLO_CLIENT);
    assert_int_equal(judge("802e010002001500000010"), HSI_HELLO_CLIENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_is_a_handshake_record_that_begins_with_one),
        cmocka_unit_test(what_has_not_come_yet_is_undecided),
        cmocka_unit_test(what_tls_cannot_begin_with_is_none),
        cmocka_unit_test(an_sslv2_format_hello_is_a_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
