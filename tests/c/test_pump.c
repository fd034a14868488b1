/* The pump: two threads on a socket pair, waiting, timeouts and full sockets.
 * SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "live/session_state.h"
#include "wired.h"

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
    hsi_transport_set_sent((hsi_sent){UINT64_MAX, 0});
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

static void interrupt_soon(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

static void a_signal_interrupts_the_wait_and_the_call_can_be_repeated(void **state)
{
    (void)state;
    wired_pair both = wire_up(TLS("1.3"));
    interrupt_soon();
    assert_int_equal(pump(&both, HSI_CLIENT, -1, operate_handshake, NULL), HSI_INTERRUPTED);
    shake_hands(&both);
    take_down(&both);
}

/* Writes without waiting, 16 KiB at a time, until the socket takes no more; how much was reported. */
static size_t fill(wired_pair *both)
{
    size_t total = 0;
    for (;;) {
        data_transfer write = {sent + total, 16384, 0};
        hsi_status status = pump(both, HSI_CLIENT, 0, operate_write, &write);
        if (status == HSI_WANT_WRITE) {
            return total;
        }
        assert_int_equal(status, HSI_OK);
        total += write.done;
    }
}

static void *run_reader(void *argument)
{
    thread_result *result = argument;
    result->status = read_all(result->both, HSI_SERVER, received[HSI_SERVER], BULK);
    return NULL;
}

/* What was encrypted for a write that was interrupted, gone on with or not, is not encrypted again. */
static void an_interrupted_write_sends_each_byte_once(void **state)
{
    (void)state;
    for (int abandoned = 0; abandoned < 2; abandoned++) {
        wired_pair both = wire_up(TLS("1.3"));
        thread_result reader = {&both, HSI_USAGE};
        pthread_t thread;
        shake_hands(&both);
        size_t done = fill(&both);
        data_transfer write = {sent + done, 16384, 0};
        hsi_task task = {.operation = operate_write, .arguments = &write};
        interrupt_soon();
        assert_int_equal(hsi_pump_run(both.it.sessions[HSI_CLIENT], both.descriptors[HSI_CLIENT], -1, &task),
                         HSI_INTERRUPTED);
        assert_true(task.done);
        assert_int_equal(pthread_create(&thread, NULL, run_reader, &reader), 0);
        if (abandoned) {
            hsi_pump_abandon(both.it.sessions[HSI_CLIENT], &task);
        } else {
            assert_int_equal(hsi_pump_run(both.it.sessions[HSI_CLIENT], both.descriptors[HSI_CLIENT], -1, &task),
                             HSI_OK);
            assert_int_equal(hsi_session_pending_out(both.it.sessions[HSI_CLIENT]), 0);
            done += write.done;
        }
        assert_int_equal(write_all(&both, HSI_CLIENT, sent + done, BULK - done), HSI_OK);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(reader.status, HSI_OK);
        assert_memory_equal(received[HSI_SERVER], sent, BULK);
        take_down(&both);
    }
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
        cmocka_unit_test(an_interrupted_write_sends_each_byte_once),
    };
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGALRM, &action, NULL);
    for (size_t i = 0; i < BULK; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 251);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
