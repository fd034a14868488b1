/* Session: the Python object over a GnuTLS session.
 *
 *     session.c         the type, and how a session is made
 *     session_methods.c what drives it
 *     session_features.c and what else it does
 *     session_call.c    the one way in: refuses re-entry, releases the GIL, raises when the call has come home
 *     session_events.c  the way out: listener and tamper, called from inside GnuTLS
 *     session_facts.c   what is known of it
 *
 * Locks: the GIL is taken while GnuTLS holds the session's lock (a listener), so the session's lock is never waited for with
 * the GIL held. The trace's lock is held over nothing that waits.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PY_SESSION_H
#define HSI_PY_SESSION_H

#include <stdatomic.h>

#include "live/pump.h"
#include "py/errors.h"
#include "py/trace.h"

typedef struct Session {
    PyObject_HEAD hsi_session *session; /* NULL: closed. It, users and closing change under the GIL */
    size_t users;                       /* calls that are in it, of any thread */
    bool closing;                       /* the last of them closes it */
    bool server_side;
    PyObject *trace;         /* a Trace */
    hsi_trace *journal;      /* what that Trace showed when the session was made */
    PyObject *listener;      /* NULL: none */
    PyObject *tamper;        /* NULL: none */
    atomic_uint listens;     /* a bit for each hsi_event_kind that the listener is told of */
    hsi_follower follower; /* which events the listener was told of, or was not listening for; the trace's lock */
    Py_ssize_t sent_records; /* that were shown to tamper; the session's lock */
} Session;

enum { HSI_LISTENS_ALL = (1 << HSI_EVENT_KINDS) - 1 };

/* ---- session_call.c ---- */

/* One call into a session, on the stack of who makes it. */
typedef struct hsi_call {
    Session *session;
    PyThreadState *saved; /* while GnuTLS works */
    hsi_raised raised; /* by a listener, tamper or signal handler; the first one */
    struct hsi_call *outer; /* of the same thread, into another session, in whose listener this one is made */
} hsi_call;

/* Where a session's bytes come from and go to. */
typedef struct hsi_socket {
    int descriptor;
    long long timeout; /* in ms; -1: for ever, 0: never wait */
} hsi_socket;

/* hsi_session_drive runs an operation, on a socket or (NULL) over memory. -1: an exception is set. */
int hsi_session_drive(Session *self, const hsi_socket *socket, hsi_operation *operation, void *arguments);

/* hsi_session_ask runs an operation that only looks, from a callback too. False: the session is closed, or
 * another process's. */
bool hsi_session_ask(Session *self, hsi_operation *operation, void *arguments);

/* hsi_session_close closes it, or has the last call in it do so. -1: an exception is set. */
int hsi_session_close(Session *self);

/* hsi_session_current is this thread's innermost call. */
hsi_call *hsi_session_current(void);

/* hsi_timeout_in: seconds or None to ms, for the argument format O&. */
int hsi_timeout_in(PyObject *object, void *timeout);

/* ---- session_events.c ---- */

/* hsi_session_deliver tells the listener what is new in the trace. False: it raised, and `raised` has the exception. */
bool hsi_session_deliver(Session *self, hsi_raised *raised);

/* hsi_session_listen sets a listener and what it is told of; it hears of what happens from now on. */
hsi_status hsi_session_listen(Session *self, PyObject *listener, unsigned listens);

/* For hsi_observer. */
hsi_status hsi_session_appended(void *session);
hsi_status hsi_session_tamper(void *session, hsi_bytes record, hsi_buffer *out);

/* ---- session_methods.c, session_features.c, session_facts.c ---- */

/* Bytes for an operation, or from it: `done` says how many. */
typedef struct hsi_transfer {
    uint8_t *out;
    size_t size;
    hsi_bytes in;
    size_t done;
} hsi_transfer;

/* hsi_session_py_do is hsi_session_drive as a method that gives None. hsi_session_py_give is one that gives what the operation,
 * which takes an hsi_transfer, has read: at most `size` bytes, and at most a record's. */
PyObject *hsi_session_py_do(PyObject *self, const hsi_socket *socket, hsi_operation *operation, void *arguments);
PyObject *hsi_session_py_give(PyObject *self, const hsi_socket *socket, hsi_operation *operation, Py_ssize_t size);

extern PyMethodDef hsi_session_methods[];
extern PyGetSetDef hsi_session_getset[];
PyObject *hsi_session_py_pending(PyObject *self, PyObject *unused);
PyObject *hsi_session_py_write_early(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *hsi_session_py_read_early(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *hsi_session_py_key_update(PyObject *self, PyObject *args, PyObject *keywords);
PyObject *hsi_session_py_rehandshake(PyObject *self, PyObject *unused);
PyObject *hsi_session_py_reauth(PyObject *self, PyObject *unused);
PyObject *hsi_session_py_resumption(PyObject *self, PyObject *unused);
PyObject *hsi_session_py_channel_binding(PyObject *self, PyObject *args, PyObject *keywords);

#endif
