/* Tests csrc/tap as a whole with what an attacker may send: every beginning of good connections, every byte of
 * them altered, and what was found to go wrong once. Holds: no crash, no status but OK, every tree tiles its
 * message, every record and message is there. The sanitizers watch.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "connection.h"
#include "tiling.h"

static void look_at_everything(hsi_tap *tap)
{
    const hsi_list *messages = hsi_tap_messages(tap);
    for (size_t i = 0; i < messages->count; i++) {
        const hsi_message *message = messages->items[i];
        const hsi_fields *fields;
        hsi_bytes hash;
        assert_int_equal(hsi_tap_fields(tap, message, &fields), HSI_OK);
        assert_true(tiles(fields));
        assert_int_equal(hsi_tap_transcript_hash(tap, message, &hash), HSI_OK);
    }
    const hsi_list *checks = hsi_tap_checks(tap);
    for (size_t i = 0; i < checks->count; i++) {
        const hsi_check *check = checks->items[i];
        assert_true((check->reason == NULL) == (check->verdict == HSI_PASSED));
    }
}

static hsi_bytes bytes_before(const connection *c, size_t record)
{
    return hsi_bytes_of(c->bytes, (size_t)(c->records[record].wire.data - c->bytes));
}

static void every_beginning_of_a_good_connection_is_taken(void **state)
{
    (void)state;
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        for (size_t i = 0; i < c.count; i++) {
            size_t step = c.records[i].wire.length > 200 ? 7 : 1; /* long certificates are much the same all along */
            for (size_t cut = 0; cut < c.records[i].wire.length; cut += step) {
                hsi_journal *journal = hsi_journal_new();
                connection_tell_secret(&c, journal);
                connection_tell_wire(&c, journal, 0, i);
                hsi_bytes rest = hsi_bytes_slice(c.records[i].wire, 0, cut);
                assert_int_equal(hsi_journal_wire(journal, c.records[i].sender, rest), HSI_OK);
                assert_int_equal(hsi_journal_end(journal, c.records[i].sender, HSI_END_FIN), HSI_OK);
                folded fold = fold_journal(journal);
                look_at_everything(fold.tap);
                const hsi_list *records = hsi_tap_records(fold.tap);
                assert_int_equal(records->count, i + (cut > 0));
                if (cut > 0) {
                    const hsi_record *last = records->items[i];
                    assert_int_equal(last->state, HSI_RECORD_CUT);
                    assert_non_null(last->reason);
                }
                fold_done(&fold);
            }
        }
    }
}

/* Every byte is altered once, in one direction; what comes of it is another matter, but something must. */
static void any_altered_byte_is_taken(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    connection c;
    for (int which = 0; which < CONNECTIONS; which++) {
        connection_load(&c, which);
        for (size_t at = 0; at < c.used; at++) {
            for (size_t m = 0; m < HSI_COUNT(masks); m++) {
                if (at > bytes_before(&c, 2).length && (at * HSI_COUNT(masks) + m) % 5 != 0) {
                    continue; /* each byte of the hellos with each mask; one in five of what follows */
                }
                c.bytes[at] ^= masks[m];
                hsi_journal *journal = hsi_journal_new();
                connection_tell_wire(&c, journal, 0, c.count);
                connection_tell_secret(&c, journal);
                folded fold = fold_journal(journal);
                look_at_everything(fold.tap);
                assert_true(hsi_tap_records(fold.tap)->count > 0);
                fold_done(&fold);
                c.bytes[at] ^= masks[m];
            }
        }
    }
}

/* ---- what went wrong once ---- */

static void append(hsi_journal *journal, uint8_t sender, const char *digits)
{
    uint8_t storage[HEX_MAX];
    assert_int_equal(hsi_journal_wire(journal, sender, hex(storage, digits)), HSI_OK);
}

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
#define CLIENT_HELLO "160301002f0100002b0303" RANDOM "00" "00041301c013" "0100" /* two suites, no extensions */
#define CERTIFICATE_VERIFY "160303000a0f000006" "0804" "00025a5b"

/* The retry puts 36 bytes in the place of all that was in the transcript; who came before has no place in it
 * any more. */
