/* Tests csrc/crypto/aead.c against published vectors (GCM's specification, SP 800-38C, RFC 8439, RFC 8448), OpenSSL
 * through pyca/cryptography, and for Camellia a GCM written in Python over OpenSSL's Camellia.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "base/memory.h"
#include "crypto/crypto.h"

static const struct {
    const char *cipher, *key, *nonce, *additional, *plaintext, *ciphertext, *tag;
} published[] = {
    /* McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 4 and 16 */
    {"AES-128-GCM", "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"AES-256-GCM", "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    /* SP 800-38C example 3, whose nonce and tag have the lengths of TLS's CCM-8 */
    {"AES-128-CCM-8", "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5", "484392fbc1b09951"},
    /* RFC 8439 section 2.8.2 */
    {"CHACHA20-POLY1305", "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
    /* RFC 8448 section 3: the record with the client's Finished, sequence number 0, inner type 16 */
    {"AES-128-GCM", "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f", "1703030035",
     "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce6116",
     "75ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc", "46deb384bd1caeacab6867d726c40546"},
};

static hsi_bytes sealed(uint8_t storage[HEX_MAX], const char *ciphertext, const char *tag)
{
    hsi_bytes first = hex(storage, ciphertext);
    uint8_t end[HEX_MAX];
    hsi_bytes second = hex(end, tag);
    assert_true(first.length + second.length <= HEX_MAX);
    memcpy(storage + first.length, second.data, second.length);
    return hsi_bytes_of(storage, first.length + second.length);
}

static hsi_status open_once(const hsi_cipher *cipher, uint8_t *out, hsi_aead_result *result, hsi_bytes key,
                            hsi_bytes nonce, hsi_bytes additional, hsi_bytes in)
{
    hsi_aead *aead;
    HSI_TRY(hsi_aead_new(&aead, cipher, key));
    hsi_status status = hsi_aead_open(aead, out, result, nonce, additional, in);
    hsi_aead_free(aead);
    return status;
}

static void right_tags_open_the_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], c[HEX_MAX], d[HEX_MAX], out[HEX_MAX];
        hsi_aead_result result = {false, {0}};
        const hsi_cipher *cipher = hsi_cipher_named(published[i].cipher);
        hsi_bytes key = hex(a, published[i].key), nonce = hex(b, published[i].nonce);
        hsi_bytes additional = hex(c, published[i].additional);
        hsi_bytes in = sealed(d, published[i].ciphertext, published[i].tag);
        assert_int_equal(open_once(cipher, out, &result, key, nonce, additional, in), HSI_OK);
        assert_true(result.ok);
        assert_hex(out, published[i].plaintext);
        assert_hex(result.computed, published[i].tag);
    }
}

static void a_wrong_tag_still_gives_the_plaintext_and_the_right_tag(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], c[HEX_MAX], d[HEX_MAX], out[HEX_MAX];
        hsi_aead_result result = {true, {0}};
        const hsi_cipher *cipher = hsi_cipher_named(published[i].cipher);
        hsi_bytes key = hex(a, published[i].key), nonce = hex(b, published[i].nonce);
        hsi_bytes additional = hex(c, published[i].additional);
        hsi_bytes in = sealed(d, published[i].ciphertext, published[i].tag);
        d[in.length - 1] ^= 0x80; /* one bit of the tag */
        assert_int_equal(open_once(cipher, out, &result, key, nonce, additional, in), HSI_OK);
        assert_false(result.ok);
        assert_hex(out, published[i].plaintext);
        assert_hex(result.computed, published[i].tag);
    }
}

/* Every AEAD of TLS over "the plaintext that nobody should trust": keys count from 00, the nonce from b0. `altered` is
 * the tag for the ciphertext whose first bit 0 was flipped, `empty` the tag of no plaintext. */
