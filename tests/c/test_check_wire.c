/* Tests csrc/tap/check_wire.c: the rules of records, of messages that cannot be read, and of the alert that
 * answers a broken record.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

#define HELLO "1603010033" "0100002f" "0303" RANDOM "02a1a2" SUITES "0100"
#define ANSWER12 "160303002a" "02000026" "0303" RANDOM "00" "002f" "00"
#define ANSWER11 "160302002a" "02000026" "0302" RANDOM "00" "002f" "00"
#define ANSWER13 "1603030034" "02000030" "0303" RANDOM ECHO "1301" "00" "0006" "002b0002" "0304"

static void wire(hsi_journal *journal, uint8_t sender, const char *digits)
{
    uint8_t storage[HEX_MAX];
    assert_int_equal(hsi_journal_wire(journal, sender, hex(storage, digits)), HSI_OK);
}

/* A record whose fragment is `length` zeros. */
static void wire_zeros(hsi_journal *journal, uint8_t sender, uint8_t type, size_t length)
{
    static uint8_t record[5 + 65535];
    const uint8_t header[5] = {type, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(record, header, sizeof header);
    assert_int_equal(hsi_journal_wire(journal, sender, hsi_bytes_of(record, sizeof header + length)), HSI_OK);
}

/* ---- records ---- */

static void judge_length(const char *answer, uint8_t type, size_t length, hsi_verdict verdict)
{
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT, HELLO);
    wire(journal, HSI_SERVER, answer);
    wire(journal, HSI_SERVER, "140303000101");
    wire_zeros(journal, HSI_SERVER, type, length);
    folded fold = fold_journal(journal);
    expect_verdict(fold.tap, "rule.record.length", verdict);
    if (verdict == HSI_FAILED) {
        assert_ptr_equal(find_check(fold.tap, "rule.record.length")->evidence[0].item,
                         hsi_tap_records(fold.tap)->items[3]);
    }
    fold_done(&fold);
}

static void a_protected_fragment_has_the_rooms_of_its_version(void **state)
{
    (void)state;
    judge_length(ANSWER12, 23, 16384 + 2048, HSI_PASSED);
    judge_length(ANSWER12, 23, 16384 + 2049, HSI_FAILED);
    judge_length(ANSWER13, 23, 16384 + 256, HSI_PASSED);
    judge_length(ANSWER13, 23, 16384 + 257, HSI_FAILED);
    judge_length(ANSWER13, 23, 65535, HSI_FAILED);
}

static void a_plain_fragment_has_none(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        hsi_verdict verdict;
    } rows[] = {{16384, HSI_PASSED}, {16385, HSI_FAILED}};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_journal *journal = hsi_journal_new();
        wire_zeros(journal, HSI_CLIENT, 22, rows[i].length);
        folded fold = fold_journal(journal);
        expect_verdict(fold.tap, "rule.record.length", rows[i].verdict);
        fold_done(&fold);
    }
}

