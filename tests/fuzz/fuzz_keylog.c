/* Fuzzes csrc/tap/keylog.c through hsi_keylog_append. The input is the text of a key log.
 * Seeds: tests/fuzz/corpus/keylog, one file for each way in which key logs are written.
 * Holds: as many secrets as lines were taken, each with a client random of 32 bytes and a value of the length that its
 * label has; written out again as a line, each gives the same secret.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "must.h"
#include "tap/keylog.h"

enum { LINE_MAX = 64 + 1 + 2 * 32 + 1 + 2 * 64 + 1 };

static size_t write_hex(char *out, hsi_bytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        (void)sprintf(out + 2 * i, "%02x", bytes.data[i]);
    }
    return 2 * bytes.length;
}

/* The line that an entry came from, as GnuTLS writes it. */
static hsi_bytes write_line(char out[LINE_MAX], const hsi_entry *entry)
{
    bool master = hsi_bytes_are(entry->name, "master secret");
    hsi_bytes label = master ? hsi_bytes_text("CLIENT_RANDOM") : entry->name;
    memcpy(out, label.data, label.length);
    size_t end = label.length;
    out[end++] = ' ';
    end += write_hex(out + end, entry->aux);
    out[end++] = ' ';
    end += write_hex(out + end, entry->data);
    return hsi_bytes_of(out, end);
}

static void check_entry(const hsi_entry *entry)
{
    char text[LINE_MAX];
    hsi_keylog_line line;
    must(entry->kind == HSI_ENTRY_SECRET && entry->side == HSI_CLIENT && entry->code == HSI_SOURCE_KEYLOG);
    must(entry->aux.length == sizeof line.client_random);
    must(entry->data.length >= 32 && entry->data.length <= sizeof line.value);
    must(!hsi_bytes_are(entry->name, "master secret") || entry->data.length == 48);
    must(hsi_keylog_parse(&line, write_line(text, entry)) == HSI_OK);
    must(hsi_bytes_equal(entry->data, hsi_bytes_of(line.value, line.length)));
    must(hsi_bytes_equal(entry->aux, hsi_bytes_of(line.client_random, sizeof line.client_random)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t lines;
    hsi_journal *journal = hsi_journal_new();
    must(journal != NULL);
    must(hsi_keylog_append(journal, HSI_CLIENT, hsi_bytes_of(data, size), &lines) == HSI_OK);
    must(hsi_journal_count(journal) == lines);
    for (size_t i = 0; i < lines; i++) {
        check_entry(hsi_journal_peek(journal, i));
    }
    hsi_journal_free(journal);
    return 0;
}
