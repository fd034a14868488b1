/* Tests csrc/tap/redact.c: what stays of a journal that is redacted, and what does not.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tap/redact.h"

#define TEXT(text) {(const uint8_t *)(text), sizeof(text) - 1}

/* One of each kind, with something in every column. */
static hsi_journal *all_kinds(void)
{
    hsi_journal *journal = hsi_journal_new();
    assert_non_null(journal);
    for (hsi_entry_kind kind = HSI_ENTRY_START; kind < HSI_ENTRY_KINDS; kind++) {
        const hsi_entry entry = {
            .kind = kind,
            .side = HSI_SERVER,
            .sender = HSI_CLIENT,
            .code = 1,
            .number = 2,
            .time_ns = 3,
            .data = TEXT("data"),
            .name = TEXT("name"),
            .aux = TEXT("aux"),
        };
        assert_int_equal(hsi_journal_append(journal, &entry), HSI_OK);
    }
    hsi_journal_finish(journal);
    return journal;
}

/* Which columns are left: "d", "n", "a"; "" where only the numbers are. */
static void assert_left(const hsi_entry *entry, hsi_entry_kind kind, const char *columns)
{
    assert_int_equal(entry->kind, kind);
    assert_true(hsi_bytes_are(entry->data, strchr(columns, 'd') == NULL ? "" : "data"));
    assert_true(hsi_bytes_are(entry->name, strchr(columns, 'n') == NULL ? "" : "name"));
    assert_true(hsi_bytes_are(entry->aux, strchr(columns, 'a') == NULL ? "" : "aux"));
    assert_int_equal(entry->side, HSI_SERVER);
    assert_int_equal(entry->sender, HSI_CLIENT);
    assert_true(entry->code == 1 && entry->number == 2 && entry->time_ns == 3);
}

static const struct {
    hsi_entry_kind kind;
    const char *left;
    const char *with_addresses;
} kept[] = {
    {HSI_ENTRY_START, "", "dna"},    {HSI_ENTRY_WIRE, "dn", "dn"},     {HSI_ENTRY_END, "dna", "dna"},
    {HSI_ENTRY_PHASE, "na", "na"},   {HSI_ENTRY_RESULT, "dna", "dna"}, {HSI_ENTRY_VERDICT, "dna", "dna"},
    {HSI_ENTRY_NOTE, "dna", "dna"},  {HSI_ENTRY_ELIDED, "dna", "dna"}, {HSI_ENTRY_OPENING, "na", "na"},
    {HSI_ENTRY_FAULT, "dna", "dna"},
};

static void only_what_the_wire_shows_stays(void **state)
{
    (void)state;
    hsi_journal *journal = all_kinds();
    for (int addresses = 0; addresses <= 1; addresses++) {
        hsi_journal *redacted = NULL;
        assert_int_equal(hsi_journal_redact(&redacted, journal, addresses == 1), HSI_OK);
        assert_int_equal(hsi_journal_count(redacted), 1 + HSI_COUNT(kept));
        assert_ptr_equal(hsi_journal_redacted(redacted), hsi_journal_peek(redacted, 0));
        for (size_t i = 0; i < HSI_COUNT(kept); i++) {
            const char *left = addresses == 1 ? kept[i].with_addresses : kept[i].left;
            assert_left(hsi_journal_peek(redacted, 1 + i), kept[i].kind, left);
        }
        hsi_journal_free(redacted);
    }
    hsi_journal_free(journal);
}

static void it_is_said_once(void **state)
{
    (void)state;
    hsi_journal *journal = all_kinds(), *once = NULL, *twice = NULL;
    assert_null(hsi_journal_redacted(journal));
    assert_int_equal(hsi_journal_redact(&once, journal, true), HSI_OK);
    assert_int_equal(hsi_journal_redact(&twice, once, true), HSI_OK);
    assert_true(hsi_journal_equal(once, twice));
    hsi_journal_free(journal);
    hsi_journal_free(once);
    hsi_journal_free(twice);
}

static void an_empty_journal_is_redacted_too(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new(), *redacted = NULL;
    assert_null(hsi_journal_redacted(journal));
    assert_int_equal(hsi_journal_redact(&redacted, journal, false), HSI_OK);
    assert_non_null(hsi_journal_redacted(redacted));
    hsi_journal_free(journal);
    hsi_journal_free(redacted);
}

static void without_memory_there_is_no_copy(void **state)
{
    (void)state;
    hsi_journal *journal = all_kinds();
    hsi_status status = HSI_NO_MEMORY;
    size_t allowed = 0;
    for (; status != HSI_OK; allowed++) {
        hsi_journal *redacted = NULL;
        hsi_memory_fail_after(allowed);
        status = hsi_journal_redact(&redacted, journal, false);
        hsi_memory_fail_after(SIZE_MAX);
        assert_true(status == HSI_OK ? redacted != NULL : status == HSI_NO_MEMORY && redacted == NULL);
        hsi_journal_free(redacted);
    }
    assert_true(allowed > 2); /* or nothing was tried */
    hsi_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_the_wire_shows_stays),
        cmocka_unit_test(it_is_said_once),
        cmocka_unit_test(an_empty_journal_is_redacted_too),
        cmocka_unit_test(without_memory_there_is_no_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
