/* Tests csrc/crypto/cipher.c against NIST SP 800-38A, RFC 6229, OpenSSL (through pyca/cryptography) and the record of a
 * published handshake; its table against what GnuTLS says of each cipher.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include <gnutls/crypto.h>

#include "base/memory.h"
#include "crypto/crypto.h"

#define COUNTING "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define NIST_PLAINTEXT                                                                                                 \
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"                                                 \
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

static const struct {
    const char *cipher, *key, *iv, *ciphertext, *plaintext;
} vectors[] = {
    /* SP 800-38A F.2.2 and F.2.6 */
    {"AES-128-CBC", "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
     NIST_PLAINTEXT},
    {"AES-256-CBC", "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f",
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
     "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
     NIST_PLAINTEXT},
    /* OpenSSL */
    {"3DES-CBC", "0102030405060708090a0b0c0d0e0f101112131415161718", "a0a1a2a3a4a5a6a7",
     "f1e01787c948e6038e17a0314a4330d4463639c12de2e7eaf89daa07c00e4120073758b58cdea58239cf638b13cb8efc", COUNTING},
    {"CAMELLIA-128-CBC", "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "68cb94d821b6092756494f271a8af3e493ff0ad860ee1abb171e812eebde44ce24d724f09e57405c190108f92c1c7d8c", COUNTING},
    {"CAMELLIA-192-CBC", "000102030405060708090a0b0c0d0e0f1011121314151617", "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "795f63edb8115b6406003a91209dcf2a91d82068563a30655af8b9bd6312f875f89e9fbae8103fbc149eae63b4619917", COUNTING},
    {"CAMELLIA-256-CBC", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "405deb196613feb8b60e01b48c41e899d822abf4622363882705f4efbd8c15eac361c40ac03ae494cf7a3fccd7060c0e", COUNTING},
    /* RFC 6229 section 2: the key stream, which is what zeros encrypt to; the third line is OpenSSL's */
    {"ARCFOUR-128", "0102030405060708090a0b0c0d0e0f10", "",
     "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c0b9de3e45521a0bf5b9a607bf634ccf5",
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"},
    {"NULL", "", "", COUNTING, COUNTING},
    /* tls12.xargs.org, the client's Finished with MAC and padding, under the record's explicit IV */
    {"AES-128-CBC", "f656d037b173ef3e11169f27231a84b6", "404142434445464748494a4b4c4d4e4f",
     "227bc9ba81ef30f2a8a78ff1df50844d5804b7eeb2e214c32b6892aca3db7b78077fdd90067c516bacb3ba90dedf720f",
     "1400000ccf919626f1360c536aaad73aa5a03d233056e4ac6eba7fd9e5317fac2db5b70e0b0b0b0b0b0b0b0b0b0b0b0b"},
};

static hsi_cipher_state *started(size_t i)
{
    uint8_t a[HEX_MAX], b[HEX_MAX];
    hsi_cipher_state *state = NULL;
    const hsi_cipher *cipher = hsi_cipher_named(vectors[i].cipher);
    assert_non_null(cipher);
    assert_int_equal(hsi_cipher_new(&state, cipher, hex(a, vectors[i].key), hex(b, vectors[i].iv)), HSI_OK);
    return state;
}

static void ciphertexts_decrypt_to_the_published_plaintexts(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(vectors); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        hsi_cipher_state *cipher = started(i);
        assert_int_equal(hsi_cipher_decrypt(cipher, out, hex(a, vectors[i].ciphertext)), HSI_OK);
        assert_hex(out, vectors[i].plaintext);
        hsi_cipher_free(cipher);
    }
}

/* What TLS 1.0 does with CBC, and every version with a stream: the next record goes on where the last one ended. */
static void a_cipher_goes_on_where_the_last_record_ended(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(vectors); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        hsi_cipher_state *cipher = started(i);
        hsi_bytes in = hex(a, vectors[i].ciphertext);
        assert_int_equal(hsi_cipher_decrypt(cipher, out, hsi_bytes_slice(in, 0, 16)), HSI_OK);
        assert_int_equal(hsi_cipher_decrypt(cipher, out + 16, HSI_BYTES_EMPTY), HSI_OK);
        assert_int_equal(hsi_cipher_decrypt(cipher, out + 16, hsi_bytes_slice(in, 16, in.length - 16)), HSI_OK);
        assert_hex(out, vectors[i].plaintext);
        hsi_cipher_free(cipher);
    }
}