#define NONCE "b0b1b2b3b4b5b6b7b8b9babb"
#define ADDITIONAL "1703030028"
#define KEY_128 "000102030405060708090a0b0c0d0e0f"
#define KEY_256 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const struct {
    const char *cipher, *key, *ciphertext, *tag, *altered, *empty;
} recomputed[] = {
    {"AES-128-GCM", KEY_128, "2aa1d5bdb7fb4a56d05e3e7ea15a6b8eb8277719a6807882d8d674d1d5664ea3bb8b3f5ed116",
     "8701e3607b0e75b85c519d64c2be0408", "12eaa3c2d7e20935d4c4a3ba4fda5bce", "591268901b8540359e8a4536b066c115"},
    {"AES-256-GCM", KEY_256, "ed3d3f8b9ca1da36298cf2dab97dfcaae54869bc7a4ce05127eef19933f79e72253f514f10aa",
     "eba027cde71efa133316e9e6c2410f32", "81faff7d93559506c164726e8fbd2d9e", "727f24807a82e72d853f4812b9eec77f"},
    {"AES-128-CCM", KEY_128, "6380f8b80b464c82517797534cb692e10bcfc3ed7c7eee41206c29cbb91e880569e677f0b8ec",
     "9cc4340ea7494df507b4cef6edf91b6c", "fab031d21d0f52922b482bf66bb7b988", "133aa459acc1803313bf1eb6ba882c06"},
    {"AES-256-CCM", KEY_256, "3d67e94b6af47031c854a06faaba6feec8b18ed15dcbd9f5c6fc709eccdabccba20217b63f17",
     "b5b7fcdb89a98ad35215c7b3ed8de1a5", "ca32478cd2f9f77cff32138d13ee6153", "b6c5e7200aab714f974fbd241f3d1aaa"},
    {"AES-128-CCM-8", KEY_128, "6380f8b80b464c82517797534cb692e10bcfc3ed7c7eee41206c29cbb91e880569e677f0b8ec",
     "9b6ac3de71dec3bf", "c79b04545d1b683d", "163039bff1192788"},
    {"AES-256-CCM-8", KEY_256, "3d67e94b6af47031c854a06faaba6feec8b18ed15dcbd9f5c6fc709eccdabccba20217b63f17",
     "856895062e3f563d", "3bb2e1aab8a730f1", "94f1935325e0ea27"},
    {"CAMELLIA-128-GCM", KEY_128, "df001508323ce18dc157064aebbeaa1604d2202c5debcc006551374b91143e1ab97298441a53",
     "cbed87fe59704e15ce066e0e10f93b0b", "6a00d70e9dbd1ab7522cccb6f256a8f7", "85fbe7ca95407c69365d171b9b1ebf86"},
    {"CAMELLIA-256-GCM", KEY_256, "7445becaa700559c4469b976d738a5285f4528aedfa87cd5511f7801c34313f05f680702366e",
     "4563a4233a41a018cbf7a5494990cd6c", "56e219f33b27cdee67efd911a250719c", "bb8a82534bd462d65e1ef24f10de3245"},
    {"CHACHA20-POLY1305", KEY_256, "e31544888d84e8ee2d02f3fedb6aa7584fb472c8e48752a0363e71009b77a6452b2fbbd244d8",
     "3b61693c9aa66775732cc9f06bce6feb", "455dd21ed816fb57a09b89b794a53eaa", "1d420996666f0c3981759cdd12a7c17c"},
};

static hsi_status open_recomputed(size_t i, uint8_t *out, hsi_aead_result *result, hsi_bytes in)
{
    uint8_t a[HEX_MAX], b[HEX_MAX], c[HEX_MAX];
    const hsi_cipher *cipher = hsi_cipher_named(recomputed[i].cipher);
    assert_non_null(cipher);
    hsi_bytes key = hex(a, recomputed[i].key);
    return open_once(cipher, out, result, key, hex(b, NONCE), hex(c, ADDITIONAL), in);
}

static void every_aead_of_tls_opens_what_others_sealed(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(recomputed); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        hsi_aead_result result = {false, {0}};
        hsi_bytes in = sealed(a, recomputed[i].ciphertext, recomputed[i].tag);
        assert_int_equal(open_recomputed(i, out, &result, in), HSI_OK);
        assert_true(result.ok);
        assert_memory_equal(out, "the plaintext that nobody should trust", 38);
        assert_hex(result.computed, recomputed[i].tag);
    }
}

static void an_altered_ciphertext_has_another_right_tag_and_it_is_computed(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(recomputed); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        hsi_aead_result result = {true, {0}};
        hsi_bytes in = sealed(a, recomputed[i].ciphertext, recomputed[i].tag);
        a[0] ^= 1;
        assert_int_equal(open_recomputed(i, out, &result, in), HSI_OK);
        assert_false(result.ok);
        assert_memory_equal(out, "uhe plaintext that nobody should trust", 38);
        assert_hex(result.computed, recomputed[i].altered);

        memcpy(a + 38, result.computed, in.length - 38); /* under that tag the altered record opens */
        assert_int_equal(open_recomputed(i, out, &result, in), HSI_OK);
        assert_true(result.ok);
    }
}

