/* Wired: a client and a server on a socket pair, driven by the pump.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TEST_WIRED_H
#define HSI_TEST_WIRED_H

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live/pump.h"
#include "pair.h"

/* A client and a server, each with its own trace and descriptor. */
typedef struct wired_pair {
    pair it;
    hsi_trace *traces[2];
    int descriptors[2];
} wired_pair;

static inline wired_pair wire_up(const char *priority)
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

static inline void cut(wired_pair *both, uint8_t side)
{
    if (both->descriptors[side] >= 0) {
        assert_int_equal(close(both->descriptors[side]), 0);
        both->descriptors[side] = -1;
    }
}

static inline void take_down(wired_pair *both)
{
    for (uint8_t side = 0; side < 2; side++) {
        hsi_session_free(both->it.sessions[side]);
        hsi_trace_drop(both->traces[side]);
        hsi_config_drop(both->it.configs[side]);
        cut(both, side);
    }
}

static inline hsi_status operate_handshake(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_handshake(session);
}

typedef struct data_transfer {
    uint8_t *data;
    size_t length, done;
} data_transfer;

static inline hsi_status operate_read(hsi_session *session, void *arguments)
{
    data_transfer *read = arguments;
    return hsi_session_read(session, read->data, read->length, &read->done);
}

static inline hsi_status operate_write(hsi_session *session, void *arguments)
{
    data_transfer *write = arguments;
    return hsi_session_write(session, hsi_bytes_of(write->data, write->length), &write->done);
}

static inline hsi_status operate_close(hsi_session *session, void *arguments)
{
    HSI_UNUSED(arguments);
    return hsi_session_close_notify(session);
}

static inline hsi_status pump(wired_pair *both, uint8_t side, int timeout, hsi_operation *operation, void *arguments)
{
    hsi_task task = {.operation = operation, .arguments = arguments};
    return hsi_pump_run(both->it.sessions[side], both->descriptors[side], timeout, &task);
}

/* Reads or writes all; a status, since it runs in threads. */
static inline hsi_status transfer_all(wired_pair *both, uint8_t side, hsi_operation *operation, uint8_t *data,
                                      size_t length)
{
    for (size_t done = 0; done < length;) {
        data_transfer part = {data + done, length - done, 0};
        HSI_TRY(pump(both, side, 10000, operation, &part));
        done += part.done;
    }
    return HSI_OK;
}

static inline hsi_status write_all(wired_pair *both, uint8_t side, uint8_t *data, size_t length)
{
    return transfer_all(both, side, operate_write, data, length);
}

static inline hsi_status read_all(wired_pair *both, uint8_t side, uint8_t *data, size_t length)
{
    return transfer_all(both, side, operate_read, data, length);
}

typedef struct thread_result {
    wired_pair *both;
    hsi_status status;
} thread_result;

static inline void *run_handshake(void *argument)
{
    thread_result *result = argument;
    result->status = pump(result->both, HSI_SERVER, 10000, operate_handshake, NULL);
    return NULL;
}

/* Both handshakes in one thread: nobody waits. */
static inline void shake_hands(wired_pair *both)
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

static inline const hsi_entry *last_entry(const wired_pair *both, uint8_t side)
{
    const hsi_journal *journal = hsi_trace_journal(both->traces[side]);
    return hsi_journal_peek(journal, hsi_journal_count(journal) - 1);
}

#endif
