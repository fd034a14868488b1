/* Status: why a call of ours failed, and the sentence a user reads. A peer's fault is data in the trace, not a status.
 * Every function that can fail returns one, and nobody ignores it.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BASE_STATUS_H
#define HSI_BASE_STATUS_H

#define HSI_STATUSES(X)                                                                                                \
    X(OK, "ok")                                                                                                        \
    X(TRUNCATED, "the bytes end inside a field")                                                                       \
    X(ILLEGAL, "a value is not allowed here")                                                                          \
    X(TOO_MANY, "a vector has more items than are shown")                                                              \
    X(NO_MEMORY, "out of memory")                                                                                      \
    X(UNSUPPORTED, "this GnuTLS does not have the algorithm")                                                          \
    X(CRYPTO, "GnuTLS failed in a computation of ours")                                                                \
    X(FORMAT, "these bytes are not a journal of this version")                                                         \
    X(CREDENTIALS, "a certificate, key or trust file could not be used")                                               \
    X(PRIORITY, "GnuTLS does not accept the priority string")                                                          \
    X(WANT_READ, "the operation needs bytes from the peer")                                                            \
    X(WANT_WRITE, "the operation needs the peer to take bytes")                                                        \
    X(CLOSED, "the peer closed the connection (close_notify)")                                                         \
    X(EOF, "the connection ended without close_notify")                                                                \
    X(UNTRUSTED, "the peer's certificate was not accepted")                                                          \
    X(TLS, "the handshake or a record failed")                                                                         \
    X(SYSTEM, "the operating system refused a socket operation")                                                       \
    X(TIMEOUT, "the operation timed out")                                                                              \
    X(INTERRUPTED, "a signal arrived while waiting")                                                                              \
    X(CALLBACK, "a callback raised an exception")                                                                      \
    X(FORKED, "the session belongs to the process that forked this one")                                               \
    X(BUSY, "the session is already in use by this thread")                                                            \
    X(USAGE, "the call does not fit the state of the object")

typedef enum hsi_status {
#define HSI_STATUS_CODE(name, text) HSI_##name,
    HSI_STATUSES(HSI_STATUS_CODE)
#undef HSI_STATUS_CODE
        HSI_STATUS_COUNT
} hsi_status;

#define HSI_MUST_USE __attribute__((warn_unused_result))

/* HSI_TRY returns from the calling function with the status of `call` where that is not OK. */
#define HSI_TRY(call)                                                                                                  \
    do {                                                                                                               \
        hsi_status hsi_try_status = (call);                                                                            \
        if (hsi_try_status != HSI_OK) {                                                                                \
            return hsi_try_status;                                                                                     \
        }                                                                                                              \
    } while (0)

/* hsi_status_text is the sentence for users: static, never NULL. */
const char *hsi_status_text(hsi_status status);

/* hsi_status_name is the code's name without HSI_: "TRUNCATED". Static, never NULL. */
const char *hsi_status_name(hsi_status status);

#endif