static void a_record_of_nothing_but_a_tag_opens(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(recomputed); i++) {
        uint8_t a[HEX_MAX];
        hsi_aead_result result = {false, {0}};
        hsi_bytes in = hex(a, recomputed[i].empty);
        assert_int_equal(open_recomputed(i, NULL, &result, in), HSI_OK);
        assert_true(result.ok);
        a[3] ^= 0x10;
        assert_int_equal(open_recomputed(i, NULL, &result, in), HSI_OK);
        assert_false(result.ok);
        assert_hex(result.computed, recomputed[i].empty);
    }
}

static void a_record_shorter_than_its_tag_is_illegal(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(recomputed); i++) {
        uint8_t a[HEX_MAX], out[HEX_MAX];
        hsi_aead_result result = {false, {0}};
        hsi_bytes tag = hex(a, recomputed[i].tag);
        assert_int_equal(open_recomputed(i, out, &result, hsi_bytes_slice(tag, 0, tag.length - 1)), HSI_ILLEGAL);
        assert_int_equal(open_recomputed(i, out, &result, HSI_BYTES_EMPTY), HSI_ILLEGAL);
    }
}

static void keys_and_nonces_of_other_lengths_and_other_ciphers_are_illegal(void **state)
{
    (void)state;
    const uint8_t zeros[64] = {0};
    uint8_t out[64];
    hsi_aead_result result = {false, {0}};
    const hsi_bytes none = HSI_BYTES_EMPTY, in = hsi_bytes_of(zeros, 32);
    const hsi_bytes key = hsi_bytes_of(zeros, 16), nonce = hsi_bytes_of(zeros, 12);
    const hsi_cipher *gcm = hsi_cipher_named("AES-128-GCM");
    const hsi_cipher *cbc = hsi_cipher_named("AES-128-CBC");
    assert_int_equal(open_once(gcm, out, &result, hsi_bytes_of(zeros, 15), nonce, none, in), HSI_ILLEGAL);
    assert_int_equal(open_once(gcm, out, &result, hsi_bytes_of(zeros, 32), nonce, none, in), HSI_ILLEGAL);
    assert_int_equal(open_once(gcm, out, &result, key, hsi_bytes_of(zeros, 8), none, in), HSI_ILLEGAL);
    assert_int_equal(open_once(gcm, out, &result, key, hsi_bytes_of(zeros, 16), none, in), HSI_ILLEGAL);
    assert_int_equal(open_once(cbc, out, &result, key, nonce, none, in), HSI_ILLEGAL);
}

static void an_algorithm_that_gnutls_lacks_is_unsupported(void **state)
{
    (void)state;
    const hsi_cipher unknown = {"UNKNOWN", HSI_CIPHER_AEAD, 16, 0, 4, 8, 12, 16, 9999};
    const uint8_t zeros[64] = {0};
    uint8_t out[64];
    hsi_aead_result result = {false, {0}};
    assert_int_equal(open_once(&unknown, out, &result, hsi_bytes_of(zeros, 16), hsi_bytes_of(zeros, 12),
                               HSI_BYTES_EMPTY, hsi_bytes_of(zeros, 32)),
                     HSI_UNSUPPORTED);
}

static void no_memory_for_the_right_tag_is_said_so(void **state)
{
    (void)state;
    uint8_t a[HEX_MAX], out[HEX_MAX];
    hsi_aead_result result = {true, {0}};
    hsi_bytes in = sealed(a, recomputed[0].ciphertext, recomputed[0].altered);
    hsi_memory_fail_after(0); /* the handle */
    assert_int_equal(open_recomputed(0, out, &result, in), HSI_NO_MEMORY);
    assert_true(result.ok);
    hsi_memory_fail_after(1); /* what is sealed again */
    assert_int_equal(open_recomputed(0, out, &result, in), HSI_NO_MEMORY);
    assert_false(result.ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_tags_open_the_published_vectors),
        cmocka_unit_test(a_wrong_tag_still_gives_the_plaintext_and_the_right_tag),
        cmocka_unit_test(every_aead_of_tls_opens_what_others_sealed),
        cmocka_unit_test(an_altered_ciphertext_has_another_right_tag_and_it_is_computed),
        cmocka_unit_test(a_record_of_nothing_but_a_tag_opens),
        cmocka_unit_test(a_record_shorter_than_its_tag_is_illegal),
        cmocka_unit_test(keys_and_nonces_of_other_lengths_and_other_ciphers_are_illegal),
        cmocka_unit_test(an_algorithm_that_gnutls_lacks_is_unsupported),
        cmocka_unit_test(no_memory_for_the_right_tag_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
