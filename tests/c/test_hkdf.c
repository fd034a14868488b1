/* Tests csrc/crypto/hkdf.c against RFC 5869 appendix A and the simple handshake of RFC 8448 section 3.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "crypto/crypto.h"

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* RFC 5869 appendix A, all seven. A.7 has no salt at all. */
static const struct {
    const hsi_hash *hash;
    const char *ikm, *salt, *info, *prk, *okm;
} rfc5869[] = {
    {&hsi_sha256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {&hsi_sha256,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
     "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
     "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
     "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
     "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {&hsi_sha256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    {&hsi_sha1, "0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
     "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896"},
    {&hsi_sha1,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
     "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
     "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
     "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "8adae09a2a307059478d309b26c4115a224cfaf6",
     "0bd770a74d1160f7c9f12cd5912a06ebff6adcae899d92191fe4305673ba2ffe8fa3f1a4e5ad79f3f334b3b202b2173c"
     "486ea37ce3d397ed034c7f9dfeb15c5e927336d0441f4c4300e2cff0d0900b52d3b4"},
    {&hsi_sha1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "", "da8c8a73c7fa77288ec6f5e7c297786aa0d32d01",
     "0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87e8df21d0ea00033de03984d34918"},
    {&hsi_sha1, "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "", "", "2adccada18779e7c2077ad2eb19d3f3e731385dd",
     "2c91117204d745f3500d636a62f64f0ab3bae548aa53d423b0d1f27ebba6f5e5673a081d70cce7acfc48"},
};

static void extract_and_expand_agree_with_rfc_5869(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rfc5869); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], c[HEX_MAX], prk[HSI_HASH_MAX], okm[HEX_MAX];
        const hsi_hash *hash = rfc5869[i].hash;
        assert_int_equal(hsi_hkdf_extract(hash, prk, hex(a, rfc5869[i].salt), hex(b, rfc5869[i].ikm)), HSI_OK);
        assert_hex(prk, rfc5869[i].prk);
        size_t length = strlen(rfc5869[i].okm) / 2;
        hsi_bytes info = hex(c, rfc5869[i].info);
        assert_int_equal(hsi_hkdf_expand(hash, okm, length, hsi_bytes_of(prk, hash->size), info), HSI_OK);
        assert_hex(okm, rfc5869[i].okm);
    }
}

/* RFC 5869 section 2.3 ends at 255 blocks. The last 16 bytes of the longest output are from pyca/cryptography. */
static void expand_goes_up_to_255_blocks_and_no_further(void **state)
{
    (void)state;
    static uint8_t out[255 * 32 + 1];
    uint8_t prk[32];
    memset(prk, 0x0b, sizeof prk);
    out[255 * 32] = 0x77;
    hsi_bytes key = hsi_bytes_of(prk, sizeof prk);
    assert_int_equal(hsi_hkdf_expand(&hsi_sha256, out, 255 * 32, key, HSI_BYTES_EMPTY), HSI_OK);
    assert_hex(out + 255 * 32 - 16, "2d32a177c00b18d3f0141a8fb69b5e79");
    assert_int_equal(out[255 * 32], 0x77);
    assert_int_equal(hsi_hkdf_expand(&hsi_sha256, out, 255 * 32 + 1, key, HSI_BYTES_EMPTY), HSI_ILLEGAL);
}

static void a_length_of_nothing_writes_nothing(void **state)
{
    (void)state;
    uint8_t out = 0x77;
    assert_int_equal(hsi_hkdf_expand(&hsi_sha256, &out, 0, hsi_bytes_text("key"), HSI_BYTES_EMPTY), HSI_OK);
    assert_int_equal(out, 0x77);
}

/* RFC 8448 section 3: salt, then key material, then secret. */
static const struct {
    const char *salt, *ikm, *secret;
} extracted[] = {
    {"", "0000000000000000000000000000000000000000000000000000000000000000",
     "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a"},
    {"6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba",
     "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d",
     "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac"},
    {"43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4",
     "0000000000000000000000000000000000000000000000000000000000000000",
     "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919"},
};

