/* Tests csrc/tap/keylog_index.c: each connection takes its own lines, and no others.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tap/keylog_index.h"

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define X16 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define X32 X16 X16
#define X48 X32 X16

static uint8_t random_bytes[32];

static hsi_bytes client_random(uint8_t first)
{
    for (size_t i = 0; i < sizeof random_bytes; i++) {
        random_bytes[i] = (uint8_t)i;
    }
    random_bytes[0] = first;
    return hsi_bytes_of(random_bytes, sizeof random_bytes);
}

static size_t add(hsi_keylog_index *index, const char *text)
{
    size_t lines = 0;
    assert_int_equal(hsi_keylog_index_add(index, hsi_bytes_text(text), &lines), HSI_OK);
    return lines;
}

static hsi_keylog_index *index_of(const char *text, size_t lines)
{
    hsi_keylog_index *index;
    assert_int_equal(hsi_keylog_index_new(&index), HSI_OK);
    assert_int_equal(add(index, text), lines);
    return index;
}

static void expect(const hsi_journal *journal, size_t i, const char *label)
{
    const hsi_entry *entry = hsi_journal_peek(journal, i);
    assert_int_equal(entry->kind, HSI_ENTRY_SECRET);
    assert_int_equal(entry->side, HSI_NOBODY);
    assert_int_equal(entry->code, HSI_SOURCE_KEYLOG);
    assert_true(hsi_bytes_are(entry->name, label));
    assert_true(hsi_bytes_equal(entry->aux, client_random(0)));
}

static void a_connection_takes_its_own_lines_in_their_order(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("SERVER_TRAFFIC_SECRET_0 " RANDOM " " X32 "\n"
                                       "EXPORTER_SECRET " OTHER " " X32 "\n"
                                       "# nothing\r\n",
                                       2);
    assert_int_equal(add(index, "CLIENT_RANDOM " RANDOM " " X48), 1); /* a second log */
    hsi_journal *journal = hsi_journal_new();
    size_t appended = 9;
    assert_int_equal(hsi_keylog_index_random(index, 0, client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 2);
    expect(journal, 0, "SERVER_TRAFFIC_SECRET_0");
    assert_int_equal(hsi_journal_peek(journal, 0)->sender, HSI_SERVER);
    expect(journal, 1, "master secret");
    assert_int_equal(hsi_keylog_index_random(index, 0, client_random(1), journal, &appended), HSI_OK);
    assert_int_equal(appended, 0);
    assert_int_equal(hsi_journal_count(journal), 2);
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

static void the_older_forms_are_found_by_ciphertext_and_by_session_id(void **state)
{
    (void)state;
    const uint8_t encrypted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, session[] = {0x0a, 0x0b};
    hsi_keylog_index *index = index_of("RSA 0102030405060708 " X48 "\nRSA Session-ID:0a0b Master-Key:" X48 "\n"
                                       "PMS_CLIENT_RANDOM " RANDOM " " X32 "\n",
                                       3);
    hsi_journal *journal = hsi_journal_new();
    size_t appended;
    assert_int_equal(
        hsi_keylog_index_premaster(index, 0, hsi_bytes_of(encrypted, 9), client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 1);
    expect(journal, 0, "premaster secret");
    assert_int_equal(hsi_keylog_index_session(index, 0, hsi_bytes_of(session, 2), client_random(0), journal, &appended),
                     HSI_OK);
    assert_int_equal(appended, 1);
    expect(journal, 1, "master secret");
    assert_int_equal(hsi_keylog_index_random(index, 0, client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 1);
    expect(journal, 2, "premaster secret");
    assert_int_equal(hsi_journal_peek(journal, 2)->data.length, 32);

    assert_int_equal(
        hsi_keylog_index_premaster(index, 0, hsi_bytes_of(encrypted, 7), client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 0);
    assert_int_equal(hsi_keylog_index_session(index, 0, HSI_BYTES_EMPTY, client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 0);
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

static void an_empty_index_has_nothing(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("nonsense", 0);
    hsi_journal *journal = hsi_journal_new();
    size_t appended = 9;
    assert_int_equal(hsi_keylog_index_random(index, 0, client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, 0);
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
    hsi_keylog_index_free(NULL);
}

enum { CONNECTIONS = 20000 };

static void each_of_many_connections_finds_its_lines(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("", 0);
    hsi_journal *journal = hsi_journal_new();
    uint8_t own[32] = {0};
    size_t appended;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "CLIENT_RANDOM %08zx%s %s", i, RANDOM + 8, X48);
        assert_int_equal(add(index, line), 1);
    }
    for (size_t i = 0; i < CONNECTIONS; i++) {
        memcpy(own, client_random(0).data, sizeof own);
        const uint8_t number[] = {0, 0, (uint8_t)(i >> 8), (uint8_t)i};
        memcpy(own, number, sizeof number);
        assert_int_equal(hsi_keylog_index_random(index, 0, hsi_bytes_of(own, sizeof own), journal, &appended), HSI_OK);
        assert_int_equal(appended, 1);
    }
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

/* ---- who wrote it may have meant harm ---- */

static hsi_journal *lines_of_client(const hsi_keylog_index *index, uint64_t since)
{
    size_t appended;
    hsi_journal *journal = hsi_journal_new();
    assert_int_equal(hsi_keylog_index_random(index, since, client_random(0), journal, &appended), HSI_OK);
    assert_int_equal(appended, hsi_journal_count(journal));
    return journal;
}

static void of_one_label_each_value_is_kept_once_and_the_newest_few_at_all(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("EXPORTER_SECRET " RANDOM " " X32, 1);
    for (size_t value = 0; value < 10; value++) {
        char line[256];
        (void)snprintf(line, sizeof line, "CLIENT_RANDOM %s %02zx%s", RANDOM, value, X48 + 2);
        assert_int_equal(add(index, line), 1);
        assert_int_equal(add(index, line), 1);
    }
    hsi_journal *journal = lines_of_client(index, 0);
    assert_int_equal(hsi_journal_count(journal), 1 + HSI_KEYLOG_VALUES);
    expect(journal, 0, "EXPORTER_SECRET");
    for (size_t i = 0; i < HSI_KEYLOG_VALUES; i++) {
        expect(journal, 1 + i, "master secret");
        assert_int_equal(hsi_journal_peek(journal, 1 + i)->data.data[0], 10 - HSI_KEYLOG_VALUES + i);
    }
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

static void of_one_owner_no_more_labels_are_kept_than_a_connection_needs(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("", 0);
    for (size_t update = 0; update < 2 * HSI_KEYLOG_LINES; update++) {
        char line[256];
        (void)snprintf(line, sizeof line, "CLIENT_TRAFFIC_SECRET_%zu %s %s", update, RANDOM, X32);
        assert_int_equal(add(index, line), 1);
    }
    hsi_journal *journal = lines_of_client(index, 0);
    assert_int_equal(hsi_journal_count(journal), HSI_KEYLOG_LINES);
    expect(journal, 0, "CLIENT_TRAFFIC_SECRET_0"); /* those after it follow from it, RFC 8446 section 7.2 */
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

static void what_was_added_since_is_given_alone(void **state)
{
    (void)state;
    hsi_keylog_index *index = index_of("CLIENT_RANDOM " RANDOM " " X48, 1);
    uint64_t now = hsi_keylog_index_now(index);
    assert_int_equal(add(index, "CLIENT_RANDOM " RANDOM " " X48), 1);
    assert_int_equal(hsi_keylog_index_now(index), now); /* nothing new */
    assert_int_equal(add(index, "EXPORTER_SECRET " RANDOM " " X32), 1);
    hsi_journal *journal = lines_of_client(index, now);
    assert_int_equal(hsi_journal_count(journal), 1);
    expect(journal, 0, "EXPORTER_SECRET");
    hsi_journal_free(journal);
    hsi_keylog_index_free(index);
}

/* From nothing to a journal with one failure after `allowed` allocations; true: nothing failed. */
static bool run_once(size_t allowed)
{
    hsi_keylog_index *index = NULL;
    size_t count = 0;
    hsi_journal *journal = hsi_journal_new();
    hsi_memory_fail_after(allowed);
    hsi_status status = hsi_keylog_index_new(&index);
    for (size_t i = 0; i < 70 && status == HSI_OK; i++) { /* more than the table has room for at first */
        char line[256];
        (void)snprintf(line, sizeof line, "CLIENT_RANDOM %08zx%s %s", i, RANDOM + 8, X48);
        status = hsi_keylog_index_add(index, hsi_bytes_text(line), &count);
    }
    if (status == HSI_OK) {
        status = hsi_keylog_index_random(index, 0, client_random(0), journal, &count);
    }
    hsi_memory_fail_after(SIZE_MAX);
    assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
    hsi_keylog_index_free(index);
    hsi_journal_free(journal);
    return status == HSI_OK;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t failed = 0;
    while (!run_once(failed)) {
        failed++;
    }
    assert_true(failed >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_takes_its_own_lines_in_their_order),
        cmocka_unit_test(the_older_forms_are_found_by_ciphertext_and_by_session_id),
        cmocka_unit_test(an_empty_index_has_nothing),
        cmocka_unit_test(each_of_many_connections_finds_its_lines),
        cmocka_unit_test(of_one_label_each_value_is_kept_once_and_the_newest_few_at_all),
        cmocka_unit_test(of_one_owner_no_more_labels_are_kept_than_a_connection_needs),
        cmocka_unit_test(what_was_added_since_is_given_alone),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
