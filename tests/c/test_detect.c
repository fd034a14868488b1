/* Tests csrc/capture/detect.c and opening.c: what is TLS, since when, and who its client is; whatever pieces it comes in.
 * SPDX-License-Identifier: MIT */
#include "capture/detect.h"
#include "capture/opening.h"
#include "hex.h"
#include "openings.h"

#define CLIENT_HELLO "1603010200010001fc0303"
#define SERVER_HELLO "160303007a020000760303"

static hsi_bytes client_hello(void)
{
    static uint8_t storage[HEX_MAX];
    return hex(storage, CLIENT_HELLO);
}

/* Takes bytes in pieces of `size`, as long as it is undecided. */
static void take(hsi_detector *detector, uint8_t from, hsi_bytes bytes, size_t size)
{
    for (size_t at = 0; at < bytes.length && detector->verdict == HSI_DETECT_UNDECIDED; at += size) {
        size_t length = bytes.length - at < size ? bytes.length - at : size;
        assert_int_equal(hsi_detector_take(detector, from, hsi_bytes_slice(bytes, at, length)), HSI_OK);
    }
}

static void take_text(hsi_detector *detector, uint8_t from, const char *text)
{
    take(detector, from, hsi_bytes_text(text), SIZE_MAX);
}

static void expect_tls(hsi_detector *detector, uint8_t client, size_t client_begins, size_t server_begins)
{
    assert_int_equal(detector->verdict, HSI_DETECT_TLS);
    assert_int_equal(detector->client, client);
    assert_int_equal(detector->begins[client], client_begins);
    assert_int_equal(detector->begins[!client], server_begins);
    hsi_detector_cleanup(detector);
}

static void expect_other(hsi_detector *detector)
{
    assert_int_equal(detector->verdict, HSI_DETECT_OTHER);
    hsi_detector_cleanup(detector);
}

/* ---- without an opening ---- */

static void a_hello_first_is_tls_whoever_connected(void **state)
{
    (void)state;
    for (uint8_t end = 0; end < 2; end++) {
        for (size_t size = 1; size < 12; size++) {
            hsi_detector detector = {0};
            take(&detector, end, client_hello(), size);
            expect_tls(&detector, end, 0, 0);
        }
    }
}

static void a_server_hello_first_is_tls_from_the_other_end(void **state)
{
    (void)state;
    uint8_t storage[HEX_MAX];
    hsi_detector detector = {0};
    take(&detector, 1, hex(storage, SERVER_HELLO), 4);
    expect_tls(&detector, 0, 0, 0);
}

static void other_protocols_are_not_tls(void **state)
{
    (void)state;
    static const char *const first[] = {"GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "POST /", "PRI * HTTP/2.0", "a"};
    for (size_t i = 0; i < HSI_COUNT(first); i++) {
        hsi_detector detector = {0};
        take_text(&detector, 0, first[i]);
        expect_other(&detector);
    }
}

static void a_hello_in_a_body_or_after_another_answer_is_none(void **state)
{
    (void)state;
    static const char *const answers[] = {"HTTP/1.1 502 Bad\r\n\r\n", "HTTP/1.1 200 OK\r\nVia: HTTP/1.1 x\r\n"};
    for (size_t i = 0; i < HSI_COUNT(answers); i++) {
        hsi_detector detector = {0};
        take_text(&detector, 0, "CONNECT a:1 HTTP/1.1\r\n\r\n");
        take_text(&detector, 1, answers[i]);
        take(&detector, 0, client_hello(), SIZE_MAX);
        expect_other(&detector);
    }
    hsi_detector detector = {0};
    take_text(&detector, 0, "CONNECT a:1 HTTP/1.1\r\n\r\n");
    take(&detector, 0, client_hello(), SIZE_MAX); /* it did not wait for the answer: no turn begins */
    take_text(&detector, 1, "HTTP/1.1 502 Bad\r\n\r\n");
    take_text(&detector, 0, "and on");
    assert_int_equal(detector.verdict, HSI_DETECT_UNDECIDED);
    hsi_detector_cleanup(&detector);
}

/* ---- with one ---- */

/* Says all turns but for the bytes after `limit`; gives how many bytes each end said. */
static void say_opening(hsi_detector *detector, const struct spoken_opening *opening, size_t size, size_t said[2])
{
    for (size_t i = 0; i < TURNS_MOST && opening->turns[i].length > 0; i++) {
        const spoken_turn *turn = &opening->turns[i];
        take(detector, turn->from, hsi_bytes_of(turn->bytes, turn->length), size);
        if (detector->verdict != HSI_DETECT_UNDECIDED) {
            fail_msg("%s: decided in turn %zu", opening->name, i);
        }
        said[turn->from] += turn->length;
    }
}

static void tls_begins_behind_each_opening_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 7, SIZE_MAX};
    for (size_t i = 0; i < HSI_COUNT(spoken_openings); i++) {
        for (size_t k = 0; k < HSI_COUNT(sizes); k++) {
            hsi_detector detector = {0};
            size_t said[2] = {0, 0};
            say_opening(&detector, &spoken_openings[i], sizes[k], said);
            take(&detector, 0, client_hello(), sizes[k]);
            if (detector.verdict != HSI_DETECT_TLS) {
                fail_msg("%s in pieces of %zu: not found", spoken_openings[i].name, sizes[k]);
            }
            expect_tls(&detector, 0, said[0], said[1]);
        }
    }
}

