/* Pump: drives a session on a socket: recv and feed, take and send, poll in between. Holds no lock while it waits, so
 * one thread may read while another writes.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_PUMP_H
#define HSI_LIVE_PUMP_H

#include "live/session.h"

/* One operation of a session with its arguments, as hsi_pump_run repeats it. */
typedef hsi_status hsi_operation(hsi_session *session, void *arguments);

/* An operation on its way. */
typedef struct hsi_task {
    hsi_operation *operation;
    void *arguments;
    bool done; /* it came to an end; what it had to send may not have gone out */
    hsi_sent sent; /* where it is done */
} hsi_task;

/* hsi_pump_run repeats an operation until it no longer wants bytes and what it had to send has gone out, moving bytes
 * between session and descriptor. `timeout` in milliseconds, -1: for ever, 0: never wait (WANT_READ, WANT_WRITE).
 * TIMEOUT; INTERRUPTED: a signal arrived, or may have in a long wait: call again with the same task and what is left of
 * the time, or hsi_pump_abandon; SYSTEM: see the session's failure. An alert has been sent when this returns, as far as
 * the socket took it. An end of the stream is fed to the session as FIN or RST. */
HSI_MUST_USE hsi_status hsi_pump_run(hsi_session *session, int descriptor, int timeout, hsi_task *task);

/* hsi_pump_abandon: an interrupted task is not gone on with. What it has encrypted counts for the next write. */
void hsi_pump_abandon(hsi_session *session, hsi_task *task);

#endif
