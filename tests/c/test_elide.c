/* Tests csrc/tap/elide.c: which entries go, what their run says of them, and what stays as it was.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tap/journal.h"

enum { HEADER = 5, FRAGMENT = 1000, RECORD = HEADER + FRAGMENT };

/* A record whose bytes are its number. */
typedef struct record {
    uint8_t bytes[RECORD];
} record;

static hsi_bytes make(record *out, uint8_t type, uint8_t minor, uint8_t number)
{
    const uint8_t header[HEADER] = {type, 3, minor, FRAGMENT >> 8, FRAGMENT & 0xff};
    memset(out->bytes, number, sizeof out->bytes);
    memcpy(out->bytes, header, sizeof header);
    return hsi_bytes_of(out->bytes, sizeof out->bytes);
}

static void append(hsi_journal *journal, uint8_t sender, uint8_t type, uint8_t minor, uint8_t number)
{
    record from;
    const hsi_entry entry = {.kind = HSI_ENTRY_WIRE,
                             .side = HSI_NOBODY,
                             .sender = sender,
                             .time_ns = number,
                             .data = make(&from, type, minor, number)};
    assert_int_equal(hsi_journal_append(journal, &entry), HSI_OK);
}

/* An application data record that may be elided. */
static void append_data(hsi_journal *journal, uint8_t sender, uint8_t number)
{
    append(journal, sender, 23, 3, number);
    hsi_journal_mark_application(journal, 1);
}

/* What is left: sender and number of a record as a letter; R and the count for a run. */
static const char *shown(const hsi_journal *journal)
{
    static char text[64];
    size_t used = 0;
    for (size_t i = 0; i < hsi_journal_count(journal); i++) {
        const hsi_entry *entry = hsi_journal_peek(journal, i);
        char *end = text + used;
        char sender = entry->sender == HSI_CLIENT ? 'c' : 's';
        if (entry->kind == HSI_ENTRY_ELIDED) {
            used += (size_t)snprintf(end, sizeof text - used, "%cR%d ", sender, (int)entry->number);
        } else {
            used += (size_t)snprintf(end, sizeof text - used, "%c%c ", sender, (char)entry->time_ns);
        }
    }
    return text;
}

static hsi_journal *of_data(size_t count)
{
    hsi_journal *journal = hsi_journal_new();
    append(journal, HSI_CLIENT, 22, 3, 'H');
    for (size_t i = 0; i < count; i++) {
        append_data(journal, HSI_SERVER, (uint8_t)('a' + i));
    }
    return journal;
}

static void the_oldest_go_and_as_many_bytes_as_asked_for_stay(void **state)
{
    (void)state;
    const struct {
        size_t keep;
        const char *left;
    } rows[] = {
        {5 * RECORD, "cH sa sb sc sd "},
        {4 * RECORD, "cH sa sb sc sd "},
        {3 * RECORD + 1, "cH sa sb sc sd "},
        {3 * RECORD, "cH sR1 sb sc sd "},
        {RECORD, "cH sR3 sd "},
        {1, "cH sR3 sd "},
        {0, "cH sR4 "},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        hsi_journal *journal = of_data(4);
        assert_true((hsi_journal_excess(journal, rows[i].keep) > 0) == (strchr(rows[i].left, 'R') != NULL));
        hsi_journal_elide(journal, rows[i].keep);
        assert_string_equal(shown(journal), rows[i].left);
        assert_int_equal(hsi_journal_excess(journal, rows[i].keep), 0);
        hsi_journal_free(journal);
    }
}

static void a_run_holds_the_first_header_the_count_and_the_bytes(void **state)
{
    (void)state;
    hsi_journal *journal = of_data(3);
    hsi_journal_elide(journal, 0);
    const hsi_entry *run = hsi_journal_peek(journal, 1);
    assert_int_equal(run->kind, HSI_ENTRY_ELIDED);
    assert_int_equal(run->number, 3);
    assert_int_equal(run->time_ns, 'a');
    assert_true(hsi_bytes_equal(run->data, hsi_bytes_of("\x17\3\3\3\xe8", HEADER)));
    assert_true(hsi_bytes_equal(run->aux, hsi_bytes_of("\0\0\0\0\0\0\x0b\xb8", 8))); /* 3000 */
    assert_int_equal(run->name.length, 0);
    hsi_journal_free(journal);
}

static void in_tls_1_0_it_holds_the_end_of_the_last_fragment(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    for (uint8_t number = 'a'; number <= 'b'; number++) {
        append(journal, HSI_SERVER, 23, 1, number);
    }
    hsi_journal_mark_application(journal, 2);
    hsi_journal_elide(journal, 0);
    const hsi_entry *run = hsi_journal_peek(journal, 0);
    assert_int_equal(run->number, 2);
    assert_int_equal(run->name.length, HSI_ELIDED_TAIL);
    for (size_t i = 0; i < run->name.length; i++) {
        assert_int_equal(run->name.data[i], 'b');
    }
    hsi_journal_free(journal);
}

