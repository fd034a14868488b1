/* Tests the csrc/tap/msg_*.c of messages, and the layouts of key exchanges, that GnuTLS never sends. The bytes are written by
 * hand after the structs of the RFCs and drafts.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layout.h"
#include "proto/suite.h"

/* The bytes stand as the structs have them. */
/* clang-format off */
static const layout messages[] = {
    {"feff" "03" "c00c1e",
     3, 0x0303, NULL, "body",
     {{"server_version", 0xfeff, NULL, "DTLSv1"}, {"cookie", 0, "c00c1e", NULL}}},
    {"02",
     9, 0x0304, NULL, "body",
     {{"num_cids", 2, NULL, NULL}}},
    {"0005" "02" "a1a2" "01" "b1" "00",
     10, 0x0304, NULL, "body",
     {{"cids[0]", 0, "a1a2", NULL}, {"cids[1]", 0, "b1", NULL}, {"usage", 0, NULL, "cid_immediate"}}},
    {"02" "a1a2" "0008" "000d" "0004" "0002" "0807",
     17, 0x0303, NULL, "certificate_types",
     {{"certificate_request_context", 0, "a1a2", NULL},
      {"extensions.signature_algorithms.supported_signature_algorithms[0]", 0x0807, NULL, "ed25519"}}},
    {"01" "001a" "0003" "612f62" "01" "000102030405060708090a0b0c0d0e0f10111213",
     21, 0x0303, NULL, "body",
     {{"type", 1, NULL, "pkipath"}, {"url_and_hash_list[0].url", 0, "612f62", NULL},
      {"url_and_hash_list[0].SHA1Hash", 0, "000102030405060708090a0b0c0d0e0f10111213", NULL}}},
    {"00000e" "0000" "000a" "0008" "40" "0002" "7540" "0001" "64",
     23, 0x0303, NULL, "body",
     {{"supp_data[0].supp_data_type", 0, NULL, "user_mapping_data"},
      {"supp_data[0].supp_data.user_mapping_data_list[0].user_mapping_version", 64, NULL, "upn_domain_hint"},
      {"supp_data[0].supp_data.user_mapping_data_list[0].user_principal_name", 0, "7540", NULL},
      {"supp_data[0].supp_data.user_mapping_data_list[0].domain_name", 0, "64", NULL}}},
    {"000006" "0000" "0002" "0000",
     23, 0x0303, NULL, "body",
     {{"supp_data[0].supp_data.user_mapping_data_list.length", 0, NULL, NULL}}},
    {"00000f" "4002" "000b" "0009" "01" "0002" "3c3e" "02" "abcd" "ef",
     23, 0x0303, NULL, "body",
     {{"supp_data[0].supp_data_type", 16386, NULL, "authz_data"},
      {"supp_data[0].supp_data.authz_data_list[0].authz_data", 0, "3c3e", NULL},
      {"supp_data[0].supp_data.authz_data_list[1].authz_format", 2, NULL, "x509_attr_cert_url"},
      {"supp_data[0].supp_data.authz_data_list[1].authz_data", 0, "abcdef", NULL}}},
    {"000006" "1234" "0002" "abcd",
     23, 0x0303, NULL, "body",
     {{"supp_data[0].supp_data", 0, "abcd", NULL}}},
    {"0002" "a1a2" "0001" "b1" "0102" "000e10",
     26, 0x0304, NULL, "body",
     {{"ekt_key_value", 0, "a1a2", NULL}, {"srtp_master_salt", 0, "b1", NULL},
      {"ekt_spi", 258, NULL, NULL}, {"ekt_ttl", 3600, NULL, NULL}}},
    {"02" "6832" "03" "000000",
     67, 0x0303, NULL, "body",
     {{"selected_protocol", 0, "6832", NULL}, {"padding", 0, "000000", NULL}}},
    {"7550" "0080" "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
     203, 0x0303, NULL, "body",
     {{"extension_type", 30032, NULL, "channel_id"},
      {"extension_data.y", 0, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", NULL},
      {"extension_data.s", 0, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", NULL}}},
    {"a1a2",
     254, 0x0304, NULL, "body",
     {{"hash", 0, "a1a2", NULL}}},
};

static const layout key_exchanges[] = {
    {"01" "01" "17" "01" "0a" "01" "0b" "03" "040506" "01" "13" "01" "01" "03" "040708",
     12, 0x0303, "ANON-ECDH", "params.curve_params.namedcurve",
     {{"params.curve_params.curve_type", 1, NULL, "explicit_prime"},
      {"params.curve_params.prime_p", 0, "17", NULL}, {"params.curve_params.curve.b", 0, "0b", NULL},
      {"params.curve_params.base.X", 0, "05", NULL}, {"params.curve_params.order", 0, "13", NULL},
      {"params.curve_params.cofactor", 0, "01", NULL}, {"params.public.legacy_form", 4, NULL, NULL},
      {"params.public.Y", 0, "08", NULL}}},
    {"02" "00a3" "01" "01" "07" "01" "0a" "01" "0b" "03" "040506" "01" "13" "01" "01" "03" "020708",
     12, 0x0303, "ANON-ECDH", "params.public.X",
     {{"params.curve_params.m", 163, NULL, NULL},
      {"params.curve_params.basis", 1, NULL, "ec_basis_trinomial"},
      {"params.curve_params.k", 0, "07", NULL}, {"params.public", 0, "020708", NULL}}},
    {"02" "00a3" "02" "01" "07" "01" "06" "01" "03" "01" "0a" "01" "0b" "03" "040506" "01" "13" "01"
     "01" "03" "040708",
     12, 0x0303, "ANON-ECDH", "params.curve_params.k",
     {{"params.curve_params.basis", 2, NULL, "ec_basis_pentanomial"},
      {"params.curve_params.k3", 0, "03", NULL}}},
    {"0002fb17" "000105" "00023132" "00025a5b",
     12, 0x0301, "DHE-RSA-EXPORT", "algorithm",
     {{"params.dh_g", 0, "05", NULL}, {"signature", 0, "5a5b", NULL}}},
    {"0002fb17" "000105" "00023132" "00025a5b",
     12, 0x0301, "DHE-DSS-EXPORT", "algorithm",
     {{"signature", 0, "5a5b", NULL}}},
    {"0002fb17" "000105" "00023132",
     12, 0x0301, "ANON-DH-EXPORT", "signature",
     {{"params.dh_Ys", 0, "3132", NULL}}},
    {"02" "73a1" "03" "0017" "03" "040102" "02" "0506",
     12, 0x0303, "ECCPWD", "signature",
     {{"params.salt", 0, "73a1", NULL}, {"params.curve_params.namedcurve", 23, NULL, "secp256r1"},
      {"params.ec_selement.X", 0, "01", NULL}, {"params.ec_sscalar", 0, "0506", NULL}}},
    {"03" "040102" "02" "0506",
     16, 0x0303, "ECCPWD", "body",
     {{"ec_celement", 0, "040102", NULL}, {"ec_cscalar", 0, "0506", NULL}}},
    {"",
     16, 0x0301, "DH-RSA", "dh_Yc",
     {{"length", 0, NULL, NULL}}},
    {"0002" "7778",
     16, 0x0301, "DH-DSS-EXPORT", "body",
     {{"dh_Yc", 0, "7778", NULL}}},
    {"",
     16, 0x0301, "ECDH-ECDSA", "ecdh_Yc",
     {{"length", 0, NULL, NULL}}},
    {"03" "046677",
     16, 0x0303, "ECDH-RSA", "body",
     {{"ecdh_Yc.Y", 0, "77", NULL}}},
    {"0002" "7778",
     16, 0x0301, "DHE-DSS-EXPORT", "body",
     {{"dh_Yc", 0, "7778", NULL}}},
    {"0002" "7778",
     16, 0x0301, "ANON-DH-EXPORT", "body",
     {{"dh_Yc", 0, "7778", NULL}}},
    {"0001" "74" "0000" "0002" "eeef",
     16, 0x0301, "KRB5", "body",
     {{"Ticket", 0, "74", NULL}, {"authenticator", 0, "", NULL},
      {"EncryptedPreMasterSecret", 0, "eeef", NULL}}},
    {"0001" "74" "0000" "0002" "eeef",
     16, 0x0301, "KRB5-EXPORT", "body",
     {{"EncryptedPreMasterSecret", 0, "eeef", NULL}}},
    {"30023000",
     16, 0x0303, "VKO-GOST-12", "body",
     {{"exchange_keys", 0, "30023000", NULL}}},
};
/* clang-format on */

static void every_message_has_the_layout_of_its_struct(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(messages); i++) {
        check_layout(&messages[i]);
    }
}

static void every_key_exchange_has_its_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(key_exchanges); i++) {
        check_layout(&key_exchanges[i]);
    }
}

/* Whatever a message is cut down to, its leaves tile it. */
static void a_message_cut_short_is_tiled(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(messages) + HSI_COUNT(key_exchanges); i++) {
        const layout *row = i < HSI_COUNT(messages) ? &messages[i] : &key_exchanges[i - HSI_COUNT(messages)];
        const hsi_suite suite = {.key_exchange = row->key_exchange};
        const hsi_field_context context = {.version = row->version, .suite = &suite};
        uint8_t wire[4 + HEX_MAX] = {row->type};
        size_t length = hex(wire + 4, row->message).length;
        for (size_t cut = 0; cut <= length; cut++) {
            hsi_arena arena = HSI_ARENA_EMPTY;
            hsi_fields f;
            wire[3] = (uint8_t)cut;
            assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, 4 + cut), &context), HSI_OK);
            assert_true(tiles(&f));
            hsi_arena_cleanup(&arena);
        }
    }
}

