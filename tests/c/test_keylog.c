/* Tests csrc/tap/keylog.c: which lines are secrets (RFC 9850 section 3, and the older forms), and what they become in a
 * journal.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "tap/keylog.h"

/* The digits of 32 bytes, and what they are. */
#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define X16 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define X32 X16 X16
#define X48 X32 X16
#define X64 X32 X32

static hsi_status parse(hsi_keylog_line *line, const char *text)
{
    return hsi_keylog_parse(line, hsi_bytes_text(text));
}

static void assert_line(const hsi_keylog_line *line, const char *label, size_t length)
{
    uint8_t whose[HSI_KEYLOG_WHOSE_MAX], value[256];
    assert_string_equal(line->label, label);
    assert_int_equal(line->owner, HSI_KEYLOG_RANDOM);
    assert_int_equal(line->whose.length, 64);
    hsi_keylog_decode(whose, line->whose);
    for (size_t i = 0; i < sizeof whose; i++) {
        assert_int_equal(whose[i], i);
    }
    assert_int_equal(line->value.length, 2 * length);
    hsi_keylog_decode(value, line->value);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(value[i], 0xa5);
    }
}

static void every_label_of_rfc_9850_is_read(void **state)
{
    (void)state;
    const char *const labels[] = {
        "CLIENT_EARLY_TRAFFIC_SECRET",
        "EARLY_EXPORTER_SECRET",
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "CLIENT_TRAFFIC_SECRET_12",
        "EXPORTER_SECRET",
        "ECH_SECRET",
        "ECH_CONFIG",
    };
    for (size_t i = 0; i < HSI_COUNT(labels); i++) {
        char text[300];
        hsi_keylog_line line;
        (void)snprintf(text, sizeof text, "%s %s %s", labels[i], RANDOM, X48);
        assert_int_equal(parse(&line, text), HSI_OK);
        assert_line(&line, labels[i], 48);
    }
}

static void a_secret_is_as_long_as_a_hash_and_a_master_secret_48_bytes(void **state)
{
    (void)state;
    hsi_keylog_line line;
    assert_int_equal(parse(&line, "EXPORTER_SECRET " RANDOM " " X32), HSI_OK);
    assert_line(&line, "EXPORTER_SECRET", 32);
    assert_int_equal(parse(&line, "EXPORTER_SECRET " RANDOM " " X64), HSI_OK);
    assert_line(&line, "EXPORTER_SECRET", 64);
    assert_int_equal(parse(&line, "CLIENT_RANDOM " RANDOM " " X48), HSI_OK);
    assert_line(&line, "master secret", 48);
    assert_int_equal(parse(&line, "EXPORTER_SECRET " RANDOM " " X16), HSI_ILLEGAL);
    assert_int_equal(parse(&line, "EXPORTER_SECRET " RANDOM " " X64 "a5"), HSI_ILLEGAL);
    assert_int_equal(parse(&line, "CLIENT_RANDOM " RANDOM " " X32), HSI_ILLEGAL);
    assert_int_equal(parse(&line, "CLIENT_RANDOM " RANDOM " " X64), HSI_ILLEGAL);
}

static void hex_may_be_in_capitals_and_spaces_may_be_many(void **state)
{
    (void)state;
    hsi_keylog_line line;
    assert_int_equal(parse(&line, "  CLIENT_RANDOM  000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F "
                                  " A5a5A5a5A5a5A5a5A5a5A5a5A5a5A5a5" X32 "  "),
                     HSI_OK);
    assert_line(&line, "master secret", 48);
}

static void the_older_forms_say_whose_a_secret_is_in_other_ways(void **state)
{
    (void)state;
    uint8_t whose[HSI_KEYLOG_WHOSE_MAX];
    hsi_keylog_line line;
    assert_int_equal(parse(&line, "PMS_CLIENT_RANDOM " RANDOM " " X64), HSI_OK);
    assert_line(&line, "premaster secret", 64);
    assert_int_equal(parse(&line, "RSA 0102030405060708 " X48), HSI_OK);
    assert_string_equal(line.label, HSI_LABEL_RSA);
    assert_int_equal(line.owner, HSI_KEYLOG_PREMASTER);
    assert_int_equal(line.whose.length, 16);
    assert_int_equal(line.value.length, 96);
    assert_int_equal(parse(&line, "RSA Session-ID:0a0B Master-Key:" X48), HSI_OK);
    assert_string_equal(line.label, HSI_LABEL_RSA_SESSION);
    assert_int_equal(line.owner, HSI_KEYLOG_SESSION);
    assert_int_equal(line.whose.length, 4);
    hsi_keylog_decode(whose, line.whose);
    assert_int_equal(whose[0], 0x0a);
    assert_int_equal(whose[1], 0x0b);
    assert_int_equal(line.value.length, 96);
}

