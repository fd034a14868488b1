/* Tests csrc/tap/journal.c: entries stay as they were appended, and a journal is the same after it was bytes.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "base/memory.h"
#include "tap/journal.h"

static const hsi_entry wire = {
    .kind = HSI_ENTRY_WIRE,
    .side = HSI_NOBODY,
    .sender = HSI_SERVER,
    .code = HSI_WIRE_UNREAD,
    .time_ns = 0x0102030405060708,
    .data = {(const uint8_t *)"received", 8},
    .aux = {(const uint8_t *)"sent", 4},
};
static const hsi_entry secret = {
    .kind = HSI_ENTRY_SECRET,
    .side = HSI_CLIENT,
    .sender = HSI_NOBODY,
    .code = HSI_SOURCE_PROBE,
    .number = 3,
    .data = {(const uint8_t *)"value", 5},
    .name = {(const uint8_t *)"premaster secret", 16},
};

/* A journal of both entries, as the format has it. */
static const uint8_t as_bytes[] = {
    'H',  'S',  'I',  'J',  0x00, 0x03,                                  /* the format, version 3 */
    0x01,                                                                /* finished */
    0x02, 0x02, 0x01, 0x01,                                              /* WIRE, nobody, server, unread */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                      /* number */
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,                      /* time_ns */
    0x00, 0x00, 0x00, 0x08, 'r',  'e',  'c',  'e',  'i', 'v', 'e', 'd',  /* data */
    0x00, 0x00, 0x00, 0x00,                                              /* name */
    0x00, 0x00, 0x00, 0x04, 's',  'e',  'n',  't',                       /* aux */
    0x04, 0x00, 0x02, 0x01,                                              /* SECRET, client, nobody, probe */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,                      /* number */
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                      /* time_ns */
    0x00, 0x00, 0x00, 0x05, 'v',  'a',  'l',  'u',  'e',                 /* data */
    0x00, 0x00, 0x00, 0x10, 'p',  'r',  'e',  'm',  'a', 's', 't', 'e',  /* name */
    'r',  ' ',  's',  'e',  'c',  'r',  'e',  't',                       /* … */
    0x00, 0x00, 0x00, 0x00,                                              /* aux */
};
enum { SENDER_AT = 9, FIRST_ENTRY_AT = 7, SECOND_ENTRY_AT = 51 };

static hsi_journal *both(void)
{
    hsi_journal *journal = hsi_journal_new();
    assert_non_null(journal);
    assert_int_equal(hsi_journal_append(journal, &wire), HSI_OK);
    assert_int_equal(hsi_journal_append(journal, &secret), HSI_OK);
    hsi_journal_finish(journal);
    return journal;
}

static void assert_same(const hsi_entry *a, const hsi_entry *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->side, b->side);
    assert_int_equal(a->sender, b->sender);
    assert_int_equal(a->code, b->code);
    assert_true(a->number == b->number && a->time_ns == b->time_ns);
    assert_true(hsi_bytes_equal(a->data, b->data));
    assert_true(hsi_bytes_equal(a->name, b->name));
    assert_true(hsi_bytes_equal(a->aux, b->aux));
}

static hsi_status read_bytes(const uint8_t *bytes, size_t length)
{
    hsi_journal *journal = NULL;
    hsi_status status = hsi_journal_read(&journal, hsi_bytes_of(bytes, length));
    hsi_journal_free(journal);
    return status;
}

/* ---- what is appended ---- */

static void entries_stay_in_order_with_all_their_columns(void **state)
{
    (void)state;
    hsi_journal *journal = both();
    assert_int_equal(hsi_journal_count(journal), 2);
    assert_same(hsi_journal_peek(journal, 0), &wire);
    assert_same(hsi_journal_peek(journal, 1), &secret);
    hsi_journal_free(journal);
}

static void an_entry_owns_its_bytes_and_never_moves(void **state)
{
    (void)state;
    uint8_t bytes[] = {1, 2, 3};
    hsi_entry entry = wire;
    hsi_journal *journal = hsi_journal_new();
    entry.data = hsi_bytes_of(bytes, sizeof bytes);
    assert_int_equal(hsi_journal_append(journal, &entry), HSI_OK);
    const hsi_entry *first = hsi_journal_peek(journal, 0);
    bytes[0] = 9;
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(hsi_journal_append(journal, &wire), HSI_OK);
    }
    assert_ptr_equal(hsi_journal_peek(journal, 0), first);
    assert_int_equal(first->data.data[0], 1);
    hsi_journal_free(journal);
}

static void an_append_without_memory_changes_nothing(void **state)
{
    (void)state;
    static const uint8_t large[5000] = {0};
    hsi_entry entry = wire;
    hsi_journal *journal = both();
    entry.data = hsi_bytes_of(large, sizeof large);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_journal_append(journal, &entry), HSI_NO_MEMORY);
    assert_int_equal(hsi_journal_count(journal), 2);
    assert_same(hsi_journal_peek(journal, 1), &secret);
    hsi_journal_free(journal);
}

