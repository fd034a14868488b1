/* Tests csrc/capture/tcp.c and flows.c: which flow a segment belongs to, and how many are kept for how long.
 * tests/py/test_reassembly_faults.py has the ends of flows; here are the bounds.
 * SPDX-License-Identifier: MIT */
#include "told.h"
#include "wire.h"

#include "base/memory.h"
#include "capture/limits.h"
#include "capture/tcp.h"

enum { ISN = 1000, SERVER_ISN = 5000 };

typedef struct capture {
    told told;
    hsi_packets_notes notes;
    hsi_tcp tcp;
    uint64_t packet, time_ns;
} capture;

static void begin(capture *c)
{
    *c = (capture){.time_ns = 1};
    hsi_capture_sink sink = told_sink(&c->told);
    hsi_tcp_init(&c->tcp, &sink, &c->notes);
}

static void end(capture *c)
{
    hsi_tcp_cleanup(&c->tcp);
    assert_int_equal(c->told.opened, c->told.closed);
}

static hsi_status take(capture *c, const wire_segment *segment)
{
    hsi_buffer packet = HSI_BUFFER_EMPTY;
    hsi_ip ip;
    append_ipv4(&packet, segment);
    hsi_cursor in = hsi_cursor_of(hsi_buffer_peek(&packet));
    assert_int_equal(hsi_ip_read(&in, 0, &ip), HSI_OK);
    hsi_status status = hsi_tcp_take(&c->tcp, &ip, ++c->packet, c->time_ns);
    hsi_buffer_cleanup(&packet);
    return status;
}

static void client(capture *c, uint8_t flags, uint32_t offset, const char *text)
{
    assert_int_equal(take(c, &(wire_segment){0, flags, ISN + offset, SERVER_ISN + 1, text, 0}), HSI_OK);
}

static void server(capture *c, uint8_t flags, uint32_t offset, uint32_t acknowledged, const char *text)
{
    assert_int_equal(take(c, &(wire_segment){1, flags, SERVER_ISN + offset, ISN + acknowledged, text, 0}), HSI_OK);
}

static void open_both(capture *c)
{
    client(c, HSI_TCP_SYN, 0, "");
    server(c, HSI_TCP_SYN | HSI_TCP_ACK, 0, 1, "");
    client(c, HSI_TCP_ACK, 1, "");
}

