/* Tests csrc/crypto/x509.c: what GnuTLS reads in tests/data/certificates, how it prints them, and what it cannot read. The
 * rest of its facts are compared with cryptography's in tests/py/test_certificate.py, its failures in test_failing_calls.c.
 * SPDX-License-Identifier: MIT */
#include "crypto/x509.h"

#include "base/memory.h"
#include "hex.h"
#include "made.h"

static void a_certificate_has_its_facts(void **state)
{
    (void)state;
    uint8_t storage[MADE_MAX];
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_x509_facts facts;
    assert_int_equal(hsi_x509_read(&facts, &arena, made_read(storage, "rich.der")), HSI_OK);
    assert_string_equal(facts.issuer, "CN=ECDSA authority,O=A\\, B \\+ C,C=XY");
    assert_int_equal(facts.serial.length, 12);
    assert_hex(facts.serial.data, "112233445566778899aabbcc");
    assert_int_equal(facts.not_before, 1740832205); /* 2025-03-01T12:30:05Z */
    assert_int_equal(facts.not_after, 2561241600); /* 2051-03-01 */
    assert_string_equal(facts.key, "EC/ECDSA");
    assert_int_equal(facts.bits, 256);
    assert_string_equal(facts.signature, "ECDSA-SHA256");
    assert_false(facts.self_signed);
    static const char *const kinds[] = {"dNSName",      "rfc822Name", "uniformResourceIdentifier",
                                        "iPAddress",    "iPAddress",  "directoryName",
                                        "registeredID", "otherName"};
    assert_int_equal(facts.name_count, HSI_COUNT(kinds));
    for (size_t i = 0; i < facts.name_count; i++) {
        assert_string_equal(facts.names[i].kind, kinds[i]);
    }
    assert_true(hsi_bytes_are(facts.names[0].value, "*.example.org"));
    assert_int_equal(facts.names[3].value.length, 4);
    assert_hex(facts.names[3].value.data, "c0000207");
    assert_int_equal(hsi_x509_read(&facts, &arena, made_read(storage, "authority.der")), HSI_OK);
    assert_true(facts.self_signed);
    assert_int_equal(facts.name_count, 0);
    hsi_arena_cleanup(&arena);
}

static void a_certificate_and_a_response_are_printed(void **state)
{
    (void)state;
    uint8_t storage[MADE_MAX];
    hsi_buffer text = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_x509_print(&text, made_read(storage, "rich.der")), HSI_OK);
    assert_int_equal(hsi_ocsp_print(&text, made_read(storage, "good.ocsp")), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(&text, 1, 0), HSI_OK);
    const char *all = (const char *)hsi_buffer_peek(&text).data;
    assert_non_null(strstr(all, "X.509 Certificate Information"));
    assert_non_null(strstr(all, "Certificate Status: good"));
    hsi_buffer_cleanup(&text);
}

static void what_cannot_be_read_is_illegal(void **state)
{
    (void)state;
    uint8_t storage[MADE_MAX];
    static const char *const files[] = {"rich.der", "good.ocsp"};
    for (size_t i = 0; i < HSI_COUNT(files); i++) {
        hsi_bytes whole = made_read(storage, files[i]);
        hsi_bytes cut = hsi_bytes_slice(whole, 0, whole.length - 1);
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_buffer text = HSI_BUFFER_EMPTY;
        hsi_x509_facts facts;
        assert_int_equal(hsi_x509_read(&facts, &arena, cut), HSI_ILLEGAL);
        assert_int_equal(hsi_x509_print(&text, cut), HSI_ILLEGAL);
        assert_int_equal(hsi_ocsp_print(&text, cut), HSI_ILLEGAL);
        assert_int_equal(hsi_buffer_length(&text), 0);
        hsi_buffer_cleanup(&text);
        hsi_arena_cleanup(&arena);
    }
}

static void without_memory_nothing_is_read(void **state)
{
    (void)state;
    uint8_t storage[MADE_MAX];
    hsi_bytes der = made_read(storage, "rich.der");
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_buffer text = HSI_BUFFER_EMPTY;
    hsi_x509_facts facts;
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_x509_read(&facts, &arena, der), HSI_NO_MEMORY);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_x509_print(&text, der), HSI_NO_MEMORY);
    hsi_memory_fail_after(SIZE_MAX);
    hsi_buffer_cleanup(&text);
    hsi_arena_cleanup(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_has_its_facts),
        cmocka_unit_test(a_certificate_and_a_response_are_printed),
        cmocka_unit_test(what_cannot_be_read_is_illegal),
        cmocka_unit_test(without_memory_nothing_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