static void a_journal_is_finished_once_it_was_said(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    assert_false(hsi_journal_finished(journal));
    hsi_journal_finish(journal);
    assert_true(hsi_journal_finished(journal));
    hsi_journal_free(journal);
}

static void its_clock_is_the_wall_clock_and_does_not_go_back(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    uint64_t before = hsi_journal_now(journal), after = hsi_journal_now(journal);
    uint64_t wall = (uint64_t)time(NULL) * 1000000000U;
    assert_true(after >= before);
    assert_true(before < wall + 60000000000U && before + 60000000000U > wall);
    hsi_journal_free(journal);
}

static void the_shorthands_fill_in_the_columns_of_their_kind(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    uint64_t start = hsi_journal_now(journal);
    hsi_bytes value = hsi_bytes_text("value"), random = hsi_bytes_text("random");
    assert_int_equal(hsi_journal_wire(journal, HSI_CLIENT, hsi_bytes_text("bytes")), HSI_OK);
    assert_int_equal(hsi_journal_end(journal, HSI_SERVER, HSI_END_RST), HSI_OK);
    assert_int_equal(
        hsi_journal_secret(journal, HSI_SERVER, HSI_SOURCE_KEYLOG, "CLIENT_TRAFFIC_SECRET_0", random, value), HSI_OK);
    const hsi_entry *entries[] = {hsi_journal_peek(journal, 0), hsi_journal_peek(journal, 1),
                                  hsi_journal_peek(journal, 2)};
    const hsi_entry expected[] = {
        {HSI_ENTRY_WIRE, HSI_NOBODY, HSI_CLIENT, 0, 0, entries[0]->time_ns, hsi_bytes_text("bytes"), {0}, {0}},
        {HSI_ENTRY_END, HSI_NOBODY, HSI_SERVER, HSI_END_RST, 0, entries[1]->time_ns, {0}, {0}, {0}},
        {HSI_ENTRY_SECRET, HSI_SERVER, HSI_CLIENT, HSI_SOURCE_KEYLOG, 0, entries[2]->time_ns, value,
         hsi_bytes_text("CLIENT_TRAFFIC_SECRET_0"), random},
    };
    for (size_t i = 0; i < HSI_COUNT(expected); i++) {
        assert_same(entries[i], &expected[i]);
        assert_true(entries[i]->time_ns >= start);
    }
    hsi_journal_free(journal);
}

static void a_label_says_who_writes_with_the_secret(void **state)
{
    (void)state;
    const struct {
        const char *label;
        uint8_t sender;
    } rows[] = {
        {"CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT},
        {"SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER},
        {"EXPORTER_SECRET", HSI_NOBODY},
        {"master secret", HSI_NOBODY},
    };
    hsi_journal *journal = hsi_journal_new();
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        assert_int_equal(hsi_journal_secret(journal, HSI_CLIENT, HSI_SOURCE_GIVEN, rows[i].label, HSI_BYTES_EMPTY,
                                            hsi_bytes_text("value")),
                         HSI_OK);
        assert_int_equal(hsi_journal_peek(journal, i)->sender, rows[i].sender);
    }
    hsi_journal_free(journal);
}

static void sides_and_sources_have_names_and_unknown_ones_none(void **state)
{
    (void)state;
    assert_string_equal(hsi_side_name(HSI_CLIENT), "client");
    assert_string_equal(hsi_side_name(HSI_SERVER), "server");
    assert_null(hsi_side_name(HSI_NOBODY));
    assert_null(hsi_side_name(200));
    assert_string_equal(hsi_source_name(HSI_SOURCE_LOG), "gnutls log");
    assert_string_equal(hsi_source_name(HSI_SOURCE_PRIVATE_KEY), "private key");
    assert_null(hsi_source_name(HSI_SOURCE_COUNT));
    assert_int_equal(hsi_peer_of(HSI_CLIENT), HSI_SERVER);
    assert_int_equal(hsi_peer_of(HSI_SERVER), HSI_CLIENT);
}

/* ---- bytes ---- */

static void a_journal_is_written_as_the_format_says(void **state)
{
    (void)state;
    hsi_journal *journal = both();
    hsi_buffer out = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_journal_write(journal, &out), HSI_OK);
    assert_int_equal(hsi_buffer_length(&out), sizeof as_bytes);
    assert_memory_equal(hsi_buffer_peek(&out).data, as_bytes, sizeof as_bytes);
    hsi_buffer_cleanup(&out);
    hsi_journal_free(journal);
}

static void a_journal_that_is_read_is_the_one_that_was_written(void **state)
{
    (void)state;
    hsi_journal *journal = both(), *read;
    assert_int_equal(hsi_journal_read(&read, hsi_bytes_of(as_bytes, sizeof as_bytes)), HSI_OK);
    assert_true(hsi_journal_finished(read));
    assert_int_equal(hsi_journal_count(read), 2);
    assert_same(hsi_journal_peek(read, 0), &wire);
    assert_same(hsi_journal_peek(read, 1), &secret);
    assert_true(hsi_journal_equal(read, journal));
    hsi_journal_free(read);
    hsi_journal_free(journal);
}