static void a_run_grows_until_its_sender_sends_something_that_is_kept(void **state)
{
    (void)state;
    hsi_journal *journal = of_data(2);
    hsi_journal_elide(journal, 0);
    append_data(journal, HSI_SERVER, 'c');
    append_data(journal, HSI_CLIENT, 'd');
    append(journal, HSI_CLIENT, 22, 3, 'K');
    append_data(journal, HSI_SERVER, 'e');
    append_data(journal, HSI_CLIENT, 'f');
    hsi_journal_elide(journal, 0);
    assert_string_equal(shown(journal), "cH sR4 cR1 cK cR1 ");
    append_data(journal, HSI_CLIENT, 'g');
    hsi_journal_elide(journal, 0);
    assert_string_equal(shown(journal), "cH sR4 cR1 cK cR2 ");
    hsi_journal_free(journal);
}

static void only_whole_plain_records_of_application_data_are_marked(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    record from;
    const hsi_entry rows[] = {
        {.kind = HSI_ENTRY_NOTE, .data = make(&from, 23, 3, 0)},
        {.kind = HSI_ENTRY_WIRE, .data = {(const uint8_t *)"\x17\3\3", 3}},
        {.kind = HSI_ENTRY_WIRE, .data = {(const uint8_t *)"\x16\3\3\0\1x", 6}},
        {.kind = HSI_ENTRY_WIRE, .code = HSI_WIRE_UNREAD, .data = {(const uint8_t *)"\x17\3\3\0\1x", 6}},
        {.kind = HSI_ENTRY_WIRE, .data = {(const uint8_t *)"\x17\3\3\0\1x", 6}, .aux = {(const uint8_t *)"was", 3}},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        assert_int_equal(hsi_journal_append(journal, &rows[i]), HSI_OK);
    }
    hsi_journal_mark_application(journal, 100);
    assert_int_equal(hsi_journal_excess(journal, 0), 0);
    hsi_journal_elide(journal, 0);
    assert_int_equal(hsi_journal_count(journal), HSI_COUNT(rows));
    hsi_journal_free(journal);
}

static void a_record_is_marked_once(void **state)
{
    (void)state;
    hsi_journal *journal = of_data(1);
    hsi_journal_mark_application(journal, 2);
    assert_int_equal(hsi_journal_excess(journal, 0), RECORD);
    hsi_journal_free(journal);
}

static void without_memory_for_a_run_the_records_stay(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    const hsi_entry kept = {.kind = HSI_ENTRY_WIRE, .sender = HSI_SERVER, .data = {(const uint8_t *)"\x15", 1}};
    size_t refused = 0;
    for (size_t i = 0; i < 1000; i++) { /* so many that the arena needs another block for a run */
        append_data(journal, HSI_SERVER, 'd');
        assert_int_equal(hsi_journal_append(journal, &kept), HSI_OK); /* so that each is a run of its own */
        hsi_memory_fail_after(0);
        hsi_journal_elide(journal, 0);
        hsi_memory_fail_after(SIZE_MAX);
        refused += hsi_journal_excess(journal, 0) > 0;
    }
    assert_true(refused > 0);
    hsi_journal_elide(journal, 0);
    assert_int_equal(hsi_journal_excess(journal, 0), 0);
    hsi_journal_free(journal);
}

static void a_copy_and_its_bytes_are_equal_to_it(void **state)
{
    (void)state;
    hsi_journal *journal = of_data(5), *copy = NULL, *read = NULL;
    hsi_buffer bytes = HSI_BUFFER_EMPTY;
    hsi_journal_elide(journal, 2 * RECORD);
    assert_int_equal(hsi_journal_copy(&copy, journal, hsi_journal_count(journal)), HSI_OK);
    assert_int_equal(hsi_journal_write(journal, &bytes), HSI_OK);
    assert_int_equal(hsi_journal_read(&read, hsi_buffer_peek(&bytes)), HSI_OK);
    assert_true(hsi_journal_equal(journal, copy));
    assert_true(hsi_journal_equal(journal, read));
    hsi_buffer_cleanup(&bytes);
    hsi_journal_free(copy);
    hsi_journal_free(read);
    hsi_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_go_and_as_many_bytes_as_asked_for_stay),
        cmocka_unit_test(a_run_holds_the_first_header_the_count_and_the_bytes),
        cmocka_unit_test(in_tls_1_0_it_holds_the_end_of_the_last_fragment),
        cmocka_unit_test(a_run_grows_until_its_sender_sends_something_that_is_kept),
        cmocka_unit_test(only_whole_plain_records_of_application_data_are_marked),
        cmocka_unit_test(a_record_is_marked_once),
        cmocka_unit_test(without_memory_for_a_run_the_records_stay),
        cmocka_unit_test(a_copy_and_its_bytes_are_equal_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
