/* The one way into a session. A call is on the stack of the thread that makes it; a listener that is called from inside
 * GnuTLS finds it again as its thread's innermost one.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include <limits.h>
#include <time.h>

#include "py/session.h"

static _Thread_local hsi_call *current;

static const hsi_failure no_failure = {.status = HSI_OK, .alert = -1, .alert_sender = HSI_NOBODY};

hsi_call *hsi_session_current(void)
{
    return current;
}

static bool inside(const Session *self)
{
    for (const hsi_call *call = current; call != NULL; call = call->outer) {
        if (call->session == self) {
            return true;
        }
    }
    return false;
}

/* ---- in and out ---- */

static bool enter(Session *self)
{
    hsi_module *module = hsi_module_of((PyObject *)self);
    if (inside(self)) {
        (void)hsi_raise_failure(module, HSI_BUSY, &no_failure, self->trace);
        return false;
    }
    if (self->session == NULL || self->closing) {
        (void)hsi_raise_saying(module, HSI_USAGE, "the session is closed");
        return false;
    }
    self->users++;
    return true;
}

/* Frees GnuTLS's session, which finishes the trace, and delivers what comes of that. */
static bool finish(Session *self, hsi_raised *raised)
{
    hsi_session *session = self->session;
    self->session = NULL;
    PyThreadState *saved = PyEval_SaveThread();
    hsi_session_free(session);
    PyEval_RestoreThread(saved);
    bool content = hsi_session_deliver(self, raised);
    hsi_trace_unfollow(self->journal, &self->follower);
    return content;
}

static void leave(Session *self, hsi_raised *raised)
{
    self->users--;
    if (self->closing && self->users == 0 && self->session != NULL) {
        (void)finish(self, raised);
    }
}

int hsi_session_close(Session *self)
{
    hsi_raised raised = {NULL, NULL, NULL};
    if (self->session == NULL) {
        return 0;
    }
    if (!enter(self)) {
        return -1;
    }
    self->closing = true;
    leave(self, &raised);
    return hsi_raised_release(&raised) ? -1 : 0;
}

/* Without the GIL. */
static hsi_status run(hsi_call *call, hsi_operation *operation, void *arguments)
{
    call->outer = current;
    current = call;
    call->saved = PyEval_SaveThread();
    hsi_status status = operation(call->session->session, arguments);
    PyEval_RestoreThread(call->saved);
    current = call->outer;
    return status;
}

/* ---- on a socket ---- */

typedef struct pumping {
    const hsi_socket *socket;
    long long timeout;
    hsi_task task;
} pumping;

static hsi_status pump(hsi_session *session, void *arguments)
{
    pumping *of = arguments;
    int timeout = of->timeout > INT_MAX ? INT_MAX : (int)of->timeout;
    return hsi_pump_run(session, of->socket->descriptor, timeout, &of->task);
}

static hsi_status abandon(hsi_session *session, void *arguments)
{
    pumping *of = arguments;
    hsi_pump_abandon(session, &of->task);
    return HSI_OK;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A signal may have arrived. OK: its handler was content and there is time left. */
static hsi_status handle_signal(hsi_call *call, pumping *of, long long deadline)
{
    if (PyErr_CheckSignals() < 0) {
        hsi_raised_keep(&call->raised);
        return HSI_CALLBACK;
    }
    if (call->session->closing) {
        return HSI_USAGE;
    }
    if (of->timeout > 0) {
        long long left = deadline - now_ms();
        of->timeout = left;
        return left > 0 ? HSI_OK : HSI_TIMEOUT;
    }
    return HSI_OK;
}

static hsi_status run_on(hsi_call *call, const hsi_socket *socket, hsi_operation *operation, void *arguments)
{
    pumping of = {socket, socket->timeout, {.operation = operation, .arguments = arguments}};
    long long deadline = now_ms() + socket->timeout;
    hsi_status status;
    do {
        status = run(call, pump, &of);
        if (status != HSI_INTERRUPTED) {
            return status;
        }
        status = handle_signal(call, &of, deadline);
    } while (status == HSI_OK);
    (void)run(call, abandon, &of);
    return status;
}

/* ---- driving and asking ---- */

int hsi_session_drive(Session *self, const hsi_socket *socket, hsi_operation *operation, void *arguments)
{
    hsi_call call = {.session = self};
    if (!enter(self)) {
        return -1;
    }
    hsi_status status = socket == NULL ? run(&call, operation, arguments) : run_on(&call, socket, operation, arguments);
    if (call.raised.type == NULL && status != HSI_OK) {
        (void)hsi_raise_failure(hsi_module_of((PyObject *)self), status, hsi_session_failure(self->session),
                                self->trace);
        hsi_raised_keep(&call.raised);
    }
    leave(self, &call.raised);
    return hsi_raised_release(&call.raised) ? -1 : 0;
}

bool hsi_session_ask(Session *self, hsi_operation *operation, void *arguments)
{
    if (self->session == NULL || hsi_session_forked(self->session)) {
        return false;
    }
    hsi_raised raised = {NULL, NULL, NULL};
    self->users++;
    PyThreadState *saved = PyEval_SaveThread();
    hsi_status status = operation(self->session, arguments);
    PyEval_RestoreThread(saved);
    leave(self, &raised);
    if (raised.type != NULL) { /* a look is no place for what a listener raised at the end: it says so on stderr */
        (void)hsi_raised_release(&raised);
        PyErr_WriteUnraisable((PyObject *)self);
    }
    return status == HSI_OK;
}

int hsi_timeout_in(PyObject *object, void *timeout)
{
    *(long long *)timeout = -1;
    if (object == Py_None) {
        return 1;
    }
    double seconds = PyFloat_AsDouble(object);
    if (seconds == -1.0 && PyErr_Occurred()) {
        return 0;
    }
    if (!(seconds >= 0)) { /* nor a NaN */
        (void)hsi_raise_value("a timeout is in seconds, 0 or more, or None");
        return 0;
    }
    double longest = (double)INT_MAX;
    double ms = seconds * 1000 > longest ? longest : seconds * 1000;
    *(long long *)timeout = (long long)ms;
    if ((double)*(long long *)timeout < ms) {
        *(long long *)timeout += 1; /* rounded up: a little time is not none */
    }
    return 1;
}