/* Of what a suite can name, only what has no such message stays a `body`. */
static void every_suite_before_tls13_has_layouts(void **state)
{
    (void)state;
    uint16_t id;
    size_t suites = 0;
    for (size_t i = 0; hsi_cipher_suites(i, &id) != NULL; i++) {
        hsi_suite suite;
        if (!hsi_suite_find(&suite, id) || suite.tls13 || strcmp(suite.key_exchange, "NULL") == 0) {
            continue;
        }
        static const uint8_t wire[] = {HSI_CLIENT_KEY_EXCHANGE, 0, 0, 2, 0, 0};
        const hsi_field_context context = {.version = 0x0303, .suite = &suite};
        hsi_arena arena = HSI_ARENA_EMPTY;
        hsi_fields f;
        assert_int_equal(hsi_message_dissect(&f, &arena, hsi_bytes_of(wire, sizeof wire), &context), HSI_OK);
        assert_null(hsi_field_find(f.root, "body"));
        hsi_arena_cleanup(&arena);
        suites++;
    }
    assert_true(suites > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_has_the_layout_of_its_struct),
        cmocka_unit_test(every_key_exchange_has_its_layout),
        cmocka_unit_test(a_message_cut_short_is_tiled),
        cmocka_unit_test(every_suite_before_tls13_has_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
