/* Tests csrc/tap/gap.c: what is read of a connection of which bytes are missing in the capture. Every byte is missing once: nothing
 * that is read then differs from what is read of the whole connection, and no check fails.
 * SPDX-License-Identifier: MIT */
#include "connection.h"

#include "base/memory.h"

static const char gap_reason[] = "bytes of the handshake are missing in the capture";

static void tell(hsi_journal *journal, hsi_entry_kind kind, uint8_t sender, uint8_t code, uint64_t length,
                 hsi_bytes data)
{
    uint8_t aux[16] = {0};
    for (size_t i = 0; i < 8; i++) {
        aux[i] = (uint8_t)(length >> (56 - 8 * i));
    }
    const hsi_entry entry = {.kind = kind,
                             .side = HSI_NOBODY,
                             .sender = sender,
                             .code = code,
                             .data = data,
                             .aux = kind == HSI_ENTRY_FAULT ? hsi_bytes_of(aux, sizeof aux) : HSI_BYTES_EMPTY};
    assert_int_equal(hsi_journal_append(journal, &entry), HSI_OK);
}

/* The wire of a connection but for `length` bytes of a record, from byte `at` of it on. */
static folded fold_without(const connection *c, size_t record, size_t at, size_t length, bool length_known)
{
    hsi_journal *journal = hsi_journal_new();
    uint8_t secret[HEX_MAX];
    connection_tell_wire(c, journal, 0, record);
    hsi_bytes wire = c->records[record].wire;
    uint8_t sender = c->records[record].sender;
    tell(journal, HSI_ENTRY_WIRE, sender, 0, 0, hsi_bytes_slice(wire, 0, at));
    tell(journal, HSI_ENTRY_FAULT, sender, HSI_FAULT_HOLE, length_known ? length : 0, HSI_BYTES_EMPTY);
    tell(journal, HSI_ENTRY_WIRE, sender, 0, 0, hsi_bytes_slice(wire, at + length, wire.length - at - length));
    connection_tell_wire(c, journal, record + 1, c->count);
    assert_int_equal(hsi_journal_secret(journal, HSI_CLIENT, HSI_SOURCE_GIVEN, c->from->label, HSI_BYTES_EMPTY,
                                        hex(secret, c->from->secret)),
                     HSI_OK);
    return fold_journal(journal);
}

static bool is_message_of(const hsi_message *message, const hsi_tap *whole)
{
    for (size_t i = 0; i < hsi_tap_messages(whole)->count; i++) {
        const hsi_message *other = hsi_tap_messages(whole)->items[i];
        if (hsi_bytes_equal(message->raw, other->raw) && message->sender == other->sender) {
            return true;
        }
    }
    return false;
}

static bool is_data_of(const hsi_application_data *data, const hsi_tap *whole)
{
    for (size_t i = 0; i < hsi_tap_application_data(whole)->count; i++) {
        if (hsi_bytes_equal(data->data, ((hsi_application_data *)hsi_tap_application_data(whole)->items[i])->data)) {
            return true;
        }
    }
    return false;
}

/* Nothing was invented: whole messages and data are such of the whole connection, and no verdict is that it is wrong. */
static void expect_nothing_new(hsi_tap *tap, const hsi_tap *whole)
{
    for (size_t i = 0; i < hsi_tap_messages(tap)->count; i++) {
        const hsi_message *message = hsi_tap_messages(tap)->items[i];
        if (!message->cut && !is_message_of(message, whole)) {
            fail_msg("message %zu, %s, is invented", i, message->name);
        }
    }
    for (size_t i = 0; i < hsi_tap_application_data(tap)->count; i++) {
        assert_true(is_data_of(hsi_tap_application_data(tap)->items[i], whole));
    }
    for (size_t i = 0; i < hsi_tap_records(tap)->count; i++) {
        const hsi_record *record = hsi_tap_records(tap)->items[i];
        if (record->state == HSI_RECORD_REJECTED) {
            fail_msg("record %zu of the %s is rejected", i, hsi_side_name(record->sender));
        }
    }
    assert_int_equal(hsi_tap_alerts(tap)->count <= hsi_tap_alerts(whole)->count, true);
    for (size_t i = 0; i < hsi_tap_checks(tap)->count; i++) {
        const hsi_check *check = hsi_tap_checks(tap)->items[i];
        if (check->verdict == HSI_FAILED && check->kind == HSI_COMPUTED) {
            fail_msg("%s fails: %s", check->name, check->reason);
        }
    }
}

