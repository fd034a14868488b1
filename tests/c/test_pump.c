/* The pump: two threads on a socket pair, waiting, timeouts, full sockets and ends.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pair.h"
#include "live/pump.h"
#include "live/session_state.h"

/* A client and a server, each with its own trace and descriptor. */
typedef struct wired_pair {
    pair it;
    hsi_trace *traces[2];
    int descriptors[2];
} wired_pair;

static wired_pair wire_up(const char *priority)
{
    wired_pair both = {.it = pair_of(priority, "ECDSA")};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, both.descriptors), 0);
    for (uint8_t side = 0; side < 2; side++) {
        both.it.options[side].two_sided = false;
        both.it.options[side].transport = HSI_TRANSPORT_SOCKET;
        both.traces[side] = hsi_trace_new();
        assert_non_null(both.traces[side]);
        assert_int_equal(
            hsi_session_new(&both.it.sessions[side], both.it.configs[side], both.traces[side], &both.it.options[side]),
            HSI_OK);
    }
    return both;
}

static void cut(wired_pair *both, uint8_t side)
{
    if (both->descriptors[side] >= 0) {
        assert_int_equal(close(both->descriptors[side]), 0);
        both->descriptors[side] = -1;
    }
}

static void take_down(wired_pair *both)
{
    for (uint8_t side = 0; side < 2; side++) {
        hsi_session_free(both->it.sessions[side]);
        hsi_trace_drop(both->traces[side]);
        hsi_config_drop(both->it.configs[side]);
        cut(both, side);
    }
}

static hsi_status operate_handshake(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_handshake(session);
}

typedef struct data_transfer {
    uint8_t *data;
    size_t length, done;
} data_transfer;

static hsi_status operate_read(hsi_session *session, void *arguments)
{
    data_transfer *read = arguments;
    return hsi_session_read(session, read->data, read->length, &read->done);
}

static hsi_status operate_write(hsi_session *session, void *arguments)
{
    data_transfer *write = arguments;
    return hsi_session_write(session, hsi_bytes_of(write->data, write->length), &write->done);
}

static hsi_status operate_close(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_close_notify(session);
}

static hsi_status pump(wired_pair *both, uint8_t side, int timeout, hsi_operation *operation, void *arguments)
{
    return hsi_pump_run(both->it.sessions[side], both->descriptors[side], timeout, operation, arguments);
}

/* Writes all; a status, since it runs in threads. */
static hsi_status write_all(wired_pair *both, uint8_t side, uint8_t *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        data_transfer write = {data + done, length - done, 0};
        HSI_TRY(pump(both, side, 10000, operate_write, &write));
        done += write.done;
    }
    return HSI_OK;
}

static hsi_status read_all(wired_pair *both, uint8_t side, uint8_t *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        data_transfer read = {data + done, length - done, 0};
        HSI_TRY(pump(both, side, 10000, operate_read, &read));
        done += read.done;
    }
    return HSI_OK;
}

enum { BULK = 3 * 1024 * 1024 };
static uint8_t sent[BULK], received[2][BULK];

/* A server that echoes a mebibyte at a time, so that a client that only wrote would never finish. */
static hsi_status echo(wired_pair *both)
{
    HSI_TRY(pump(both, HSI_SERVER, 10000, operate_handshake, NULL));
    for (size_t done = 0; done < BULK; done += BULK / 3) {
        HSI_TRY(read_all(both, HSI_SERVER, received[HSI_SERVER] + done, BULK / 3));
        HSI_TRY(write_all(both, HSI_SERVER, received[HSI_SERVER] + done, BULK / 3));
    }
    return pump(both, HSI_SERVER, 10000, operate_close, NULL);
}

typedef struct thread_result {
    wired_pair *both;
    hsi_status status;
} thread_result;

static void *run_echo(void *argument)
{
    thread_result *result = argument;
    result->status = echo(result->both);
    return NULL;
}

static void *run_writer(void *argument)
{
    thread_result *result = argument;
    result->status = write_all(result->both, HSI_CLIENT, sent, BULK);
    return NULL;
}

