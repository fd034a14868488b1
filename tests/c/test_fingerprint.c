/* Tests csrc/tap/fingerprint.c: against the examples that the authors of JA3 and JA4 published, and against what
 * Wireshark 4.0.17 computes for captures made by others. The hellos of the examples are written out from their lists.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hex.h"
#include "published.h"
#include "tap/fingerprint.h"

typedef struct dissected {
    uint8_t wire[4 + HEX_MAX];
    hsi_arena arena;
    hsi_fields f;
} dissected;

static void dissect(dissected *d, hsi_bytes raw)
{
    const hsi_field_context context = {.version = 0x0304};
    d->arena = HSI_ARENA_EMPTY;
    assert_int_equal(hsi_message_dissect(&d->f, &d->arena, raw, &context), HSI_OK);
    assert_int_equal(d->f.status, HSI_OK);
}

#define RANDOM "1111111111111111111111111111111111111111111111111111111111111111"

/* A ClientHello with this version, these cipher suites, these extensions (NULL: without the list). */
static void dissect_hello(dissected *d, const char *version, const char *ciphers, const char *extensions)
{
    char digits[4 * HEX_MAX], list[2 * HEX_MAX] = "";
    if (extensions != NULL) {
        snprintf(list, sizeof list, "%04x%s", (unsigned)strlen(extensions) / 2, extensions);
    }
    unsigned size = (unsigned)strlen(ciphers) / 2;
    snprintf(digits, sizeof digits, "%s" RANDOM "00%04x%s0100%s", version, size, ciphers, list);
    size_t length = hex(d->wire + 4, digits).length;
    d->wire[0] = HSI_CLIENT_HELLO;
    d->wire[1] = 0;
    d->wire[2] = (uint8_t)(length >> 8);
    d->wire[3] = (uint8_t)length;
    dissect(d, hsi_bytes_of(d->wire, 4 + length));
}

static void assert_ja3(const char *version, const char *ciphers, const char *extensions, const char *expected)
{
    dissected d;
    char ja3[HSI_JA3_SIZE];
    dissect_hello(&d, version, ciphers, extensions);
    assert_int_equal(hsi_ja3(d.f.root, ja3), HSI_OK);
    assert_string_equal(ja3, expected);
    hsi_arena_cleanup(&d.arena);
}

static void assert_ja4(const char *version, const char *ciphers, const char *extensions, const char *expected)
{
    dissected d;
    char ja4[HSI_JA4_SIZE];
    dissect_hello(&d, version, ciphers, extensions);
    assert_int_equal(hsi_ja4(d.f.root, 't', ja4), HSI_OK);
    assert_string_equal(ja4, expected);
    hsi_arena_cleanup(&d.arena);
}

/* ---- JA3 ---- */

/* 769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0 */
#define SALESFORCE_CIPHERS "002f00350005000ac009c00ac013c014003200380013" "0004"

static void ja3_is_what_its_authors_print(void **state)
{
    (void)state;
    assert_ja3("0301", SALESFORCE_CIPHERS,
               "0000"
               "0006"
               "0004"
               "00"
               "0001"
               "61"
               "000a"
               "0008"
               "0006"
               "001700180019"
               "000b"
               "0002"
               "01"
               "00",
               "ada70206e40642a3e4461f35503241d5");
    /* 769,4-5-10-9-100-98-3-6-19-18-99,,, */
    assert_ja3("0301",
               "00040005000a0009006400620003000600130012"
               "0063",
               NULL, "de350869b8c85de67a350c8d186f11e6");
}

static void ja3_leaves_grease_out_of_every_list(void **state)
{
    (void)state;
    assert_ja3("0301", "0a0a" SALESFORCE_CIPHERS "fafa",
               "1a1a"
               "0000"
               "0000"
               "0006"
               "0004"
               "00"
               "0001"
               "61"
               "000a"
               "000a"
               "0008"
               "2a2a"
               "001700180019"
               "000b"
               "0002"
               "01"
               "00"
               "3a3a"
               "0001"
               "00",
               "ada70206e40642a3e4461f35503241d5");
}

static void ja3_is_what_wireshark_computes_for_published_captures(void **state)
{
    (void)state;
    static const struct {
        struct published message;
        const char *ja3;
    } rows[] = {
        {{"illustrated-tls12", "ClientHello", 0}, "36d715579d31b7f031149c4560b5914f"},
        {{"illustrated-tls13", "ClientHello", 0}, "f146948b4a599d4d7ddf071b74696983"},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[PUBLISHED_MAX];
        char ja3[HSI_JA3_SIZE];
        dissected d;
        dissect(&d, published_read(storage, &rows[i].message));
        assert_int_equal(hsi_ja3(d.f.root, ja3), HSI_OK);
        assert_string_equal(ja3, rows[i].ja3);
        hsi_arena_cleanup(&d.arena);
    }
}

/* ---- JA4 ---- */

/* The ciphers of t13d1516h2_8daaf6152771_e5627efa2ab1, in the order Chrome sends them. */
#define CHROME_CIPHERS "130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035"
#define CHROME_ALGORITHMS "04030804040105030805050108060601"
#define SNI "0000" "0006" "0004" "00" "0001" "61"
#define ALPN_H2 "0010" "0005" "0003" "02" "6832"
#define VERSIONS_13 "002b" "0007" "06" "4a4a" "0304" "0303"

