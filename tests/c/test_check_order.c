/* Tests csrc/tap/check_order.c: the flights of every kind of handshake, from the RFCs' figures, and each with
 * one message out of its place. A message is written as its sender (c or s) and its short name.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

static const struct word {
    const char *name;
    uint8_t type;
    const char *body;
} words[] = {
    {"Hello", 1, HELLO_BODY(SUITES, "")},
    {"Answer", 2, ANSWER_BODY("0303", RANDOM, "00", "c02f", "")},
    {"Answer13", 2,
     ANSWER_BODY("0303", RANDOM, ECHO, "1301",
                 "0006"
                 "002b0002"
                 "0304")},
    {"Retry", 2,
     ANSWER_BODY("0303", RETRY_RANDOM, ECHO, "1301",
                 "0006"
                 "002b0002"
                 "0304")},
    {"HelloRequest", 0, ""},
    {"Ticket", 4, ""},
    {"EndOfEarly", 5, ""},
    {"Extensions", 8, "0000"},
    {"Cert", 11, ""},
    {"KeyExchange", 12, ""},
    {"Request", 13, ""},
    {"Done", 14, ""},
    {"Verify", 15, ""},
    {"ClientKey", 16, ""},
    {"Finished", 20, ""},
    {"Status", 22, ""},
    {"Supplemental", 23, ""},
    {"KeyUpdate", 24, "00"},
    {"Compressed", 25, ""},
    {"Unknown", 99, ""},
};

static void say_word(hsi_tap *tap, const char *token)
{
    for (size_t i = 0; i < HSI_COUNT(words); i++) {
        if (strcmp(words[i].name, token + 1) == 0) {
            say(tap, token[0] == 'c' ? HSI_CLIENT : HSI_SERVER, words[i].type, words[i].body);
            return;
        }
    }
    fail_msg("no such message: %s", token);
}

static size_t say_all(hsi_tap *tap, const char *flights)
{
    char token[32];
    int length;
    size_t count = 0;
    for (const char *at = flights; sscanf(at, " %31s%n", token, &length) == 1; at += length, count++) {
        say_word(tap, token);
    }
    return count;
}

#define TLS13_TO_SERVER_CERT "cHello sAnswer13 sExtensions sCert sVerify sFinished "
#define TLS13_DONE TLS13_TO_SERVER_CERT "cFinished "

static const char *const in_order[] = {
    /* RFC 5246 section 7.3: full, with and without each optional message */
    "cHello sAnswer sCert sDone cClientKey cFinished sFinished",
    "cHello sAnswer sCert sKeyExchange sDone cClientKey cFinished sFinished",
    "cHello sAnswer sKeyExchange sDone cClientKey cFinished sFinished", /* anonymous */
    "cHello sAnswer sDone cClientKey cFinished sFinished", /* PSK without a hint */
    "cHello sAnswer sCert sKeyExchange sRequest sDone cCert cClientKey cVerify cFinished sFinished",
    "cHello sAnswer sCert sRequest sDone cCert cClientKey cFinished sFinished", /* an empty certificate */
    "cHello sAnswer sCert sStatus sKeyExchange sDone cClientKey cFinished sFinished", /* RFC 6066 section 8 */
    "cHello sAnswer sCert sStatus sDone cClientKey cFinished sTicket sFinished", /* RFC 5077 section 3.1 */
    "cHello sAnswer sSupplemental sCert sDone cSupplemental cClientKey cFinished sFinished", /* RFC 4680 */
    /* resumed */
    "cHello sAnswer sFinished cFinished",
    "cHello sAnswer sTicket sFinished cFinished",
    /* renegotiation, asked for or not; a HelloRequest counts for nothing at any time */
    "cHello sAnswer sFinished cFinished cHello sAnswer sCert sDone cClientKey cFinished sFinished",
    "cHello sAnswer sFinished cFinished sHelloRequest cHello sAnswer sFinished cFinished sHelloRequest",
    "cHello sHelloRequest sAnswer sCert sHelloRequest sDone",
    /* RFC 8446 section 2 */
    TLS13_DONE,
    "cHello sAnswer13 sExtensions sCompressed sVerify sFinished cFinished",
    "cHello sRetry cHello sAnswer13 sExtensions sCert sVerify sFinished cFinished",
    "cHello sAnswer13 sExtensions sFinished cFinished", /* PSK */
    "cHello sAnswer13 sExtensions sFinished cEndOfEarly cFinished", /* 0-RTT */
    "cHello sAnswer13 sExtensions sRequest sCert sVerify sFinished cCert cVerify cFinished",
    "cHello sAnswer13 sExtensions sRequest sCert sVerify sFinished cCert cFinished", /* an empty certificate */
    "cHello sAnswer13 sExtensions sRequest sCompressed sVerify sFinished cCompressed cVerify cFinished",
    /* section 4.6: after the handshake, and a server's tickets before the client's Finished */
    TLS13_DONE "sTicket sTicket cKeyUpdate sKeyUpdate",
    TLS13_TO_SERVER_CERT "sTicket sKeyUpdate cFinished",
    TLS13_DONE "sRequest cCert cVerify cFinished cKeyUpdate",
    TLS13_DONE "sRequest cCert sTicket cFinished sRequest",
    /* what just stops */
    "cHello",
    "cHello sAnswer",
    "cHello sAnswer13",
    "cHello sRetry",
    "cHello sRetry cHello",
};

