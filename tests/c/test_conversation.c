/* Tests csrc/capture/conversation.c: which entries a flow becomes, and that one which is not TLS becomes none.
 * SPDX-License-Identifier: MIT */
#include "capture/conversation.h"

#include "capture/detect.h"
#include "connection.h"
#include "openings.h"

#define CLIENT_HELLO "1603010200010001fc0303"

static const hsi_endpoint ends[2] = {{.version = 4, .address = {192, 0, 2, 1}, .port = 50000},
                                     {.version = 4, .address = {192, 0, 2, 2}, .port = 443}};

static hsi_conversation *begin(void)
{
    hsi_conversation *c = hsi_conversation_new(ends, 7000);
    assert_non_null(c);
    return c;
}

static void say(hsi_conversation *c, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    assert_int_equal(hsi_conversation_bytes(c, from, data, time_ns), HSI_OK);
}

static void say_hex(hsi_conversation *c, uint8_t from, const char *digits, uint64_t time_ns)
{
    uint8_t storage[HEX_MAX];
    say(c, from, hex(storage, digits), time_ns);
}

static void miss(hsi_conversation *c, uint8_t from, hsi_fault_kind kind)
{
    const hsi_capture_fault fault = {.kind = kind, .offset = 3, .length = 0x0102, .packet = 0x0304, .time_ns = 9};
    assert_int_equal(hsi_conversation_fault(c, from, &fault), HSI_OK);
}

static const hsi_entry *entry_at(const hsi_conversation *c, size_t i)
{
    const hsi_journal *journal = hsi_trace_journal(hsi_conversation_trace(c));
    assert_true(i < hsi_journal_count(journal));
    return hsi_journal_peek(journal, i);
}

static size_t entry_count(const hsi_conversation *c)
{
    return hsi_journal_count(hsi_trace_journal(hsi_conversation_trace(c)));
}

static void expect_entry(const hsi_conversation *c, size_t i, hsi_entry_kind kind, uint8_t sender, uint64_t time_ns)
{
    assert_int_equal(entry_at(c, i)->kind, kind);
    assert_int_equal(entry_at(c, i)->sender, sender);
    assert_int_equal(entry_at(c, i)->time_ns, time_ns);
}

static void a_connection_begins_with_its_addresses_and_time(void **state)
{
    (void)state;
    static const char client[] = "192.0.2.1\0"
                                 "50000",
                      server[] = "192.0.2.2\0"
                                 "443";
    hsi_conversation *c = begin();
    say_hex(c, 0, CLIENT_HELLO, 8000);
    expect_entry(c, 0, HSI_ENTRY_START, HSI_NOBODY, 7000);
    assert_int_equal(entry_at(c, 0)->code, HSI_TRANSPORT_TCP);
    assert_int_equal(entry_at(c, 0)->number, 7000);
    assert_true(hsi_bytes_equal(entry_at(c, 0)->data, hsi_bytes_of(client, sizeof client - 1)));
    assert_true(hsi_bytes_equal(entry_at(c, 0)->name, hsi_bytes_of(server, sizeof server - 1)));
    expect_entry(c, 1, HSI_ENTRY_WIRE, HSI_CLIENT, 8000);
    assert_int_equal(entry_count(c), 2);
    hsi_conversation_free(c);
}

static void an_ipv6_address_is_written_as_python_writes_it(void **state)
{
    (void)state;
    static const char expected[] = "2001:db8::1\0"
                                   "50000";
    const hsi_endpoint six[2] = {{6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, 50000}, {6, {[15] = 1}, 443}};
    hsi_conversation *c = hsi_conversation_new(six, 0);
    say_hex(c, 0, CLIENT_HELLO, 0);
    assert_true(hsi_bytes_equal(entry_at(c, 0)->data, hsi_bytes_of(expected, sizeof expected - 1)));
    hsi_conversation_free(c);
}

static void who_says_hello_is_the_client_also_where_the_other_connected(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    say_hex(c, 1, CLIENT_HELLO, 1);
    say_hex(c, 0, "16", 2);
    expect_entry(c, 1, HSI_ENTRY_WIRE, HSI_CLIENT, 1);
    expect_entry(c, 2, HSI_ENTRY_WIRE, HSI_SERVER, 2);
    assert_memory_equal(entry_at(c, 0)->data.data, "192.0.2.2", 10);
    hsi_conversation_free(c);
}

