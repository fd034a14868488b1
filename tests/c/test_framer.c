/* Tests csrc/tap/framer.c: records are cut out of a stream that comes in any pieces. RFC 8446 section 5.1.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap/framer.h"
#include "tap/items.h"

/* Three records: handshake, an empty one of application data, an alert with an unknown version. */
static const uint8_t records[] = {
    0x16, 0x03, 0x01, 0x00, 0x03, 'a',  'b',  'c', /* handshake, TLS 1.0, 3 bytes */
    0x17, 0x03, 0x03, 0x00, 0x00,                  /* application data, TLS 1.2, none */
    0x15, 0x7f, 0x1c, 0x00, 0x02, 0x01, 0x00,      /* alert, no version that there is */
};
static const struct {
    size_t at;
    size_t length; /* of the fragment */
    uint8_t type;
    uint16_t version;
} expected[] = {{0, 3, 22, 0x0301}, {8, 0, 23, 0x0303}, {13, 2, 21, 0x7f1c}};

/* RFC 5246 appendix E.2: a length with its top bit set, then msg_type 1. */
static const uint8_t sslv2[] = {0x80, 0x04, 0x01, 0x03, 0x03, 0x00, 0x16, 0x03, 0x03, 0x00, 0x01, 'x'};

static void feed(hsi_framer *framer, const uint8_t *bytes, size_t length, uint64_t time_ns)
{
    assert_int_equal(hsi_framer_feed(framer, hsi_bytes_of(bytes, length), time_ns), HSI_OK);
}

/* Takes the next record, which must be the i-th of `records`. */
static void assert_next(hsi_framer *framer, size_t i)
{
    hsi_frame frame;
    assert_true(hsi_framer_peek(framer, &frame));
    assert_true(hsi_bytes_equal(frame.header, hsi_bytes_of(records + expected[i].at, 5)));
    assert_true(hsi_bytes_equal(frame.fragment, hsi_bytes_of(records + expected[i].at + 5, expected[i].length)));
    assert_int_equal(frame.type, expected[i].type);
    assert_int_equal(frame.version, expected[i].version);
    assert_false(frame.sslv2);
    hsi_framer_consume(framer, &frame);
}

static void assert_nothing_whole(const hsi_framer *framer)
{
    hsi_frame frame;
    assert_false(hsi_framer_peek(framer, &frame));
}

static void several_records_in_one_piece_come_out_one_by_one(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    feed(&framer, records, sizeof records, 1);
    for (size_t i = 0; i < HSI_COUNT(expected); i++) {
        assert_next(&framer, i);
    }
    assert_nothing_whole(&framer);
    hsi_framer_cleanup(&framer);
}

static void a_record_comes_out_with_its_last_byte_and_not_before(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    size_t next = 0;
    for (size_t i = 0; i < sizeof records; i++) {
        feed(&framer, records + i, 1, 1);
        if (i + 1 == expected[next].at + 5 + expected[next].length) {
            assert_next(&framer, next++);
        }
        assert_nothing_whole(&framer);
    }
    assert_int_equal(next, HSI_COUNT(expected));
    hsi_framer_cleanup(&framer);
}

static void peeking_takes_nothing(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    feed(&framer, records, sizeof records, 1);
    assert_true(hsi_framer_peek(&framer, &frame));
    assert_next(&framer, 0);
    hsi_framer_cleanup(&framer);
}

static void a_record_has_the_time_of_its_first_byte(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    feed(&framer, records, 2, 100);
    feed(&framer, records + 2, 8, 200); /* the rest of the first and the beginning of the second */
    assert_true(hsi_framer_peek(&framer, &frame));
    assert_int_equal(frame.time_ns, 100);
    hsi_framer_consume(&framer, &frame);
    feed(&framer, records + 10, sizeof records - 10, 300);
    assert_true(hsi_framer_peek(&framer, &frame));
    assert_int_equal(frame.time_ns, 200);
    hsi_framer_cleanup(&framer);
}