static void bytes_that_are_cut_anywhere_are_no_journal_but_between_entries(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof as_bytes; length++) {
        hsi_status expected = length == FIRST_ENTRY_AT || length == SECOND_ENTRY_AT ? HSI_OK : HSI_FORMAT;
        assert_int_equal(read_bytes(as_bytes, length), expected);
    }
}

static void bytes_that_say_what_nobody_writes_are_no_journal(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {
        {0, 'h'},                                 /* another file */
        {5, 4},                                   /* a later version */
        {6, 2},                                   /* neither finished nor not */
        {FIRST_ENTRY_AT, 0},                      /* no kind */
        {FIRST_ENTRY_AT, HSI_ENTRY_KINDS},        /* a kind too many */
        {FIRST_ENTRY_AT + 1, HSI_NOBODY + 1},     /* no side */
        {SENDER_AT, HSI_NOBODY + 1},              /* no sender */
    };
    for (size_t i = 0; i < HSI_COUNT(wrong); i++) {
        uint8_t bytes[sizeof as_bytes];
        memcpy(bytes, as_bytes, sizeof bytes);
        bytes[wrong[i].at] = wrong[i].value;
        assert_int_equal(read_bytes(bytes, sizeof bytes), HSI_FORMAT);
    }
}

static void reading_without_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    hsi_status status = HSI_NO_MEMORY;
    size_t count = 0;
    for (; status == HSI_NO_MEMORY; count++) {
        hsi_memory_fail_after(count);
        status = read_bytes(as_bytes, sizeof as_bytes);
    }
    hsi_memory_fail_after(SIZE_MAX);
    assert_int_equal(status, HSI_OK);
    assert_true(count > 2); /* some allocations did fail */
}

/* ---- equality and copies ---- */

static void journals_differ_where_any_column_differs(void **state)
{
    (void)state;
    hsi_bytes other = hsi_bytes_text("other");
    hsi_entry changed[] = {secret, secret, secret, secret, secret, secret, secret, secret, secret};
    changed[0].kind = HSI_ENTRY_NOTE;
    changed[1].side = HSI_SERVER;
    changed[2].sender = HSI_SERVER;
    changed[3].code = HSI_SOURCE_LOG;
    changed[4].number = 4;
    changed[5].time_ns = 1;
    changed[6].data = other;
    changed[7].name = other;
    changed[8].aux = other;
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(hsi_journal_append(journal, &secret), HSI_OK);
    for (size_t i = 0; i < HSI_COUNT(changed); i++) {
        hsi_journal *another = hsi_journal_new();
        assert_int_equal(hsi_journal_append(another, &changed[i]), HSI_OK);
        assert_false(hsi_journal_equal(journal, another));
        hsi_journal_free(another);
    }
    hsi_journal_free(journal);
}

static void a_longer_journal_or_a_finished_one_is_another(void **state)
{
    (void)state;
    hsi_journal *journal = both(), *copy, *shorter;
    assert_int_equal(hsi_journal_copy(&copy, journal, 2), HSI_OK);
    assert_int_equal(hsi_journal_copy(&shorter, journal, 1), HSI_OK);
    assert_false(hsi_journal_equal(journal, copy)); /* a copy can go on */
    hsi_journal_finish(copy);
    hsi_journal_finish(shorter);
    assert_true(hsi_journal_equal(journal, copy));
    assert_false(hsi_journal_equal(journal, shorter));
    assert_int_equal(hsi_journal_count(shorter), 1);
    assert_same(hsi_journal_peek(shorter, 0), &wire);
    hsi_journal_free(shorter);
    hsi_journal_free(copy);
    hsi_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_stay_in_order_with_all_their_columns),
        cmocka_unit_test(an_entry_owns_its_bytes_and_never_moves),
        cmocka_unit_test(an_append_without_memory_changes_nothing),
        cmocka_unit_test(a_journal_is_finished_once_it_was_said),
        cmocka_unit_test(its_clock_is_the_wall_clock_and_does_not_go_back),
        cmocka_unit_test(the_shorthands_fill_in_the_columns_of_their_kind),
        cmocka_unit_test(a_label_says_who_writes_with_the_secret),
        cmocka_unit_test(sides_and_sources_have_names_and_unknown_ones_none),
        cmocka_unit_test(a_journal_is_written_as_the_format_says),
        cmocka_unit_test(a_journal_that_is_read_is_the_one_that_was_written),
        cmocka_unit_test(bytes_that_are_cut_anywhere_are_no_journal_but_between_entries),
        cmocka_unit_test(bytes_that_say_what_nobody_writes_are_no_journal),
        cmocka_unit_test(reading_without_memory_leaves_nothing_behind),
        cmocka_unit_test(journals_differ_where_any_column_differs),
        cmocka_unit_test(a_longer_journal_or_a_finished_one_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
