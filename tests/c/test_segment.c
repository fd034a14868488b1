/* Tests csrc/capture/segment.c: a TCP header, whole and cut.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "capture/segment.h"

/* Ports 40000 and 443, sequence 0x01020304, acknowledgment 0x0a0b0c0d, header of 24 bytes, PSH ACK; an option; data. */
#define HEADER "9c4001bb010203040a0b0c0d6018ffff00000000"
#define OPTION "01010100"

static hsi_status read_hex(hsi_segment *out, const char *digits, size_t missing)
{
    static uint8_t storage[HEX_MAX];
    return hsi_segment_read(out, hex(storage, digits), missing);
}

static void a_header_is_read_and_data_begins_behind_its_options(void **state)
{
    (void)state;
    hsi_segment segment;
    assert_int_equal(read_hex(&segment, HEADER OPTION "616263", 0), HSI_OK);
    assert_int_equal(segment.source, 40000);
    assert_int_equal(segment.destination, 443);
    assert_int_equal(segment.sequence, 0x01020304);
    assert_int_equal(segment.acknowledgment, 0x0a0b0c0d);
    assert_int_equal(segment.flags, 0x18);
    assert_true(hsi_bytes_are(segment.data, "abc"));
    assert_int_equal(segment.missing, 0);
}

static void data_behind_a_syn_has_the_next_sequence_number(void **state)
{
    (void)state;
    hsi_segment segment;
    assert_int_equal(read_hex(&segment, "9c4001bbffffffff000000005002ffff0000000061", 0), HSI_OK);
    assert_int_equal(segment.sequence, 0);
    assert_true(hsi_bytes_are(segment.data, "a"));
}

static void what_was_not_captured_is_missing_from_the_data(void **state)
{
    (void)state;
    hsi_segment segment;
    assert_int_equal(read_hex(&segment, HEADER OPTION "61", 10), HSI_OK);
    assert_true(hsi_bytes_are(segment.data, "a"));
    assert_int_equal(segment.missing, 10);
    assert_int_equal(read_hex(&segment, HEADER, 10), HSI_OK); /* the option is cut off too */
    assert_int_equal(segment.data.length, 0);
    assert_int_equal(segment.missing, 6);
    assert_int_equal(read_hex(&segment, "9c4001bb010203040a0b0c0d6018", 10), HSI_OK);
    assert_int_equal(segment.missing, 0);
}

static void a_header_that_is_no_header_is_refused(void **state)
{
    (void)state;
    hsi_segment segment;
    assert_int_equal(read_hex(&segment, "9c4001bb010203040a0b0c0d60", 100), HSI_TRUNCATED);
    assert_int_equal(read_hex(&segment, "9c4001bb010203040a0b0c0d4018ffff00000000", 100), HSI_ILLEGAL); /* four words */
    assert_int_equal(read_hex(&segment, HEADER, 3), HSI_ILLEGAL); /* six, has less */
    assert_int_equal(read_hex(&segment, "", 0), HSI_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_read_and_data_begins_behind_its_options),
        cmocka_unit_test(data_behind_a_syn_has_the_next_sequence_number),
        cmocka_unit_test(what_was_not_captured_is_missing_from_the_data),
        cmocka_unit_test(a_header_that_is_no_header_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
