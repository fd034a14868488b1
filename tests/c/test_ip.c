/* Tests csrc/capture/ip.c: headers of IPv4 and IPv6, and where their payload begins and ends.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "capture/ip.h"

#define V4_ENDS "0a000001c0000201"
#define V6_ENDS "20010db800000000000000000000000120010db8000000000000000000000002"

static hsi_status read_hex(hsi_ip *out, const char *digits, size_t cut)
{
    static uint8_t storage[HEX_MAX];
    hsi_cursor in = hsi_cursor_of(hex(storage, digits));
    return hsi_ip_read(&in, cut, out);
}

static void expect(const char *digits, size_t cut, const char *payload, size_t missing)
{
    hsi_ip ip;
    assert_int_equal(read_hex(&ip, digits, cut), HSI_OK);
    assert_int_equal(ip.protocol, HSI_IP_TCP);
    assert_int_equal(ip.fragmented, false);
    assert_true(hsi_bytes_are(ip.payload, payload));
    assert_int_equal(ip.missing, missing);
}

static void addresses_are_as_in_the_packet(void **state)
{
    (void)state;
    hsi_ip ip;
    assert_int_equal(read_hex(&ip, "45000014000000004006ffff" V4_ENDS, 0), HSI_OK);
    assert_int_equal(ip.version, 4);
    assert_hex(ip.source, "0a000001000000000000000000000000");
    assert_hex(ip.destination, "c0000201000000000000000000000000");
    assert_int_equal(read_hex(&ip, "6000000000000640" V6_ENDS, 0), HSI_OK);
    assert_int_equal(ip.version, 6);
    assert_hex(ip.source, "20010db8000000000000000000000001");
    assert_hex(ip.destination, "20010db8000000000000000000000002");
}

static void the_length_in_the_header_cuts_what_lies_behind(void **state)
{
    (void)state;
    expect("45000017000000004006ffff" V4_ENDS "616263000000", 0, "abc", 0);
    expect("6000000000030640" V6_ENDS "616263000000", 0, "abc", 0);
}

static void what_was_not_captured_is_missing(void **state)
{
    (void)state;
    expect("4500001e000000004006ffff" V4_ENDS "616263", 7, "abc", 7);
    expect("60000000000a0640" V6_ENDS "616263", 7, "abc", 7);
    expect("4500001e000000004006ffff" V4_ENDS "616263", 0, "abc", 7); /* the file does not say that it was cut */
}

static void a_length_of_zero_is_all_there_is(void **state)
{
    (void)state;
    expect("45000000000000004006ffff" V4_ENDS "616263", 5, "abc", 5);
    expect("6000000000000640" V6_ENDS "616263", 5, "abc", 5);
    expect("6000000000000640" V6_ENDS "616263", UINT32_MAX, "abc", 0); /* nothing is that long */
}

static void options_and_extension_headers_are_passed_over(void **state)
{
    (void)state;
    expect("4600001b000000004006ffff" V4_ENDS "01010100616263", 0, "abc", 0);
    expect("60000000002f0040" V6_ENDS "3c00000000000000" /* hop-by-hop */
           "2b01000000000000"
           "0000000000000000"         /* destination, two units */
           "3300000000000000"                            /* routing */
           "06010000000000000000000"
           "0"
           "616263",       /* authentication: three words */
           0, "abc", 0);
}

static void an_atomic_fragment_is_whole(void **state)
{
    (void)state;
    expect("60000000000b2c40" V6_ENDS "0600000000000001616263", 0, "abc", 0);
}

static void fragments_say_where_they_are(void **state)
{
    (void)state;
    hsi_ip ip;
    assert_int_equal(read_hex(&ip,
                              "4500001701022005"
                              "4006ffff" V4_ENDS "616263",
                              0),
                     HSI_OK);
    assert_true(ip.fragmented && ip.fragment.more);
    assert_int_equal(ip.fragment.identification, 0x0102);
    assert_int_equal(ip.fragment.offset, 40);
    assert_int_equal(read_hex(&ip, "60000000000b2c40" V6_ENDS "060000a801020304616263", 0), HSI_OK);
    assert_true(ip.fragmented && !ip.fragment.more);
    assert_int_equal(ip.fragment.identification, 0x01020304);
    assert_int_equal(ip.fragment.offset, 0xa8);
    assert_true(hsi_bytes_are(ip.payload, "abc"));
}

static void what_is_no_ip_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *digits;
        hsi_status status;
    } cases[] = {
        {"", HSI_TRUNCATED},
        {"50", HSI_ILLEGAL},                                          /* version 5 */
        {"45000014000000004006ffff0a000001c00002", HSI_TRUNCATED},
        {"44000014000000004006ffff" V4_ENDS, HSI_ILLEGAL},            /* a header of 16 bytes */
        {"45000013000000004006ffff" V4_ENDS, HSI_ILLEGAL},            /* shorter than its header */
        {"46000018000000004006ffff" V4_ENDS "0101", HSI_TRUNCATED},
        {"6000000000000640"
         "20010db8",
         HSI_TRUNCATED},
        {"6000000000083c40" V6_ENDS "0601000000000000", HSI_TRUNCATED}, /* an extension longer than the packet */
        {"6000000000082c40" V6_ENDS "060000a8", HSI_TRUNCATED},
    };
    for (size_t i = 0; i < HSI_COUNT(cases); i++) {
        hsi_ip ip;
        assert_int_equal(read_hex(&ip, cases[i].digits, 0), cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_as_in_the_packet),
        cmocka_unit_test(the_length_in_the_header_cuts_what_lies_behind),
        cmocka_unit_test(what_was_not_captured_is_missing),
        cmocka_unit_test(a_length_of_zero_is_all_there_is),
        cmocka_unit_test(options_and_extension_headers_are_passed_over),
        cmocka_unit_test(an_atomic_fragment_is_whole),
        cmocka_unit_test(fragments_say_where_they_are),
        cmocka_unit_test(what_is_no_ip_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