static void every_handshake_of_the_rfcs_is_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(in_order); i++) {
        folded fold = fold_nothing();
        say_all(fold.tap, in_order[i]);
        assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
        for (size_t h = 0; h < hsi_tap_handshakes(fold.tap)->count; h++) {
            expect_verdict(fold.tap, h == 0 ? "rule.order" : "rule.order[1]", HSI_PASSED);
        }
        fold_done(&fold);
    }
}

/* Of each row the last message is the one that may not stand there. */
static const char *const out_of_order[] = {
    "sAnswer",
    "cFinished",
    "cHello cHello",
    "cHello cAnswer",
    "cHello sCert",
    "cHello sAnswer sAnswer",
    "cHello sAnswer cClientKey",
    "cHello sAnswer sStatus",
    "cHello sAnswer sRequest",
    "cHello sAnswer sUnknown",
    "cHello sAnswer cHelloRequest",
    "cHello sAnswer sCert sCert",
    "cHello sAnswer sCert sRequest sKeyExchange",
    "cHello sAnswer sCert sDone sCert",
    "cHello sAnswer sCert sDone cCert",
    "cHello sAnswer sCert sDone cFinished",
    "cHello sAnswer sCert sRequest sDone cClientKey",
    "cHello sAnswer sCert sDone cClientKey cVerify",
    "cHello sAnswer sCert sDone cClientKey sFinished",
    "cHello sAnswer sCert sDone cClientKey sTicket",
    "cHello sAnswer sCert sDone cClientKey cFinished cFinished",
    "cHello sAnswer sCert sDone cClientKey cFinished sTicket sTicket",
    "cHello sAnswer cFinished",
    "cHello sAnswer sFinished sFinished",
    "cHello sAnswer sFinished cFinished cFinished",
    "cHello sAnswer sFinished cFinished sTicket",
    "cHello sAnswer sExtensions",
    "cHello sAnswer13 sCert",
    "cHello sAnswer13 sHelloRequest",
    "cHello sAnswer13 sExtensions sDone",
    "cHello sAnswer13 sExtensions sTicket",
    "cHello sAnswer13 sExtensions sVerify",
    "cHello sAnswer13 sExtensions cFinished",
    "cHello sAnswer13 sExtensions sCert sFinished",
    "cHello sAnswer13 sExtensions sRequest sFinished",
    "cHello sAnswer13 sExtensions sRequest sRequest",
    "cHello sAnswer13 sExtensions sCert sVerify sKeyUpdate",
    "cHello sRetry sAnswer13",
    "cHello sRetry cHello sRetry",
    TLS13_TO_SERVER_CERT "cCert",
    TLS13_TO_SERVER_CERT "cVerify",
    TLS13_TO_SERVER_CERT "cKeyUpdate",
    TLS13_TO_SERVER_CERT "sRequest",
    TLS13_TO_SERVER_CERT "cEndOfEarly cEndOfEarly",
    "cHello sAnswer13 sExtensions sRequest sCert sVerify sFinished cFinished",
    "cHello sAnswer13 sExtensions sRequest sCert sVerify sFinished cCert cCert",
    TLS13_DONE "cTicket",
    TLS13_DONE "sFinished",
    TLS13_DONE "sAnswer13",
    TLS13_DONE "sRequest cCert cKeyUpdate",
};

