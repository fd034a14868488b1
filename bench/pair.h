/* Pair: a client and a server that shake hands in one process over memory, made in two ways that are measured against each
 * other: bare.c by GnuTLS alone, captured.c through csrc/live. Both send the same bytes with the same certificates.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BENCH_PAIR_H
#define HSI_BENCH_PAIR_H

#include <stddef.h>

#define SERVER_NAME "localhost"

struct scenario {
    const char *priority; /* GnuTLS's, of both ends */
    const char *certificate; /* the kind of the server's, see lab_certificate.h */
};

/* A way to make pairs: set_up once, then pair as often as wanted. What fails ends the program with a message. */
struct way {
    const char *name;
    void (*set_up)(const struct scenario *scenario);
    void (*pair)(void);
};

extern const struct way bare, captured;

/* check ends the program where something does not hold that a measurement needs. */
void check(int holds, const char *what);

#endif
