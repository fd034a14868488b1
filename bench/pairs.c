/* Pairs: makes pairs on demand and says what they took. Call: pairs WAY PRIORITY CERTIFICATE KEY full|resumed WRITES, then
 * a number of pairs a line on standard input; it answers each with the seconds of CPU time that they took. With "idle" and
 * a number in their place it makes as many, keeps them, and says how many bytes of the heap an end holds. One way a process, since the probe of csrc/live changes GnuTLS for the whole process. measure.py asks, several of these in turn.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "pair.h"

#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct way *const ways[] = {&bare, &captured, &captured_apart, &captured_all, &folded, &folded_apart};

void check(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench: failed: %s\n", what);
        exit(1);
    }
}

static const struct way *find_way(const char *name)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i]->name, name) == 0) {
            return ways[i];
        }
    }
    return NULL;
}

static double cpu_seconds(void)
{
    struct timespec now;
    check(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "a clock");
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Bytes of the heap that an end holds after its handshake. */
static size_t idle_bytes(const struct way *way, size_t count)
{
    way->keep(); /* what the first one alone needs */
    size_t before = mallinfo2().uordblks;
    for (size_t i = 0; i < count; i++) {
        way->keep();
    }
    return (mallinfo2().uordblks - before) / (2 * count);
}

int main(int argc, char **argv)
{
    check(argc == 7, "the call: pairs WAY PRIORITY CERTIFICATE KEY full|resumed|idle NUMBER");
    const struct way *way = find_way(argv[1]);
    check(way != NULL, "a way that there is");
    way->set_up(&(struct scenario){argv[2], argv[3], argv[4]});
    if (strcmp(argv[5], "idle") == 0) {
        printf("%zu\n", idle_bytes(way, strtoul(argv[6], NULL, 10)));
        return 0;
    }
    if (strcmp(argv[5], "resumed") == 0) {
        way->remember();
    }
    size_t writes = strtoul(argv[6], NULL, 10);
    char line[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        double begun = cpu_seconds();
        for (long left = strtol(line, NULL, 10); left > 0; left--) {
            way->pair(writes);
        }
        printf("%.9f\n", cpu_seconds() - begun);
        fflush(stdout);
    }
    return 0;
}