static void a_stream_takes_records_of_any_length(void **state)
{
    (void)state;
    uint8_t a[HEX_MAX], out[HEX_MAX];
    hsi_cipher_state *cipher = started(6);
    hsi_bytes in = hex(a, vectors[6].ciphertext);
    for (size_t at = 0; at < in.length; at += at % 7 + 1) {
        size_t left = in.length - at, step = at % 7 + 1;
        hsi_bytes record = hsi_bytes_slice(in, at, step < left ? step : left);
        assert_int_equal(hsi_cipher_decrypt(cipher, out + at, record), HSI_OK);
    }
    assert_hex(out, vectors[6].plaintext);
    hsi_cipher_free(cipher);
}

static void an_explicit_iv_starts_the_chain_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], out[HEX_MAX];
        hsi_cipher_state *cipher = started(i);
        hsi_bytes in = hex(a, vectors[i].ciphertext);
        assert_int_equal(hsi_cipher_decrypt(cipher, out, hsi_bytes_slice(in, 0, 32)), HSI_OK);
        hsi_cipher_set_iv(cipher, hex(b, vectors[i].iv));
        assert_int_equal(hsi_cipher_decrypt(cipher, out, in), HSI_OK);
        assert_hex(out, vectors[i].plaintext);
        hsi_cipher_free(cipher);
    }
}

static void an_iv_changes_nothing_where_there_is_no_chain_or_it_is_no_block(void **state)
{
    (void)state;
    const size_t without_change[] = {0, 6, 7}; /* AES with 15 bytes, ARCFOUR, NULL */
    for (size_t i = 0; i < HSI_COUNT(without_change); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        const uint8_t iv[15] = {1, 2, 3};
        hsi_cipher_state *cipher = started(without_change[i]);
        hsi_cipher_set_iv(cipher, hsi_bytes_of(iv, sizeof iv));
        assert_int_equal(hsi_cipher_decrypt(cipher, out, hex(a, vectors[without_change[i]].ciphertext)), HSI_OK);
        assert_hex(out, vectors[without_change[i]].plaintext);
        hsi_cipher_free(cipher);
    }
}

static void part_of_a_block_is_illegal_and_moves_nothing(void **state)
{
    (void)state;
    uint8_t a[HEX_MAX], out[HEX_MAX];
    hsi_cipher_state *cipher = started(0);
    hsi_bytes in = hex(a, vectors[0].ciphertext);
    assert_int_equal(hsi_cipher_decrypt(cipher, out, hsi_bytes_slice(in, 0, 17)), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_decrypt(cipher, out, hsi_bytes_slice(in, 0, 1)), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_decrypt(cipher, out, in), HSI_OK);
    assert_hex(out, vectors[0].plaintext);
    hsi_cipher_free(cipher);
}

static void keys_and_ivs_of_other_lengths_and_aeads_are_illegal(void **state)
{
    (void)state;
    const uint8_t zeros[33] = {0};
    hsi_cipher_state *none = NULL;
    const hsi_cipher *aes = hsi_cipher_named("AES-128-CBC");
    const hsi_cipher *gcm = hsi_cipher_named("AES-128-GCM");
    const hsi_cipher *null = hsi_cipher_named("NULL");
    hsi_bytes block = hsi_bytes_of(zeros, 16);
    assert_int_equal(hsi_cipher_new(&none, aes, hsi_bytes_of(zeros, 15), block), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_new(&none, aes, hsi_bytes_of(zeros, 32), block), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_new(&none, aes, block, hsi_bytes_of(zeros, 15)), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_new(&none, aes, block, HSI_BYTES_EMPTY), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_new(&none, gcm, block, HSI_BYTES_EMPTY), HSI_ILLEGAL);
    assert_int_equal(hsi_cipher_new(&none, null, block, HSI_BYTES_EMPTY), HSI_ILLEGAL);
    assert_null(none);
}