static void every_row_of_the_table_has_its_opening_here(void **state)
{
    (void)state;
    assert_int_equal(hsi_opening_count, HSI_COUNT(spoken_openings));
    for (size_t i = 0; i < hsi_opening_count; i++) {
        assert_string_equal(hsi_openings[i].name, spoken_openings[i].name);
        assert_true((hsi_openings[i].agreed == NULL) != (hsi_openings[i].length == NULL));
        assert_non_null(hsi_openings[i].rfc);
    }
}

static void each_opening_is_of_its_own_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(spoken_openings); i++) {
        uint8_t text[2][HEX_MAX];
        size_t said[2] = {0, 0};
        for (size_t k = 0; k < TURNS_MOST && spoken_openings[i].turns[k].length > 0; k++) {
            const spoken_turn *turn = &spoken_openings[i].turns[k];
            memcpy(text[turn->from] + said[turn->from], turn->bytes, turn->length);
            said[turn->from] += turn->length;
        }
        hsi_bytes client = hsi_bytes_of(text[0], said[0]), server = hsi_bytes_of(text[1], said[1]);
        if (hsi_openings[i].agreed != NULL) {
            assert_ptr_equal(hsi_opening_agreed(client, server), &hsi_openings[i]);
        } else {
            assert_int_equal(hsi_opening_length(client, server), said[0]);
        }
    }
}

/* An answer or request one byte of which is another, or that is not whole. */
static void an_opening_that_is_not_agreed_on_is_none(void **state)
{
    (void)state;
    static const spoken_turn refused[][3] = {
        {{1, "220 x\r\n", 7}, {0, "STARTTLS\r\n", 10}, {1, "454 no\r\n", 8}},
        {{1, "220 x\r\n", 7}, {0, "NOOP\r\n", 6}, {1, "220 what\r\n", 10}},
        {{0, "\0\0\0\x08\x04\xd2\x16\x2f", 8}, {1, "N", 1}, {1, "", 0}},
        {{0, START_TLS, sizeof START_TLS - 1},
         {1, "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14},
         {1, "", 0}},
        {{0, START_TLS, sizeof START_TLS - 1}, {1, "\x30\x84\xff\xff\xff\xff\x01", 7}, {1, "", 0}},
        {{0, START_TLS, sizeof START_TLS - 2}, {1, START_TLS_OK, sizeof START_TLS_OK - 1}, {1, "", 0}},
        {{0, "AMQP\2\1\0\0", 8}, {1, "AMQP\2\1\0", 7}, {1, "", 0}},
        {{0, RDP_REQUEST, 19}, {1, "\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\3\0\x08\0\1\0\0\0", 19}, {1, "", 0}},
    };
    for (size_t i = 0; i < HSI_COUNT(refused); i++) {
        hsi_detector detector = {0};
        for (size_t k = 0; k < 3; k++) {
            take(&detector, refused[i][k].from, hsi_bytes_of(refused[i][k].bytes, refused[i][k].length), SIZE_MAX);
        }
        take(&detector, 0, client_hello(), SIZE_MAX);
        expect_other(&detector);
    }
}

static void an_opening_has_an_end(void **state)
{
    (void)state;
    hsi_detector detector = {0};
    size_t taken = 0;
    for (take_text(&detector, 1, "220 x\r\n"); detector.verdict == HSI_DETECT_UNDECIDED; taken += 10) {
        take_text(&detector, 0, "12345678\r\n");
    }
    assert_in_range(taken, HSI_OPENING_MOST - 20, HSI_OPENING_MOST + 10);
    expect_other(&detector);
}

static void a_packet_that_mysql_did_not_send_is_no_request(void **state)
{
    (void)state;
    hsi_detector detector = {0};
    char request[] = SSL_REQUEST;
    request[5] = 0x06; /* without CLIENT_SSL */
    take(&detector, 1, hsi_bytes_of(GREETING, sizeof GREETING - 1), SIZE_MAX);
    take(&detector, 0, hsi_bytes_of(request, sizeof request - 1), SIZE_MAX);
    take(&detector, 0, client_hello(), SIZE_MAX);
    assert_int_equal(detector.verdict, HSI_DETECT_UNDECIDED); /* and nothing was found; it goes on until its end */
    hsi_detector_cleanup(&detector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_first_is_tls_whoever_connected),
        cmocka_unit_test(a_server_hello_first_is_tls_from_the_other_end),
        cmocka_unit_test(other_protocols_are_not_tls),
        cmocka_unit_test(a_hello_in_a_body_or_after_another_answer_is_none),
        cmocka_unit_test(tls_begins_behind_each_opening_in_pieces_of_any_size),
        cmocka_unit_test(every_row_of_the_table_has_its_opening_here),
        cmocka_unit_test(each_opening_is_of_its_own_row),
        cmocka_unit_test(an_opening_that_is_not_agreed_on_is_none),
        cmocka_unit_test(an_opening_has_an_end),
        cmocka_unit_test(a_packet_that_mysql_did_not_send_is_no_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
