/* A sink of captures that writes down what it is told, to compare it with what it should be told. A line for each call:
 * "open", "0 bytes abc", "1 hole 10+5", "0 fin", "close", "secrets abc"; the first digit is who sent.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_TOLD_H
#define HSI_TESTS_TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "capture/sink.h"

typedef struct told {
    char text[8192];
    size_t length;
    size_t calls;
    size_t fails_at; /* this call is refused, counted from 1; 0: none is */
    size_t opened, closed;
    hsi_endpoint ends[2]; /* of the flow that was opened last */
    uint64_t time_ns; /* of the last call that has one */
    uint64_t packet; /* of the last fault */
} told;

static inline hsi_status told_line(told *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline hsi_status told_line(told *t, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof t->text - t->length;
    va_start(arguments, format);
    int written = vsnprintf(t->text + t->length, room, format, arguments);
    va_end(arguments);
    t->length += written > 0 && (size_t)written < room ? (size_t)written : 0;
    return ++t->calls == t->fails_at ? HSI_CALLBACK : HSI_OK;
}

static inline hsi_status told_open(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **flow)
{
    told *t = context;
    t->ends[0] = ends[0];
    t->ends[1] = ends[1];
    t->time_ns = time_ns;
    hsi_status status = told_line(t, "open\n");
    t->opened += status == HSI_OK;
    *flow = t;
    return status;
}

static inline hsi_status told_bytes(void *context, void *flow, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    told *t = context;
    HSI_UNUSED(flow);
    t->time_ns = time_ns;
    return told_line(t, "%d bytes %.*s\n", from, (int)data.length, (const char *)data.data);
}

static inline hsi_status told_fault(void *context, void *flow, uint8_t from, const hsi_capture_fault *fault)
{
    static const char *const kinds[] = {"start", "hole", "conflict", "cut"};
    told *t = context;
    HSI_UNUSED(flow);
    t->time_ns = fault->time_ns;
    t->packet = fault->packet;
    return told_line(t, "%d %s %llu+%llu\n", from, kinds[fault->kind], (unsigned long long)fault->offset,
                     (unsigned long long)fault->length);
}

static inline hsi_status told_end(void *context, void *flow, uint8_t from, hsi_end end, uint64_t time_ns)
{
    told *t = context;
    HSI_UNUSED(flow);
    t->time_ns = time_ns;
    return told_line(t, "%d %s\n", from, end == HSI_END_FIN ? "fin" : "rst");
}

static inline hsi_status told_close(void *context, void *flow)
{
    told *t = context;
    HSI_UNUSED(flow);
    t->closed++;
    return told_line(t, "close\n");
}

static inline hsi_status told_secrets(void *context, hsi_bytes text)
{
    return told_line(context, "secrets %.*s\n", (int)text.length, (const char *)text.data);
}

static inline hsi_capture_sink told_sink(told *t)
{
    return (hsi_capture_sink){t, told_open, told_bytes, told_fault, told_end, told_close, told_secrets};
}

/* assert_told: since the last time it was told exactly this. */
static inline void assert_told(told *t, const char *expected)
{
    t->text[t->length] = '\0';
    assert_string_equal(t->text, expected);
    t->length = 0;
}

#endif