static void one_thread_reads_while_another_writes_and_a_peer_echoes(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.3"), TLS("1.2")};
    for (size_t i = 0; i < BULK; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 251);
    }
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        wired_pair both = wire_up(priorities[i]);
        thread_result server = {&both, HSI_USAGE}, writer = {&both, HSI_USAGE};
        pthread_t threads[2];
        uint8_t byte;
        data_transfer end = {&byte, 1, 0};
        assert_int_equal(pthread_create(&threads[0], NULL, run_echo, &server), 0);
        assert_int_equal(pump(&both, HSI_CLIENT, 10000, operate_handshake, NULL), HSI_OK);
        assert_int_equal(pthread_create(&threads[1], NULL, run_writer, &writer), 0);
        assert_int_equal(read_all(&both, HSI_CLIENT, received[HSI_CLIENT], BULK), HSI_OK);
        assert_int_equal(pump(&both, HSI_CLIENT, 10000, operate_read, &end), HSI_CLOSED);
        assert_int_equal(pthread_join(threads[0], NULL), 0);
        assert_int_equal(pthread_join(threads[1], NULL), 0);
        assert_int_equal(server.status, HSI_OK);
        assert_int_equal(writer.status, HSI_OK);
        assert_memory_equal(received[HSI_CLIENT], sent, BULK);
        take_down(&both);
    }
}

/* Both handshakes in one thread: nobody waits. */
static void shake_hands(wired_pair *both)
{
    hsi_status statuses[2] = {HSI_WANT_READ, HSI_WANT_READ};
    while (statuses[0] == HSI_WANT_READ || statuses[1] == HSI_WANT_READ) {
        for (uint8_t side = 0; side < 2; side++) {
            statuses[side] = pump(both, side, 0, operate_handshake, NULL);
        }
    }
    assert_int_equal(statuses[0], HSI_OK);
    assert_int_equal(statuses[1], HSI_OK);
}

static void without_a_timeout_nothing_waits(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    uint8_t byte;
    data_transfer read = {&byte, 1, 0};
    assert_int_equal(pump(&both, HSI_SERVER, 0, operate_read, &read), HSI_WANT_READ);
    take_down(&both);
}

/* The peer never reads: the socket fills, then 64 KiB of records, then it is enough. */
static void a_writer_without_a_timeout_is_told_to_wait_when_the_socket_is_full(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    hsi_status status = HSI_OK;
    size_t total = 0;
    for (size_t i = 0; i < 10000 && status == HSI_OK; i++) {
        data_transfer write = {sent, 16384, 0};
        status = pump(&both, HSI_CLIENT, 0, operate_write, &write);
        total += write.done;
    }
    assert_int_equal(status, HSI_WANT_WRITE);
    assert_true(hsi_session_pending_out(both.it.sessions[HSI_CLIENT]) < 2 * 65536);
    data_transfer write = {sent, 16384, 0};
    assert_int_equal(pump(&both, HSI_CLIENT, 20, operate_write, &write), HSI_TIMEOUT);
    memset(received, 0, sizeof received);
    size_t done = 0;
    while (done < total) { /* nothing was lost: each side in turn */
        data_transfer read = {received[0], sizeof received[0], 0};
        hsi_status read_status = pump(&both, HSI_SERVER, 0, operate_read, &read);
        assert_true(read_status == HSI_OK || read_status == HSI_WANT_READ);
        done += read.done;
        data_transfer nothing = {received[1], 1, 0};
        assert_int_equal(pump(&both, HSI_CLIENT, 0, operate_read, &nothing), HSI_WANT_READ);
    }
    assert_int_equal(done, total);
    take_down(&both);
}

static void a_silent_peer_times_out(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    assert_int_equal(pump(&both, HSI_CLIENT, 20, operate_handshake, NULL), HSI_TIMEOUT);
    shake_hands(&both); /* and it goes on from there */
    take_down(&both);
}

/* Each time a byte of a record that never ends arrives. */
static hsi_status operate_on_a_trickle(hsi_session *session, void *arguments)
{
    const wired_pair *both = arguments;
    assert_int_equal(send(both->descriptors[HSI_SERVER], "x", 1, 0), 1);
    HSI_UNUSED(session);
    return HSI_WANT_READ;
}

static hsi_status operate_on_what_never_goes_out(hsi_session *session, void *arguments)
{
    HSI_UNUSED(session);
    HSI_UNUSED(arguments);
    hsi_transport_set_mark(UINT64_MAX);
    return HSI_OK;
}

