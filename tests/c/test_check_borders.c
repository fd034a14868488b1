/* Tests csrc/tap/check_borders.c and the rule of alerts in check_wire.c: where messages and alerts may begin and end in
 * records.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

#define HELLO "0100002f" "0303" RANDOM "02a1a2" SUITES "0100"
#define ANSWER12 "02000026" "0303" RANDOM "00" "002f" "00"
#define ANSWER13 "02000030" "0303" RANDOM ECHO "1301" "00" "0006" "002b0002" "0304"
#define EXTENSIONS "08000002" "0000"
#define DONE "0e000000"
#define ALERT "0228"

enum { RECORDS_MAX = 7 };

/* A record as it is after its protection has been taken off. */
typedef struct spoken {
    uint8_t sender;
    uint8_t type;
    const char *content;
} spoken;

static const struct row {
    const char *rule;
    hsi_verdict verdict; /* NOT_CHECKABLE: there is no such check */
    spoken records[RECORDS_MAX];
} rows[] = {
    {"rule.message.key_change", HSI_PASSED, {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 22, EXTENSIONS}}},
    {"rule.message.key_change", HSI_FAILED, {{0, 22, HELLO}, {1, 22, ANSWER13 EXTENSIONS}}},
    {"rule.message.key_change", HSI_FAILED, {{0, 22, HELLO}, {1, 22, ANSWER13 "0800"}, {1, 22, "00020000"}}},
    {"rule.message.key_change",
     HSI_PASSED,
     {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 22, EXTENSIONS "14000001aa"}, {1, 22, "1800000100"}}},
    {"rule.message.key_change",
     HSI_FAILED,
     {{0, 22, HELLO},
      {1, 22, ANSWER13},
      {1, 22, EXTENSIONS},
      {1, 22,
       "14000001aa"
       "1800000100"}}},
    {"rule.message.key_change", HSI_PASSED, {{0, 22, HELLO}, {1, 22, ANSWER12 DONE}, {1, 20, "01"}}},
    {"rule.message.key_change", HSI_FAILED, {{0, 22, HELLO}, {1, 22, ANSWER12 "0e00"}, {1, 20, "01"}}},
    {"rule.message.key_change", HSI_NOT_CHECKABLE, {{0, 22, HELLO}}},
    {"rule.message.uninterrupted",
     HSI_PASSED,
     {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 22, "0800"}, {0, 21, ALERT}, {1, 22, "00020000"}}},
    {"rule.message.uninterrupted",
     HSI_FAILED,
     {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 22, "0800"}, {1, 21, ALERT}, {1, 22, "00020000"}}},
    {"rule.message.uninterrupted", HSI_NOT_CHECKABLE, {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 22, EXTENSIONS}}},
    {"rule.message.uninterrupted",
     HSI_NOT_CHECKABLE, /* RFC 5246 does not say so */
     {{0, 22, HELLO}, {1, 22, ANSWER12 "0e00"}, {1, 21, ALERT}, {1, 22, "0000"}}},
    {"rule.record.alert", HSI_PASSED, {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 21, ALERT}}},
    {"rule.record.alert", HSI_FAILED, {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 21, "02"}, {1, 21, "28"}}},
    {"rule.record.alert", HSI_FAILED, {{0, 22, HELLO}, {1, 22, ANSWER13}, {1, 21, ALERT ALERT}}},
    {"rule.record.alert", HSI_NOT_CHECKABLE, {{0, 22, HELLO}, {1, 22, ANSWER12}, {1, 21, ALERT ALERT}}},
};

static void speak(hsi_tap *tap, const spoken *record)
{
    uint8_t storage[HEX_MAX];
    hsi_record *taken = say_record(tap, record->sender, record->type, hex(storage, record->content));
    if (record->type == HSI_CONTENT_HANDSHAKE) {
        assert_int_equal(hsi_reassembly_take(tap, &tap->streams[record->sender], taken, false), HSI_OK);
    }
    if (record->type == HSI_CONTENT_CHANGE_CIPHER_SPEC) {
        assert_int_equal(hsi_negotiation_change_cipher_spec(tap, record->sender), HSI_OK);
    }
}

static void judges_as_the_rfc_says(void **state)
{
    const struct row *row = *state;
    folded fold = fold_nothing();
    for (size_t i = 0; i < RECORDS_MAX && row->records[i].content != NULL; i++) {
        speak(fold.tap, &row->records[i]);
    }
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    if (row->verdict == HSI_NOT_CHECKABLE) {
        expect_no_check(fold.tap, row->rule);
    } else {
        expect_verdict(fold.tap, row->rule, row->verdict);
    }
    fold_done(&fold);
}

enum { ROWS = HSI_COUNT(rows) };

int main(void)
{
    static char names[ROWS][128];
    struct CMUnitTest tests[ROWS] = {{NULL, NULL, NULL, NULL, NULL}};
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[i], "%s, row %zu", rows[i].rule, i);
        tests[i] = (struct CMUnitTest){names[i], judges_as_the_rfc_says, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
