/* Tests csrc/crypto/prf.c: the TLS 1.2 PRF against published vectors and the handshake of "The Illustrated TLS 1.2
 * Connection"; the PRF of TLS 1.0 against RFC 2246 section 5 written in Python over hashlib.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "crypto/crypto.h"

/* The vectors posted to the TLS working group's list (2009, "test vectors for TLSv1.2 PRF"): "test label". */
static const struct {
    const hsi_hash *hash;
    const char *secret, *seed, *output;
} published[] = {
    {&hsi_sha256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
     "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
     "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
     "87347b66"},
    {&hsi_sha384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
     "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0"
     "e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
     "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070"
     "3d73e56f"},
    {&hsi_sha512, "b0323523c1853599584d88568bbb05eb", "d4640e12e4bcdbfb437f03e6ae418ee5",
     "1261f588c798c5c201ff036e7a9cb5edcd7fe3f94c669a122a4638d7d508b283042df6789875c7147e906d868bc75c45"
     "e20eb40c1cf4a1713b27371f68432592f7dc8ea8ef223e12ea8507841311bf68653d0cfc4056d811f025c45ddfa6e6fe"
     "c702f054b409d6f28dd0a3233e498da41a3e75c5630eedbe22fe254e33a1b0e9f6b9826675bec7d01a845658dc9c3975"
     "45401d40b9f46c7a400ee1b8f81ca0a60d1a397a1028bff5d2ef5066126842fb8da4197632bdb54ff6633f86bbc836e6"
     "40d4d898"},
};

static void the_tls_1_2_prf_agrees_with_the_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(published); i++) {
        uint8_t a[HEX_MAX], b[HEX_MAX], out[HEX_MAX];
        size_t length = strlen(published[i].output) / 2;
        hsi_bytes secret = hex(a, published[i].secret);
        hsi_bytes seed = hex(b, published[i].seed);
        assert_int_equal(hsi_prf(published[i].hash, out, length, secret, "test label", &seed, 1), HSI_OK);
        assert_hex(out, published[i].output);
    }
}

#define CLIENT_RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SERVER_RANDOM "707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
#define MASTER "916abf9da55973e13614ae0a3f5d3f37b023ba129aee02cc9134338127cd7049781c8e19fc1eb2a7387ac06ae237344c"

/* tls12.xargs.org: X25519, AES-128-CBC, SHA1. */
static void a_premaster_secret_becomes_master_secret_key_block_and_verify_data(void **state)
{
    (void)state;
    uint8_t a[HEX_MAX], b[HEX_MAX], c[HEX_MAX], d[HEX_MAX], out[104];
    hsi_bytes premaster = hex(a, "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624");
    const hsi_bytes client_first[] = {hex(b, CLIENT_RANDOM), hex(c, SERVER_RANDOM)};
    const hsi_bytes server_first[] = {client_first[1], client_first[0]};
    assert_int_equal(hsi_prf(&hsi_sha256, out, HSI_MASTER, premaster, "master secret", client_first, 2), HSI_OK);
    assert_hex(out, MASTER);

    hsi_bytes master = hex(d, MASTER);
    assert_int_equal(hsi_prf(&hsi_sha256, out, 104, master, "key expansion", server_first, 2), HSI_OK);
    assert_hex(out, "1b7d117c7d5f690bc263cae8ef60af0f1878acc2"
                    "2ad8bdd8c601a617126f63540eb20906f781fad2"
                    "f656d037b173ef3e11169f27231a84b6"
                    "752a18e7a9fcb7cbcdd8f98dd8f769eb"
                    "a0d2550c9238eebfef5c32251abb67d6"
                    "434528db4937d540d393135e06a11bb8");

    hsi_bytes transcript = hex(a, "061dda04b3c2217ff73bd79b9cf88a2bb6ec505404aac8722db03ef417b54cb4");
    assert_int_equal(hsi_prf(&hsi_sha256, out, 12, master, "client finished", &transcript, 1), HSI_OK);
    assert_hex(out, "cf919626f1360c536aaad73a");
}

/* TLS 1.0. The secret counts up; the seed is 32 bytes c1 and 32 bytes 5e, for the key block the other way round. */
static const struct {
    const char *secret, *label;
    bool swapped;
    const char *output;
} tls10[] = {
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
     "master secret", false,
     "9e601336dfde87087d0d7306fa5205feefbc48e59379ad632b16d2aaacb23fc2395e57b2ed1aef1a32819c6e719908df"},
    {"404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60", "key expansion", true,
     "9d12bee373b4d47cf486a4201f3c53f3209bfd618e21ad22b442495765a7974dccaf5bf73e98144013ed045b80cd65607b96948ec29a89a0"
     "edcba0913867afa460453a52dd724d9a51954641ef36b104d6b030fd29fe83c2866218d1275f279975fabeb41b2d0051"},
    {"", "master secret", false,
     "4e546533763ffb3c9e3933425415de26921ec1f8231d0edae505c0c39f21b0569721f91b873f5fce49c9adeaad36ae46"},
};

