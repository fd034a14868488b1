/* Tests csrc/tap/msg_*.c and dissect.c: the layout of each message in each version and key exchange, field by field.
 * The bytes are written by hand after the RFCs' structs; the published ones hold the values that others print for them.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layout.h"
#include "published.h"

#define DH "0002fb17" "000105" "00023132" /* dh_p, dh_g, dh_Ys */
#define DH_FIELDS {"params.dh_p", 0, "fb17", NULL}, {"params.dh_g", 0, "05", NULL}, {"params.dh_Ys", 0, "3132", NULL}
#define ECDH "03" "001d" "0402030405" /* named_curve, x25519, four bytes (a real one has 32) */
#define ECDH_FIELDS                                                                                                    \
    {"params.curve_params.curve_type", 3, NULL, "named_curve"},                                                        \
        {"params.curve_params.namedcurve", 29, NULL, "x25519"}, {"params.public", 0, "02030405", NULL}
#define SRP "0002ee01" "000102" "0473616c74" "0002bb01" /* srp_N, srp_g, srp_s, srp_B */
#define SRP_FIELDS                                                                                                     \
    {"params.srp_N", 0, "ee01", NULL}, {"params.srp_g", 0, "02", NULL}, {"params.srp_s", 0, "73616c74", NULL},         \
        {"params.srp_B", 0, "bb01", NULL}
#define RSA_SIGNED "0401" "00025a5b" /* rsa_pkcs1_sha256, a signature of two bytes */
#define RSA_SIGNED_FIELDS                                                                                              \
    {"algorithm", 0x0401, NULL, "rsa_pkcs1_sha256"}, {"signature", 0, "5a5b", NULL}
#define HINT "000468696e74"
#define HINT_FIELD {"psk_identity_hint", 0, "68696e74", NULL}
#define IDENTITY "00026964"
#define IDENTITY_FIELD {"psk_identity", 0, "6964", NULL}

static const layout server_key_exchanges[] = {
    {DH, 12, 0x0303, "ANON-DH", "signature", {DH_FIELDS}},
    {ECDH, 12, 0x0303, "ANON-ECDH", "signature", {ECDH_FIELDS}},
    {DH "0402"
        "00025a5b",
     12,
     0x0303,
     "DHE-DSS",
     "body",
     {DH_FIELDS, {"algorithm", 0x0402, NULL, "dsa_sha256"}, {"signature", 0, "5a5b", NULL}}},
    {HINT DH, 12, 0x0303, "DHE-PSK", "signature", {HINT_FIELD, DH_FIELDS}},
    {DH RSA_SIGNED, 12, 0x0303, "DHE-RSA", "body", {DH_FIELDS, RSA_SIGNED_FIELDS}},
    {DH "00025a5b", 12, 0x0302, "DHE-RSA", "algorithm", {DH_FIELDS, {"signature", 0, "5a5b", NULL}}},
    {ECDH "00025a5b", 12, 0x0301, "ECDHE-ECDSA", "algorithm", {ECDH_FIELDS, {"signature", 0, "5a5b", NULL}}},
    {HINT ECDH, 12, 0x0303, "ECDHE-PSK", "signature", {HINT_FIELD, ECDH_FIELDS}},
    {ECDH RSA_SIGNED, 12, 0x0303, "ECDHE-RSA", "body", {ECDH_FIELDS, RSA_SIGNED_FIELDS}},
    {HINT, 12, 0x0303, "PSK", "params", {HINT_FIELD}},
    {HINT, 12, 0x0303, "RSA-PSK", "params", {HINT_FIELD}},
    {"0002c101"
     "0003010001"
     "00025a5b",
     12,
     0x0301,
     "RSA-EXPORT",
     "algorithm",
     {{"params.rsa_modulus", 0, "c101", NULL}, {"params.rsa_exponent", 0, "010001", NULL}}},
    {SRP, 12, 0x0303, "SRP", "signature", {SRP_FIELDS}},
    {SRP RSA_SIGNED, 12, 0x0303, "SRP-RSA", "body", {SRP_FIELDS, RSA_SIGNED_FIELDS}},
    {SRP "00025a5b", 12, 0x0301, "SRP-DSS", "algorithm", {SRP_FIELDS, {"signature", 0, "5a5b", NULL}}},
    {"aabb", 12, 0x0303, "VKO-GOST-12", "params", {{"body", 0, "aabb", NULL}}}, /* it has no such message */
    {"aabb", 12, 0x0303, NULL, "params", {{"body", 0, "aabb", NULL}}},
};