static void nothing_is_invented_wherever_bytes_are_missing(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 5, 30};
    for (int which = 0; which < CONNECTIONS; which++) {
        connection c;
        connection_load(&c, which);
        folded whole = fold_connection(which);
        for (size_t record = 0; record < c.count; record++) {
            for (size_t at = 0; at < c.records[record].wire.length; at += at < 12 ? 1 : 37) {
                for (size_t k = 0; k < 2 * HSI_COUNT(lengths); k++) {
                    size_t left = c.records[record].wire.length - at;
                    size_t length = lengths[k / 2] < left ? lengths[k / 2] : left;
                    folded fold = fold_without(&c, record, at, length, k % 2 == 0);
                    expect_nothing_new(fold.tap, whole.tap);
                    fold_done(&fold);
                }
            }
        }
        fold_done(&whole);
    }
}

/* ---- inside of a record ---- */

static const hsi_record *record_at(const folded *fold, size_t i)
{
    assert_true(i < hsi_tap_records(fold->tap)->count);
    return hsi_tap_records(fold->tap)->items[i];
}

static void records_behind_a_damaged_one_are_read(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12); /* CBC with explicit IVs; record 10: the client's data, 12: its close_notify */
    folded fold = fold_without(&c, 10, 20, 30, true);
    assert_int_equal(hsi_tap_records(fold.tap)->count, c.count);
    assert_int_equal(record_at(&fold, 10)->state, HSI_RECORD_CUT);
    assert_int_equal(record_at(&fold, 10)->fragment.length, 15);
    assert_string_equal(record_at(&fold, 10)->reason, "bytes of this record are missing in the capture");
    assert_int_equal(record_at(&fold, 12)->state, HSI_RECORD_OPENED);
    assert_int_equal(record_at(&fold, 12)->sequence_number, 2);
    assert_int_equal(hsi_tap_alerts(fold.tap)->count, 1);
    expect_verdict(fold.tap, "finished.client", HSI_PASSED);
    fold_done(&fold);
}

static void a_damaged_handshake_message_makes_the_transcript_not_checkable(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    folded fold = fold_without(&c, 2, 100, 10, true); /* the certificate */
    expect_verdict(fold.tap, "finished.client", HSI_NOT_CHECKABLE);
    assert_string_equal(find_check(fold.tap, "finished.client")->reason, gap_reason);
    assert_int_equal(record_at(&fold, 3)->state, HSI_RECORD_PLAIN); /* ServerKeyExchange may have begun in it */
    assert_int_equal(record_at(&fold, 10)->state, HSI_RECORD_OPENED);
    fold_done(&fold);
}

static void several_gaps_in_one_record_are_one_damaged_record(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED13); /* record 10: the server's first ticket, 11: the second, 12: its data */
    hsi_journal *journal = hsi_journal_new();
    hsi_bytes wire = c.records[10].wire;
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 10);
    tell(journal, HSI_ENTRY_WIRE, HSI_SERVER, 0, 0, hsi_bytes_slice(wire, 0, 9));
    tell(journal, HSI_ENTRY_FAULT, HSI_SERVER, HSI_FAULT_CUT, 3, HSI_BYTES_EMPTY);
    tell(journal, HSI_ENTRY_WIRE, HSI_SERVER, 0, 0, hsi_bytes_slice(wire, 12, 8));
    tell(journal, HSI_ENTRY_FAULT, HSI_SERVER, HSI_FAULT_CUT, wire.length - 20, HSI_BYTES_EMPTY);
    connection_tell_wire(&c, journal, 11, c.count);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_records(fold.tap)->count, c.count);
    assert_int_equal(record_at(&fold, 10)->state, HSI_RECORD_CUT);
    assert_int_equal(record_at(&fold, 11)->state, HSI_RECORD_OPENED);
    assert_int_equal(record_at(&fold, 12)->state, HSI_RECORD_OPENED);
    fold_done(&fold);
}

