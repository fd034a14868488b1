/* Pair: a client and a server that shake hands in one process over memory, made in several ways that are measured against
 * each other: bare.c by GnuTLS alone, captured.c through csrc/live. All send the same bytes with the same certificates.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_BENCH_PAIR_H
#define HSI_BENCH_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#define SERVER_NAME "localhost"

enum { WRITE = 16384 }; /* bytes that the client sends at once: as many as a record holds */

struct scenario {
    const char *priority; /* GnuTLS's, of both ends */
    const char *certificate; /* PEM files of the server: its chain… */
    const char *key; /* …and its private key */
};

/* A way to make pairs. What fails ends the program with a message. */
struct way {
    const char *name;
    void (*set_up)(const struct scenario *scenario); /* once, before all else */
    void (*remember)(void); /* makes a pair that all later ones resume */
    void (*pair)(size_t writes); /* makes a pair whose client sends that much, and ends it */
    void (*keep)(void); /* makes a pair that stays as it is after the handshake */
};

extern const struct way bare, captured, captured_apart, captured_all, folded, folded_apart;

/* check ends the program where something does not hold that a measurement needs. */
void check(bool holds, const char *what);

#endif
