/* Tests csrc/crypto/hash.c against RFC 1321, FIPS 180-4, RFC 2202, RFC 4231, and Python's hashlib where those say
 * nothing.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "crypto/crypto.h"

static const struct {
    const hsi_hash *hash;
    const char *name;
    size_t size;
    const char *empty; /* the hash of nothing */
    const char *abc;   /* the hash of "abc" */
} digests[] = {
    {&hsi_md5, "MD5", 16, "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72"},
    {&hsi_sha1, "SHA1", 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {&hsi_sha224, "SHA224", 28, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
     "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {&hsi_sha256, "SHA256", 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {&hsi_sha384, "SHA384", 48,
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {&hsi_sha512, "SHA512", 64,
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void hashes_are_found_by_the_names_they_bear(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(digests); i++) {
        assert_ptr_equal(hsi_hash_named(digests[i].name), digests[i].hash);
        assert_string_equal(digests[i].hash->name, digests[i].name);
        assert_int_equal(digests[i].hash->size, digests[i].size);
    }
    assert_null(hsi_hash_named("sha256"));
    assert_null(hsi_hash_named("SHA25"));
    assert_null(hsi_hash_named(""));
}

static void input_blocks_are_128_bytes_for_sha384_and_sha512_only(void **state)
{
    (void)state;
    assert_int_equal(hsi_md5.block, 64);
    assert_int_equal(hsi_sha1.block, 64);
    assert_int_equal(hsi_sha224.block, 64);
    assert_int_equal(hsi_sha256.block, 64);
    assert_int_equal(hsi_sha384.block, 128);
    assert_int_equal(hsi_sha512.block, 128);
}

static void digests_are_those_of_the_standards(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(digests); i++) {
        uint8_t out[HSI_HASH_MAX];
        hsi_bytes abc = hsi_bytes_text("abc");
        assert_int_equal(hsi_hash_of(digests[i].hash, out, &abc, 1), HSI_OK);
        assert_hex(out, digests[i].abc);
        assert_int_equal(hsi_hash_of(digests[i].hash, out, NULL, 0), HSI_OK);
        assert_hex(out, digests[i].empty);
    }
}

static void parts_hash_like_their_concatenation(void **state)
{
    (void)state;
    const hsi_bytes parts[] = {hsi_bytes_text("a"), HSI_BYTES_EMPTY, hsi_bytes_text("bc")};
    for (size_t i = 0; i < HSI_COUNT(digests); i++) {
        uint8_t out[HSI_HASH_MAX];
        assert_int_equal(hsi_hash_of(digests[i].hash, out, parts, HSI_COUNT(parts)), HSI_OK);
        assert_hex(out, digests[i].abc);
    }
}

/* RFC 2202 and RFC 4231: "Hi There" under 16 (MD5) or 20 bytes 0b; the question under "Jefe"; and a key that is longer
 * than an input block, 80 (MD5, SHA1) or 131 bytes aa. */
static const struct {
    const hsi_hash *hash;
    size_t short_key, long_key;
    const char *hi_there, *jefe, *larger;
} macs[] = {
    {&hsi_md5, 16, 80, "9294727a3638bb1c13f48ef8158bfc9d", "750c783e6ab0b503eaa86e310a5db738",
     "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
    {&hsi_sha1, 20, 80, "b617318655057264e28bc0b6fb378c8ef146be00", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {&hsi_sha224, 20, 131, "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
     "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
     "95e9a0db962095adaebe9b2d6f0dbce2d499f112f2d2b7273fa6870e"},
    {&hsi_sha256, 20, 131, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {&hsi_sha384, 20, 131,
     "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
     "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"},
    {&hsi_sha512, 20, 131,
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
     "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
};

static void assert_hmac(const hsi_hash *hash, hsi_bytes key, const char *text, const char *expected)
{
    uint8_t whole[HSI_HASH_MAX], parted[HSI_HASH_MAX];
    hsi_bytes in = hsi_bytes_text(text);
    const hsi_bytes parts[] = {hsi_bytes_slice(in, 0, 3), HSI_BYTES_EMPTY, hsi_bytes_slice(in, 3, in.length - 3)};
    assert_int_equal(hsi_hmac(hash, whole, key, &in, 1), HSI_OK);
    assert_hex(whole, expected);
    assert_int_equal(hsi_hmac(hash, parted, key, parts, HSI_COUNT(parts)), HSI_OK);
    assert_hex(parted, expected);
}

static void hmacs_are_those_of_the_rfcs_whole_and_in_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(macs); i++) {
        uint8_t short_key[20], long_key[131];
        memset(short_key, 0x0b, sizeof short_key);
        memset(long_key, 0xaa, sizeof long_key);
        assert_hmac(macs[i].hash, hsi_bytes_of(short_key, macs[i].short_key), "Hi There", macs[i].hi_there);
        assert_hmac(macs[i].hash, hsi_bytes_text("Jefe"), "what do ya want for nothing?", macs[i].jefe);
        assert_hmac(macs[i].hash, hsi_bytes_of(long_key, macs[i].long_key),
                    "Test Using Larger Than Block-Size Key - Hash Key First", macs[i].larger);
    }
}

/* Python: hmac.new(b"", b"", "sha256") */
static void an_hmac_may_have_neither_key_nor_input(void **state)
{
    (void)state;
    const char *expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    uint8_t out[HSI_HASH_MAX];
    const hsi_bytes nothing = HSI_BYTES_EMPTY;
    assert_int_equal(hsi_hmac(&hsi_sha256, out, nothing, &nothing, 1), HSI_OK);
    assert_hex(out, expected);
    assert_int_equal(hsi_hmac(&hsi_sha256, out, nothing, NULL, 0), HSI_OK);
    assert_hex(out, expected);
}

/* In one part: of several, GnuTLS 3.7.9 itself leaks the handle that it then does not return. */
static void an_algorithm_that_gnutls_lacks_is_unsupported(void **state)
{
    (void)state;
    const hsi_hash unknown = {"UNKNOWN", 32, 64, 9999, 9999, 32};
    uint8_t out[HSI_HASH_MAX];
    const hsi_bytes in = hsi_bytes_text("a");
    assert_int_equal(hsi_hash_of(&unknown, out, &in, 1), HSI_UNSUPPORTED);
    assert_int_equal(hsi_hmac(&unknown, out, HSI_BYTES_EMPTY, &in, 1), HSI_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_found_by_the_names_they_bear),
        cmocka_unit_test(input_blocks_are_128_bytes_for_sha384_and_sha512_only),
        cmocka_unit_test(digests_are_those_of_the_standards),
        cmocka_unit_test(parts_hash_like_their_concatenation),
        cmocka_unit_test(hmacs_are_those_of_the_rfcs_whole_and_in_parts),
        cmocka_unit_test(an_hmac_may_have_neither_key_nor_input),
        cmocka_unit_test(an_algorithm_that_gnutls_lacks_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
