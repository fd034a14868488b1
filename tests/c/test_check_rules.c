/* Tests csrc/tap/check_rules.c: what was chosen was offered, in each version; the downgrade sentinel; the
 * echoed session id. The bytes are written by hand after the RFCs' structs.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

/* Extensions of a ClientHello */
#define VERSIONS_13_12 "002b0005" "04" "0304" "0303"
#define VERSIONS_12 "002b0003" "02" "0303"
#define GROUPS "000a0006" "0004" "001d" "0017"           /* x25519, secp256r1 */
#define SCHEMES "000d0006" "0004" "0804" "0403"          /* rsa_pss_rsae_sha256, ecdsa_secp256r1_sha256 */
#define ALPN "0010000e" "000c" "02" "6832" "08" "687474702f312e31" /* h2, http/1.1 */
#define SHARES "00330008" "0006" "001d" "0002" "aabb"    /* x25519, two bytes (a real one has 32) */

#define FRAGMENT(length) "00010001" length               /* max_fragment_length */
#define RAW_KEYS "00140003" "02" "0200"                  /* server_certificate_type: raw public keys, X.509 */
#define CERTIFICATE_TYPE(type) "00140001" type
#define COMPRESSION "001b0003" "02" "0001"               /* compress_certificate: zlib */
#define COMPRESSED(algorithm) algorithm "0001bd" "000002" "789c"

#define HELLO12 HELLO_BODY(SUITES, "0026" GROUPS SCHEMES ALPN)
#define HELLO13 HELLO_BODY(SUITES, "003b" VERSIONS_13_12 GROUPS SCHEMES ALPN SHARES)

/* Answers */
#define ANSWER12(suite, extensions) ANSWER_BODY("0303", RANDOM, "00", suite, extensions)
#define ALPN_H2 "00100005" "0003" "02" "6832"
#define ALPN_FTP "00100006" "0004" "03" "667470"
#define SELECTED_13 "002b0002" "0304"
#define SHARE(group) "00330006" group "0002" "ccdd"
#define ANSWER13(echo, suite, group) ANSWER_BODY("0303", RANDOM, echo, suite, "0010" SELECTED_13 SHARE(group))
#define SIGNED(scheme) scheme "00025a5b"
#define KEY_EXCHANGE(curve, scheme) "03" curve "0402030405" SIGNED(scheme)

enum { SAID_MAX = 6 };