static void a_socket_that_is_always_ready_does_not_outlast_the_timeout(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    assert_int_equal(pump(&both, HSI_CLIENT, 20, operate_on_a_trickle, &both), HSI_TIMEOUT);
    assert_int_equal(pump(&both, HSI_CLIENT, 20, operate_on_what_never_goes_out, NULL), HSI_TIMEOUT);
    take_down(&both);
}

static void *run_handshake(void *argument)
{
    thread_result *result = argument;
    result->status = pump(result->both, HSI_SERVER, 10000, operate_handshake, NULL);
    return NULL;
}

static hsi_status write_elsewhere(void *context)
{
    size_t done;
    return hsi_session_write(context, hsi_bytes_of(sent, 1000), &done);
}

/* In TLS 1.2 a client's handshake ends with reading: its last step queues nothing. */
static void an_observer_that_writes_to_another_session_is_not_waited_for(void **state)
{
    (void)state;
    pair other = pair_of(TLS("1.3"), "ECDSA");
    pair_run(&other);
    wired_pair both = wire_up(TLS("1.2"));
    thread_result server = {&both, HSI_USAGE};
    pthread_t thread;
    both.it.sessions[HSI_CLIENT]->observer = (hsi_observer){other.sessions[HSI_CLIENT], write_elsewhere, NULL};
    assert_int_equal(pthread_create(&thread, NULL, run_handshake, &server), 0);
    assert_int_equal(pump(&both, HSI_CLIENT, 5000, operate_handshake, NULL), HSI_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(server.status, HSI_OK);
    assert_true(other.sessions[HSI_CLIENT]->queued > both.it.sessions[HSI_CLIENT]->queued);
    take_down(&both);
    pair_end(&other);
}

static void on_signal(int number)
{
    HSI_UNUSED(number);
}

static void a_signal_interrupts_the_wait_and_the_call_can_be_repeated(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    struct sigaction action = {.sa_handler = on_signal}, before;
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    assert_int_equal(pump(&both, HSI_CLIENT, -1, operate_handshake, NULL), HSI_INTERRUPTED);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    shake_hands(&both);
    take_down(&both);
}

static const hsi_entry *last_entry(const wired_pair *both, uint8_t side)
{
    const hsi_journal *journal = hsi_trace_journal(both->traces[side]);
    return hsi_journal_peek(journal, hsi_journal_count(journal) - 1);
}

static void a_closed_socket_is_eof_and_a_fin_in_the_journal(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    shake_hands(&both);
    uint8_t byte;
    data_transfer read = {&byte, 1, 0};
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
    data_transfer write = {sent, 100, 0};
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
    assert_int_equal(hsi_pump_run(both.it.sessions[HSI_SERVER], -1, 1000, operate_handshake, NULL), HSI_SYSTEM);
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
    assert_int_equal(hsi_pump_run(server, -1, 1000, operate_read_after_all, NULL), HSI_TLS);
    assert_int_equal(hsi_session_failure(server)->code, code);
    take_down(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_reads_while_another_writes_and_a_peer_echoes),
        cmocka_unit_test(without_a_timeout_nothing_waits),
        cmocka_unit_test(a_writer_without_a_timeout_is_told_to_wait_when_the_socket_is_full),
        cmocka_unit_test(a_silent_peer_times_out),
        cmocka_unit_test(a_socket_that_is_always_ready_does_not_outlast_the_timeout),
        cmocka_unit_test(an_observer_that_writes_to_another_session_is_not_waited_for),
        cmocka_unit_test(a_signal_interrupts_the_wait_and_the_call_can_be_repeated),
        cmocka_unit_test(a_closed_socket_is_eof_and_a_fin_in_the_journal),
        cmocka_unit_test(writing_to_a_peer_that_is_gone_is_a_system_error),
        cmocka_unit_test(reading_from_a_peer_that_is_gone_gives_what_it_said_first),
        cmocka_unit_test(the_alert_is_sent_before_a_failure_returns),
        cmocka_unit_test(what_is_no_socket_is_a_system_error),
        cmocka_unit_test(what_the_system_refuses_does_not_hide_how_a_session_has_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
