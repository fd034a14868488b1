/* Tests csrc/tap/transcript.c: the hashes of RFC 8448's transcripts, and that of TLS 1.0. RFC 8446 section 4.4.1. Digests
 * that no RFC prints were computed with Python's hashlib.
 * SPDX-License-Identifier: MIT */
#include "hex.h"
#include "published.h"
#include "tap/transcript.h"

static size_t append(hsi_transcript *transcript, hsi_bytes message)
{
    size_t end;
    assert_int_equal(hsi_transcript_append(transcript, message, &end), HSI_OK);
    return end;
}

static size_t append_published(hsi_transcript *transcript, const char *folder, const char *name, unsigned position)
{
    uint8_t storage[PUBLISHED_MAX];
    const struct published message = {folder, name, position};
    return append(transcript, published_read(storage, &message));
}

static void assert_hash(const hsi_transcript *transcript, const hsi_hash *hash, size_t end, const char *tail,
                        const char *digits)
{
    uint8_t out[HSI_HASH_MAX];
    assert_int_equal(hsi_transcript_hash(transcript, hash, end, hsi_bytes_text(tail), out), HSI_OK);
    assert_int_equal(2 * hsi_transcript_hash_size(hash), strlen(digits));
    assert_hex(out, digits);
}

/* RFC 8448 section 3: the hash in {server} derive secret "tls13 c hs traffic". */
static void client_hello_to_server_hello_hash_as_rfc_8448_prints(void **state)
{
    (void)state;
    hsi_transcript transcript = {.retried = 0};
    (void)append_published(&transcript, "rfc8448/1rtt", "ClientHello", 0);
    size_t end = append_published(&transcript, "rfc8448/1rtt", "ServerHello", 1);
    assert_hash(&transcript, &hsi_sha256, end, "", "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    hsi_transcript_cleanup(&transcript);
}

/* RFC 8448 section 5: the same with a HelloRetryRequest. */
static void after_a_retry_the_first_hello_counts_as_its_message_hash(void **state)
{
    (void)state;
    const char *first = "de7420cc7426d2f6b221edcc9c4bdc9bb0ab048b3ddd2411da7e3a01baea6c7e";
    hsi_transcript transcript = {.retried = 0};
    (void)append_published(&transcript, "rfc8448/hrr", "ClientHello", 0);
    assert_int_equal(hsi_transcript_retry(&transcript, &hsi_sha256), HSI_OK);
    assert_int_equal(transcript.retried, 4 + 32);
    assert_hex(transcript.first_hello, first);
    (void)append_published(&transcript, "rfc8448/hrr", "HelloRetryRequest", 1);
    (void)append_published(&transcript, "rfc8448/hrr", "ClientHello", 2);
    size_t end = append_published(&transcript, "rfc8448/hrr", "ServerHello", 3);
    assert_hash(&transcript, &hsi_sha256, end, "", "8aa8e828ec2f8a884fec95a3139de01c15a3daa7ff5bfc3f4bfcc21b438d7bf8");
    hsi_transcript_cleanup(&transcript);
}

static void a_message_hash_is_as_long_as_its_hash(void **state)
{
    (void)state;
    hsi_transcript transcript = {.retried = 0};
    (void)append(&transcript, hsi_bytes_text("first hello"));
    assert_int_equal(hsi_transcript_retry(&transcript, &hsi_sha384), HSI_OK);
    assert_int_equal(transcript.retried, 4 + 48);
    assert_hex(transcript.first_hello, "9b19b1f607144a540fd431c7d82b9e3cb11f94c9e6d19853b70d8989a377fe06"
                                       "2ed8a807535a78acb1e414ad026fe5f5");
    size_t end = append(&transcript, hsi_bytes_text("second"));
    assert_hash(&transcript, &hsi_sha384, end, "",
                "4227c6adc9301259c639844ae37fc57a03e64e7c98249980b4793fe2e571816017aad6ddfd3883cfecea7151d65ce5c0");
    hsi_transcript_cleanup(&transcript);
}

/* RFC 2246 section 7.4.9: MD5(handshake_messages) + SHA(handshake_messages). */
static void before_tls_12_the_hash_is_md5_then_sha1(void **state)
{
    (void)state;
    hsi_transcript transcript = {.retried = 0};
    size_t end = append(&transcript, hsi_bytes_text("hello"));
    assert_hash(&transcript, NULL, end, "", "5d41402abc4b2a76b9719d911017c592aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    hsi_transcript_cleanup(&transcript);
}

static void a_hash_ends_where_it_is_told_and_takes_in_the_tail(void **state)
{
    (void)state;
    hsi_transcript transcript = {.retried = 0};
    (void)append(&transcript, hsi_bytes_text("hello"));
    assert_hash(&transcript, NULL, 3, "!", /* of "hel!" */
                "e336a177c6ef24f01d8b187bda14ed07ef346ee348001fa3c29c92464b38c514e9a95c7b");
    hsi_transcript_cleanup(&transcript);
}

static void each_message_tells_the_place_after_it(void **state)
{
    (void)state;
    hsi_transcript transcript = {.retried = 0};
    assert_int_equal(append(&transcript, hsi_bytes_text("hello")), 5);
    assert_int_equal(append(&transcript, hsi_bytes_text("done")), 9);
    assert_hash(&transcript, NULL, 5, "", /* a place stays good */
                "5d41402abc4b2a76b9719d911017c592aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    hsi_transcript_cleanup(&transcript);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_hello_to_server_hello_hash_as_rfc_8448_prints),
        cmocka_unit_test(after_a_retry_the_first_hello_counts_as_its_message_hash),
        cmocka_unit_test(a_message_hash_is_as_long_as_its_hash),
        cmocka_unit_test(before_tls_12_the_hash_is_md5_then_sha1),
        cmocka_unit_test(a_hash_ends_where_it_is_told_and_takes_in_the_tail),
        cmocka_unit_test(each_message_tells_the_place_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