static void assert_tls10(size_t i)
{
    uint8_t a[HEX_MAX], out[HEX_MAX], c1[32], c2[32];
    memset(c1, tls10[i].swapped ? 0x5e : 0xc1, sizeof c1);
    memset(c2, tls10[i].swapped ? 0xc1 : 0x5e, sizeof c2);
    const hsi_bytes seed[] = {hsi_bytes_of(c1, sizeof c1), hsi_bytes_of(c2, sizeof c2)};
    hsi_bytes secret = hex(a, tls10[i].secret);
    memset(out, 0x77, sizeof out); /* what was there before must not shine through the xor */
    assert_int_equal(hsi_prf(NULL, out, strlen(tls10[i].output) / 2, secret, tls10[i].label, seed, 2), HSI_OK);
    assert_hex(out, tls10[i].output);
}

static void the_tls_1_0_prf_of_an_even_secret_agrees_with_hashlib(void **state)
{
    (void)state;
    assert_tls10(0);
}

static void the_halves_of_an_odd_secret_share_the_byte_in_the_middle(void **state)
{
    (void)state;
    assert_tls10(1);
}

static void the_tls_1_0_prf_of_no_secret_agrees_with_hashlib(void **state)
{
    (void)state;
    assert_tls10(2);
}

static void both_halves_of_a_secret_of_one_byte_are_that_byte(void **state)
{
    (void)state;
    const uint8_t secret = 0x77;
    uint8_t seed[36], out[12];
    memset(seed, 1, sizeof seed);
    hsi_bytes hashes = hsi_bytes_of(seed, sizeof seed);
    assert_int_equal(hsi_prf(NULL, out, 12, hsi_bytes_of(&secret, 1), "client finished", &hashes, 1), HSI_OK);
    assert_hex(out, "c7730a0f6e4e7fa6114f1914");
}

static void no_more_bytes_are_written_than_were_asked_for(void **state)
{
    (void)state;
    uint8_t out[33];
    memset(out, 0x77, sizeof out);
    assert_int_equal(hsi_prf(&hsi_sha256, out, 0, hsi_bytes_text("secret"), "label", NULL, 0), HSI_OK);
    assert_int_equal(out[0], 0x77);
    assert_int_equal(hsi_prf(NULL, out, 32, hsi_bytes_text("secret"), "label", NULL, 0), HSI_OK);
    assert_int_equal(out[32], 0x77);
}

static void a_seed_has_four_parts_at_most(void **state)
{
    (void)state;
    uint8_t parted[48], whole[48];
    const hsi_bytes secret = hsi_bytes_text("secret");
    const hsi_bytes parts[] = {hsi_bytes_text("a"), hsi_bytes_text("b"), HSI_BYTES_EMPTY, hsi_bytes_text("cd"),
                               hsi_bytes_text("e")};
    const hsi_bytes seed = hsi_bytes_text("abcd");
    assert_int_equal(hsi_prf(&hsi_sha384, parted, 48, secret, "label", parts, 4), HSI_OK);
    assert_int_equal(hsi_prf(&hsi_sha384, whole, 48, secret, "label", &seed, 1), HSI_OK);
    assert_memory_equal(parted, whole, 48);
    assert_int_equal(hsi_prf(&hsi_sha384, parted, 48, secret, "label", parts, 5), HSI_ILLEGAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tls_1_2_prf_agrees_with_the_published_vectors),
        cmocka_unit_test(a_premaster_secret_becomes_master_secret_key_block_and_verify_data),
        cmocka_unit_test(the_tls_1_0_prf_of_an_even_secret_agrees_with_hashlib),
        cmocka_unit_test(the_halves_of_an_odd_secret_share_the_byte_in_the_middle),
        cmocka_unit_test(the_tls_1_0_prf_of_no_secret_agrees_with_hashlib),
        cmocka_unit_test(both_halves_of_a_secret_of_one_byte_are_that_byte),
        cmocka_unit_test(no_more_bytes_are_written_than_were_asked_for),
        cmocka_unit_test(a_seed_has_four_parts_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
