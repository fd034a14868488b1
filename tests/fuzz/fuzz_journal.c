/* Fuzzes csrc/tap/journal.c through hsi_journal_read, as a pickle or a saved file gives it bytes. The input is a journal as
 * hsi_journal_write writes it (its format: write_entry in journal.c).
 * Seeds: tests/fuzz/corpus/journal, journals of lab handshakes.
 * Holds: bytes are read, or refused with FORMAT; what was read gives the same bytes when it is written, is equal to itself
 * read again and to its copy, and every shorter copy is not.
 * SPDX-License-Identifier: MIT */
#include "must.h"
#include "tap/journal.h"

static void check_copies(const hsi_journal *journal)
{
    size_t count = hsi_journal_count(journal);
    hsi_journal *whole, *shorter;
    must(hsi_journal_copy(&whole, journal, count) == HSI_OK);
    if (hsi_journal_finished(journal)) {
        hsi_journal_finish(whole);
    }
    must(hsi_journal_equal(whole, journal));
    hsi_journal_free(whole);
    if (count > 0) {
        must(hsi_journal_copy(&shorter, journal, count - 1) == HSI_OK);
        must(!hsi_journal_equal(shorter, journal));
        hsi_journal_free(shorter);
    }
}

static void check_bytes(const hsi_journal *journal, hsi_bytes in)
{
    hsi_buffer out = HSI_BUFFER_EMPTY;
    hsi_journal *again;
    must(hsi_journal_write(journal, &out) == HSI_OK);
    must(hsi_bytes_equal(hsi_buffer_peek(&out), in));
    must(hsi_journal_read(&again, hsi_buffer_peek(&out)) == HSI_OK);
    must(hsi_journal_equal(again, journal));
    hsi_journal_free(again);
    hsi_buffer_cleanup(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hsi_bytes in = hsi_bytes_of(data, size);
    hsi_journal *journal;
    hsi_status status = hsi_journal_read(&journal, in);
    must(status == HSI_OK || status == HSI_FORMAT);
    if (status == HSI_OK) {
        check_bytes(journal, in);
        check_copies(journal);
        hsi_journal_free(journal);
    }
    return 0;
}
