/* Tests csrc/tap/reassembly.c: messages over several records, several in one, and those that are never whole.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

/* Three messages of 4, 6 and 4 bytes, as the handshake bytes of the server. */
static const uint8_t flight[] = {14, 0, 0, 0, 99, 0, 0, 2, 0xaa, 0xbb, 14, 0, 0, 0};

static void expect_message(const hsi_tap *tap, size_t index, size_t from, size_t length, size_t first, size_t last)
{
    const hsi_message *message = tap->messages.items[index];
    assert_int_equal(message->index, index);
    assert_true(hsi_bytes_equal(message->raw, hsi_bytes_of(flight + from, length)));
    assert_int_equal(message->first_record, first);
    assert_int_equal(message->last_record, last);
    assert_false(message->cut);
}

/* The flight in records of `piece` bytes. */
static void whatever_the_records_the_messages_are_the_same(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= sizeof flight; piece++) {
        folded fold = fold_nothing();
        for (size_t at = 0; at < sizeof flight; at += piece) {
            size_t left = sizeof flight - at;
            say_raw(fold.tap, HSI_SERVER, hsi_bytes_of(flight + at, left < piece ? left : piece));
        }
        assert_int_equal(fold.tap->messages.count, 3);
        expect_message(fold.tap, 0, 0, 4, 0, 3 / piece);
        expect_message(fold.tap, 1, 4, 6, 4 / piece, 9 / piece);
        expect_message(fold.tap, 2, 10, 4, 10 / piece, 13 / piece);
        fold_done(&fold);
    }
}

static void each_end_has_its_own_unfinished_message(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_raw(fold.tap, HSI_SERVER, hsi_bytes_of(flight, 2));
    say_raw(fold.tap, HSI_CLIENT, hsi_bytes_of("\x10\0\0\1", 4));
    say_raw(fold.tap, HSI_SERVER, hsi_bytes_of(flight + 2, 2));
    assert_int_equal(fold.tap->messages.count, 1);
    expect_message(fold.tap, 0, 0, 4, 0, 2);
    say_raw(fold.tap, HSI_CLIENT, hsi_bytes_of("x", 1));
    const hsi_message *message = fold.tap->messages.items[1];
    assert_int_equal(message->sender, HSI_CLIENT);
    assert_int_equal(message->first_record, 1);
    assert_int_equal(message->last_record, 3);
    fold_done(&fold);
}

static void a_message_that_is_never_whole_is_shown_as_cut_at_every_length(void **state)
{
    (void)state;
    for (size_t length = 1; length < 6; length++) {
        folded fold = fold_nothing();
        say_raw(fold.tap, HSI_SERVER, hsi_bytes_of(flight + 4, length));
        assert_int_equal(fold.tap->messages.count, 0);
        assert_int_equal(hsi_reassembly_cut(fold.tap, &fold.tap->streams[HSI_SERVER]), HSI_OK);
        assert_int_equal(fold.tap->messages.count, 1);
        const hsi_message *message = fold.tap->messages.items[0];
        const hsi_fields *fields;
        assert_true(message->cut);
        assert_int_equal(message->raw.length, length);
        assert_int_equal(message->transcript_end, 0);
        assert_int_equal(hsi_tap_fields(fold.tap, message, &fields), HSI_OK);
        assert_int_equal(fields->status, HSI_TRUNCATED);
        fold_done(&fold);
    }
}

static void with_nothing_left_there_is_nothing_to_cut(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_raw(fold.tap, HSI_SERVER, hsi_bytes_of(flight, 4));
    assert_int_equal(hsi_reassembly_cut(fold.tap, &fold.tap->streams[HSI_SERVER]), HSI_OK);
    assert_int_equal(fold.tap->messages.count, 1);
    fold_done(&fold);
}

/* It says 16 MiB and never comes: no more is kept than what came. */
static void a_length_that_never_comes_costs_nothing(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_raw(fold.tap, HSI_CLIENT, hsi_bytes_of("\x01\xff\xff\xff", 4));
    for (int i = 0; i < 1000; i++) {
        say_raw(fold.tap, HSI_CLIENT, hsi_bytes_of("x", 1));
    }
    assert_int_equal(fold.tap->messages.count, 0);
    assert_in_range(fold.tap->streams[HSI_CLIENT].handshake.capacity, 1004, 2048);
    fold_done(&fold);
}

static void an_sslv2_hello_is_the_whole_record(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    hsi_record *record = say_record(fold.tap, HSI_CLIENT, 22, hsi_bytes_of("\x01\x03\x01\0\0\0\0\0\0", 9));
    assert_int_equal(hsi_reassembly_take(fold.tap, &fold.tap->streams[HSI_CLIENT], record, true), HSI_OK);
    const hsi_message *message = fold.tap->messages.items[0];
    assert_true(message->sslv2);
    assert_string_equal(message->name, "ClientHello");
    assert_int_equal(message->raw.length, 9);
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_records_the_messages_are_the_same),
        cmocka_unit_test(each_end_has_its_own_unfinished_message),
        cmocka_unit_test(a_message_that_is_never_whole_is_shown_as_cut_at_every_length),
        cmocka_unit_test(with_nothing_left_there_is_nothing_to_cut),
        cmocka_unit_test(a_length_that_never_comes_costs_nothing),
        cmocka_unit_test(an_sslv2_hello_is_the_whole_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
