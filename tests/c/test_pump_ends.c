/* The pump where a connection ends: closed sockets, peers that are gone, and what is no socket at all.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include "live/session_state.h"
#include "wired.h"

static void a_closed_socket_is_eof_and_a_fin_in_the_journal(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    uint8_t byte;
    data_transfer read = {&byte, 1, 0};
    assert_int_equal(pump(&both, HSI_CLIENT, 0, operate_read, &read), HSI_WANT_READ); /* the tickets */
    cut(&both, HSI_CLIENT);
    assert_int_equal(pump(&both, HSI_SERVER, 1000, operate_read, &read), HSI_EOF);
    const hsi_journal *journal = hsi_trace_journal(both.traces[HSI_SERVER]);
    size_t ends = 0;
    for (size_t i = 0; i < hsi_journal_count(journal); i++) {
        const hsi_entry *entry = hsi_journal_peek(journal, i);
        ends += entry->kind == HSI_ENTRY_END && entry->sender == HSI_CLIENT && entry->code == HSI_END_FIN;
    }
    assert_int_equal(ends, 1);
    assert_int_equal(last_entry(&both, HSI_SERVER)->kind, HSI_ENTRY_RESULT);
    take_down(&both);
}

/* A Unix socket whose peer closed with unread data resets. */
static void writing_to_a_peer_that_is_gone_is_a_system_error(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    cut(&both, HSI_SERVER);
    uint8_t zeros[100] = {0};
    data_transfer write = {zeros, sizeof zeros, 0};
    assert_int_equal(pump(&both, HSI_CLIENT, 1000, operate_write, &write), HSI_SYSTEM);
    assert_int_equal(hsi_session_failure(both.it.sessions[HSI_CLIENT])->code, 32); /* EPIPE */
    take_down(&both);
}

/* The reader's own bytes are not at stake: what arrived before the peer went is read. */
static void reading_from_a_peer_that_is_gone_gives_what_it_said_first(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    uint8_t byte = 'x';
    data_transfer data = {&byte, 1, 0};
    size_t written;
    assert_int_equal(pump(&both, HSI_SERVER, 1000, operate_write, &data), HSI_OK);
    assert_int_equal(hsi_session_write(both.it.sessions[HSI_CLIENT], hsi_bytes_text("queued"), &written), HSI_OK);
    cut(&both, HSI_SERVER);
    byte = 0;
    assert_int_equal(pump(&both, HSI_CLIENT, 1000, operate_read, &data), HSI_OK);
    assert_int_equal(byte, 'x');
    take_down(&both);
}

static void the_alert_is_sent_before_a_failure_returns(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    uint8_t alert[16];
    assert_int_equal(send(both.descriptors[HSI_CLIENT], "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
    assert_int_equal(pump(&both, HSI_SERVER, 1000, operate_handshake, NULL), HSI_TLS);
    assert_int_equal(recv(both.descriptors[HSI_CLIENT], alert, sizeof alert, MSG_DONTWAIT), 7);
    assert_int_equal(alert[0], 21);
    take_down(&both);
}

static void what_is_no_socket_is_a_system_error(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    hsi_task task = {.operation = operate_handshake};
    assert_int_equal(hsi_pump_run(both.it.sessions[HSI_SERVER], -1, 1000, &task), HSI_SYSTEM);
    assert_int_equal(hsi_session_failure(both.it.sessions[HSI_SERVER])->code, 9); /* EBADF */
    take_down(&both);
}

static hsi_status operate_read_after_all(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    assert_int_equal(hsi_session_handshake(session), HSI_TLS);
    return HSI_WANT_READ;
}

static void what_the_system_refuses_does_not_hide_how_a_session_has_failed(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    hsi_session *server = both.it.sessions[HSI_SERVER];
    assert_int_equal(hsi_session_feed(server, hsi_bytes_text("GET / HTTP/1.0\r\n\r\n")), HSI_OK);
    assert_int_equal(hsi_session_handshake(server), HSI_TLS);
    int code = hsi_session_failure(server)->code;
    hsi_task task = {.operation = operate_read_after_all};
    assert_int_equal(hsi_pump_run(server, -1, 1000, &task), HSI_TLS);
    assert_int_equal(hsi_session_failure(server)->code, code);
    take_down(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_socket_is_eof_and_a_fin_in_the_journal),
        cmocka_unit_test(writing_to_a_peer_that_is_gone_is_a_system_error),
        cmocka_unit_test(reading_from_a_peer_that_is_gone_gives_what_it_said_first),
        cmocka_unit_test(the_alert_is_sent_before_a_failure_returns),
        cmocka_unit_test(what_is_no_socket_is_a_system_error),
        cmocka_unit_test(what_the_system_refuses_does_not_hide_how_a_session_has_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