static const layout client_key_exchanges[] = {
    {"0002eeef", 16, 0x0301, "RSA", "body", {{"encrypted_pre_master_secret", 0, "eeef", NULL}}},
    {"0002eeef", 16, 0x0303, "RSA", "body", {{"encrypted_pre_master_secret", 0, "eeef", NULL}}},
    {"eeef",
     16,
     0x0300,
     "RSA",
     "encrypted_pre_master_secret.length", /* SSL 3.0 has no length here */
     {{"encrypted_pre_master_secret", 0, "eeef", NULL}}},
    {"00027778", 16, 0x0303, "DHE-RSA", "body", {{"dh_Yc", 0, "7778", NULL}}},
    {"00027778", 16, 0x0303, "ANON-DH", "body", {{"dh_Yc", 0, "7778", NULL}}},
    {"03046677", 16, 0x0303, "ECDHE-ECDSA", "body", {{"ecdh_Yc", 0, "046677", NULL}}},
    {IDENTITY, 16, 0x0303, "PSK", "body", {IDENTITY_FIELD}},
    {IDENTITY "00027778", 16, 0x0303, "DHE-PSK", "body", {IDENTITY_FIELD, {"dh_Yc", 0, "7778", NULL}}},
    {IDENTITY "03046677", 16, 0x0303, "ECDHE-PSK", "body", {IDENTITY_FIELD, {"ecdh_Yc", 0, "046677", NULL}}},
    {IDENTITY "0002eeef",
     16,
     0x0303,
     "RSA-PSK",
     "body",
     {IDENTITY_FIELD, {"encrypted_pre_master_secret", 0, "eeef", NULL}}},
    {"0002aaab", 16, 0x0303, "SRP", "body", {{"srp_A", 0, "aaab", NULL}}},
    {"aabb", 16, 0x0303, NULL, "dh_Yc", {{"body", 0, "aabb", NULL}}},
};

#define NAME "0004" "30023100" /* a DistinguishedName of four bytes */
#define OCSP "30030a0106" /* an OCSPResponse: unauthorized */
/* The shortest Certificate that there can be: no name, 1.2 for each algorithm, no key and no signature. */
#define CERTIFICATE                                                                                                    \
    "30403036020101300306012a3000301e170d3235303130323033303430355a170d3235303130323033303430355a3000"                 \
    "3008300306012a030100300306012a030100"

static const layout others[] = {
    {"", 0, 0x0303, NULL, "body", {{"length", 0, NULL, NULL}}},
    {"", 14, 0x0303, NULL, "body", {{"length", 0, NULL, NULL}}},
    {"00001c20"
     "0003746b74",
     4,
     0x0303,
     NULL,
     "extensions",
     {{"ticket_lifetime_hint", 7200, NULL, NULL}, {"ticket", 0, "746b74", NULL}}},
    {"000045"
     "000042" CERTIFICATE,
     11,
     0x0302,
     NULL,
     "certificate_request_context",
     {{"certificate_list[0]", 0, CERTIFICATE, NULL},
      {"certificate_list[0].Certificate.tbsCertificate.validity.notAfter", 0, "3235303130323033303430355a",
       "2025-01-02T03:04:05Z"}}},
    {"020140"
     "0006" NAME,
     13,
     0x0302,
     NULL,
     "supported_signature_algorithms",
     {{"certificate_types[0]", 1, NULL, "rsa_sign"},
      {"certificate_types[1]", 64, NULL, "ecdsa_sign"},
      {"certificate_authorities[0]", 0, "30023100", NULL}}},
    {"0101"
     "0002"
     "0403"
     "0000",
     13,
     0x0303,
     NULL,
     "certificate_authorities[0]",
     {{"supported_signature_algorithms[0]", 0x0403, NULL, "ecdsa_secp256r1_sha256"}}},
    {"00025a5b", 15, 0x0302, NULL, "algorithm", {{"signature", 0, "5a5b", NULL}}},
    {"0401"
     "00025a5b",
     15,
     0x0303,
     NULL,
     "body",
     {RSA_SIGNED_FIELDS}},
    {"01"
     "000005" OCSP,
     22,
     0x0303,
     NULL,
     "body",
     {{"status_type", 1, NULL, "ocsp"},
      {"response", 0, OCSP, NULL},
      {"response.OCSPResponse.responseStatus", 6, NULL, "unauthorized"}}},
    {"02"
     "00000b"
     "000000"
     "000005" OCSP,
     22,
     0x0303,
     NULL,
     "body",
     {{"ocsp_response_list[0]", 0, NULL, NULL}, {"ocsp_response_list[1]", 0, OCSP, NULL}}},
    {"00", 24, 0x0304, NULL, "body", {{"request_update", 0, NULL, "update_not_requested"}}},
    {"01", 24, 0x0304, NULL, "body", {{"request_update", 1, NULL, "update_requested"}}},
    {"0002"
     "0001bd"
     "000002"
     "789c",
     25,
     0x0304,
     NULL,
     "body",
     {{"algorithm", 2, NULL, "brotli"},
      {"uncompressed_length", 445, NULL, NULL},
      {"compressed_certificate_message", 0, "789c", NULL}}},
};