static void a_hello_retry_request_after_other_messages_leaves_no_stale_place(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    append(journal, HSI_CLIENT, CLIENT_HELLO);
    for (int i = 0; i < 20; i++) {
        append(journal, HSI_CLIENT, CERTIFICATE_VERIFY);
    }
    append(journal, HSI_SERVER,
           "16030300340200003003"
           "03" RETRY_RANDOM "00"
           "1301"
           "00"
           "0008"
           "002b0002"
           "0304"
           "ffff");
    append(journal, HSI_SERVER,
           "16030300340200003003"
           "03" RETRY_RANDOM "00"
           "1301"
           "00"
           "0008"
           "002b0002"
           "0304"
           "ffff");
    folded fold = fold_journal(journal);
    look_at_everything(fold.tap);
    const hsi_list *messages = hsi_tap_messages(fold.tap);
    for (size_t i = 1; i < messages->count && i < 21; i++) {
        assert_int_equal(((const hsi_message *)messages->items[i])->transcript_end, 0);
    }
    fold_done(&fold);
}

#define SERVER_HELLO12(suite) "160303002a02000026" "0303" RANDOM "00" suite "00"

/* Versions and suites that do not go together: nothing can be derived, and nothing breaks. */
static void any_suite_under_any_version_is_taken(void **state)
{
    (void)state;
    static const uint16_t versions[] = {0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305, 0x7f1c, 0xfefd, 0xffff};
    static const uint16_t suites[] = {0x0000, 0x0002, 0x0005, 0x000a, 0x002f, 0x008c, 0x009c, 0x1301, 0x1302, 0x1303,
                                      0x1304, 0x1305, 0xc013, 0xc02f, 0xc0ac, 0xcca8, 0xc100, 0x0a0a, 0x00ff, 0xffff};
    uint8_t secret[48] = {1};
    static const char *const labels[] = {"premaster secret", "master secret", "shared secret"};
    for (size_t i = 0; i < HSI_COUNT(versions) * HSI_COUNT(suites); i++) {
        char hello[256];
        unsigned int version = versions[i / HSI_COUNT(suites)];
        unsigned int suite = suites[i % HSI_COUNT(suites)];
        hsi_journal *journal = hsi_journal_new();
        append(journal, HSI_CLIENT, CLIENT_HELLO);
        snprintf(hello, sizeof hello,
                 "1603030034"
                 "02000030"
                 "0303" RANDOM "00"
                 "%04x"
                 "00"
                 "0008"
                 "002b0002%04x"
                 "ffff",
                 suite, version);
        append(journal, HSI_SERVER, hello);
        append(journal, HSI_SERVER, "140303000101");
        append(journal, HSI_CLIENT, "140303000101");
        append(journal, HSI_SERVER, "1603030020" RANDOM);
        append(journal, HSI_CLIENT, "1703030020" RANDOM);
        for (size_t k = 0; k < HSI_COUNT(labels); k++) {
            assert_int_equal(hsi_journal_secret(journal, HSI_NOBODY, HSI_SOURCE_GIVEN, labels[k], HSI_BYTES_EMPTY,
                                                hsi_bytes_of(secret, sizeof secret)),
                             HSI_OK);
        }
        folded fold = fold_journal(journal);
        look_at_everything(fold.tap);
        assert_int_equal(hsi_tap_records(fold.tap)->count, 6);
        bool tls13_suite = suite >> 8 == 0x13;
        if (version == HSI_TLS12 && tls13_suite) {
            const hsi_record *record = hsi_tap_records(fold.tap)->items[4];
            assert_int_equal(record->state, HSI_RECORD_UNREADABLE);
            assert_string_equal(record->reason, "the cipher suite is not one that can be opened here");
        }
        fold_done(&fold);
    }
}

/* Only the first ServerHello, and only the server's, says what was agreed on. */
static void a_server_hello_from_the_client_agrees_on_nothing(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    append(journal, HSI_CLIENT, CLIENT_HELLO);
    append(journal, HSI_CLIENT, SERVER_HELLO12("002f"));
    assert_int_equal(hsi_journal_end(journal, HSI_CLIENT, HSI_END_FIN), HSI_OK);
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_handshake(fold.tap)->version, 0);
    expect_verdict(fold.tap, "rule.order", HSI_FAILED);
    fold_done(&fold);
}

