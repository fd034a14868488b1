/* Tests csrc/tap/negotiation.c: what hellos and certificates say was agreed on, which messages count in the
 * transcript, and where one negotiation ends and the next begins.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "saying.h"

#define SNI "0000000e" "000c" "00" "0009" "612e6578616d706c65" /* "a.example" */
#define ALPN_H2 "00100005" "0003" "02" "6832"
#define EARLY_DATA "002a0000"

static void published_hellos_say_what_was_agreed_on(void **state)
{
    (void)state;
    static const struct {
        int which;
        uint16_t version;
        uint16_t suite;
        uint16_t group;
        uint16_t scheme;
        const char *server_name;
        bool retry;
    } rows[] = {
        {ONE_RTT, 0x0304, 0x1301, 29, 0x0804, "server", false},
        {HELLO_RETRY, 0x0304, 0x1301, 23, 0x0804, "server", true},
        {CLIENT_AUTH, 0x0304, 0x1301, 29, 0x0403, "server", false},
        {ILLUSTRATED12, 0x0303, 0xc013, 29, 0x0401, "example.ulfheim.net", false},
        {ILLUSTRATED13, 0x0304, 0x1302, 29, 0x0804, "example.ulfheim.net", false},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        folded fold = fold_connection(rows[i].which);
        const hsi_handshake *handshake = hsi_tap_handshake(fold.tap);
        assert_int_equal(hsi_tap_handshakes(fold.tap)->count, 1);
        assert_int_equal(handshake->version, rows[i].version);
        assert_int_equal(handshake->suite_id, rows[i].suite);
        assert_int_equal(handshake->group, rows[i].group);
        assert_int_equal(handshake->signature_scheme, rows[i].scheme);
        assert_true(hsi_bytes_are(handshake->server_name, rows[i].server_name));
        assert_int_equal(handshake->hello_retry, rows[i].retry);
        assert_true(handshake->complete);
        assert_false(handshake->resumed);
        assert_true(handshake->server_certificate.length > 100);
        assert_int_equal(handshake->client_certificate.length > 0, rows[i].which == CLIENT_AUTH);
        fold_done(&fold);
    }
}

#define SPKI "300a300506032b65700301" "00" /* Ed25519, no bits of a key */
#define RAW_KEY "00000c" SPKI
#define CERTIFICATE_LIST "00000f" RAW_KEY /* what a raw key would be read as, if it were a chain of one */

/* RFC 7250 section 4: in TLS 1.2 the ServerHello says it, and the message has the key alone. */
static void a_raw_public_key_is_found_where_one_was_agreed_on(void **state)
{
    (void)state;
    static const struct {
        const char *extensions, *certificate;
        uint8_t type;
    } rows[] = {
        {"0005"
         "0014000102",
         RAW_KEY, HSI_RAW_PUBLIC_KEY},
        {"0005"
         "0014000100",
         CERTIFICATE_LIST, 0},
        {"0000", CERTIFICATE_LIST, 0},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        char answer[HEX_MAX];
        folded fold = fold_nothing();
        snprintf(answer, sizeof answer, "%s%s", ANSWER_BODY("0303", RANDOM, "00", "c02b", ""), rows[i].extensions);
        say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, "0012" SNI));
        say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, answer);
        say(fold.tap, HSI_SERVER, HSI_CERTIFICATE, rows[i].certificate);
        const hsi_handshake *handshake = hsi_tap_handshake(fold.tap);
        const hsi_message *message = hsi_handshake_first(handshake, HSI_CERTIFICATE, HSI_SERVER);
        assert_int_equal(handshake->certificate_types[HSI_SERVER], rows[i].type);
        assert_true(hsi_bytes_equal(handshake->server_certificate, hex(storage, SPKI)));
        assert_null(message->fields); /* found without a tree */
        fold_done(&fold);
    }
}

static void extensions_before_tls_1_3_are_learned_from_the_hellos(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, "0012" SNI));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO,
        ANSWER_BODY("0302", RANDOM, ECHO, "002f",
                    "0011"
                    "00170000"
                    "00160000" ALPN_H2));
    const hsi_handshake *handshake = hsi_tap_handshake(fold.tap);
    assert_true(hsi_bytes_are(handshake->server_name, "a.example"));
    assert_true(hsi_bytes_are(handshake->alpn, "h2"));
    assert_true(handshake->extended_master_secret);
    assert_true(handshake->encrypt_then_mac);
    assert_true(handshake->resumed); /* the session id came back */
    assert_null(handshake->hash); /* MD5 and SHA1 */
    fold_done(&fold);
}

/* ---- the transcript ---- */

static void what_the_rfcs_leave_out_is_not_in_the_transcript(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    const hsi_message *hello = say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    assert_int_equal(hello->transcript_end, hello->raw.length);
    const hsi_message *request = say(fold.tap, HSI_SERVER, HSI_HELLO_REQUEST, "");
    assert_int_equal(request->transcript_end, 0);
    const hsi_message *answer = say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO,
                                    ANSWER_BODY("0303", RANDOM, ECHO, "1301",
                                                "0006"
                                                "002b0002"
                                                "0304"));
    assert_int_equal(answer->transcript_end, hello->raw.length + answer->raw.length);
    const hsi_message *finished = say(fold.tap, HSI_SERVER, HSI_FINISHED, "aabb");
    assert_int_equal(finished->transcript_end, answer->transcript_end + 6);
    /* RFC 8446 section 4.6.1: a server may send a ticket before the client's Finished, which does not cover it */
    assert_int_equal(say(fold.tap, HSI_SERVER, HSI_NEW_SESSION_TICKET, "")->transcript_end, 0);
    assert_int_equal(say(fold.tap, HSI_SERVER, HSI_KEY_UPDATE, "00")->transcript_end, 0);
    assert_int_equal(say(fold.tap, HSI_CLIENT, HSI_FINISHED, "ccdd")->transcript_end, finished->transcript_end + 6);
    assert_int_equal(say(fold.tap, HSI_SERVER, HSI_CERTIFICATE_REQUEST, "000000")->transcript_end, 0);
    fold_done(&fold);
}