static void a_server_key_exchange_has_the_layout_of_its_key_exchange(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(server_key_exchanges); i++) {
        check_layout(&server_key_exchanges[i]);
    }
}

static void a_client_key_exchange_has_the_layout_of_its_key_exchange(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(client_key_exchanges); i++) {
        check_layout(&client_key_exchanges[i]);
    }
}

static void every_other_message_has_the_layout_of_its_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(others); i++) {
        check_layout(&others[i]);
    }
}

static void the_signed_params_of_a_server_key_exchange_are_one_field(void **state)
{
    (void)state;
    uint8_t storage[PUBLISHED_MAX];
    hsi_bytes raw = published_read(storage, &(struct published){"illustrated-tls12", "ServerKeyExchange", 3});
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    assert_int_equal(hsi_message_dissect(&f, &arena, raw, &published_tls12), HSI_OK);
    const hsi_field *params = hsi_field_find(f.root, "params");
    assert_int_equal(params->offset, 4);
    assert_int_equal(params->length, 1 + 2 + 1 + 32);
    assert_int_equal(hsi_field_find(f.root, "algorithm")->offset, 40);
    assert_int_equal(hsi_field_find(f.root, "signature")->content.length, 256);
    const expected_field public = {"params.public", 0,
                                   "9fd7ad6dcff4298dd3f96d5b1b2af910a0535b1488d7f8fabb349a982880b615", NULL};
    expect_field(f.root, &public);
    hsi_arena_cleanup(&arena);
}

static void an_unknown_kind_of_curve_stops_the_reading_at_its_type(void **state)
{
    (void)state;
    const uint8_t wire[] = {12, 0, 0, 4, 0x04, 0x01, 0x17, 0x00};
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, sizeof wire), &published_tls12), HSI_OK);
    assert_int_equal(f.status, HSI_ILLEGAL);
    assert_int_equal(f.stopped, 5);
    assert_int_equal(hsi_field_find(f.root, "params.curve_params.trailing")->length, 3);
    assert_true(tiles(&f));
    hsi_arena_cleanup(&arena);
}

/* ---- SSLv2 format ---- */

static void an_sslv2_client_hello_has_no_header_and_ciphers_of_three_bytes(void **state)
{
    (void)state;
    const uint8_t wire[] = {0x01, 0x03, 0x01, 0x00, 0x06, 0x00, 0x00, 0x00, 0x10, /* TLS 1.0, 6, 0 and 16 bytes */
                            0x00, 0x00, 0x2f, 0x01, 0x00, 0x80,                   /* the second is one of SSL 2.0 */
                            0,    1,    2,    3,    4,    5,    6,    7,    8,    9, 10, 11, 12, 13, 14, 15};
    const hsi_field_context context = {.sslv2 = true};
    hsi_arena arena = HSI_ARENA_EMPTY;
    for (size_t length = 0; length <= sizeof wire; length++) {
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, length), &context), HSI_OK);
        assert_true(tiles(&f));
        assert_int_equal(f.status, length == sizeof wire ? HSI_OK : HSI_TRUNCATED);
    }
    hsi_fields f;
    assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, sizeof wire), &context), HSI_OK);
    assert_string_equal(f.root->name, "ClientHello");
    const expected_field expected[] = {
        {"msg_type", 1, NULL, "client_hello"},     {"version", 0x0301, NULL, "TLSv1"},
        {"cipher_spec_length", 6, NULL, NULL},     {"cipher_specs[0]", 0x2f, NULL, "TLS_RSA_WITH_AES_128_CBC_SHA"},
        {"cipher_specs[1]", 0x010080, NULL, NULL}, {"challenge", 0, "000102030405060708090a0b0c0d0e0f", NULL},
    };
    for (size_t i = 0; i < HSI_COUNT(expected); i++) {
        expect_field(f.root, &expected[i]);
    }
    assert_null(hsi_field_find(f.root, "session_id"));
    hsi_arena_cleanup(&arena);
}

/* ---- what others print of the messages they published ---- */