static const struct row {
    const char *name; /* of the check */
    hsi_verdict verdict; /* NOT_CHECKABLE: there is no such check */
    said messages[SAID_MAX];
} rows[] = {
    /* the suite */
    {"rule.offered.cipher_suite", HSI_PASSED, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}}},
    {"rule.offered.cipher_suite", HSI_FAILED, {{0, 1, HELLO12}, {1, 2, ANSWER12("c030", "")}}},
    {"rule.offered.cipher_suite", HSI_FAILED, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1302", "001d")}}},
    {"rule.offered.cipher_suite", HSI_NOT_CHECKABLE, {{0, 1, HELLO12}}},
    {"rule.offered.cipher_suite", HSI_NOT_CHECKABLE, {{1, 2, ANSWER12("c02f", "")}}},
    /* the compression method */
    {"rule.offered.compression_method", HSI_PASSED, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}}},
    {"rule.offered.compression_method",
     HSI_FAILED,
     {{0, 1, HELLO12},
      {1, 2,
       "0303" RANDOM "00"
       "c02f"
       "01"}}},
    /* the version */
    {"rule.offered.version", HSI_PASSED, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}}},
    {"rule.offered.version", HSI_PASSED, {{0, 1, HELLO13}, {1, 2, ANSWER12("c02f", "")}}},
    {"rule.offered.version", HSI_FAILED, {{0, 1, HELLO13}, {1, 2, ANSWER_BODY("0302", RANDOM, "00", "002f", "")}}},
    {"rule.offered.version", HSI_PASSED, {{0, 1, HELLO12}, {1, 2, ANSWER_BODY("0301", RANDOM, "00", "002f", "")}}},
    {"rule.offered.version", HSI_FAILED, {{0, 1, HELLO12}, {1, 2, ANSWER13(ECHO, "1301", "001d")}}},
    /* the group: of the key share, of the curve */
    {"rule.offered.group", HSI_PASSED, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}}},
    {"rule.offered.group", HSI_FAILED, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "0017")}}}, /* no share for it */
    {"rule.offered.group",
     HSI_PASSED,
     {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0017", "0403")}}},
    {"rule.offered.group",
     HSI_FAILED,
     {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0018", "0403")}}},
    {"rule.offered.group",
     HSI_NOT_CHECKABLE,
     {{0, 1, HELLO_BODY(SUITES, "")}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0018", "0403")}}},
    /* the signature scheme: of the server, of the client */
    {"rule.offered.signature_scheme",
     HSI_PASSED,
     {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0017", "0804")}}},
    {"rule.offered.signature_scheme",
     HSI_FAILED,
     {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0017", "0201")}}},
    {"rule.offered.signature_scheme",
     HSI_PASSED,
     {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}, {1, 15, SIGNED("0403")}}},
    {"rule.offered.signature_scheme",
     HSI_FAILED,
     {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}, {1, 15, SIGNED("0503")}}},
    {"rule.offered.signature_scheme",
     HSI_NOT_CHECKABLE,
     {{0, 1, HELLO_BODY(SUITES, "")}, {1, 2, ANSWER12("c02f", "")}, {1, 12, KEY_EXCHANGE("0017", "0201")}}},
    {"rule.offered.client_signature_scheme",
     HSI_PASSED,
     {{0, 1, HELLO12},
      {1, 2, ANSWER12("c02f", "")},
      {1, 13,
       "0101"
       "0002"
       "0403"
       "0000"},
      {0, 15, SIGNED("0403")}}},
    {"rule.offered.client_signature_scheme",
     HSI_FAILED,
     {{0, 1, HELLO12},
      {1, 2, ANSWER12("c02f", "")},
      {1, 13,
       "0101"
       "0002"
       "0403"
       "0000"},
      {0, 15, SIGNED("0804")}}},
    {"rule.offered.client_signature_scheme",
     HSI_PASSED,
     {{0, 1, HELLO13},
      {1, 2, ANSWER13(ECHO, "1301", "001d")},
      {1, 13,
       "00"
       "000a" SCHEMES},
      {0, 15, SIGNED("0804")}}},
    {"rule.offered.client_signature_scheme",
     HSI_FAILED,
     {{0, 1, HELLO13},
      {1, 2, ANSWER13(ECHO, "1301", "001d")},
      {1, 13,
       "00"
       "000a" SCHEMES},
      {0, 15, SIGNED("0807")}}},
    /* the protocol */
    {"rule.offered.alpn", HSI_PASSED, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "0009" ALPN_H2)}}},
    {"rule.offered.alpn", HSI_FAILED, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "000a" ALPN_FTP)}}},
    {"rule.offered.alpn",
     HSI_PASSED,
     {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}, {1, 8, "0009" ALPN_H2}}},
    {"rule.offered.alpn",
     HSI_FAILED,
     {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}, {1, 8, "000a" ALPN_FTP}}},
    {"rule.offered.alpn", HSI_NOT_CHECKABLE, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}}},
    /* what has one value, or is in a list of another name */
    {"rule.offered.max_fragment_length",
     HSI_PASSED,
     {{0, 1, HELLO_BODY(SUITES, "0005" FRAGMENT("02"))}, {1, 2, ANSWER12("c02f", "0005" FRAGMENT("02"))}}},
    {"rule.offered.max_fragment_length",
     HSI_FAILED,
     {{0, 1, HELLO_BODY(SUITES, "0005" FRAGMENT("02"))}, {1, 2, ANSWER12("c02f", "0005" FRAGMENT("01"))}}},
    {"rule.offered.server_certificate_type",
     HSI_PASSED,
     {{0, 1, HELLO_BODY(SUITES, "0007" RAW_KEYS)}, {1, 2, ANSWER12("c02f", "0005" CERTIFICATE_TYPE("02"))}}},
    {"rule.offered.server_certificate_type",
     HSI_FAILED,
     {{0, 1, HELLO_BODY(SUITES, "0007" RAW_KEYS)}, {1, 2, ANSWER12("c02f", "0005" CERTIFICATE_TYPE("01"))}}},
    {"rule.offered.certificate_compression",
     HSI_PASSED,
     {{0, 1, HELLO_BODY(SUITES, "0010" VERSIONS_13_12 COMPRESSION)},
      {1, 2, ANSWER13(ECHO, "1301", "001d")},
      {1, 25, COMPRESSED("0001")}}},
    {"rule.offered.certificate_compression",
     HSI_FAILED,
     {{0, 1, HELLO_BODY(SUITES, "0010" VERSIONS_13_12 COMPRESSION)},
      {1, 2, ANSWER13(ECHO, "1301", "001d")},
      {1, 25, COMPRESSED("0002")}}},
    /* the downgrade sentinel: RFC 8446 section 4.1.3 */
    {"rule.downgrade", HSI_PASSED, {{0, 1, HELLO13}, {1, 2, ANSWER12("c02f", "")}}},
    {"rule.downgrade",
     HSI_FAILED,
     {{0, 1, HELLO13},
      {1, 2,
       "0303"
       "000102030405060708090a0b0c0d0e0f1011121314151617"
       "444f574e47524401"
       "00"
       "c02f"
       "00"}}},
    {"rule.downgrade",
     HSI_FAILED,
     {{0, 1, HELLO13},
      {1, 2,
       "0301"
       "000102030405060708090a0b0c0d0e0f1011121314151617"
       "444f574e47524400"
       "00"
       "002f"
       "00"}}},
    {"rule.downgrade",
     HSI_PASSED, /* another last byte is none */
     {{0, 1, HELLO13},
      {1, 2,
       "0303"
       "000102030405060708090a0b0c0d0e0f1011121314151617"
       "444f574e47524402"
       "00"
       "c02f"
       "00"}}},
    {"rule.downgrade", HSI_NOT_CHECKABLE, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}}},
    {"rule.downgrade",
     HSI_NOT_CHECKABLE, /* TLS 1.3 was not offered */
     {{0, 1, HELLO_BODY(SUITES, "0007" VERSIONS_12)},
      {1, 2,
       "0303"
       "000102030405060708090a0b0c0d0e0f1011121314151617"
       "444f574e47524401"
       "00"
       "c02f"
       "00"}}},
    /* the session id */
    {"rule.session_id_echo", HSI_PASSED, {{0, 1, HELLO13}, {1, 2, ANSWER13(ECHO, "1301", "001d")}}},
    {"rule.session_id_echo", HSI_FAILED, {{0, 1, HELLO13}, {1, 2, ANSWER13("02a1a3", "1301", "001d")}}},
    {"rule.session_id_echo", HSI_FAILED, {{0, 1, HELLO13}, {1, 2, ANSWER13("00", "1301", "001d")}}},
    {"rule.session_id_echo", HSI_NOT_CHECKABLE, {{0, 1, HELLO12}, {1, 2, ANSWER12("c02f", "")}}},
};

