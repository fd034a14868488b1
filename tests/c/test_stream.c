/* Tests csrc/tap/stream.c: what each record's content comes to, which records stay plain in TLS 1.3, and how a
 * stream ends.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

static void wire(hsi_journal *journal, uint8_t sender, const char *digits)
{
    uint8_t storage[HEX_MAX];
    assert_int_equal(hsi_journal_wire(journal, sender, hex(storage, digits)), HSI_OK);
}

static const hsi_record *record_at(const folded *fold, size_t i)
{
    assert_true(i < hsi_tap_records(fold->tap)->count);
    return hsi_tap_records(fold->tap)->items[i];
}

/* ---- TLS 1.3: records between the protected ones ---- */

/* The first `count` records of the illustrated connection, then a plain one, then the others: they must still
 * open. */
static folded fold_with(size_t count, uint8_t sender, const char *plain)
{
    connection c;
    connection_load(&c, ILLUSTRATED13);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, count);
    wire(journal, sender, plain);
    connection_tell_wire(&c, journal, count, c.count);
    return fold_journal(journal);
}

static void a_plain_record_in_tls_1_3_counts_in_no_protected_epoch(void **state)
{
    (void)state;
    static const char *const plain[] = {"140303000101", "1503030002022a"};
    for (size_t i = 0; i < HSI_COUNT(plain); i++) {
        folded fold = fold_with(5, HSI_SERVER, plain[i]);
        assert_int_equal(record_at(&fold, 5)->state, HSI_RECORD_PLAIN);
        assert_int_equal(record_at(&fold, 5)->epoch, 0);
        assert_null(record_at(&fold, 5)->mac);
        for (size_t k = 6; k < hsi_tap_records(fold.tap)->count; k++) {
            assert_true(record_at(&fold, k)->state == HSI_RECORD_OPENED || record_at(&fold, k)->outer_type == 20);
        }
        assert_int_equal(hsi_tap_alerts(fold.tap)->count, i);
        fold_done(&fold);
    }
}

static void what_says_it_is_application_data_is_none_before_there_are_keys(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT, "17030300047365616c");
    wire(journal, HSI_SERVER, "15030300020228");
    folded fold = fold_journal(journal);
    assert_int_equal(record_at(&fold, 0)->state, HSI_RECORD_UNREADABLE);
    assert_int_equal(record_at(&fold, 0)->plaintext.length, 0);
    assert_non_null(record_at(&fold, 0)->reason);
    assert_int_equal(hsi_tap_application_data(fold.tap)->count, 0);
    assert_int_equal(hsi_tap_alerts(fold.tap)->count, 1);
    fold_done(&fold);
}

static void before_tls_1_3_nothing_stays_plain_after_change_cipher_spec(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 7);
    wire(journal, HSI_CLIENT, "15030300020228"); /* an alert that is not protected */
    folded fold = fold_journal(journal);
    assert_int_equal(record_at(&fold, 7)->state, HSI_RECORD_REJECTED);
    assert_int_equal(hsi_tap_alerts(fold.tap)->count, 0);
    fold_done(&fold);
}

static void a_rejected_record_feeds_nothing(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    size_t last = c.count - 3; /* the client's "ping" */
    c.bytes[(size_t)(c.records[last].wire.data - c.bytes) + 5] ^= 1; /* its IV: a bit of the plaintext */
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, last + 1);
    folded fold = fold_journal(journal);
    assert_int_equal(record_at(&fold, last)->state, HSI_RECORD_REJECTED);
    assert_true(hsi_bytes_are(record_at(&fold, last)->plaintext, "qing"));
    assert_int_equal(hsi_tap_application_data(fold.tap)->count, 0);
    fold_done(&fold);
}

static void application_data_and_alerts_come_out_in_order(void **state)
{
    (void)state;
    folded fold = fold_connection(ILLUSTRATED12);
    const hsi_list *data = hsi_tap_application_data(fold.tap);
    assert_int_equal(data->count, 2);
    assert_true(hsi_bytes_are(((const hsi_application_data *)data->items[0])->data, "ping"));
    assert_true(hsi_bytes_are(((const hsi_application_data *)data->items[1])->data, "pong"));
    const hsi_close *close = hsi_tap_closes(fold.tap)->items[0];
    assert_string_equal(close->kind, "close_notify");
    assert_int_equal(close->sender, HSI_CLIENT);
    fold_done(&fold);
}

static void alerts_may_share_a_record_and_half_of_one_is_none(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT,
         "1503010005"
         "0146"
         "0228"
         "02");
    folded fold = fold_journal(journal);
    const hsi_list *alerts = hsi_tap_alerts(fold.tap);
    assert_int_equal(alerts->count, 2);
    assert_int_equal(((const hsi_alert *)alerts->items[0])->code, 70);
    assert_int_equal(((const hsi_alert *)alerts->items[1])->code, 40);
    assert_int_equal(((const hsi_alert *)alerts->items[1])->level, HSI_ALERT_FATAL);
    fold_done(&fold);
}

static void each_end_of_a_stream_has_its_name(void **state)
{
    (void)state;
    static const struct {
        hsi_end end;
        const char *kind;
    } rows[] = {
        {HSI_END_FIN, "fin"}, {HSI_END_RST, "rst"}, {HSI_END_TRUNCATED, "truncated"}, {(hsi_end)77, "truncated"}};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_journal *journal = hsi_journal_new();
        wire(journal, HSI_CLIENT, "1603");
        assert_int_equal(hsi_journal_end(journal, HSI_CLIENT, rows[i].end), HSI_OK);
        folded fold = fold_journal(journal);
        assert_int_equal(record_at(&fold, 0)->state, HSI_RECORD_CUT);
        assert_int_equal(record_at(&fold, 0)->header.length, 2);
        assert_string_equal(((const hsi_close *)hsi_tap_closes(fold.tap)->items[0])->kind, rows[i].kind);
        fold_done(&fold);
    }
}

/* A change of keys in the middle of a message: the message is cut, and what follows is another one. */
static void change_cipher_spec_cuts_an_unfinished_message(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT,
         "1603010033"
         "0100002f"
         "0303" RANDOM "02a1a2" SUITES "0100");
    wire(journal, HSI_SERVER,
         "160303002a"
         "02000026"
         "0303" RANDOM "00"
         "002f"
         "00");
    wire(journal, HSI_CLIENT,
         "1603030004"
         "10000002"); /* says two bytes more */
    wire(journal, HSI_CLIENT, "140303000101");
    folded fold = fold_journal(journal);
    const hsi_list *messages = hsi_tap_messages(fold.tap);
    assert_int_equal(messages->count, 3);
    assert_true(((const hsi_message *)messages->items[2])->cut);
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_record_in_tls_1_3_counts_in_no_protected_epoch),
        cmocka_unit_test(what_says_it_is_application_data_is_none_before_there_are_keys),
        cmocka_unit_test(before_tls_1_3_nothing_stays_plain_after_change_cipher_spec),
        cmocka_unit_test(a_rejected_record_feeds_nothing),
        cmocka_unit_test(application_data_and_alerts_come_out_in_order),
        cmocka_unit_test(alerts_may_share_a_record_and_half_of_one_is_none),
        cmocka_unit_test(each_end_of_a_stream_has_its_name),
        cmocka_unit_test(change_cipher_spec_cuts_an_unfinished_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