/* ---- anywhere else ---- */

static void behind_a_gap_between_records_bytes_stay_as_they_are(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED13);
    folded fold = fold_without(&c, 10, 0, c.records[10].wire.length, true); /* the server's first ticket */
    const hsi_record *last = record_at(&fold, hsi_tap_records(fold.tap)->count - 1);
    assert_int_equal(last->state, HSI_RECORD_CUT);
    assert_int_equal(last->header.length, 0);
    assert_true(last->unread);
    assert_true(hsi_bytes_equal(last->fragment, c.records[12].wire));
    expect_verdict(fold.tap, "finished.server", HSI_PASSED);
    fold_done(&fold);
}

static void without_a_server_hello_what_follows_is_unreadable_and_no_garbage(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    folded fold = fold_without(&c, 1, 0, c.records[1].wire.length, true);
    for (size_t i = 0; i < hsi_tap_messages(fold.tap)->count; i++) {
        assert_int_equal(((hsi_message *)hsi_tap_messages(fold.tap)->items[i])->sender, HSI_CLIENT);
    }
    assert_int_equal(hsi_tap_messages(fold.tap)->count, 2); /* ClientHello and ClientKeyExchange: no Finished */
    assert_int_equal(hsi_tap_alerts(fold.tap)->count, 0);
    fold_done(&fold);
}

static void of_one_direction_alone_nothing_protected_is_read_as_plain(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    for (uint8_t side = 0; side < 2; side++) {
        hsi_journal *journal = hsi_journal_new();
        for (size_t i = 0; i < c.count; i++) {
            connection_tell_wire(&c, journal, i, c.records[i].sender == side ? i + 1 : i);
        }
        tell(journal, HSI_ENTRY_FAULT, !side, HSI_FAULT_HOLE, 100, HSI_BYTES_EMPTY); /* known at the end only */
        folded fold = fold_journal(journal);
        assert_int_equal(hsi_tap_messages(fold.tap)->count, side == HSI_CLIENT ? 2 : 4);
        assert_int_equal(hsi_tap_alerts(fold.tap)->count, 0);
        fold_done(&fold);
    }
}

/* ---- before the first byte ---- */

/* Both directions begin late: from a record on. */
static folded fold_from(const connection *c, size_t record)
{
    hsi_journal *journal = hsi_journal_new();
    tell(journal, HSI_ENTRY_FAULT, HSI_CLIENT, HSI_FAULT_START, 0, HSI_BYTES_EMPTY);
    tell(journal, HSI_ENTRY_FAULT, HSI_SERVER, HSI_FAULT_START, 0, HSI_BYTES_EMPTY);
    connection_tell_wire(c, journal, record, c->count);
    return fold_journal(journal);
}

static void a_late_capture_that_begins_with_the_hellos_lacks_nothing(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        hsi_journal *journal = hsi_journal_new();
        connection_tell_secret(&c, journal);
        tell(journal, HSI_ENTRY_FAULT, HSI_CLIENT, HSI_FAULT_START, 0, HSI_BYTES_EMPTY);
        connection_tell_wire(&c, journal, 0, 1);
        tell(journal, HSI_ENTRY_FAULT, HSI_SERVER, HSI_FAULT_START, 0, HSI_BYTES_EMPTY);
        connection_tell_wire(&c, journal, 1, c.count);
        folded fold = fold_journal(journal);
        expect_verdict(fold.tap, "finished.server", HSI_PASSED);
        fold_done(&fold);
    }
}

