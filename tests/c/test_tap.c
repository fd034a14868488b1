/* Tests csrc/tap/tap.c: a fold in steps comes to what a fold at once comes to, wherever the wire is cut and
 * whenever somebody looks; a record waits for its secret, and no longer than it can still come.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "same.h"

/* ---- in steps ---- */

typedef enum looking { NEVER, AFTER_EACH } looking;

static void fold_in_steps(int which, size_t piece, looking look)
{
    connection c;
    connection_load(&c, which);
    hsi_journal *steps = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(steps);
    connection_tell_secret(&c, steps);
    for (size_t i = 0; i < c.count; i++) {
        for (size_t at = 0; at < c.records[i].wire.length; at += piece) {
            size_t left = c.records[i].wire.length - at;
            hsi_bytes bytes = hsi_bytes_slice(c.records[i].wire, at, left < piece ? left : piece);
            assert_int_equal(hsi_journal_wire(steps, c.records[i].sender, bytes), HSI_OK);
            assert_int_equal(hsi_tap_advance(tap), HSI_OK);
            if (look == AFTER_EACH) {
                assert_int_equal(hsi_tap_look(tap), HSI_OK);
            }
        }
    }
    hsi_journal_finish(steps);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);

    hsi_journal *whole = hsi_journal_new();
    connection_tell_secret(&c, whole);
    connection_tell_wire(&c, whole, 0, c.count);
    folded once = fold_journal(whole);
    assert_same(tap, once.tap);
    fold_done(&once);
    hsi_tap_drop(tap);
    hsi_journal_free(steps);
}

static void a_fold_after_each_record_comes_to_the_same(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        fold_in_steps(which, CONNECTION_BYTES, NEVER);
    }
}

static void a_fold_after_each_byte_comes_to_the_same(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        fold_in_steps(which, 1, NEVER);
    }
}

static void looking_all_the_time_changes_nothing(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        fold_in_steps(which, CONNECTION_BYTES, AFTER_EACH);
        fold_in_steps(which, 61, AFTER_EACH);
    }
}

static void several_records_in_one_entry_come_to_the_same(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        hsi_journal *journal = hsi_journal_new();
        connection_tell_secret(&c, journal);
        for (size_t i = 0; i < c.count;) { /* records that follow each other in the same direction lie side by side */
            size_t next = i + 1;
            size_t length = c.records[i].wire.length;
            for (; next < c.count && c.records[next].sender == c.records[i].sender; next++) {
                length += c.records[next].wire.length;
            }
            hsi_bytes bytes = hsi_bytes_of(c.records[i].wire.data, length);
            assert_int_equal(hsi_journal_wire(journal, c.records[i].sender, bytes), HSI_OK);
            i = next;
        }
        folded together = fold_journal(journal);
        hsi_journal *apart = hsi_journal_new();
        connection_tell_secret(&c, apart);
        connection_tell_wire(&c, apart, 0, c.count);
        folded once = fold_journal(apart);
        assert_same(together.tap, once.tap);
        fold_done(&together);
        fold_done(&once);
    }
}

/* ---- waiting ---- */

static void a_record_waits_for_the_secret_that_opens_it(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    connection_tell_wire(&c, journal, 0, c.count);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_records(tap)->count, 2); /* the two hellos */
    connection_tell_secret(&c, journal);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_records(tap)->count, c.count);
    for (size_t i = 2; i < c.count; i++) {
        assert_int_equal(((const hsi_record *)hsi_tap_records(tap)->items[i])->state, HSI_RECORD_OPENED);
    }
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

static void when_the_secret_comes_changes_neither_records_nor_checks(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        folded first = fold_connection(which); /* the secret comes last */
        for (size_t when = 0; when < c.count; when++) {
            hsi_journal *journal = hsi_journal_new();
            connection_tell_wire(&c, journal, 0, when);
            connection_tell_secret(&c, journal);
            connection_tell_wire(&c, journal, when, c.count);
            folded other = fold_journal(journal);
            hsi_tap *a = first.tap;
            hsi_tap *b = other.tap;
            SAME_ITEMS(records, hsi_record, same_record);
            SAME_ITEMS(messages, hsi_message, same_message);
            SAME_ITEMS(checks, hsi_check, same_check);
            fold_done(&other);
        }
        fold_done(&first);
    }
}