static const struct record_row {
    const char *rule;
    hsi_verdict verdict;
    const char *records[4]; /* client, server, client, server; "": says nothing */
} record_rows[] = {
    {"rule.record.not_empty", HSI_PASSED, {HELLO, ANSWER12, "1703030000", NULL}},
    {"rule.record.not_empty", HSI_FAILED, {"1603010000", NULL, NULL, NULL}},
    {"rule.record.not_empty", HSI_FAILED, {"1503010000", NULL, NULL, NULL}},
    {"rule.record.not_empty", HSI_FAILED, {"1403010000", NULL, NULL, NULL}},
    {"rule.record.not_empty", HSI_NOT_CHECKABLE, {"1703030000", NULL, NULL, NULL}},
    {"rule.record.version", HSI_PASSED, {HELLO, ANSWER12, "15030300020228", NULL}},
    {"rule.record.version", HSI_PASSED, {"15030000020228", NULL, NULL, NULL}}, /* nothing is agreed on yet */
    {"rule.record.version", HSI_FAILED, {"15020000020228", NULL, NULL, NULL}},
    {"rule.record.version", HSI_FAILED, {HELLO, ANSWER12, "15030200020228", NULL}},
    {"rule.record.version", HSI_PASSED, {HELLO, ANSWER11, "15030200020228", NULL}},
    {"rule.record.version", HSI_FAILED, {HELLO, ANSWER11, "15030300020228", NULL}},
    {"rule.record.version", HSI_PASSED, {HELLO, ANSWER13, "140303000101", NULL}}, /* TLS 1.3 goes on writing 3.3 */
    {"rule.record.version", HSI_FAILED, {HELLO, ANSWER13, "140304000101", NULL}},
    {"rule.record.version", HSI_FAILED, {HELLO, ANSWER13, "140301000101", NULL}},
    {"rule.record.content_type", HSI_PASSED, {HELLO, ANSWER12, "18030300021234", NULL}}, /* heartbeat, RFC 6520 */
    {"rule.record.content_type", HSI_FAILED, {HELLO, ANSWER12, "19030300021234", NULL}},
    {"rule.record.content_type", HSI_FAILED, {HELLO, ANSWER12, "13030300021234", NULL}},
    {"rule.record.content_type", HSI_FAILED, {"4703030000", NULL, NULL, NULL}}, /* "G" */
    {"rule.record.change_cipher_spec", HSI_PASSED, {HELLO, ANSWER12, "140303000101", NULL}},
    {"rule.record.change_cipher_spec", HSI_FAILED, {HELLO, ANSWER12, "140303000100", NULL}},
    {"rule.record.change_cipher_spec", HSI_FAILED, {HELLO, ANSWER12, "14030300020101", NULL}},
    {"rule.record.change_cipher_spec", HSI_FAILED, {HELLO, ANSWER13, "140303000181", NULL}},
    {"rule.record.change_cipher_spec", HSI_NOT_CHECKABLE, {HELLO, ANSWER12, NULL, NULL}},
    {"rule.message.well_formed", HSI_PASSED, {HELLO, ANSWER12, NULL, NULL}},
    {"rule.message.well_formed",
     HSI_FAILED,
     {HELLO,
      "1603030005"
      "0e000001"
      "77",
      NULL, NULL}}, /* ServerHelloDone is empty */
    {"rule.message.well_formed",
     HSI_FAILED,
     {HELLO,
      "1603030006"
      "02000002"
      "0303",
      NULL, NULL}},
    {"rule.message.well_formed", HSI_NOT_CHECKABLE, {"15030100020228", NULL, NULL, NULL}},
};

static void judges_as_the_rfc_says(void **state)
{
    const struct record_row *row = *state;
    hsi_journal *journal = hsi_journal_new();
    for (size_t i = 0; i < HSI_COUNT(row->records) && row->records[i] != NULL; i++) {
        wire(journal, i % 2 == 0 ? HSI_CLIENT : HSI_SERVER, row->records[i]);
    }
    folded fold = fold_journal(journal);
    if (row->verdict == HSI_NOT_CHECKABLE) {
        expect_no_check(fold.tap, row->rule);
    } else {
        expect_verdict(fold.tap, row->rule, row->verdict);
        assert_int_equal(find_check(fold.tap, row->rule)->evidence_count, row->verdict == HSI_FAILED);
    }
    fold_done(&fold);
}

static void the_reason_names_record_and_offset(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT, HELLO);
    wire(journal, HSI_SERVER,
         "1603030005"
         "0e000001"
         "77");
    wire(journal, HSI_SERVER, "630303000101");
    folded fold = fold_journal(journal);
    assert_string_equal(find_check(fold.tap, "rule.message.well_formed")->reason,
                        "message[1], ServerHelloDone, makes no sense from byte 4 on: a value is not allowed here");
    assert_string_equal(
        find_check(fold.tap, "rule.record.content_type")->reason,
        "record[2] (type 99, inside 99, version 0x0303, 1 bytes) has a content type that TLS does not have");
    fold_done(&fold);
}

static void a_cut_message_is_not_malformed(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    wire(journal, HSI_CLIENT,
         "1603010006"
         "0100002d"
         "0303"); /* and then nothing */
    folded fold = fold_journal(journal);
    assert_true(((const hsi_message *)hsi_tap_messages(fold.tap)->items[0])->cut);
    expect_no_check(fold.tap, "rule.message.well_formed");
    fold_done(&fold);
}