static void judges_as_the_rfc_says(void **state)
{
    const struct row *row = *state;
    folded fold = fold_nothing();
    say_conversation(fold.tap, row->messages, SAID_MAX);
    expect_verdict(fold.tap, "rule.message.well_formed", HSI_PASSED); /* or the row is about something else */
    if (row->verdict == HSI_NOT_CHECKABLE) {
        expect_no_check(fold.tap, row->name);
    } else {
        expect_verdict(fold.tap, row->name, row->verdict);
        const hsi_check *check = find_check(fold.tap, row->name);
        assert_int_equal(check->kind, HSI_RULE);
        assert_true(check->evidence_count > 0);
    }
    fold_done(&fold);
}

static void the_second_negotiation_has_checks_of_its_own(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    for (int i = 0; i < 2; i++) {
        say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO12);
        say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, i == 0 ? ANSWER12("c02f", "") : ANSWER12("c030", ""));
        say(fold.tap, HSI_SERVER, HSI_FINISHED, "");
        say(fold.tap, HSI_CLIENT, HSI_FINISHED, "");
    }
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    expect_verdict(fold.tap, "rule.offered.cipher_suite", HSI_PASSED);
    expect_verdict(fold.tap, "rule.offered.cipher_suite[1]", HSI_FAILED);
    fold_done(&fold);
}