static const struct value {
    struct published message;
    expected_field field;
} values[] = {
    {{"rfc8448/1rtt", "ClientHello", 0}, {"legacy_version", 0x0303, NULL, "TLSv1.2"}},
    {{"rfc8448/1rtt", "ClientHello", 0},
     {"random", 0, "cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7", NULL}},
    {{"rfc8448/1rtt", "ClientHello", 0}, {"cipher_suites[1]", 0x1303, NULL, "TLS_CHACHA20_POLY1305_SHA256"}},
    {{"rfc8448/1rtt", "ClientHello", 0}, {"legacy_compression_methods[0]", 0, NULL, "NULL"}},
    {{"rfc8448/1rtt", "ClientHello", 0}, {"extensions.server_name.server_name_list[0].name", 0, "736572766572", NULL}},
    {{"rfc8448/1rtt", "ClientHello", 0},
     {"extensions.key_share.client_shares[0].key_exchange", 0,
      "99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c", NULL}},
    {{"rfc8448/1rtt", "ServerHello", 1}, {"cipher_suite", 0x1301, NULL, "TLS_AES_128_GCM_SHA256"}},
    {{"rfc8448/1rtt", "ServerHello", 1}, {"extensions.supported_versions.selected_version", 0x0304, NULL, "TLSv1.3"}},
    {{"rfc8448/1rtt", "ServerHello", 1}, {"extensions.key_share.server_share.group", 29, NULL, "x25519"}},
    {{"rfc8448/1rtt", "ServerHello", 1},
     {"extensions.key_share.server_share.key_exchange", 0,
      "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f", NULL}},
    {{"rfc8448/1rtt", "CertificateVerify", 4}, {"algorithm", 0x0804, NULL, "rsa_pss_rsae_sha256"}},
    {{"rfc8448/1rtt", "NewSessionTicket", 7}, {"ticket_lifetime", 30, NULL, NULL}},
    {{"rfc8448/1rtt", "NewSessionTicket", 7}, {"ticket_nonce", 0, "0000", NULL}},
    {{"rfc8448/1rtt", "NewSessionTicket", 7}, {"extensions.early_data.max_early_data_size", 1024, NULL, NULL}},
    {{"rfc8448/0rtt-resumed", "ClientHello", 0},
     {"extensions.pre_shared_key.binders[0]", 0, "3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d",
      NULL}},
    {{"rfc8448/0rtt-resumed", "ServerHello", 1}, {"extensions.pre_shared_key.selected_identity", 0, NULL, NULL}},
    {{"rfc8448/hrr", "HelloRetryRequest", 1}, {"extensions.key_share.selected_group", 23, NULL, "secp256r1"}},
    {{"rfc8448/client-auth", "CertificateRequest", 3},
     {"extensions.signature_algorithms.supported_signature_algorithms[0]", 0x0403, NULL, "ecdsa_secp256r1_sha256"}},
    {{"illustrated-tls12", "ServerHello", 1}, {"cipher_suite", 0xc013, NULL, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"}},
    {{"illustrated-tls12", "ClientKeyExchange", 5},
     {"ecdh_Yc", 0, "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254", NULL}},
    {{"illustrated-tls12", "Finished", 6}, {"verify_data", 0, "cf919626f1360c536aaad73a", NULL}},
};

static void the_published_messages_say_what_their_authors_print(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(values); i++) {
        uint8_t storage[PUBLISHED_MAX];
        hsi_bytes raw = published_read(storage, &values[i].message);
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, raw, published_context(&values[i].message)), HSI_OK);
        expect_field(f.root, &values[i].field);
        hsi_arena_cleanup(&arena);
    }
}

/* RFC 8448 section 4 hashes "ClientHello prefix (477 octets)". */
static void a_binder_covers_the_client_hello_up_to_the_field_binders(void **state)
{
    (void)state;
    uint8_t storage[PUBLISHED_MAX];
    hsi_bytes raw = published_read(storage, &(struct published){"rfc8448/0rtt-resumed", "ClientHello", 0});
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_fields f;
    assert_int_equal(hsi_message_dissect(&f, &arena, raw, &published_tls13), HSI_OK);
    assert_int_equal(hsi_field_find(f.root, "extensions.pre_shared_key.binders")->offset, 477);
    hsi_arena_cleanup(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_key_exchange_has_the_layout_of_its_key_exchange),
        cmocka_unit_test(a_client_key_exchange_has_the_layout_of_its_key_exchange),
        cmocka_unit_test(every_other_message_has_the_layout_of_its_version),
        cmocka_unit_test(the_signed_params_of_a_server_key_exchange_are_one_field),
        cmocka_unit_test(an_unknown_kind_of_curve_stops_the_reading_at_its_type),
        cmocka_unit_test(an_sslv2_client_hello_has_no_header_and_ciphers_of_three_bytes),
        cmocka_unit_test(the_published_messages_say_what_their_authors_print),
        cmocka_unit_test(a_binder_covers_the_client_hello_up_to_the_field_binders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