static void a_late_capture_shows_records_and_says_why_they_are_unreadable(void **state)
{
    (void)state;
    connection c;
    for (size_t from = 2; from < 12; from++) {
        connection_load(&c, ILLUSTRATED12);
        folded fold = fold_from(&c, from);
        assert_int_equal(hsi_tap_records(fold.tap)->count, c.count - from);
        assert_int_equal(hsi_tap_messages(fold.tap)->count, 0);
        assert_int_equal(hsi_tap_alerts(fold.tap)->count, 0);
        for (size_t i = 0; i < c.count - from; i++) {
            assert_int_equal(record_at(&fold, i)->state, HSI_RECORD_UNREADABLE);
            assert_string_equal(record_at(&fold, i)->reason, "the start of the connection is not in the capture");
        }
        fold_done(&fold);
    }
}

static void a_late_capture_finds_where_a_packet_begins_with_a_record(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    hsi_bytes wire = c.records[10].wire;
    tell(journal, HSI_ENTRY_FAULT, HSI_CLIENT, HSI_FAULT_START, 0, HSI_BYTES_EMPTY);
    tell(journal, HSI_ENTRY_WIRE, HSI_CLIENT, 0, 0, hsi_bytes_slice(wire, 9, wire.length - 9));
    tell(journal, HSI_ENTRY_WIRE, HSI_CLIENT, 0, 0, wire);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_records(fold.tap)->count, 2);
    assert_int_equal(record_at(&fold, 0)->state, HSI_RECORD_CUT);
    assert_true(record_at(&fold, 0)->unread);
    assert_int_equal(record_at(&fold, 1)->state, HSI_RECORD_UNREADABLE);
    assert_int_equal(record_at(&fold, 1)->header.length, 5);
    fold_done(&fold);
}

static void what_an_opening_lacks_tls_does_not(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    tell(journal, HSI_ENTRY_FAULT, HSI_SERVER, HSI_FAULT_HOLE, 9, HSI_BYTES_EMPTY);
    tell(journal, HSI_ENTRY_OPENING, HSI_SERVER, 0, 0, hsi_bytes_text("220 x\r\n"));
    tell(journal, HSI_ENTRY_FAULT, HSI_CLIENT, HSI_FAULT_CONFLICT, 1, HSI_BYTES_EMPTY);
    connection_tell_wire(&c, journal, 0, c.count);
    folded fold = fold_journal(journal);
    expect_verdict(fold.tap, "finished.client", HSI_PASSED);
    expect_verdict(fold.tap, "finished.server", HSI_PASSED);
    fold_done(&fold);
}

/* ---- memory ---- */

static void any_allocation_may_fail(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    folded good = fold_without(&c, 10, 20, 5, true);
    size_t failed = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failed++) {
        hsi_tap *tap = hsi_tap_new(good.journal);
        hsi_memory_fail_after(failed);
        status = hsi_tap_advance(tap);
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        hsi_tap_drop(tap);
    }
    assert_true(failed > 10);
    fold_done(&good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_invented_wherever_bytes_are_missing),
        cmocka_unit_test(records_behind_a_damaged_one_are_read),
        cmocka_unit_test(a_damaged_handshake_message_makes_the_transcript_not_checkable),
        cmocka_unit_test(several_gaps_in_one_record_are_one_damaged_record),
        cmocka_unit_test(behind_a_gap_between_records_bytes_stay_as_they_are),
        cmocka_unit_test(without_a_server_hello_what_follows_is_unreadable_and_no_garbage),
        cmocka_unit_test(of_one_direction_alone_nothing_protected_is_read_as_plain),
        cmocka_unit_test(a_late_capture_that_begins_with_the_hellos_lacks_nothing),
        cmocka_unit_test(a_late_capture_shows_records_and_says_why_they_are_unreadable),
        cmocka_unit_test(a_late_capture_finds_where_a_packet_begins_with_a_record),
        cmocka_unit_test(what_an_opening_lacks_tls_does_not),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