static void an_sslv2_hello_offers_cipher_specs(void **state)
{
    (void)state;
    static const struct {
        const char *suite;
        hsi_verdict verdict;
    } answers[] = {{"002f", HSI_PASSED}, {"0035", HSI_FAILED}};
    for (size_t i = 0; i < HSI_COUNT(answers); i++) {
        uint8_t storage[HEX_MAX];
        char answer[160];
        hsi_journal *journal = hsi_journal_new();
        hsi_bytes hello = hex(storage, "801f"
                                       "01"
                                       "0303"
                                       "0006"
                                       "0000"
                                       "0010"
                                       "00002f"
                                       "000005"
                                       "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        assert_int_equal(hsi_journal_wire(journal, HSI_CLIENT, hello), HSI_OK);
        snprintf(answer, sizeof answer,
                 "160303002a02000026"
                 "0303" RANDOM "00"
                 "%s"
                 "00",
                 answers[i].suite);
        assert_int_equal(hsi_journal_wire(journal, HSI_SERVER, hex(storage, answer)), HSI_OK);
        folded fold = fold_journal(journal);
        expect_verdict(fold.tap, "rule.offered.version", HSI_PASSED);
        expect_verdict(fold.tap, "rule.offered.cipher_suite", answers[i].verdict);
        expect_no_check(fold.tap, "rule.offered.compression_method");
        fold_done(&fold);
    }
}

static void the_published_connections_keep_all_rules(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        folded fold = fold_connection(which);
        const hsi_list *checks = hsi_tap_checks(fold.tap);
        size_t rules = 0;
        for (size_t i = 0; i < checks->count; i++) {
            const hsi_check *check = checks->items[i];
            rules += check->kind == HSI_RULE;
            if (check->kind == HSI_RULE && check->verdict != HSI_PASSED) {
                fail_msg("%s: %s: %s", published_connections[which].folder, check->name, check->reason);
            }
        }
        assert_true(rules > 10);
        fold_done(&fold);
    }
}

enum { ROWS = HSI_COUNT(rows), OTHERS = 3 };

int main(void)
{
    static char names[ROWS][128];
    static const char *const verdicts[] = {
        [HSI_FAILED] = "fails", [HSI_PASSED] = "passes", [HSI_NOT_CHECKABLE] = "is silent"};
    struct CMUnitTest tests[ROWS + OTHERS] = {{NULL, NULL, NULL, NULL, NULL}};
    const struct CMUnitTest others[OTHERS] = {
        cmocka_unit_test(the_second_negotiation_has_checks_of_its_own),
        cmocka_unit_test(an_sslv2_hello_offers_cipher_specs),
        cmocka_unit_test(the_published_connections_keep_all_rules),
    };
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[i], "%s %s, row %zu", rows[i].name, verdicts[rows[i].verdict], i);
        tests[i] = (struct CMUnitTest){names[i], judges_as_the_rfc_says, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    memcpy(&tests[ROWS], others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