static void what_is_no_key_log_line_is_illegal(void **state)
{
    (void)state;
    const char *const lines[] = {
        "",
        " ",
        "# CLIENT_RANDOM " RANDOM " " X48, /* a comment */
        "CLIENT_RANDOM",
        "CLIENT_RANDOM " RANDOM,
        "CLIENT_RANDOM " RANDOM " " X48 " more",
        "CLIENT_RANDOM " RANDOM " " X32 X16 "a", /* an odd digit */
        "CLIENT_RANDOM " RANDOM "0 " X48,
        "CLIENT_RANDOM " X16 " " X48, /* half a random */
        "CLIENT_RANDOM " X16 "g5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5 " X48,
        "CLIENT_RANDOM " RANDOM " " X32 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a@",
        "client_random " RANDOM " " X48,
        "CLIENT_RANDOMS " RANDOM " " X48,
        "CLIENT_TRAFFIC_SECRET_ " RANDOM " " X32, /* no number */
        "CLIENT_TRAFFIC_SECRET_1x " RANDOM " " X32,
        "RSA 00010203040506 " X48, /* seven bytes of an encrypted premaster secret */
        "RSA 0001020304050607 " X32,
        "RSA " RANDOM " " X48,
        "RSA Session-ID: Master-Key:" X48,
        "RSA Session-ID:" RANDOM "20 Master-Key:" X48, /* a session ID has 32 bytes at most */
        "RSA Session-ID:" RANDOM " " X48,
        "RSA " RANDOM " Master-Key:" X48,
        "PMS_CLIENT_RANDOM " RANDOM " ",
        "PMS_CLIENT_RANDOM 0001020304050607 " X48,
    };
    for (size_t i = 0; i < HSI_COUNT(lines); i++) {
        hsi_keylog_line line;
        assert_int_equal(parse(&line, lines[i]), HSI_ILLEGAL);
    }
}

static void a_label_longer_than_any_is_illegal(void **state)
{
    (void)state;
    hsi_keylog_line line;
    assert_int_equal(parse(&line,
                           "CLIENT_TRAFFIC_SECRET_0000000000000000000000000000000000000000000000000000000000 " RANDOM
                           " " X32),
                     HSI_ILLEGAL);
}

/* ---- texts ---- */

static void the_lines_of_a_text_become_secrets_of_a_journal(void **state)
{
    (void)state;
    const char text[] = "# SSL/TLS secrets log file\n"
                        "CLIENT_RANDOM " RANDOM " " X48 "\r\n"
                        "\n"
                        "nonsense\r"
                        "SERVER_TRAFFIC_SECRET_0 " RANDOM " " X32; /* and no line end */
    hsi_journal *journal = hsi_journal_new();
    size_t lines;
    assert_int_equal(hsi_keylog_append(journal, HSI_SERVER, hsi_bytes_text(text), &lines), HSI_OK);
    assert_int_equal(lines, 2);
    assert_int_equal(hsi_journal_count(journal), 2);
    const hsi_entry *master = hsi_journal_peek(journal, 0), *traffic = hsi_journal_peek(journal, 1);
    assert_int_equal(master->kind, HSI_ENTRY_SECRET);
    assert_int_equal(master->side, HSI_SERVER);
    assert_int_equal(master->code, HSI_SOURCE_KEYLOG);
    assert_int_equal(master->sender, HSI_NOBODY);
    assert_true(hsi_bytes_are(master->name, "master secret"));
    assert_int_equal(master->data.length, 48);
    assert_int_equal(master->aux.length, 32);
    assert_int_equal(master->aux.data[31], 0x1f);
    assert_true(hsi_bytes_are(traffic->name, "SERVER_TRAFFIC_SECRET_0"));
    assert_int_equal(traffic->sender, HSI_SERVER);
    hsi_journal_free(journal);
}

static void a_text_without_lines_appends_nothing(void **state)
{
    (void)state;
    hsi_journal *journal = hsi_journal_new();
    size_t lines = 9;
    assert_int_equal(hsi_keylog_append(journal, HSI_CLIENT, HSI_BYTES_EMPTY, &lines), HSI_OK);
    assert_int_equal(lines, 0);
    assert_int_equal(hsi_keylog_append(journal, HSI_CLIENT, hsi_bytes_text("\n\r\n # x\n"), &lines), HSI_OK);
    assert_int_equal(lines, 0);
    assert_int_equal(hsi_journal_count(journal), 0);
    hsi_journal_free(journal);
}

static void out_of_memory_comes_out_with_the_lines_taken_before(void **state)
{
    (void)state;
    char text[400 * (14 + 65 + 97) + 1] = "";
    const char line[] = "CLIENT_RANDOM " RANDOM " " X48 "\n";
    for (size_t i = 0; i < 400; i++) {
        memcpy(text + i * (sizeof line - 1), line, sizeof line);
    }
    hsi_journal *journal = hsi_journal_new();
    size_t lines = 0;
    hsi_memory_fail_after(8);
    assert_int_equal(hsi_keylog_append(journal, HSI_CLIENT, hsi_bytes_text(text), &lines), HSI_NO_MEMORY);
    hsi_memory_fail_after(SIZE_MAX);
    assert_true(lines > 0 && lines < 400);
    assert_int_equal(hsi_journal_count(journal), lines);
    hsi_journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_label_of_rfc_9850_is_read),
        cmocka_unit_test(a_secret_is_as_long_as_a_hash_and_a_master_secret_48_bytes),
        cmocka_unit_test(hex_may_be_in_capitals_and_spaces_may_be_many),
        cmocka_unit_test(the_older_forms_say_whose_a_secret_is_in_other_ways),
        cmocka_unit_test(what_is_no_key_log_line_is_illegal),
        cmocka_unit_test(a_label_longer_than_any_is_illegal),
        cmocka_unit_test(the_lines_of_a_text_become_secrets_of_a_journal),
        cmocka_unit_test(a_text_without_lines_appends_nothing),
        cmocka_unit_test(out_of_memory_comes_out_with_the_lines_taken_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