static void a_fault_found_later_changes_the_verdict(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    wire(journal, HSI_CLIENT, HELLO);
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    expect_verdict(tap, "rule.record.content_type", HSI_PASSED);
    wire(journal, HSI_SERVER, "630303000101");
    assert_int_equal(hsi_tap_advance(tap), HSI_OK);
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
    expect_verdict(tap, "rule.record.content_type", HSI_FAILED);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
}

/* ---- the alert that answers ---- */

/* The client's data is altered; the server answers with an alert, plain and in TLS 1.3 only for that reason
 * readable here. */
static void answer_with(const char *alert, bool expected, hsi_verdict verdict)
{
    connection c;
    connection_load(&c, ILLUSTRATED13);
    c.bytes[(size_t)(c.records[9].wire.data - c.bytes) + 7] ^= 1; /* "ping" */
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 10);
    if (alert != NULL) {
        wire(journal, HSI_SERVER, alert);
    }
    folded fold = fold_journal(journal);
    expect_verdict(fold.tap, "mac.record[9]", HSI_FAILED);
    if (expected) {
        expect_verdict(fold.tap, "alert.record[9]", verdict);
        assert_int_equal(find_check(fold.tap, "alert.record[9]")->kind, HSI_RULE);
        assert_int_equal(find_check(fold.tap, "alert.record[9]")->evidence_count, 2);
    } else {
        expect_no_check(fold.tap, "alert.record[9]");
    }
    fold_done(&fold);
}

static void a_broken_record_is_answered_with_bad_record_mac(void **state)
{
    (void)state;
    answer_with("15030300020214", true, HSI_PASSED);
    answer_with("15030300020114", true, HSI_PASSED); /* in TLS 1.3 the level says nothing */
    answer_with("15030300020232", true, HSI_FAILED); /* decode_error */
    answer_with("15030300020215", true, HSI_FAILED); /* decryption_failed: gone since TLS 1.1 */
    answer_with("15030300020100", false, HSI_PASSED); /* close_notify answers nothing */
    answer_with(NULL, false, HSI_PASSED);
}

static void an_alert_before_the_broken_record_answers_nothing(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED13);
    c.bytes[(size_t)(c.records[9].wire.data - c.bytes) + 7] ^= 1;
    hsi_journal *journal = hsi_journal_new();
    connection_tell_secret(&c, journal);
    connection_tell_wire(&c, journal, 0, 9);
    wire(journal, HSI_SERVER, "15030300020232");
    connection_tell_wire(&c, journal, 9, 10);
    folded fold = fold_journal(journal);
    expect_verdict(fold.tap, "mac.record[10]", HSI_FAILED);
    expect_no_check(fold.tap, "alert.record[10]");
    fold_done(&fold);
}

enum { ROWS = HSI_COUNT(record_rows), OTHERS = 7 };

int main(void)
{
    static char names[ROWS][128];
    static const char *const verdicts[] = {
        [HSI_FAILED] = "fails", [HSI_PASSED] = "passes", [HSI_NOT_CHECKABLE] = "is silent"};
    struct CMUnitTest tests[ROWS + OTHERS] = {{NULL, NULL, NULL, NULL, NULL}};
    const struct CMUnitTest others[OTHERS] = {
        cmocka_unit_test(a_protected_fragment_has_the_rooms_of_its_version),
        cmocka_unit_test(a_plain_fragment_has_none),
        cmocka_unit_test(the_reason_names_record_and_offset),
        cmocka_unit_test(a_cut_message_is_not_malformed),
        cmocka_unit_test(a_fault_found_later_changes_the_verdict),
        cmocka_unit_test(a_broken_record_is_answered_with_bad_record_mac),
        cmocka_unit_test(an_alert_before_the_broken_record_answers_nothing),
    };
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[i], "%s %s, row %zu", record_rows[i].rule, verdicts[record_rows[i].verdict], i);
        tests[i] =
            (struct CMUnitTest){names[i], judges_as_the_rfc_says, NULL, NULL, (void *)(uintptr_t)&record_rows[i]};
    }
    memcpy(&tests[ROWS], others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