static void a_second_server_hello_changes_nothing(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    append(journal, HSI_CLIENT, CLIENT_HELLO);
    append(journal, HSI_SERVER, SERVER_HELLO12("002f"));
    append(journal, HSI_SERVER, SERVER_HELLO12("c02f"));
    folded fold = fold_journal(journal);
    assert_int_equal(hsi_tap_handshake(fold.tap)->suite_id, 0x002f);
    expect_verdict(fold.tap, "rule.order", HSI_FAILED);
    fold_done(&fold);
}

static void an_http_request_instead_of_a_client_hello_is_shown_as_it_is(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(hsi_journal_wire(journal, HSI_CLIENT, hsi_bytes_text("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
                     HSI_OK);
    append(journal, HSI_SERVER, "15030100020246"); /* protocol_version */
    folded fold = fold_journal(journal);
    const hsi_record *record = hsi_tap_records(fold.tap)->items[1];
    assert_int_equal(record->state, HSI_RECORD_CUT); /* "GET /" says that 0x202f bytes follow */
    assert_int_equal(hsi_tap_alerts(fold.tap)->count, 1);
    fold_done(&fold);
}

/* ---- what took quadratic time once ---- */

/* Whoever serves a capture with keys asks after each Finished: nobody has surfaced the master secret. */
static void tell_plain_finished(hsi_journal *journal, size_t count)
{
    append(journal, HSI_CLIENT, CLIENT_HELLO);
    append(journal, HSI_SERVER, SERVER_HELLO12("002f"));
    for (size_t i = 0; i < count; i++) {
        append(journal, HSI_SERVER,
               "160303001014"
               "00000c"
               "000102030405060708090a0b");
    }
}

/* Each hello begins another negotiation. */
static void tell_plain_handshakes(hsi_journal *journal, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        append(journal, HSI_CLIENT, CLIENT_HELLO);
        append(journal, HSI_SERVER, SERVER_HELLO12("002f"));
        append(journal, HSI_CLIENT,
               "160303001014"
               "00000c"
               "000102030405060708090a0b");
        append(journal, HSI_SERVER,
               "160303001014"
               "00000c"
               "000102030405060708090a0b");
    }
}

static double seconds_of(void (*tell)(hsi_journal *journal, size_t count), size_t count)
{
    hsi_journal *journal = hsi_journal_new();
    tell(journal, count);
    clock_t start = clock();
    folded fold = fold_journal(journal);
    const hsi_list *messages = hsi_tap_messages(fold.tap);
    assert_true(messages->count > count);
    for (size_t i = 0; i < messages->count; i++) {
        const hsi_message *message = messages->items[i];
        hsi_bytes known;
        assert_int_equal(hsi_tap_known(fold.tap, message->handshake, "master secret", &known), HSI_OK);
        assert_int_equal(known.length, 0);
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    fold_done(&fold);
    return seconds;
}

/* Ten times as much takes a hundred times as long where something is quadratic. */
static void plain_messages_take_linear_time(void **state)
{
    (void)state;
    static const struct {
        void (*tell)(hsi_journal *journal, size_t count);
        size_t count;
    } shapes[] = {{tell_plain_finished, 4000}, {tell_plain_handshakes, 1000}};
    for (size_t i = 0; i < HSI_COUNT(shapes); i++) {
        double tenth = seconds_of(shapes[i].tell, shapes[i].count);
        double whole = seconds_of(shapes[i].tell, 10 * shapes[i].count);
        if (whole >= 30 * tenth + 0.1) {
            fail_msg("shape %zu: %.3f s, ten times as much %.3f s", i, tenth, whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_beginning_of_a_good_connection_is_taken),
        cmocka_unit_test(any_altered_byte_is_taken),
        cmocka_unit_test(a_hello_retry_request_after_other_messages_leaves_no_stale_place),
        cmocka_unit_test(any_suite_under_any_version_is_taken),
        cmocka_unit_test(a_server_hello_from_the_client_agrees_on_nothing),
        cmocka_unit_test(a_second_server_hello_changes_nothing),
        cmocka_unit_test(an_http_request_instead_of_a_client_hello_is_shown_as_it_is),
        cmocka_unit_test(plain_messages_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