static void a_record_whose_secret_never_comes_is_unreadable_at_the_end(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_wire(&c, journal, 0, c.count);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_records(fold.tap)->count, c.count);
    for (size_t i = 0; i < c.count; i++) {
        const hsi_record *record = hsi_tap_records(fold.tap)->items[i];
        bool protected = i == 7 || i > 8; /* after each end's ChangeCipherSpec */
        assert_int_equal(record->state, protected ? HSI_RECORD_UNREADABLE : HSI_RECORD_PLAIN);
        assert_int_equal(record->reason != NULL, protected);
    }
    expect_verdict(fold.tap, "mac.record[7]", HSI_NOT_CHECKABLE);
    fold_done(&fold);
}

/* While nothing new is known a wait must not cost a search for each entry, nor any memory: the first
 * allocation would fail. */
static void a_long_wait_costs_nothing(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ONE_RTT);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    connection_tell_wire(&c, journal, 0, c.count);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(hsi_journal_wire(journal, HSI_SERVER, hsi_bytes_of("\x17\3\3\0\1x", 6)), HSI_OK);
        hsi_memory_fail_after(0);
        hsi_status status = hsi_tap_advance(tap);
        hsi_memory_fail_after(SIZE_MAX);
        assert_int_equal(status, HSI_OK);
    }
    assert_int_equal(hsi_tap_records(tap)->count, 2);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

/* ---- what else is in a journal ---- */

static void a_sender_who_is_neither_end_sends_nothing(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(hsi_journal_wire(journal, HSI_NOBODY, hsi_bytes_text("bytes")), HSI_OK);
    assert_int_equal(hsi_journal_end(journal, 77, HSI_END_FIN), HSI_OK);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_events(fold.tap)->count, 0);
    assert_null(hsi_tap_handshake(fold.tap));
    fold_done(&fold);
}

static void the_transcript_hash_of_each_message_is_the_published_one(void **state)
{
    (void)state;
    static const struct {
        int which;
        size_t message;
        const char *hash;
    } rows[] = {
        {ONE_RTT, 1, "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"}, /* after the ServerHello */
        {ONE_RTT, 5, "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13"}, /* the server's Finished */
        {ONE_RTT, 6, "209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d"}, /* the client's */
        {ONE_RTT, 7, ""}, /* NewSessionTicket */
        {HELLO_RETRY, 3, "8aa8e828ec2f8a884fec95a3139de01c15a3daa7ff5bfc3f4bfcc21b438d7bf8"},
        {HELLO_RETRY, 7, "50f63cbf36b0dd049e7a0ba27d6455745ea2aaac54bb167f9950b2b7ce9509da"},
        {CLIENT_AUTH, 1, "88ebc042bd0d5a643b22fca7a47defd4007dfe184949a6261c596c4e002a74a2"},
        {CLIENT_AUTH, 9, "391d004bd84c831b1582444414b4dc8064010ecc76f37f88bfeb1e88fe135c25"},
        {ILLUSTRATED12, 5, "061dda04b3c2217ff73bd79b9cf88a2bb6ec505404aac8722db03ef417b54cb4"},
        {ILLUSTRATED12, 6, "b2017ba28d0e27f03ae327456b6ff00b4d5bbf0ef7cda83ce1029b521c3e7c35"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_connection(rows[i].which);
        const hsi_message *message = hsi_tap_messages(fold.tap)->items[rows[i].message];
        hsi_bytes hash;
        assert_int_equal(hsi_tap_transcript_hash(fold.tap, message, &hash), HSI_OK);
        assert_int_equal(hash.length, strlen(rows[i].hash) / 2);
        assert_hex(hash.data, rows[i].hash);
        fold_done(&fold);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fold_after_each_record_comes_to_the_same),
        cmocka_unit_test(a_fold_after_each_byte_comes_to_the_same),
        cmocka_unit_test(looking_all_the_time_changes_nothing),
        cmocka_unit_test(several_records_in_one_entry_come_to_the_same),
        cmocka_unit_test(a_record_waits_for_the_secret_that_opens_it),
        cmocka_unit_test(when_the_secret_comes_changes_neither_records_nor_checks),
        cmocka_unit_test(a_record_whose_secret_never_comes_is_unreadable_at_the_end),
        cmocka_unit_test(a_long_wait_costs_nothing),
        cmocka_unit_test(a_sender_who_is_neither_end_sends_nothing),
        cmocka_unit_test(the_transcript_hash_of_each_message_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