static void a_record_may_have_the_largest_length_that_its_header_can_say(void **state)
{
    (void)state;
    static uint8_t large[5 + 0xffff] = {0x17, 0x03, 0x03, 0xff, 0xff};
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    feed(&framer, large, sizeof large - 1, 1);
    assert_nothing_whole(&framer);
    feed(&framer, large, 1, 1);
    assert_true(hsi_framer_peek(&framer, &frame));
    assert_int_equal(frame.fragment.length, 0xffff); /* too long for TLS: the reader's to say, not the framer's */
    hsi_framer_cleanup(&framer);
}

static void an_sslv2_client_hello_may_open_a_stream(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    feed(&framer, sslv2, sizeof sslv2, 1);
    assert_true(hsi_framer_peek(&framer, &frame));
    assert_true(frame.sslv2);
    assert_int_equal(frame.type, HSI_CONTENT_HANDSHAKE);
    assert_int_equal(frame.version, 0x0002);
    assert_true(hsi_bytes_equal(frame.header, hsi_bytes_of(sslv2, 2)));
    assert_true(hsi_bytes_equal(frame.fragment, hsi_bytes_of(sslv2 + 2, 4)));
    hsi_framer_consume(&framer, &frame);
    assert_true(hsi_framer_peek(&framer, &frame)); /* and TLS records follow */
    assert_false(frame.sslv2);
    assert_int_equal(frame.fragment.length, 1);
    hsi_framer_cleanup(&framer);
}

static void later_in_a_stream_the_same_bytes_are_a_record(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    feed(&framer, records, 8, 1);
    assert_next(&framer, 0);
    feed(&framer, sslv2, sizeof sslv2, 1);
    assert_nothing_whole(&framer); /* as a header they say 0x0303 bytes */
    assert_true(hsi_framer_peek_cut(&framer, &frame));
    assert_int_equal(frame.type, 0x80);
    hsi_framer_cleanup(&framer);
}

static void what_is_left_of_a_cut_record_is_its_header_then_its_fragment(void **state)
{
    (void)state;
    for (size_t length = 1; length < 8; length++) {
        hsi_framer framer = {.started = false};
        hsi_frame frame;
        feed(&framer, records, length, 7);
        assert_nothing_whole(&framer);
        assert_true(hsi_framer_peek_cut(&framer, &frame));
        assert_true(hsi_bytes_equal(frame.header, hsi_bytes_of(records, length < 5 ? length : 5)));
        assert_int_equal(frame.fragment.length, length < 5 ? 0 : length - 5);
        assert_int_equal(frame.type, 22);
        assert_int_equal(frame.version, length > 2 ? 0x0301 : 0);
        assert_int_equal(frame.time_ns, 7);
        hsi_framer_consume(&framer, &frame);
        assert_false(hsi_framer_peek_cut(&framer, &frame));
        hsi_framer_cleanup(&framer);
    }
}

static void of_nothing_there_is_no_record_whole_or_cut(void **state)
{
    (void)state;
    hsi_framer framer = {.started = false};
    hsi_frame frame;
    assert_nothing_whole(&framer);
    assert_false(hsi_framer_peek_cut(&framer, &frame));
    feed(&framer, NULL, 0, 1);
    assert_false(hsi_framer_peek_cut(&framer, &frame));
    hsi_framer_cleanup(&framer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_records_in_one_piece_come_out_one_by_one),
        cmocka_unit_test(a_record_comes_out_with_its_last_byte_and_not_before),
        cmocka_unit_test(peeking_takes_nothing),
        cmocka_unit_test(a_record_has_the_time_of_its_first_byte),
        cmocka_unit_test(a_record_may_have_the_largest_length_that_its_header_can_say),
        cmocka_unit_test(an_sslv2_client_hello_may_open_a_stream),
        cmocka_unit_test(later_in_a_stream_the_same_bytes_are_a_record),
        cmocka_unit_test(what_is_left_of_a_cut_record_is_its_header_then_its_fragment),
        cmocka_unit_test(of_nothing_there_is_no_record_whole_or_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
