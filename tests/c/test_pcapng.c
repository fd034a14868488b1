/* Tests csrc/capture/file.c, pcap.c, pcapng.c and interfaces.c: files to packets, in any pieces.
 * tests/py/test_capture_files.py has every kind of file; here are the borders between units, and failures.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "base/memory.h"
#include "capture/file.h"
#include "capture/interfaces.h"
#include "capture/limits.h"

/* A section, an interface with nanoseconds, an interface statistics block (passed over), a packet of 5 bytes of 9, a key log of
 * 3 bytes, then a section of the other byte order with a packet of interface 0. */
#define SECTION "0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"
#define INTERFACE "01000000200000000100000000000000" "0900010009000000" "00000000" "20000000"
#define STATISTICS "0500000018000000" "000000000000000000000000" "18000000"
#define PACKET "0600000028000000" "00000000" "01000000" "02000000" "05000000" "09000000" "6162636465000000" "28000000"
#define KEY_LOG "0a00000018000000" "4b534c54" "03000000" "6b657900" "18000000"
#define OTHER_SECTION "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c"
#define OTHER_INTERFACE "0000000100000014" "0065000000000000" "00000014"
#define SIMPLE_PACKET "0000000300000014" "00000003" "66676800" "00000014"

#define WHOLE SECTION INTERFACE STATISTICS PACKET KEY_LOG OTHER_SECTION OTHER_INTERFACE SIMPLE_PACKET

/* A header with microseconds and Ethernet; two packets. */
#define PCAP "d4c3b2a1020004000000000000000000ffff000001000000"
#define PCAP_PACKETS "01000000020000000500000009000000" "6162636465" "03000000040000000000000000000000"

typedef struct seen {
    char text[512];
    size_t length;
    hsi_status answer;
} seen;

static hsi_status see_packet(void *context, const hsi_packet *packet)
{
    seen *s = context;
    int written = snprintf(s->text + s->length, sizeof s->text - s->length, "%d: %.*s of %zu at %llu, link %d\n",
                           (int)packet->number, (int)packet->data.length, (const char *)packet->data.data,
                           packet->length, (unsigned long long)packet->time_ns, packet->link_type);
    s->length += (size_t)written;
    return s->answer;
}

static hsi_status see_secrets(void *context, hsi_bytes text)
{
    seen *s = context;
    int written = snprintf(s->text + s->length, sizeof s->text - s->length, "secrets %.*s\n", (int)text.length,
                           (const char *)text.data);
    s->length += (size_t)written;
    return s->answer;
}

/* Reads a file in pieces of that size; its notes. */
static hsi_status read_file(seen *s, const char *digits, size_t piece, hsi_packets_notes *notes)
{
    uint8_t storage[HEX_MAX];
    hsi_bytes bytes = hex(storage, digits);
    hsi_file file;
    hsi_status status = HSI_OK;
    *notes = (hsi_packets_notes){0};
    hsi_file_init(&file, &(hsi_file_sink){s, see_packet, see_secrets}, notes);
    for (size_t at = 0; at < bytes.length && status == HSI_OK; at += piece) {
        status =
            hsi_file_feed(&file, hsi_bytes_slice(bytes, at, piece < bytes.length - at ? piece : bytes.length - at));
    }
    status = status == HSI_OK ? hsi_file_finish(&file) : status;
    hsi_file_cleanup(&file);
    return status;
}

static void expect(const char *digits, hsi_status expected, const char *text)
{
    for (size_t piece = 1; piece <= HEX_MAX; piece++) {
        seen s = {.length = 0};
        hsi_packets_notes notes;
        assert_int_equal(read_file(&s, digits, piece, &notes), expected);
        assert_string_equal(s.text, text);
    }
}

static void pcapng_in_any_pieces(void **state)
{
    (void)state;
    expect(WHOLE, HSI_OK,
           "1: abcde of 9 at 4294967298, link 1\n"
           "secrets key\n"
           "2: fgh of 3 at 0, link 101\n");
}

static void pcap_in_any_pieces(void **state)
{
    (void)state;
    expect(PCAP PCAP_PACKETS, HSI_OK,
           "1: abcde of 9 at 1000002000, link 1\n"
           "2:  of 0 at 3000004000, link 1\n");
}

