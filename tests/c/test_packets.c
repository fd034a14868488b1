/* Tests csrc/capture/packets.c: from a file to what the sink is told, with all that lies between.
 * SPDX-License-Identifier: MIT */
#include "told.h"
#include "wire.h"

#include "base/memory.h"
#include "capture/packets.h"

enum { RAW = 101 };

static void append_little(hsi_buffer *out, uint32_t value)
{
    append_uint(out, 4, __builtin_bswap32(value));
}

static void append_packet(hsi_buffer *file, const wire_segment *segment)
{
    hsi_buffer packet = HSI_BUFFER_EMPTY;
    append_ipv4(&packet, segment);
    append_little(file, 1700000000);
    append_little(file, 123456);
    append_little(file, (uint32_t)hsi_buffer_length(&packet));
    append_little(file, (uint32_t)hsi_buffer_length(&packet));
    assert_int_equal(hsi_buffer_append(file, hsi_buffer_peek(&packet)), HSI_OK);
    hsi_buffer_cleanup(&packet);
}

/* A pcap of a connection whose second segment comes too late, and that has no end. */
static hsi_buffer make_pcap(void)
{
    static const wire_segment segments[] = {
        {0, HSI_TCP_SYN, 0, 0, "", 0},      {1, HSI_TCP_SYN | HSI_TCP_ACK, 0, 1, "", 0},
        {0, HSI_TCP_ACK, 1, 1, "one ", 0},  {0, HSI_TCP_ACK, 9, 1, "three", 0},
        {1, HSI_TCP_ACK, 1, 14, "seen", 0},
    };
    hsi_buffer file = HSI_BUFFER_EMPTY;
    const uint32_t header[] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, RAW};
    for (size_t i = 0; i < HSI_COUNT(header); i++) {
        append_little(&file, header[i]);
    }
    for (size_t i = 0; i < HSI_COUNT(segments); i++) {
        append_packet(&file, &segments[i]);
    }
    return file;
}

#define STORY "open\n0 bytes one \n0 hole 4+4\n0 bytes three\n1 bytes seen\n"

static void a_file_is_told_in_order(void **state)
{
    (void)state;
    told t = {.length = 0};
    hsi_buffer file = make_pcap();
    hsi_capture_sink sink = told_sink(&t);
    hsi_packets *packets = hsi_packets_new(&sink);
    assert_int_equal(hsi_packets_feed(packets, hsi_buffer_peek(&file)), HSI_OK);
    assert_told(&t, STORY);
    assert_int_equal(t.packet, 5);
    assert_int_equal(t.time_ns, 1700000000123456000);
    assert_int_equal(hsi_packets_finish(packets), HSI_OK);
    assert_told(&t, "close\n");
    hsi_packets_notes notes = hsi_packets_noted(packets);
    assert_int_equal(notes.packets, 5);
    assert_int_equal(notes.bytes, 5 * WIRE_HEADERS + 13);
    assert_int_equal(notes.segments, 5);
    assert_int_equal(notes.flows, 1);
    hsi_packets_free(packets);
    hsi_buffer_cleanup(&file);
}

static void damage_stays_and_what_came_before_is_closed(void **state)
{
    (void)state;
    told t = {.length = 0};
    hsi_buffer file = make_pcap();
    hsi_capture_sink sink = told_sink(&t);
    hsi_packets *packets = hsi_packets_new(&sink);
    for (int i = 0; i < 4; i++) {
        append_uint(&file, 4, UINT32_MAX);
    }
    assert_int_equal(hsi_packets_feed(packets, hsi_buffer_peek(&file)), HSI_FORMAT);
    assert_int_equal(hsi_packets_feed(packets, HSI_BYTES_EMPTY), HSI_FORMAT);
    assert_told(&t, STORY);
    assert_int_equal(hsi_packets_finish(packets), HSI_FORMAT);
    assert_told(&t, "close\n");
    assert_false(hsi_packets_noted(packets).cut_tail);
    hsi_packets_free(packets);
    hsi_buffer_cleanup(&file);
}

static void an_empty_file_is_no_capture(void **state)
{
    (void)state;
    told t = {.length = 0};
    hsi_capture_sink sink = told_sink(&t);
    hsi_packets *packets = hsi_packets_new(&sink);
    assert_int_equal(hsi_packets_feed(packets, HSI_BYTES_EMPTY), HSI_OK);
    assert_int_equal(hsi_packets_finish(packets), HSI_FORMAT);
    hsi_packets_free(packets);
    hsi_packets_free(NULL);
}

static void who_gives_up_gets_closes_and_nothing_else(void **state)
{
    (void)state;
    told t = {.length = 0};
    hsi_buffer file = make_pcap();
    hsi_capture_sink sink = told_sink(&t);
    hsi_packets *packets = hsi_packets_new(&sink);
    size_t before_the_last = hsi_buffer_length(&file) - 16 - WIRE_HEADERS - 4; /* the hole is not final yet */
    assert_int_equal(hsi_packets_feed(packets, hsi_bytes_slice(hsi_buffer_peek(&file), 0, before_the_last)), HSI_OK);
    hsi_packets_free(packets);
    assert_told(&t, "open\n0 bytes one \nclose\n");
    hsi_buffer_cleanup(&file);
}

static hsi_status read_in_pieces(told *t, hsi_bytes file)
{
    enum { PIECE = 19 };
    hsi_capture_sink sink = told_sink(t);
    hsi_packets *packets = hsi_packets_new(&sink);
    hsi_status status = packets == NULL ? HSI_NO_MEMORY : HSI_OK;
    for (size_t at = 0; at < file.length && status == HSI_OK; at += PIECE) {
        size_t left = file.length - at;
        status = hsi_packets_feed(packets, hsi_bytes_slice(file, at, left < PIECE ? left : PIECE));
    }
    hsi_status finished = packets == NULL ? status : hsi_packets_finish(packets);
    assert_int_equal(finished, status == HSI_OK ? finished : status); /* a failure stays */
    hsi_packets_free(packets);
    assert_int_equal(t->opened, t->closed);
    return finished;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    hsi_buffer file = make_pcap();
    size_t failures = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        told t = {.length = 0};
        hsi_memory_fail_after(failures);
        status = read_in_pieces(&t, hsi_buffer_peek(&file));
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
    }
    assert_true(failures > 6);
    hsi_buffer_cleanup(&file);
}

static void any_call_may_be_refused(void **state)
{
    (void)state;
    hsi_buffer file = make_pcap();
    size_t call = 1;
    for (hsi_status status = HSI_CALLBACK; status != HSI_OK; call++) {
        told t = {.fails_at = call};
        status = read_in_pieces(&t, hsi_buffer_peek(&file));
        assert_true(status == HSI_OK || status == HSI_CALLBACK);
    }
    assert_int_equal(call, 1 + 6 + 1); /* the story, the close, and once nothing */
    hsi_buffer_cleanup(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_told_in_order),     cmocka_unit_test(damage_stays_and_what_came_before_is_closed),
        cmocka_unit_test(an_empty_file_is_no_capture), cmocka_unit_test(who_gives_up_gets_closes_and_nothing_else),
        cmocka_unit_test(any_allocation_may_fail),     cmocka_unit_test(any_call_may_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