static void faults_and_ends_stand_where_they_were(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    miss(c, 0, HSI_FAULT_CONFLICT);
    say_hex(c, 0, CLIENT_HELLO, 10);
    miss(c, 1, HSI_FAULT_HOLE);
    assert_int_equal(hsi_conversation_end(c, 0, HSI_END_FIN, 11), HSI_OK);
    expect_entry(c, 1, HSI_ENTRY_FAULT, HSI_CLIENT, 9);
    expect_entry(c, 3, HSI_ENTRY_FAULT, HSI_SERVER, 9);
    assert_int_equal(entry_at(c, 3)->code, HSI_FAULT_HOLE);
    assert_int_equal(entry_at(c, 3)->number, 3);
    assert_hex(entry_at(c, 3)->aux.data, "0000000000000102"
                                         "0000000000000304");
    expect_entry(c, 4, HSI_ENTRY_END, HSI_CLIENT, 11);
    hsi_conversation_free(c);
}

/* ---- openings ---- */

static void what_came_before_the_hello_is_the_opening(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(spoken_openings); i++) {
        hsi_conversation *c = begin();
        size_t turns = 0;
        for (; turns < TURNS_MOST && spoken_openings[i].turns[turns].length > 0; turns++) {
            const spoken_turn *turn = &spoken_openings[i].turns[turns];
            say(c, turn->from, hsi_bytes_of(turn->bytes, turn->length), turns);
            assert_null(hsi_conversation_trace(c));
        }
        say_hex(c, 0, CLIENT_HELLO, 100);
        for (size_t k = 0; k < turns; k++) {
            const spoken_turn *turn = &spoken_openings[i].turns[k];
            expect_entry(c, 1 + k, HSI_ENTRY_OPENING, turn->from, k);
            assert_true(hsi_bytes_equal(entry_at(c, 1 + k)->data, hsi_bytes_of(turn->bytes, turn->length)));
        }
        expect_entry(c, 1 + turns, HSI_ENTRY_WIRE, HSI_CLIENT, 100);
        hsi_conversation_free(c);
    }
}

static void an_opening_and_a_hello_in_one_packet_are_two_entries(void **state)
{
    (void)state;
    char packet[64] = "PROXY UNKNOWN\r\n";
    uint8_t storage[HEX_MAX];
    hsi_bytes hello = hex(storage, CLIENT_HELLO);
    size_t line = strlen(packet);
    memcpy(packet + line, hello.data, hello.length);
    hsi_conversation *c = begin();
    say(c, 0, hsi_bytes_of(packet, line + hello.length), 5);
    assert_int_equal(entry_count(c), 3);
    assert_true(hsi_bytes_are(entry_at(c, 1)->data, "PROXY UNKNOWN\r\n"));
    assert_true(hsi_bytes_equal(entry_at(c, 2)->data, hello));
    hsi_conversation_free(c);
}

/* ---- what is no TLS, or began before the capture ---- */

static void what_is_not_tls_becomes_nothing(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    say(c, 0, hsi_bytes_text("GET / HTTP/1.1\r\n\r\n"), 1);
    say_hex(c, 1, "160303007a020000760303", 2);
    say_hex(c, 0, CLIENT_HELLO, 3);
    miss(c, 0, HSI_FAULT_HOLE);
    assert_int_equal(hsi_conversation_end(c, 0, HSI_END_RST, 4), HSI_OK);
    assert_null(hsi_conversation_trace(c));
    hsi_conversation_free(c);
}

static void a_late_connection_is_tls_where_a_packet_begins_with_records(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    miss(c, 1, HSI_FAULT_START);
    say_hex(c, 1, "aabbccddeeff", 1);
    assert_null(hsi_conversation_trace(c));
    say_hex(c, 1, "1703030003010203", 2);
    expect_entry(c, 1, HSI_ENTRY_FAULT, HSI_SERVER, 9);
    expect_entry(c, 2, HSI_ENTRY_OPENING, HSI_SERVER, 1); /* it may be plain text */
    expect_entry(c, 3, HSI_ENTRY_WIRE, HSI_SERVER, 2);
    hsi_conversation_free(c);
}