/* RFC 8448 section 3: from the early secret down to keys, IVs, finished keys and the ticket's PSK. */
static const struct {
    const char *secret, *label, *context, *expanded;
} labels[] = {
    {"33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a", "derived", EMPTY_HASH,
     "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba"},
    {"1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", "c hs traffic",
     "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
     "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"},
    {"1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", "s hs traffic",
     "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8",
     "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"},
    {"1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", "derived", EMPTY_HASH,
     "43de77e0c77713859a944db9db2590b53190a65b3ee2e4f12dd7a0bb7ce254b4"},
    {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "key", "", "3fce516009c21727d0f2e4e86ee403bc"},
    {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "iv", "", "5d313eb2671276ee13000b30"},
    {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "finished", "",
     "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8"},
    {"b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "finished", "",
     "b80ad01015fb2f0bd65ff7d4da5d6bf83f84821d1f87fdc7d3c75b5a7b42d9c4"},
    {"18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919", "exp master",
     "9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13",
     "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"},
    {"7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c", "resumption", "0000",
     "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"},
};

static void the_secrets_of_rfc_8448_are_extracted(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(extracted); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], out[HSI_HASH_MAX];
        hsi_bytes ikm = hex(b, extracted[i].ikm);
        assert_int_equal(hsi_hkdf_extract(&hsi_sha256, out, hex(a, extracted[i].salt), ikm), HSI_OK);
        assert_hex(out, extracted[i].secret);
    }
}

static void the_labels_of_rfc_8448_are_expanded(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(labels); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], out[HSI_HASH_MAX];
        size_t length = strlen(labels[i].expanded) / 2;
        hsi_bytes secret = hex(a, labels[i].secret);
        hsi_bytes context = hex(b, labels[i].context);
        assert_int_equal(hsi_hkdf_expand_label(&hsi_sha256, out, length, secret, labels[i].label, context), HSI_OK);
        assert_hex(out, labels[i].expanded);
    }
}

/* RFC 8446 section 7.1: label<7..255> with "tls13 " in it, context<0..255>, uint16 length. The longest ones agree with
 * pyca/cryptography's HKDFExpand over the HkdfLabel written out. */
static void a_label_or_context_that_its_vector_cannot_hold_is_illegal(void **state)
{
    (void)state;
    char label[251];
    uint8_t context[256] = {0}, out[32];
    memset(label, 'x', 249);
    label[249] = '\0';
    hsi_bytes longest = hsi_bytes_of(context, 255);
    hsi_bytes secret = hsi_bytes_of(context, 32);
    assert_int_equal(hsi_hkdf_expand_label(&hsi_sha256, out, 32, secret, label, longest), HSI_OK);
    assert_hex(out, "54710da18aa60a7d1068f75cb0c8a139c50f4170d9d635082e527429d8ccddde");
    hsi_bytes longer = hsi_bytes_of(context, 256);
    assert_int_equal(hsi_hkdf_expand_label(&hsi_sha256, out, 32, secret, label, longer), HSI_ILLEGAL);
    label[249] = 'x';
    label[250] = '\0';
    assert_int_equal(hsi_hkdf_expand_label(&hsi_sha256, out, 32, secret, label, longest), HSI_ILLEGAL);
    assert_int_equal(hsi_hkdf_expand_label(&hsi_sha256, out, 65536, secret, "key", longest), HSI_ILLEGAL);
}

static void an_algorithm_that_gnutls_lacks_is_unsupported(void **state)
{
    (void)state;
    const hsi_hash unknown = {.name = "UNKNOWN", .size = 32, .mac = 9999, .digest = 9999};
    uint8_t out[32];
    hsi_bytes secret = hsi_bytes_text("secret");
    assert_int_equal(hsi_hkdf_extract(&unknown, out, secret, secret), HSI_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extract_and_expand_agree_with_rfc_5869),
        cmocka_unit_test(expand_goes_up_to_255_blocks_and_no_further),
        cmocka_unit_test(a_length_of_nothing_writes_nothing),
        cmocka_unit_test(the_secrets_of_rfc_8448_are_extracted),
        cmocka_unit_test(the_labels_of_rfc_8448_are_expanded),
        cmocka_unit_test(a_label_or_context_that_its_vector_cannot_hold_is_illegal),
        cmocka_unit_test(an_algorithm_that_gnutls_lacks_is_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