static void damage_is_seen_in_any_pieces(void **state)
{
    (void)state;
    expect(SECTION INTERFACE PACKET "0500000018000000"
                                    "000000000000000000000000"
                                    "1c000000" PACKET,
           HSI_FORMAT, "1: abcde of 9 at 4294967298, link 1\n");
    expect(SECTION "05000000"
                   "08000000" PACKET,
           HSI_FORMAT, "");
    expect(SECTION "05000000"
                   "0d000000" PACKET,
           HSI_FORMAT, "");
    expect(SECTION "06000000"
                   "04001000"
                   "00",
           HSI_FORMAT, ""); /* HSI_PACKET_MOST and four more */
    expect(SECTION "0a000000"
                   "04000004",
           HSI_FORMAT, "");      /* HSI_BLOCK_MOST and four more */
    expect(SECTION "06000000"
                   "00001000"
                   "00",
           HSI_OK, "");
    expect(SECTION "05000000"
                   "fcffffff"
                   "00",
           HSI_OK, "");     /* passed over at any length */
    expect(PCAP "0100000002000000"
                "01001000"
                "01001000",
           HSI_FORMAT, "");
    expect("0a0d0d0a1c0000004d3c2b1b", HSI_FORMAT, "");
    expect("d4c3b2a2", HSI_FORMAT, "");
    expect("d4c3b2", HSI_FORMAT, "");
}

static void a_cut_tail_is_noted(void **state)
{
    (void)state;
    const size_t whole[] = {28, 60, 84, 124, 148, 176, 196, 216}; /* where blocks end */
    uint8_t storage[HEX_MAX];
    hsi_bytes bytes = hex(storage, WHOLE);
    for (size_t length = 4, next = 0; length <= bytes.length; length++) {
        seen s = {.length = 0};
        hsi_packets_notes notes = {0};
        hsi_file file;
        hsi_file_init(&file, &(hsi_file_sink){&s, see_packet, see_secrets}, &notes);
        assert_int_equal(hsi_file_feed(&file, hsi_bytes_slice(bytes, 0, length)), HSI_OK);
        assert_int_equal(hsi_file_finish(&file), HSI_OK);
        assert_int_equal(notes.cut_tail, length != whole[next]);
        next += length == whole[next];
        hsi_file_cleanup(&file);
    }
}

static void what_the_sink_answers_comes_back(void **state)
{
    (void)state;
    const hsi_status answers[] = {HSI_CALLBACK, HSI_TRUNCATED, HSI_ILLEGAL};
    for (size_t i = 0; i < HSI_COUNT(answers); i++) {
        hsi_packets_notes notes;
        seen packet = {.answer = answers[i]}, secrets = {.answer = answers[i]};
        assert_int_equal(read_file(&packet, WHOLE, 7, &notes), answers[i]);
        assert_int_equal(read_file(&secrets, SECTION KEY_LOG, 7, &notes), answers[i]);
        assert_int_equal(notes.malformed, 0);
    }
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failures++) {
        seen s = {.length = 0};
        hsi_packets_notes notes;
        hsi_memory_fail_after(failures);
        status = read_file(&s, WHOLE, 7, &notes);
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
    }
    assert_true(failures > 3); /* units that pieces cut, and the interface */
}

static void interfaces_have_a_bound(void **state)
{
    (void)state;
    const uint8_t body[] = {1, 0, 0, 0, 0, 0, 0, 0};
    hsi_pcapng_state pcapng = {0};
    hsi_status status = HSI_OK;
    size_t added = 0;
    for (; status == HSI_OK && added <= HSI_INTERFACES_MOST; added++) {
        hsi_cursor in = hsi_cursor_over(body, sizeof body);
        status = hsi_interfaces_add(&pcapng, &in, HSI_LITTLE_ENDIAN);
    }
    assert_int_equal(status, HSI_FORMAT);
    assert_int_equal(added, HSI_INTERFACES_MOST + 1);
    hsi_interfaces_clear(&pcapng);
    assert_int_equal(pcapng.count, 0);
    hsi_memory_free(pcapng.interfaces, pcapng.capacity * sizeof *pcapng.interfaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcapng_in_any_pieces),
        cmocka_unit_test(pcap_in_any_pieces),
        cmocka_unit_test(damage_is_seen_in_any_pieces),
        cmocka_unit_test(a_cut_tail_is_noted),
        cmocka_unit_test(what_the_sink_answers_comes_back),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(interfaces_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
