/* Tests csrc/tap/check_extensions.c: which extensions a server may answer with, and in which message of TLS
 * 1.3 one may stand.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

#define VERSIONS "002b0003" "02" "0304"
#define SHARES "00330008" "0006" "001d" "0002" "aabb"
#define GROUPS "000a0004" "0002" "001d"
#define EMS "00170000"
#define TICKET "00230000"
#define STATUS "00050005" "01" "0000" "0000"

#define HELLO12 HELLO_BODY(SUITES, "0008" EMS TICKET)
#define HELLO12_SCSV HELLO_BODY("0004" "c02f" "00ff", "")
#define HELLO13 HELLO_BODY(SUITES, "0024" VERSIONS SHARES GROUPS STATUS)
#define ANSWER12(extensions) ANSWER_BODY("0303", RANDOM, "00", "c02f", extensions)
#define SELECTED "002b0002" "0304"
#define SHARE "00330006" "001d" "0002" "ccdd"
#define ANSWER13(length, more) ANSWER_BODY("0303", RANDOM, ECHO, "1301", length SELECTED SHARE more)
#define RETRY(length, more) ANSWER_BODY("0303", RETRY_RANDOM, ECHO, "1301", length SELECTED more)
#define PLAIN_ANSWER13 {1, 2, ANSWER13("0010", "")}

enum { SAID_MAX = 5 };

static const struct row {
    const char *name;
    hsi_verdict verdict; /* NOT_CHECKABLE: there is no such check */
    const char *named; /* the extension in the reason, or NULL */
    said messages[SAID_MAX];
} rows[] = {
    /* a ServerHello before TLS 1.3 */
    {"rule.extension_offered.server.ServerHello", HSI_PASSED, NULL, {{0, 1, HELLO12}, {1, 2, ANSWER12("0004" EMS)}}},
    {"rule.extension_offered.server.ServerHello",
     HSI_FAILED,
     "encrypt_then_mac",
     {{0, 1, HELLO12}, {1, 2, ANSWER12("0008" EMS "00160000")}}},
    {"rule.extension_offered.server.ServerHello", HSI_NOT_CHECKABLE, NULL, {{0, 1, HELLO12}, {1, 2, ANSWER12("")}}},
    {"rule.extension_offered.server.ServerHello",
     HSI_FAILED,
     "0x1234", /* one that nobody knows */
     {{0, 1, HELLO12},
      {1, 2,
       ANSWER12("0004"
                "12340000")}}},
    /* the SCSV stands for renegotiation_info: RFC 5746 section 3.6 */
    {"rule.extension_offered.server.ServerHello",
     HSI_PASSED,
     NULL,
     {{0, 1, HELLO12_SCSV},
      {1, 2,
       ANSWER12("0005"
                "ff010001"
                "00")}}},
    {"rule.extension_offered.server.ServerHello",
     HSI_FAILED,
     "renegotiation_info",
     {{0, 1, HELLO12},
      {1, 2,
       ANSWER12("0005"
                "ff010001"
                "00")}}},
    {"rule.extension_place.server.ServerHello",
     HSI_NOT_CHECKABLE,
     NULL,
     {{0, 1, HELLO12}, {1, 2, ANSWER12("0004" EMS)}}},
    /* TLS 1.3 */
    {"rule.extension_offered.server.ServerHello", HSI_PASSED, NULL, {{0, 1, HELLO13}, PLAIN_ANSWER13}},
    {"rule.extension_place.server.ServerHello", HSI_PASSED, NULL, {{0, 1, HELLO13}, PLAIN_ANSWER13}},
    {"rule.extension_place.client.ClientHello", HSI_PASSED, NULL, {{0, 1, HELLO13}, PLAIN_ANSWER13}},
    {"rule.extension_place.client.ClientHello",
     HSI_FAILED,
     "oid_filters",
     {{0, 1, HELLO_BODY(SUITES, "0017" VERSIONS SHARES "00300000")}, PLAIN_ANSWER13}},
    {"rule.extension_place.server.ServerHello",
     HSI_FAILED,
     "extended_master_secret", /* it stood there before TLS 1.3 */
     {{0, 1, HELLO13}, {1, 2, ANSWER13("0014", EMS)}}},
    {"rule.extension_offered.server.EncryptedExtensions",
     HSI_PASSED,
     NULL,
     {{0, 1, HELLO13}, PLAIN_ANSWER13, {1, 8, "0008" GROUPS}}},
    {"rule.extension_offered.server.EncryptedExtensions",
     HSI_FAILED,
     "server_name",
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 8,
       "0004"
       "00000000"}}},
    {"rule.extension_place.server.EncryptedExtensions",
     HSI_FAILED,
     "key_share",
     {{0, 1, HELLO13}, PLAIN_ANSWER13, {1, 8, "000a" SHARE}}},
    {"rule.extension_offered.server.EncryptedExtensions",
     HSI_NOT_CHECKABLE,
     NULL,
     {{0, 1, HELLO13}, PLAIN_ANSWER13, {1, 8, "0000"}}},
    {"rule.extension_place.server.CertificateRequest",
     HSI_PASSED,
     NULL,
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 13,
       "00"
       "0008"
       "000d0004"
       "0002"
       "0403"}}},
    {"rule.extension_place.server.CertificateRequest",
     HSI_FAILED,
     "supported_versions",
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 13,
       "00"
       "0006" SELECTED}}},
    {"rule.extension_place.server.NewSessionTicket",
     HSI_PASSED,
     NULL,
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 4,
       "00000e10"
       "00000001"
       "0101"
       "0001aa"
       "0008"
       "002a0004"
       "00004000"}}},
    {"rule.extension_place.server.NewSessionTicket",
     HSI_FAILED,
     "cookie",
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 4,
       "00000e10"
       "00000001"
       "0101"
       "0001aa"
       "0007"
       "002c0003"
       "0001aa"}}},
    {"rule.extension_offered.server.Certificate",
     HSI_PASSED,
     NULL, /* the client sent status_request */
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 11,
       "00"
       "000013"
       "000002"
       "3000"
       "000c"
       "00050008"
       "01"
       "000004"
       "30023000"}}},
    {"rule.extension_offered.server.Certificate",
     HSI_FAILED,
     "signed_certificate_timestamp",
     {{0, 1, HELLO13},
      PLAIN_ANSWER13,
      {1, 11,
       "00"
       "00000d"
       "000002"
       "3000"
       "0006"
       "00120002"
       "0000"}}},
    /* HelloRetryRequest */
    {"rule.extension_offered.server.HelloRetryRequest",
     HSI_PASSED,
     NULL, /* a cookie answers nothing */
     {{0, 1, HELLO13},
      {1, 2,
       RETRY("000e", "002c0004"
                     "0002"
                     "c0c1")}}},
    {"rule.extension_place.server.HelloRetryRequest",
     HSI_PASSED,
     NULL,
     {{0, 1, HELLO13},
      {1, 2,
       RETRY("000c", "00330002"
                     "0017")}}},
    {"rule.extension_place.server.HelloRetryRequest",
     HSI_FAILED,
     "supported_groups",
     {{0, 1, HELLO13}, {1, 2, RETRY("000e", GROUPS)}}},
    {"rule.extension_offered.server.ServerHello",
     HSI_FAILED,
     "cookie", /* anywhere else it does */
     {{0, 1, HELLO13},
      {1, 2,
       ANSWER13("0018", "002c0004"
                        "0002"
                        "c0c1")}}},
};