static void before_tls_1_3_a_ticket_is_in_the_transcript(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    const hsi_message *answer =
        say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "002f", ""));
    assert_int_equal(say(fold.tap, HSI_SERVER, HSI_NEW_SESSION_TICKET,
                         "00000000"
                         "0000")
                         ->transcript_end,
                     answer->transcript_end + 10);
    fold_done(&fold);
}

/* ---- the next negotiation ---- */

static void a_hello_after_both_finished_begins_the_next_negotiation(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    for (size_t i = 0; i < 2; i++) {
        const hsi_message *hello = say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
        assert_int_equal(hello->handshake->index, i);
        assert_int_equal(hello->transcript_end, hello->raw.length); /* a transcript of its own */
        say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "002f", ""));
        say(fold.tap, HSI_SERVER, HSI_FINISHED, "");
        assert_false(hello->handshake->complete);
        say(fold.tap, HSI_CLIENT, HSI_FINISHED, "");
        assert_true(hello->handshake->complete);
    }
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, "")); /* a third, that is not completed */
    assert_int_equal(hsi_tap_handshakes(fold.tap)->count, 3);
    assert_int_equal(hsi_tap_handshake(fold.tap)->index, 1); /* the last completed one */
    fold_done(&fold);
}

static void after_the_handshake_a_message_agrees_on_nothing_new(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO,
        ANSWER_BODY("0303", RANDOM, ECHO, "1301",
                    "0006"
                    "002b0002"
                    "0304"));
    say(fold.tap, HSI_SERVER, HSI_FINISHED, "");
    say(fold.tap, HSI_CLIENT, HSI_FINISHED, "");
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "009c", "")); /* TLS 1.2, suddenly */
    say(fold.tap, HSI_SERVER, HSI_FINISHED, "");
    assert_int_equal(hsi_tap_handshake(fold.tap)->version, HSI_TLS13);
    assert_int_equal(hsi_tap_handshake(fold.tap)->suite_id, 0x1301);
    assert_int_equal(fold.tap->streams[HSI_SERVER].epoch, 3);
    fold_done(&fold);
}

/* ---- keys ---- */

static void early_data_before_tls_1_3_leaves_the_client_plain(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, "0004" EARLY_DATA));
    assert_int_equal(fold.tap->streams[HSI_CLIENT].epoch, 1);
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "002f", ""));
    assert_int_equal(fold.tap->streams[HSI_CLIENT].epoch, 0);
    assert_null(fold.tap->streams[HSI_CLIENT].keys_from);
    fold_done(&fold);
}

static void early_data_in_a_renegotiation_changes_no_keys(void **state)
{
    (void)state;
    folded fold = fold_nothing();
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, ""));
    say(fold.tap, HSI_SERVER, HSI_SERVER_HELLO, ANSWER_BODY("0303", RANDOM, "00", "002f", ""));
    for (uint8_t sender = HSI_CLIENT; sender <= HSI_SERVER; sender++) {
        assert_int_equal(hsi_negotiation_change_cipher_spec(fold.tap, sender), HSI_OK);
        say(fold.tap, sender, HSI_FINISHED, "");
    }
    const hsi_handshake *first = fold.tap->streams[HSI_CLIENT].keys_from;
    assert_int_equal(first->epochs[HSI_CLIENT], 1);
    say(fold.tap, HSI_CLIENT, HSI_CLIENT_HELLO, HELLO_BODY(SUITES, "0004" EARLY_DATA));
    assert_int_equal(fold.tap->streams[HSI_CLIENT].epoch, 1);
    assert_ptr_equal(fold.tap->streams[HSI_CLIENT].keys_from, first);
    fold_done(&fold);
}

static void an_sslv2_hello_has_its_challenge_for_random(void **state)
{
    (void)state;
    uint8_t storage[HEX_MAX];
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
    folded fold = fold_journal(journal);
    assert_hex(hsi_tap_handshake(fold.tap)->client_random, "00000000000000000000000000000000"
                                                           "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    fold_done(&fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_hellos_say_what_was_agreed_on),
        cmocka_unit_test(a_raw_public_key_is_found_where_one_was_agreed_on),
        cmocka_unit_test(extensions_before_tls_1_3_are_learned_from_the_hellos),
        cmocka_unit_test(what_the_rfcs_leave_out_is_not_in_the_transcript),
        cmocka_unit_test(before_tls_1_3_a_ticket_is_in_the_transcript),
        cmocka_unit_test(a_hello_after_both_finished_begins_the_next_negotiation),
        cmocka_unit_test(after_the_handshake_a_message_agrees_on_nothing_new),
        cmocka_unit_test(early_data_before_tls_1_3_leaves_the_client_plain),
        cmocka_unit_test(early_data_in_a_renegotiation_changes_no_keys),
        cmocka_unit_test(an_sslv2_hello_has_its_challenge_for_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
