/* Info: the library in use, and the suites that it and the policy allow.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

#include "live/info.h"

static void the_version_has_three_numbers_and_the_library_is_a_file(void **state)
{
    (void)state;
    int numbers[3];
    assert_int_equal(sscanf(hsi_info_version(), "%d.%d.%d", &numbers[0], &numbers[1], &numbers[2]), 3);
    assert_true(numbers[0] >= 3);
    FILE *file = fopen(hsi_info_library(), "rb");
    uint8_t magic[4];
    assert_non_null(file);
    assert_int_equal(fread(magic, 1, 4, file), 4);
    assert_int_equal(fclose(file), 0);
    assert_non_null(strstr(hsi_info_library(), "gnutls"));
}

/* Numbers by IANA's registry; versions: RFC 5246 appendix A.5, RFC 5289 section 4, RFC 8446 appendix B.4. */
static void the_suites_have_the_numbers_of_iana_and_the_versions_of_their_rfcs(void **state)
{
    (void)state;
    static const struct {
        uint16_t id;
        const char *name;
        const char *lowest;
    } expected[] = {
        {0x002f, "TLS_RSA_AES_128_CBC_SHA1", "TLSv1"},
        {0x003c, "TLS_RSA_AES_128_CBC_SHA256", "TLSv1.2"},
        {0xc02b, "TLS_ECDHE_ECDSA_AES_128_GCM_SHA256", "TLSv1.2"},
        {0x1301, "TLS_AES_128_GCM_SHA256", "TLSv1.3"},
    };
    hsi_listed_suite suite;
    size_t found = 0, count = 0, granted = 0;
    for (; hsi_info_suite(count, &suite); count++) {
        granted += suite.allowed;
        for (size_t i = 0; i < HSI_COUNT(expected); i++) {
            found += suite.id == expected[i].id && strcmp(suite.name, expected[i].name) == 0 &&
                     strcmp(suite.lowest, expected[i].lowest) == 0;
        }
    }
    assert_int_equal(found, HSI_COUNT(expected));
    assert_true(granted > 0 && granted <= count);
    print_message("%zu suites, %zu allowed\n", count, granted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_version_has_three_numbers_and_the_library_is_a_file),
        cmocka_unit_test(the_suites_have_the_numbers_of_iana_and_the_versions_of_their_rfcs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