static void a_connection_from_its_syn_to_its_last_fin(void **state)
{
    (void)state;
    capture c;
    begin(&c);
    open_both(&c);
    assert_int_equal(c.told.time_ns, 1);
    assert_int_equal(c.told.ends[0].version, 4);
    assert_int_equal(c.told.ends[0].port, CLIENT_PORT);
    assert_memory_equal(c.told.ends[0].address, "\x0a\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(c.told.ends[1].port, SERVER_PORT);
    client(&c, HSI_TCP_ACK, 1, "hello");
    server(&c, HSI_TCP_ACK, 1, 6, "world");
    client(&c, HSI_TCP_FIN | HSI_TCP_ACK, 6, "");
    assert_told(&c.told, "open\n0 bytes hello\n1 bytes world\n0 fin\n");
    server(&c, HSI_TCP_FIN | HSI_TCP_ACK, 6, 7, "");
    assert_told(&c.told, "1 fin\nclose\n");
    client(&c, HSI_TCP_ACK, 7, "");
    client(&c, HSI_TCP_ACK, 1, "hello");
    assert_told(&c.told, "");
    assert_int_equal(c.notes.strays, 1);
    end(&c);
}

static void a_closed_flow_is_remembered_for_a_minute(void **state)
{
    (void)state;
    capture c;
    begin(&c);
    open_both(&c);
    client(&c, HSI_TCP_RST, 1, "");
    server(&c, HSI_TCP_RST, 1, 1, "");
    assert_told(&c.told, "open\n0 rst\n1 rst\nclose\n");
    c.time_ns += HSI_CLOSED_AGE_NS;
    client(&c, HSI_TCP_ACK, 1, "late");
    assert_told(&c.told, "");
    c.time_ns++;
    assert_int_equal(take(&c, &(wire_segment){0, HSI_TCP_SYN, 1, 0, "", 50000}), HSI_OK); /* time has passed */
    client(&c, HSI_TCP_ACK, 1, "later");
    assert_told(&c.told, "open\nopen\n0 start 0+0\n0 bytes later\n");
    end(&c);
}

static void a_direction_that_ended_without_another_is_closed_soon(void **state)
{
    (void)state;
    capture c;
    begin(&c);
    client(&c, HSI_TCP_SYN, 0, "");
    client(&c, HSI_TCP_FIN, 1, "all");
    c.time_ns += HSI_RESET_AGE_NS;
    client(&c, HSI_TCP_FIN, 1, "all");
    assert_told(&c.told, "open\n0 bytes all\n0 fin\n");
    c.time_ns += HSI_RESET_AGE_NS + 1;
    assert_int_equal(take(&c, &(wire_segment){0, HSI_TCP_SYN, 1, 0, "", 50000}), HSI_OK);
    assert_told(&c.told, "open\nclose\n");
    end(&c);
}

static void flows_have_a_bound_and_the_silent_ones_go_first(void **state)
{
    (void)state;
    capture c;
    begin(&c);
    for (uint32_t i = 0; i <= HSI_FLOWS_MOST; i++) {
        hsi_ip ip = {
            .version = 4, .protocol = HSI_IP_TCP, .source = {1, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}};
        hsi_buffer segment = HSI_BUFFER_EMPTY;
        append_tcp(&segment, &(wire_segment){0, HSI_TCP_SYN, 1, 0, "", 0});
        ip.payload = hsi_buffer_peek(&segment);
        assert_int_equal(hsi_tcp_take(&c.tcp, &ip, i + 1, i), HSI_OK);
        hsi_buffer_cleanup(&segment);
    }
    assert_int_equal(c.told.opened, HSI_FLOWS_MOST + 1);
    assert_int_equal(c.told.closed, 1);
    assert_int_equal(c.notes.flows_evicted, 1);
    const hsi_endpoint server_end = {.version = 4, .port = SERVER_PORT};
    const hsi_endpoint first = {.version = 4, .address = {1}, .port = CLIENT_PORT};
    const hsi_endpoint second = {.version = 4, .address = {1, 0, 0, 1}, .port = CLIENT_PORT};
    assert_null(hsi_flows_find(&c.tcp.flows, &first, &server_end));
    assert_non_null(hsi_flows_find(&c.tcp.flows, &second, &server_end));
    assert_ptr_equal(hsi_flows_find(&c.tcp.flows, &server_end, &second),
                     hsi_flows_find(&c.tcp.flows, &second, &server_end));
    end(&c);
}

/* Half a window of a byte a page, in so many flows that all together are too many. */
static void bytes_that_wait_have_a_bound_in_all_flows_together(void **state)
{
    (void)state;
    enum { FLOWS = 8, SEGMENTS = 1200, PAGE = 2048 };
    capture c;
    begin(&c);
    for (uint16_t flow = 0; flow < FLOWS; flow++) {
        const uint16_t port = 50000 + flow;
        assert_int_equal(take(&c, &(wire_segment){0, HSI_TCP_SYN, ISN, 0, "", port}), HSI_OK);
        for (uint32_t i = 1; i <= SEGMENTS; i++) {
            assert_int_equal(take(&c, &(wire_segment){0, 0, ISN + 1 + i * PAGE, 0, "x", port}), HSI_OK);
            assert_true(c.tcp.flows.waiting <= HSI_WAITING_MOST);
        }
    }
    c.told.length = 0;
    size_t calls = c.told.calls;
    assert_int_equal(calls, FLOWS + 2 * 2 * SEGMENTS); /* a hole and a byte for each segment, of the first two flows */
    end(&c);
}

static const wire_segment life[] = {
    {0, HSI_TCP_SYN, ISN, 0, "", 0},
    {1, HSI_TCP_SYN | HSI_TCP_ACK, SERVER_ISN, ISN + 1, "", 0},
    {0, HSI_TCP_ACK, ISN + 3, SERVER_ISN + 1, "cd", 0},
    {0, HSI_TCP_ACK, ISN + 3, SERVER_ISN + 1, "Cd", 0},
    {1, HSI_TCP_ACK, SERVER_ISN + 1, ISN + 5, "abc", 0},
    {0, HSI_TCP_FIN, ISN + 8, SERVER_ISN + 1, "e", 0},
    {1, HSI_TCP_RST, SERVER_ISN + 4, ISN + 5, "", 0},
    {0, HSI_TCP_SYN, ISN + 50, 0, "", 0},
};

static hsi_status live(capture *c)
{
    for (size_t i = 0; i < HSI_COUNT(life); i++) {
        HSI_TRY(take(c, &life[i]));
    }
    return hsi_tcp_finish(&c->tcp);
}

static void what_the_sink_refuses_comes_back_and_what_it_opened_is_closed(void **state)
{
    (void)state;
    hsi_status status = HSI_CALLBACK;
    size_t call = 1;
    for (; status != HSI_OK; call++) {
        capture c;
        begin(&c);
        c.told.fails_at = call;
        status = live(&c);
        assert_true(status == HSI_CALLBACK || status == HSI_OK);
        end(&c);
    }
    assert_int_equal(call, 1 + 12 + 1); /* two flows are told of in twelve calls; then nothing is refused */
}

/* The packets are made beforehand: whoever makes them allocates too. */
static void any_allocation_may_fail(void **state)
{
    (void)state;
    hsi_buffer packets[HSI_COUNT(life)];
    size_t failures = 0;
    for (size_t i = 0; i < HSI_COUNT(life); i++) {
        packets[i] = HSI_BUFFER_EMPTY;
        append_tcp(&packets[i], &life[i]);
    }
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        capture c;
        begin(&c);
        status = HSI_OK;
        hsi_memory_fail_after(failures);
        for (size_t i = 0; i < HSI_COUNT(life) && status == HSI_OK; i++) {
            hsi_ip ip = {.version = 6, .payload = hsi_buffer_peek(&packets[i])};
            ip.source[0] = life[i].from;
            ip.destination[0] = !life[i].from;
            status = hsi_tcp_take(&c.tcp, &ip, i, 1);
        }
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
        end(&c);
    }
    for (size_t i = 0; i < HSI_COUNT(life); i++) {
        hsi_buffer_cleanup(&packets[i]);
    }
    assert_in_range(failures, 9, 12); /* the table, two flows, slots, pages and histories */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_from_its_syn_to_its_last_fin),
        cmocka_unit_test(a_closed_flow_is_remembered_for_a_minute),
        cmocka_unit_test(a_direction_that_ended_without_another_is_closed_soon),
        cmocka_unit_test(flows_have_a_bound_and_the_silent_ones_go_first),
        cmocka_unit_test(bytes_that_wait_have_a_bound_in_all_flows_together),
        cmocka_unit_test(what_the_sink_refuses_comes_back_and_what_it_opened_is_closed),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