/* The server has the higher port here, and the hello goes on in the next packet. */
static void a_hello_in_a_late_connection_says_who_the_client_is(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    miss(c, 0, HSI_FAULT_START);
    miss(c, 1, HSI_FAULT_START);
    say(c, 1, hsi_bytes_text("PASS secret\r\n"), 1);
    say(c, 0, hsi_bytes_text("go on\r\n"), 2);
    say_hex(c, 1, CLIENT_HELLO, 3);
    expect_entry(c, 3, HSI_ENTRY_OPENING, HSI_CLIENT, 1);
    expect_entry(c, 4, HSI_ENTRY_OPENING, HSI_SERVER, 2);
    expect_entry(c, 5, HSI_ENTRY_WIRE, HSI_CLIENT, 3);
    assert_int_equal(entry_count(c), 6);
    hsi_conversation_free(c);
}

static void a_late_connection_without_records_is_given_up(void **state)
{
    (void)state;
    static const uint8_t noise[1000];
    hsi_conversation *c = begin();
    miss(c, 0, HSI_FAULT_START);
    for (size_t i = 0; i < HSI_OPENING_MOST / sizeof noise + 2; i++) {
        say(c, 0, hsi_bytes_of(noise, sizeof noise), i);
    }
    say_hex(c, 0, "1703030003010203", 2);
    assert_null(hsi_conversation_trace(c));
    hsi_conversation_free(c);
}

/* ---- application data ---- */

static void only_a_record_of_application_data_is_some(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    say_hex(c, 0, "1603010006010000020303", 1); /* whole */
    say_hex(c, 1, "160303000b020000070303", 2);
    say_hex(c, 1, "1703030001", 3); /* these bytes end that record */
    assert_false(hsi_conversation_has_data(c));
    say_hex(c, 1, "1403030001011703", 4);
    assert_false(hsi_conversation_has_data(c));
    say_hex(c, 1, "030010", 5);
    assert_true(hsi_conversation_has_data(c));
    hsi_conversation_free(c);
}

static void behind_a_hole_application_data_is_found_where_a_packet_begins(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    say_hex(c, 0, CLIENT_HELLO, 1);
    miss(c, 0, HSI_FAULT_HOLE);
    say_hex(c, 0, "1703030010", 2);
    assert_false(hsi_conversation_has_data(c));
    say_hex(c, 0, "170303000101", 3);
    assert_true(hsi_conversation_has_data(c));
    hsi_conversation_free(c);
}

static void a_hello_in_sslv2_format_is_walked_over(void **state)
{
    (void)state;
    hsi_conversation *c = begin();
    say_hex(c, 0, "801c010303000300000010000004000102030405060708090a0b0c0d0e0f", 1);
    assert_non_null(hsi_conversation_trace(c));
    say_hex(c, 0, "1703030001", 2);
    assert_true(hsi_conversation_has_data(c));
    hsi_conversation_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_begins_with_its_addresses_and_time),
        cmocka_unit_test(an_ipv6_address_is_written_as_python_writes_it),
        cmocka_unit_test(who_says_hello_is_the_client_also_where_the_other_connected),
        cmocka_unit_test(faults_and_ends_stand_where_they_were),
        cmocka_unit_test(what_came_before_the_hello_is_the_opening),
        cmocka_unit_test(an_opening_and_a_hello_in_one_packet_are_two_entries),
        cmocka_unit_test(what_is_not_tls_becomes_nothing),
        cmocka_unit_test(a_late_connection_is_tls_where_a_packet_begins_with_records),
        cmocka_unit_test(a_hello_in_a_late_connection_says_who_the_client_is),
        cmocka_unit_test(a_late_connection_without_records_is_given_up),
        cmocka_unit_test(only_a_record_of_application_data_is_some),
        cmocka_unit_test(behind_a_hole_application_data_is_found_where_a_packet_begins),
        cmocka_unit_test(a_hello_in_sslv2_format_is_walked_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