static void a_message_out_of_its_place_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(out_of_order); i++) {
        folded fold = fold_nothing();
        size_t count = say_all(fold.tap, out_of_order[i]);
        const hsi_message *last = hsi_tap_messages(fold.tap)->items[count - 1];
        assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
        const hsi_check *check = find_check(fold.tap, "rule.order");
        assert_non_null(check);
        if (check->verdict != HSI_FAILED || check->evidence_count == 0 || check->evidence[0].item != last) {
            fail_msg("%s: %s", out_of_order[i], check->reason == NULL ? "passed" : check->reason);
        }
        assert_non_null(strstr(check->reason, last->name));
        assert_int_equal(check->kind, HSI_RULE);
        fold_done(&fold);
    }
}

static void what_follows_the_misplaced_message_is_not_named(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_all(fold.tap, "cHello sCert sAnswer sUnknown");
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    expect_verdict(fold.tap, "rule.order", HSI_FAILED);
    assert_string_equal(find_check(fold.tap, "rule.order")->reason,
                        "message[1], Certificate from the server, may not stand here");
    fold_done(&fold);
}

static void with_an_unreadable_message_the_order_is_not_checkable(void **state)
{
    (void)state;
    connection c;
    connection_load(&c, ILLUSTRATED12);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_wire(&c, journal, 0, c.count); /* no secret: both Finished are unreadable */
    folded fold = fold_journal(journal);
    expect_verdict(fold.tap, "rule.order", HSI_NOT_CHECKABLE);
    fold_done(&fold);
}

static void a_message_that_is_cut_has_no_place(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say_all(fold.tap, "cHello");
    say_raw(fold.tap, HSI_SERVER, hsi_bytes_of("\x63\0\0\1", 4)); /* of a type that may not stand there, a byte short */
    assert_int_equal(hsi_reassembly_cut(fold.tap, &fold.tap->streams[HSI_SERVER]), HSI_OK);
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    expect_verdict(fold.tap, "rule.order", HSI_PASSED);
    fold_done(&fold);
}

static void without_a_message_there_is_no_order(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    assert_int_equal(hsi_tap_look(fold.tap), HSI_OK);
    expect_no_check(fold.tap, "rule.order");
    fold_done(&fold);
}

static void the_published_connections_are_in_order(void **state)
{
    (void)state;
    for (int which = 0; which < CONNECTIONS; which++) {
        folded fold = fold_connection(which);
        expect_verdict(fold.tap, "rule.order", HSI_PASSED);
        fold_done(&fold);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_handshake_of_the_rfcs_is_in_order),
        cmocka_unit_test(a_message_out_of_its_place_is_named),
        cmocka_unit_test(what_follows_the_misplaced_message_is_not_named),
        cmocka_unit_test(with_an_unreadable_message_the_order_is_not_checkable),
        cmocka_unit_test(a_message_that_is_cut_has_no_place),
        cmocka_unit_test(without_a_message_there_is_no_order),
        cmocka_unit_test(the_published_connections_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