static void an_algorithm_that_gnutls_lacks_is_unsupported(void **state)
{
    (void)state;
    const hsi_cipher unknown = {"UNKNOWN", HSI_CIPHER_CBC, 16, 16, 16, 0, 0, 0, 9999};
    const uint8_t zeros[16] = {0};
    hsi_cipher_state *none = NULL;
    hsi_bytes block = hsi_bytes_of(zeros, 16);
    assert_int_equal(hsi_cipher_new(&none, &unknown, block, block), HSI_UNSUPPORTED);
    assert_null(none);
}

static void no_memory_is_said_so(void **state)
{
    (void)state;
    const uint8_t zeros[16] = {0};
    hsi_cipher_state *none = NULL;
    hsi_bytes block = hsi_bytes_of(zeros, 16);
    hsi_memory_fail_after(0);
    assert_int_equal(hsi_cipher_new(&none, hsi_cipher_named("AES-128-CBC"), block, block), HSI_NO_MEMORY);
    assert_null(none);
    hsi_cipher_free(NULL);
}

static void ciphers_are_found_by_gnutls_names_only(void **state)
{
    (void)state;
    assert_null(hsi_cipher_named(""));
    assert_null(hsi_cipher_named("aes-128-cbc"));
    assert_null(hsi_cipher_named("AES-128"));
    assert_null(hsi_cipher_named("KUZNYECHIK-CTR-ACPKM"));
}

/* For every suite that GnuTLS lists, but those of GOST (whose IV is no block): the cipher is known, and its lengths are the library's. */
static void the_table_agrees_with_gnutls_on_every_suite(void **state)
{
    (void)state;
    size_t seen = 0;
    gnutls_cipher_algorithm_t id;
    for (size_t i = 0; gnutls_cipher_suite_info(i, NULL, NULL, &id, NULL, NULL) != NULL; i++) {
        const char *name = gnutls_cipher_get_name(id);
        if (strncmp(name, "GOST", 4) == 0 || strstr(name, "ACPKM") != NULL) {
            continue;
        }
        const hsi_cipher *cipher = hsi_cipher_named(name);
        assert_non_null(cipher);
        assert_int_equal(cipher->id, id);
        assert_int_equal(cipher->key, gnutls_cipher_get_key_size(id));
        assert_int_equal(cipher->tag, gnutls_cipher_get_tag_size(id));
        assert_int_equal(cipher->block + cipher->nonce, gnutls_cipher_get_iv_size(id));
        assert_int_equal(cipher->kind == HSI_CIPHER_AEAD, cipher->tag > 0);
        seen++;
    }
    assert_true(seen > 100);
}

static void the_parts_of_a_nonce_make_a_nonce(void **state)
{
    (void)state;
    const char *const aeads[] = {"AES-128-GCM",      "AES-256-GCM",      "AES-128-CCM",
                                 "AES-256-CCM",      "AES-128-CCM-8",    "AES-256-CCM-8",
                                 "CAMELLIA-128-GCM", "CAMELLIA-256-GCM", "CHACHA20-POLY1305"};
    for (size_t i = 0; i < HSI_COUNT(aeads); i++) {
        const hsi_cipher *cipher = hsi_cipher_named(aeads[i]);
        assert_int_equal(cipher->kind, HSI_CIPHER_AEAD);
        assert_int_equal(cipher->fixed_iv + cipher->explicit_nonce, cipher->nonce);
        assert_int_equal(cipher->explicit_nonce, strncmp(aeads[i], "CHACHA", 6) == 0 ? 0 : 8); /* RFC 7905 section 2 */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphertexts_decrypt_to_the_published_plaintexts),
        cmocka_unit_test(a_cipher_goes_on_where_the_last_record_ended),
        cmocka_unit_test(a_stream_takes_records_of_any_length),
        cmocka_unit_test(an_explicit_iv_starts_the_chain_again),
        cmocka_unit_test(an_iv_changes_nothing_where_there_is_no_chain_or_it_is_no_block),
        cmocka_unit_test(part_of_a_block_is_illegal_and_moves_nothing),
        cmocka_unit_test(keys_and_ivs_of_other_lengths_and_aeads_are_illegal),
        cmocka_unit_test(an_algorithm_that_gnutls_lacks_is_unsupported),
        cmocka_unit_test(no_memory_is_said_so),
        cmocka_unit_test(ciphers_are_found_by_gnutls_names_only),
        cmocka_unit_test(the_table_agrees_with_gnutls_on_every_suite),
        cmocka_unit_test(the_parts_of_a_nonce_make_a_nonce),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
