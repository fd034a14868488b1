/* Tests csrc/crypto/ssl3.c with values that hashlib computed by the formulas of RFC 6101 sections 5.2.3.1, 5.6.9 and 6.1.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "crypto/crypto.h"

static void the_stream_of_a_secret_is_md5_over_sha_with_one_letter_more_in_each_block(void **state)
{
    (void)state;
    const hsi_bytes seed[] = {hsi_bytes_text("seed one"), hsi_bytes_text("seed two")};
    uint8_t out[416];
    assert_int_equal(hsi_ssl3_prf(out, 40, hsi_bytes_text("secret"), seed, 2), HSI_OK);
    assert_hex(out, "76772213754db5b89cbb334120a37282d4cc0ba43de9342239e436a0b41812526b5d707cbd8cbbd1");
    assert_int_equal(hsi_ssl3_prf(out, sizeof out, hsi_bytes_text("secret"), seed, 2), HSI_OK);
    assert_hex(out + 400, "54b33de6e402d52e79c554cbcc53ebdf");
}

static void there_are_26_letters_and_four_parts(void **state)
{
    (void)state;
    const hsi_bytes seed[5] = {{0}};
    uint8_t out[417];
    assert_int_equal(hsi_ssl3_prf(out, sizeof out, hsi_bytes_text("secret"), seed, 2), HSI_ILLEGAL);
    assert_int_equal(hsi_ssl3_prf(out, 40, hsi_bytes_text("secret"), seed, HSI_COUNT(seed)), HSI_ILLEGAL);
}

static void the_mac_of_a_record_is_padded_by_48_or_40_bytes(void **state)
{
    (void)state;
    uint8_t out[HSI_HASH_MAX];
    assert_int_equal(hsi_ssl3_mac(&hsi_md5, out, hsi_bytes_text("key"), hsi_bytes_text("message")), HSI_OK);
    assert_hex(out, "7bebb9faa1d595fd1f30ab92b4e104c9");
    assert_int_equal(hsi_ssl3_mac(&hsi_sha1, out, hsi_bytes_text("key"), hsi_bytes_text("message")), HSI_OK);
    assert_hex(out, "eb6b248f8a7905b7ad36b77a13a7999b3813eda9");
}

static void finished_names_its_sender_and_certificate_verify_does_not(void **state)
{
    (void)state;
    uint8_t out[HSI_SSL3_HASHES];
    const hsi_bytes messages = hsi_bytes_text("messages"), master = hsi_bytes_text("master");
    assert_int_equal(hsi_ssl3_handshake_hashes(out, messages, "CLNT", master), HSI_OK);
    assert_hex(out, "ea18468d1ea6d164e851673d7fcfddccebb565157161d85442681318685f07c61646f1f0");
    assert_int_equal(hsi_ssl3_handshake_hashes(out, messages, "", master), HSI_OK);
    assert_hex(out, "b3c677c6c999859c2cdebce9fc9328019caaf62154ded45f494f79dee0e6799cec4ed512");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_of_a_secret_is_md5_over_sha_with_one_letter_more_in_each_block),
        cmocka_unit_test(there_are_26_letters_and_four_parts),
        cmocka_unit_test(the_mac_of_a_record_is_padded_by_48_or_40_bytes),
        cmocka_unit_test(finished_names_its_sender_and_certificate_verify_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
