/* Prints the TCP streams of a capture, for tests/py/test_reassembly.py and by hand. Call: streams FILE [PIECE [REPEAT]]
 * Standard output: a line for each call to the sink, with what bytes there were in hex; then the notes. PIECE: how many bytes
 * are fed at a time (0: all). REPEAT: nothing is printed but how fast the file was read, so many times over.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "capture/packets.h"

static const char *const faults[] = {"start", "hole", "conflict", "cut"};
static const char *const ends_of[] = {"fin", "rst"};
static size_t flows;
static uint64_t given;

static void print_endpoint(const hsi_endpoint *end)
{
    for (size_t i = 0; i < (end->version == 4 ? 4U : 16U); i++) {
        printf("%02x", end->address[i]);
    }
    printf(":%d ", end->port);
}

static hsi_status open_flow(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **flow)
{
    HSI_UNUSED(context);
    *flow = (void *)++flows; /* its number will do */
    printf("open %zu ", flows);
    print_endpoint(&ends[0]);
    print_endpoint(&ends[1]);
    printf("%llu\n", (unsigned long long)time_ns);
    return HSI_OK;
}

static hsi_status print_bytes(void *context, void *flow, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    HSI_UNUSED(context);
    printf("bytes %zu %d ", (size_t)flow, from);
    for (size_t i = 0; i < data.length; i++) {
        printf("%02x", data.data[i]);
    }
    printf(" %llu\n", (unsigned long long)time_ns);
    return HSI_OK;
}

static hsi_status print_fault(void *context, void *flow, uint8_t from, const hsi_capture_fault *fault)
{
    HSI_UNUSED(context);
    printf("fault %zu %d %s %llu %llu %llu\n", (size_t)flow, from, faults[fault->kind],
           (unsigned long long)fault->offset, (unsigned long long)fault->length, (unsigned long long)fault->packet);
    return HSI_OK;
}

static hsi_status print_end(void *context, void *flow, uint8_t from, hsi_end end, uint64_t time_ns)
{
    HSI_UNUSED(context);
    HSI_UNUSED(time_ns);
    printf("end %zu %d %s\n", (size_t)flow, from, ends_of[end]);
    return HSI_OK;
}

static hsi_status print_close(void *context, void *flow)
{
    HSI_UNUSED(context);
    printf("close %zu\n", (size_t)flow);
    return HSI_OK;
}

static hsi_status print_secrets(void *context, hsi_bytes text)
{
    HSI_UNUSED(context);
    printf("secrets %zu\n", text.length);
    return HSI_OK;
}

static const hsi_capture_sink printing = {NULL,      open_flow,   print_bytes,  print_fault,
                                          print_end, print_close, print_secrets};

/* ---- the same for those that measure: nothing is done with the bytes ---- */

static hsi_status count_flow(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **flow)
{
    HSI_UNUSED(context);
    HSI_UNUSED(ends);
    HSI_UNUSED(time_ns);
    HSI_UNUSED(flow);
    return HSI_OK;
}

static hsi_status count_bytes(void *context, void *flow, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    HSI_UNUSED(context);
    HSI_UNUSED(flow);
    HSI_UNUSED(from);
    HSI_UNUSED(time_ns);
    given += data.length;
    return HSI_OK;
}

static hsi_status count_fault(void *context, void *flow, uint8_t from, const hsi_capture_fault *fault)
{
    HSI_UNUSED(context);
    HSI_UNUSED(flow);
    HSI_UNUSED(from);
    HSI_UNUSED(fault);
    return HSI_OK;
}

static hsi_status count_end(void *context, void *flow, uint8_t from, hsi_end end, uint64_t time_ns)
{
    HSI_UNUSED(context);
    HSI_UNUSED(flow);
    HSI_UNUSED(from);
    HSI_UNUSED(end);
    HSI_UNUSED(time_ns);
    return HSI_OK;
}

static hsi_status count_close(void *context, void *flow)
{
    HSI_UNUSED(context);
    HSI_UNUSED(flow);
    return HSI_OK;
}

static hsi_status count_secrets(void *context, hsi_bytes text)
{
    HSI_UNUSED(context);
    HSI_UNUSED(text);
    return HSI_OK;
}

static const hsi_capture_sink counting = {NULL,      count_flow,  count_bytes,  count_fault,
                                          count_end, count_close, count_secrets};

/* ---- */

static hsi_bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    size_t length = (size_t)ftell(file);
    uint8_t *data = malloc(length + 1);
    rewind(file);
    if (data == NULL || fread(data, 1, length, file) != length) {
        perror(path);
        exit(2);
    }
    (void)fclose(file);
    return hsi_bytes_of(data, length);
}

static hsi_status read_capture(const hsi_capture_sink *sink, hsi_bytes file, size_t piece, hsi_packets_notes *notes)
{
    hsi_packets *packets = hsi_packets_new(sink);
    hsi_status status = packets == NULL ? HSI_NO_MEMORY : HSI_OK;
    for (size_t at = 0; at < file.length && status == HSI_OK; at += piece) {
        status =
            hsi_packets_feed(packets, hsi_bytes_slice(file, at, piece < file.length - at ? piece : file.length - at));
    }
    hsi_status finished = packets == NULL ? HSI_NO_MEMORY : hsi_packets_finish(packets);
    *notes = packets == NULL ? (hsi_packets_notes){0} : hsi_packets_noted(packets);
    hsi_packets_free(packets);
    return status == HSI_OK ? finished : status;
}

static void print_notes(const hsi_packets_notes *notes)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {
        {"packets", notes->packets},   {"bytes", notes->bytes},         {"unknown_links", notes->unknown_links},
        {"not_ip", notes->not_ip},     {"not_tcp", notes->not_tcp},     {"malformed", notes->malformed},
        {"segments", notes->segments}, {"fragments", notes->fragments}, {"fragments_dropped", notes->fragments_dropped},
        {"strays", notes->strays},     {"flows", notes->flows},         {"flows_evicted", notes->flows_evicted},
        {"cut_tail", notes->cut_tail},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        printf("note %s %llu\n", rows[i].name, (unsigned long long)rows[i].count);
    }
}

static void measure(hsi_bytes file, size_t piece, int repeat)
{
    struct timespec from, to;
    hsi_packets_notes notes;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < repeat; i++) {
        (void)!read_capture(&counting, file, piece, &notes);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    printf("%.3f s, %.0f MB/s, %llu bytes of streams, %llu flows\n", seconds,
           (double)file.length * repeat / seconds / 1e6, (unsigned long long)given / (unsigned)repeat,
           (unsigned long long)notes.flows);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: streams FILE [PIECE [REPEAT]]\n");
        return 2;
    }
    hsi_bytes file = read_file(argv[1]);
    size_t piece = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    hsi_packets_notes notes;
    piece = piece == 0 ? file.length + 1 : piece;
    if (argc > 3) {
        measure(file, piece, atoi(argv[3]));
    } else {
        hsi_status status = read_capture(&printing, file, piece, &notes);
        print_notes(&notes);
        printf("status %s\n", hsi_status_name(status));
    }
    free((void *)file.data);
    return 0;
}