static void ja4_is_what_its_authors_print(void **state)
{
    (void)state;
    assert_ja4("0303", "2a2a" CHROME_CIPHERS,
               "5a5a"
               "0000" SNI "0017"
               "0000"
               "ff01"
               "0001"
               "00"
               "000a"
               "0004"
               "0002"
               "001d"
               "000b"
               "0002"
               "01"
               "00"
               "0023"
               "0000" ALPN_H2 "0005"
               "0005"
               "0100000000"
               "000d"
               "0012"
               "0010" CHROME_ALGORITHMS "0012"
               "0000"
               "0033"
               "0006"
               "0004"
               "001d"
               "0000"
               "002d"
               "0002"
               "01"
               "01" VERSIONS_13 "001b"
               "0003"
               "02"
               "0002"
               "4469"
               "0005"
               "0003"
               "02"
               "6832"
               "0015"
               "0001"
               "00"
               "6a6a"
               "0001"
               "00",
               "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

/* t13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3, whose lists (JA4_r) are printed beside it. */
static void ja4_counts_a_signalling_suite_and_keeps_the_order_of_algorithms(void **state)
{
    (void)state;
    assert_ja4("0303",
               "130213031301c02cc030c02bc02fcca9cca8"
               "00ff",
               SNI "000b"
                   "0002"
                   "01"
                   "00"
                   "000a"
                   "0004"
                   "0002"
                   "001d"
                   "0023"
                   "0000" ALPN_H2 "0017"
                   "0000"
                   "000d"
                   "0014"
                   "0012"
                   "050304030807080608050804060105010401"
                   "002b"
                   "0003"
                   "02"
                   "0304"
                   "002d"
                   "0002"
                   "01"
                   "01"
                   "0005"
                   "0005"
                   "0100000000"
                   "0033"
                   "0006"
                   "0004"
                   "001d"
                   "0000",
               "t13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3");
}

/* The hashes: sha256sum of "002f" and of "000b". */
static void ja4_without_name_protocol_and_extensions_says_so(void **state)
{
    (void)state;
    assert_ja4("0301", "002f", NULL, "t10i010000_ba72b8082249_000000000000");
    assert_ja4("0301", "0a0a", SNI ALPN_H2, "t10d0002h2_000000000000_000000000000");
    assert_ja4("0302", "002f",
               "000b"
               "0002"
               "01"
               "00",
               "t11i010100_ba72b8082249_bcb145a8c2a7");
    assert_ja4("0300", "002f", NULL, "ts3i010000_ba72b8082249_000000000000");
    assert_ja4("0002", "002f", NULL, "ts2i010000_ba72b8082249_000000000000");
    assert_ja4("7777", "002f", NULL, "t00i010000_ba72b8082249_000000000000");
}

static void ja4_takes_hex_digits_where_a_protocol_does_not_read_as_text(void **state)
{
    (void)state;
    assert_ja4("0303", "0a0a",
               "0010"
               "0005"
               "0003"
               "02"
               "ab68",
               "t12i0001a8_000000000000_000000000000");
    assert_ja4("0303", "0a0a",
               "0010"
               "0005"
               "0003"
               "02"
               "68ab",
               "t12i00016b_000000000000_000000000000");
    assert_ja4("0303", "0a0a",
               "0010"
               "0004"
               "0002"
               "01"
               "68",
               "t12i0001hh_000000000000_000000000000");
    assert_ja4("0303", "0a0a",
               "0010"
               "0003"
               "0001"
               "00",
               "t12i000100_000000000000_000000000000");
}

static void a_count_above_ninety_nine_is_ninety_nine(void **state)
{
    (void)state;
    dissected d;
    char ciphers[4 * 120 + 1] = "", ja4[HSI_JA4_SIZE];
    for (size_t i = 0; i < 120; i++) {
        memcpy(ciphers + 4 * i, "002f", 5);
    }
    dissect_hello(&d, "0303", ciphers, NULL);
    assert_int_equal(hsi_ja4(d.f.root, 'q', ja4), HSI_OK);
    assert_memory_equal(ja4, "q12i990000_", 11);
    hsi_arena_cleanup(&d.arena);
}

/* ---- what has none ---- */

static void a_message_without_cipher_suites_has_no_fingerprint(void **state)
{
    (void)state;
    const uint8_t finished[] = {20, 0, 0, 1, 0xaa}, sslv2[] = {0x01, 0x03, 0x01, 0, 3, 0, 0, 0, 1, 0, 0, 0x2f, 0xcc};
    char out[HSI_JA4_SIZE];
    dissected d;
    dissect(&d, hsi_bytes_of(finished, sizeof finished));
    assert_int_equal(hsi_ja3(d.f.root, out), HSI_ILLEGAL);
    assert_int_equal(hsi_ja4(d.f.root, 't', out), HSI_ILLEGAL);
    hsi_arena_cleanup(&d.arena);
    d.arena = HSI_ARENA_EMPTY;
    const hsi_field_context context = {.sslv2 = true};
    assert_int_equal(hsi_message_dissect(&d.f, &d.arena, hsi_bytes_of(sslv2, sizeof sslv2), &context), HSI_OK);
    assert_int_equal(d.f.status, HSI_OK);
    assert_int_equal(hsi_ja3(d.f.root, out), HSI_ILLEGAL);
    hsi_arena_cleanup(&d.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ja3_is_what_its_authors_print),
        cmocka_unit_test(ja3_leaves_grease_out_of_every_list),
        cmocka_unit_test(ja3_is_what_wireshark_computes_for_published_captures),
        cmocka_unit_test(ja4_is_what_its_authors_print),
        cmocka_unit_test(ja4_counts_a_signalling_suite_and_keeps_the_order_of_algorithms),
        cmocka_unit_test(ja4_without_name_protocol_and_extensions_says_so),
        cmocka_unit_test(ja4_takes_hex_digits_where_a_protocol_does_not_read_as_text),
        cmocka_unit_test(a_count_above_ninety_nine_is_ninety_nine),
        cmocka_unit_test(a_message_without_cipher_suites_has_no_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
