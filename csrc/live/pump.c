/* Pump: see the header. recv and send never wait (MSG_DONTWAIT); only poll does, with no lock held. Bytes are sent
 * from the session's own queue under its lock, so two threads cannot mix their records.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "live/pump.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "live/session_state.h"

typedef struct hsi_pump {
    hsi_session *session;
    int descriptor;
    int timeout;
    int64_t deadline; /* of a timeout above 0, in milliseconds */
    int error; /* an errno of send, 0: none */
    int in_error; /* an errno of recv, 0: none */
    bool in_ended;
} hsi_pump;

static int64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- out ---- */

static bool would_wait(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

static size_t send_some(void *context, hsi_bytes bytes)
{
    hsi_pump *pump = context;
    size_t done = 0;
    while (done < bytes.length) {
        ssize_t sent = send(pump->descriptor, bytes.data + done, bytes.length - done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            done += (size_t)sent;
        } else if (errno != EINTR) {
            pump->error = would_wait(errno) ? 0 : errno;
            return pump->error == 0 ? done : bytes.length; /* what nobody can take is dropped */
        }
    }
    return done;
}

static hsi_status flush(hsi_pump *pump)
{
    return hsi_transport_offer(pump->session, send_some, pump);
}

/* ---- in ---- */

static size_t receive_some(void *context, uint8_t *out, size_t size)
{
    hsi_pump *pump = context;
    ssize_t received;
    do {
        received = recv(pump->descriptor, out, size, MSG_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    pump->in_ended = received == 0;
    pump->in_error = received < 0 ? errno : 0;
    return received > 0 ? (size_t)received : 0;
}

/* OK: bytes or an end were fed; WANT_READ: there is nothing yet. */
static hsi_status receive(hsi_pump *pump)
{
    size_t received;
    HSI_TRY(hsi_transport_receive(pump->session, receive_some, pump, &received));
    if (pump->in_ended) {
        return hsi_session_feed_end(pump->session, HSI_END_FIN);
    }
    if (pump->in_error == ECONNRESET) {
        return hsi_session_feed_end(pump->session, HSI_END_RST);
    }
    if (pump->in_error != 0 && !would_wait(pump->in_error)) {
        return hsi_session_fail_system(pump->session, pump->in_error);
    }
    return received > 0 ? HSI_OK : HSI_WANT_READ;
}

/* ---- waiting ---- */

static int time_left(const hsi_pump *pump)
{
    if (pump->timeout <= 0) {
        return pump->timeout;
    }
    int64_t left = pump->deadline - now();
    return left < 0 ? 0 : (int)(left > INT_MAX ? INT_MAX : left);
}

static hsi_status in_time(const hsi_pump *pump)
{
    return pump->timeout > 0 && time_left(pump) == 0 ? HSI_TIMEOUT : HSI_OK;
}

/* A signal that arrives just before poll(), or in another thread, does not end it: nobody waits longer at a stretch. */
enum { STRETCH = 500 /* ms */ };

/* OK: the socket may be ready. `wanted`: WANT_READ, which waits for room too where bytes are queued, or WANT_WRITE. */
static hsi_status wait_for(const hsi_pump *pump, hsi_status wanted)
{
    if (pump->timeout == 0) {
        return wanted;
    }
    short events = wanted == HSI_WANT_READ ? POLLIN : POLLOUT;
    if (hsi_session_pending_out(pump->session) > 0) {
        events |= POLLOUT;
    }
    struct pollfd socket = {.fd = pump->descriptor, .events = events};
    int left = time_left(pump);
    bool longer = left < 0 || left > STRETCH;
    int ready = poll(&socket, 1, longer ? STRETCH : left);
    if (ready > 0) {
        return HSI_OK;
    }
    if (ready == 0) {
        return longer ? HSI_INTERRUPTED : HSI_TIMEOUT;
    }
    return errno == EINTR ? HSI_INTERRUPTED : hsi_session_fail_system(pump->session, errno);
}

/* ---- the operation ---- */

/* Waits until what this thread queued has gone out; not for what others queued, whose peer may be waiting for us. */
static hsi_status flush_up_to(hsi_pump *pump, uint64_t end)
{
    while (!hsi_transport_taken(pump->session, end)) {
        HSI_TRY(in_time(pump));
        HSI_TRY(wait_for(pump, HSI_WANT_WRITE));
        HSI_TRY(flush(pump));
    }
    return HSI_OK;
}

void hsi_pump_abandon(hsi_session *session, hsi_task *task)
{
    if (task->done) {
        hsi_transport_owe(session, task->sent);
        task->done = false;
    }
}

/* The operation is done. That the socket takes nothing any more concerns those who wrote data; to others the peer may have
 * said why, and they have yet to read that. */
static hsi_status finish(hsi_pump *pump, hsi_task *task)
{
    hsi_status status = flush_up_to(pump, task->sent.end);
    if (pump->error != 0 && task->sent.data > 0) {
        return hsi_session_fail_system(pump->session, pump->error);
    }
    if (status != HSI_OK && status != HSI_INTERRUPTED) {
        hsi_pump_abandon(pump->session, task);
    }
    return status;
}

/* Moves bytes for an operation that wants them. What has arrived comes first: so a flight goes out in one piece, and not
 * its beginning to a peer that then takes no more. A peer that takes nothing may have said why: it is still read from. */
static hsi_status move(hsi_pump *pump, hsi_status wanted)
{
    if (wanted == HSI_WANT_READ) {
        hsi_status status = receive(pump);
        if (status != HSI_WANT_READ) {
            return status;
        }
    }
    HSI_TRY(flush(pump));
    if (wanted == HSI_WANT_WRITE && pump->error != 0) {
        return hsi_session_fail_system(pump->session, pump->error);
    }
    if (wanted == HSI_WANT_WRITE && hsi_session_pending_out(pump->session) == 0) {
        return HSI_OK;
    }
    return wait_for(pump, wanted);
}

/* Not again where it came to an end before it was interrupted. */
static hsi_status operate(hsi_session *session, hsi_task *task)
{
    if (task->done) {
        return HSI_OK;
    }
    hsi_transport_set_sent((hsi_sent){0, 0});
    hsi_status status = task->operation(session, task->arguments);
    task->done = status == HSI_OK;
    task->sent = hsi_transport_sent();
    return status;
}

hsi_status hsi_pump_run(hsi_session *session, int descriptor, int timeout, hsi_task *task)
{
    hsi_pump pump = {.session = session, .descriptor = descriptor, .timeout = timeout};
    pump.deadline = timeout > 0 ? now() + timeout : 0;
    HSI_TRY(flush(&pump));
    for (;;) {
        hsi_status status = operate(session, task);
        if (status == HSI_BUSY) {
            return status;
        }
        if (status == HSI_WANT_READ || status == HSI_WANT_WRITE) {
            HSI_TRY(in_time(&pump));
            HSI_TRY(move(&pump, status));
        } else {
            HSI_TRY(flush(&pump));
            return status == HSI_OK ? finish(&pump, task) : status;
        }
    }
}