static void judges_as_the_rfc_says(void **state)
{
    const struct row *row = *state;
    folded fold = fold_nothing();
    say_conversation(fold.tap, row->messages, SAID_MAX);
    if (row->verdict == HSI_NOT_CHECKABLE) {
        expect_no_check(fold.tap, row->name);
    } else {
        expect_verdict(fold.tap, row->name, row->verdict);
    }
    if (row->named != NULL) {
        const hsi_check *check = find_check(fold.tap, row->name);
        assert_int_equal(strncmp(check->reason, row->named, strlen(row->named)), 0);
        assert_true(check->found.length >= 4); /* the extension's bytes */
    }
    fold_done(&fold);
}

/* Both hellos may be full of extensions; comparing each with each took seconds for what is one message. */
static void full_hellos_are_compared_in_one_pass(void **state)
{
    (void)state;
    enum { COUNT = 15000, HEAD = 2 + 32 + 3 };
    static uint8_t raw[4 + HEAD + 16 + 2 + 4 * COUNT];
    folded fold = fold_nothing();
    for (uint8_t sender = HSI_CLIENT; sender <= HSI_SERVER; sender++) {
        uint8_t body[HEX_MAX];
        hsi_bytes start = hex(body, sender == HSI_CLIENT ? HELLO_BODY(SUITES, "") : ANSWER12(""));
        size_t length = start.length + 2 + (size_t)4 * COUNT;
        const uint8_t header[4] = {sender == HSI_CLIENT ? HSI_CLIENT_HELLO : HSI_SERVER_HELLO, (uint8_t)(length >> 16),
                                   (uint8_t)(length >> 8), (uint8_t)length};
        memcpy(raw, header, sizeof header);
        memcpy(raw + 4, start.data, start.length);
        uint8_t *at = raw + 4 + start.length;
        *at++ = (uint8_t)(4 * COUNT >> 8);
        *at++ = (uint8_t)(4 * COUNT & 0xff);
        for (unsigned int i = 0; i < COUNT; i++, at += 4) {
            const uint8_t extension[4] = {(uint8_t)((i + 1000) >> 8), (uint8_t)(i + 1000), 0, 0};
            memcpy(at, extension, sizeof extension);
        }
        hsi_record *record = say_record(fold.tap, sender, HSI_CONTENT_HANDSHAKE, hsi_bytes_of(raw, 4 + length));
        assert_int_equal(hsi_reassembly_take(fold.tap, &fold.tap->streams[sender], record, false), HSI_OK);
    }
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    expect_verdict(fold.tap, "rule.extension_offered.server.ServerHello", HSI_PASSED);
    fold_done(&fold);
}

enum { ROWS = HSI_COUNT(rows) };

int main(void)
{
    static char names[ROWS][128];
    static const char *const verdicts[] = {
        [HSI_FAILED] = "fails", [HSI_PASSED] = "passes", [HSI_NOT_CHECKABLE] = "is silent"};
    struct CMUnitTest tests[ROWS + 1] = {{NULL, NULL, NULL, NULL, NULL}};
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[i], "%s %s, row %zu", rows[i].name, verdicts[rows[i].verdict], i);
        tests[i] = (struct CMUnitTest){names[i], judges_as_the_rfc_says, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(full_hellos_are_compared_in_one_pass);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
