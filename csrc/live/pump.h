/* Pump: drives a session on a socket: recv and feed, take and send, poll in between. Holds no lock while it waits, so
 * one thread may read while another writes.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_PUMP_H
#define HSI_LIVE_PUMP_H

#include "live/session.h"

/* One operation of a session with its arguments, as hsi_pump_run repeats it. */
typedef hsi_status hsi_operation(hsi_session *session, void *arguments);

/* hsi_pump_run repeats `operation` until it no longer wants bytes, moving bytes between session and descriptor.
 * `timeout` in milliseconds, -1: for ever, 0: never wait (WANT_READ, WANT_WRITE). TIMEOUT; INTERRUPTED: a signal
 * arrived, call again with what is left of the time; SYSTEM: see the session's failure. What the session had to say
 * (an alert too) has been sent when this returns, as far as the socket took it. An end of the stream is fed to the
 * session as FIN or RST. */
HSI_MUST_USE hsi_status hsi_pump_run(hsi_session *session, int descriptor, int timeout, hsi_operation *operation,
                                     void *arguments);

#endif
