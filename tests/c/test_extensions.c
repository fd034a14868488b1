/* Tests csrc/tap/extensions.c and ext_*.c: the table, and the layout of each extension in each message it may stand in.
 * The bytes are written by hand after the RFCs' structs.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extension_rows.h"

/* ---- layouts ---- */

/* The bytes stand as the structs have them. */
/* clang-format off */
#define LOG_ID "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define SCT "00" LOG_ID "000001453c5fb835" "0000" "0403" "0002" "5a5b" /* v1, 49 bytes */
static const extension_row rows[] = {
    {"0000" "000e" "000c" "00" "0009" "612e6578616d706c65", HSI_IN_CH,
     {"server_name.server_name_list[0].name", 0, "612e6578616d706c65", NULL}},
    {"0000" "000e" "000c" "00" "0009" "612e6578616d706c65", HSI_IN_CH,
     {"server_name.server_name_list[0].name_type", 0, NULL, "host_name"}},
    {"0000" "0000", HSI_IN_SH, {"server_name.length", 0, NULL, NULL}},
    {"0000" "0000", HSI_IN_EE, {"server_name.extension_type", 0, NULL, "server_name"}},
    {"0001" "0001" "02", HSI_IN_CH, {"max_fragment_length.max_fragment_length", 2, NULL, "2^10"}},
    {"0005" "000d" "01" "0008" "0006" "a2040402abcd" "0000", HSI_IN_CH,
     {"status_request.request.responder_id_list[0]", 0, "a2040402abcd", NULL}},
    {"0005" "000d" "01" "0008" "0006" "a2040402abcd" "0000", HSI_IN_CH,
     {"status_request.request.responder_id_list[0].ResponderID.byKey", 0, "abcd", NULL}},
    {"0005" "0005" "01" "0000" "0000", HSI_IN_CH, {"status_request.status_type", 1, NULL, "ocsp"}},
    {"0005" "0003" "09" "abcd", HSI_IN_CH, {"status_request.request", 0, "abcd", NULL}},
    {"0005" "0000", HSI_IN_SH, {"status_request.length", 0, NULL, NULL}},
    {"0005" "0009" "01" "000005" "30030a0103", HSI_IN_CT, {"status_request.response", 0, "30030a0103", NULL}},
    {"0005" "0009" "01" "000005" "30030a0103", HSI_IN_CT,
     {"status_request.response.OCSPResponse.responseStatus", 3, NULL, "tryLater"}},
    {"000a" "0006" "0004" "0a0a" "0017", HSI_IN_CH, {"supported_groups.named_group_list[1]", 23, NULL, "secp256r1"}},
    {"000a" "0004" "0002" "0100", HSI_IN_EE, {"supported_groups.named_group_list[0]", 256, NULL, "ffdhe2048"}},
    {"000b" "0002" "01" "00", HSI_IN_SH,
     {"ec_point_formats.ec_point_format_list[0]", 0, NULL, "uncompressed"}},
    {"000c" "0005" "04" "75736572", HSI_IN_CH, {"srp.srp_I", 0, "75736572", NULL}},
    {"000d" "0004" "0002" "0807", HSI_IN_CH,
     {"signature_algorithms.supported_signature_algorithms[0]", 0x0807, NULL, "ed25519"}},
    {"000f" "0001" "01", HSI_IN_CH, {"heartbeat.mode", 1, NULL, "peer_allowed_to_send"}},
    {"0010" "000e" "000c" "02" "6832" "08" "687474702f312e31", HSI_IN_CH,
     {"application_layer_protocol_negotiation.protocol_name_list[1]", 0, "687474702f312e31", NULL}},
    {"0010" "0005" "0003" "02" "6832", HSI_IN_EE,
     {"application_layer_protocol_negotiation.protocol_name_list[0]", 0, "6832", NULL}},
    {"0012" "0000", HSI_IN_CH, {"signed_certificate_timestamp.length", 0, NULL, NULL}},
    {"0012" "0007" "0005" "0003" "016374", HSI_IN_CT, {"signed_certificate_timestamp.sct_list[0]", 0, "016374", NULL}},
    {"0012" "0035" "0033" "0031" SCT, HSI_IN_CT,
     {"signed_certificate_timestamp.sct_list[0].timestamp", 1396877277237, NULL, "2014-04-07T13:27:57.237Z"}},
    {"0012" "0035" "0033" "0031" SCT, HSI_IN_CT,
     {"signed_certificate_timestamp.sct_list[0].id", 0, LOG_ID, NULL}},
    {"0012" "0035" "0033" "0031" SCT, HSI_IN_SH,
     {"signed_certificate_timestamp.sct_list[0].signature", 0, "5a5b", NULL}},
    {"0013" "0003" "02" "0200", HSI_IN_CH,
     {"client_certificate_type.client_certificate_types[0]", 2, NULL, "Raw Public Key"}},
    {"0013" "0001" "00", HSI_IN_EE, {"client_certificate_type.client_certificate_type", 0, NULL, "X509"}},
    {"0014" "0002" "01" "02", HSI_IN_CH,
     {"server_certificate_type.server_certificate_types[0]", 2, NULL, "Raw Public Key"}},
    {"0014" "0001" "02", HSI_IN_SH, {"server_certificate_type.server_certificate_type", 2, NULL, "Raw Public Key"}},
    {"0015" "0003" "000000", HSI_IN_CH, {"padding.padding", 0, "000000", NULL}},
    {"0016" "0000", HSI_IN_CH, {"encrypt_then_mac", 0, NULL, NULL}},
    {"0017" "0000", HSI_IN_SH, {"extended_master_secret", 0, NULL, NULL}},
    {"001b" "0003" "02" "0001", HSI_IN_CR, {"compress_certificate.algorithms[0]", 1, NULL, "zlib"}},
    {"001c" "0002" "4001", HSI_IN_EE, {"record_size_limit.record_size_limit", 16385, NULL, NULL}},
    {"0023" "0002" "abcd", HSI_IN_CH, {"session_ticket.ticket", 0, "abcd", NULL}},
    {"0029" "0013" "0009" "0003" "696421" "00000102" "0006" "05" "b1b2b3b4b5", HSI_IN_CH,
     {"pre_shared_key.identities[0].identity", 0, "696421", NULL}},
    {"0029" "0013" "0009" "0003" "696421" "00000102" "0006" "05" "b1b2b3b4b5", HSI_IN_CH,
     {"pre_shared_key.identities[0].obfuscated_ticket_age", 0x0102, NULL, NULL}},
    {"0029" "0013" "0009" "0003" "696421" "00000102" "0006" "05" "b1b2b3b4b5", HSI_IN_CH,
     {"pre_shared_key.binders[0]", 0, "b1b2b3b4b5", NULL}},
    {"0029" "0002" "0001", HSI_IN_SH, {"pre_shared_key.selected_identity", 1, NULL, NULL}},
    {"002a" "0000", HSI_IN_CH, {"early_data", 0, NULL, NULL}},
    {"002a" "0004" "00004000", HSI_IN_NST, {"early_data.max_early_data_size", 16384, NULL, NULL}},
    {"002b" "0005" "04" "0304" "0303", HSI_IN_CH, {"supported_versions.versions[0]", 0x0304, NULL, "TLSv1.3"}},
    {"002b" "0002" "0304", HSI_IN_HRR, {"supported_versions.selected_version", 0x0304, NULL, "TLSv1.3"}},
    {"002c" "0004" "0002" "c00c", HSI_IN_HRR, {"cookie.cookie", 0, "c00c", NULL}},
    {"002d" "0003" "02" "0001", HSI_IN_CH, {"psk_key_exchange_modes.ke_modes[1]", 1, NULL, "psk_dhe_ke"}},
    {"002f" "0006" "0004" "0002" "3000", HSI_IN_CR, {"certificate_authorities.authorities[0]", 0, "3000", NULL}},
    {"0030" "000a" "0008" "03" "551d25" "0002" "3000", HSI_IN_CR,
     {"oid_filters.filters[0].certificate_extension_oid", 0, "551d25", NULL}},
    {"0030" "000a" "0008" "03" "551d25" "0002" "3000", HSI_IN_CR,
     {"oid_filters.filters[0].certificate_extension_values", 0, "3000", NULL}},
    {"0031" "0000", HSI_IN_CH, {"post_handshake_auth", 0, NULL, NULL}},
    {"0032" "0004" "0002" "0401", HSI_IN_CH,
     {"signature_algorithms_cert.supported_signature_algorithms[0]", 0x0401, NULL, "rsa_pkcs1_sha256"}},
    {"0033" "000e" "000c" "0a0a" "0001" "00" "001d" "0003" "99aabb", HSI_IN_CH,
     {"key_share.client_shares[1].key_exchange", 0, "99aabb", NULL}},
    {"0033" "0007" "001d" "0003" "99aabb", HSI_IN_SH, {"key_share.server_share.group", 29, NULL, "x25519"}},
    {"0033" "0002" "0018", HSI_IN_HRR, {"key_share.selected_group", 24, NULL, "secp384r1"}},
    {"ff01" "0001" "00", HSI_IN_CH, {"renegotiation_info.renegotiated_connection", 0, NULL, NULL}},
    {"ff01" "0004" "03" "a1a2a3", HSI_IN_SH, {"renegotiation_info.renegotiated_connection", 0, "a1a2a3", NULL}},
    {"1234" "0002" "abcd", HSI_IN_CH, {"0x1234.extension_data", 0, "abcd", NULL}},
    {"ab0c" "0000", HSI_IN_CH, {"0xab0c.length", 0, NULL, NULL}},
    {"2a2a" "0001" "00", HSI_IN_CH, {"GREASE_0x2A2A.extension_data", 0, "00", NULL}},
    {"0024" "0002" "abcd", HSI_IN_CH, {"TLMSP.extension_data", 0, "abcd", NULL}},
    {"0033" "0002" "0018", HSI_IN_EE, {"key_share.extension_data", 0, "0018", NULL}}, /* no RFC has it there */
};
/* clang-format on */

static void each_extension_has_the_layout_of_its_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_extension(&rows[i]);
    }
}

static void an_extension_cut_short_keeps_its_bytes_and_the_next_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        expect_the_next_after_a_cut_one(&rows[i]);
    }
}

static void what_an_extension_cannot_read_trails_in_it(void **state)
{
    (void)state;
    dissected d;
    /* key_share whose share says 32 bytes and has two; extended_master_secret, which is empty, with one; cookie */
    dissect(&d,
            "0033"
            "0008"
            "0006"
            "001d"
            "0020"
            "9999"
            "0017"
            "0001"
            "ff"
            "002c"
            "0003"
            "0001"
            "c0",
            HSI_IN_CH);
    assert_int_equal(d.f.status, HSI_TRUNCATED);
    assert_int_equal(d.f.stopped, 2 + 8);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.key_share.client_shares[0].group")->number, 29);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.key_share.client_shares[0].trailing")->length, 4);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.extended_master_secret.trailing")->length, 1);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.cookie.cookie")->content.length, 1);
    hsi_arena_cleanup(&d.arena);
}

static void an_extension_longer_than_the_list_trails_in_the_list(void **state)
{
    (void)state;
    dissected d;
    dissect(&d,
            "0017"
            "0000"
            "0016"
            "0001",
            HSI_IN_CH); /* the second says one byte, and there is none */
    assert_int_equal(d.f.status, HSI_TRUNCATED);
    assert_int_equal(d.f.stopped, 6);
    assert_non_null(hsi_field_find(d.f.root, "extensions.extended_master_secret"));
    assert_int_equal(hsi_field_find(d.f.root, "extensions.trailing")->length, 4);
    hsi_arena_cleanup(&d.arena);
}

static void of_a_repeated_extension_a_path_finds_the_first(void **state)
{
    (void)state;
    dissected d;
    dissect(&d,
            "001c"
            "0002"
            "0040"
            "001c"
            "0002"
            "0080",
            HSI_IN_CH);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.record_size_limit.record_size_limit")->number, 0x40);
    hsi_arena_cleanup(&d.arena);
}

static void no_bytes_are_no_extensions_and_a_zero_length_is_an_empty_list(void **state)
{
    (void)state;
    dissected d;
    dissect(&d, "", HSI_IN_CH);
    assert_int_equal(d.f.status, HSI_OK);
    assert_int_equal(hsi_field_find(d.f.root, "extensions.length")->number, 0);
    hsi_cursor empty = hsi_cursor_over(d.wire + 2, 0);
    const hsi_field *last = d.f.root->last;
    assert_int_equal(hsi_extensions_dissect(&d.f, &empty, HSI_IN_CH), HSI_OK);
    assert_ptr_equal(d.f.root->last, last);
    hsi_arena_cleanup(&d.arena);
}

static void each_leaf_says_where_its_extension_is_defined(void **state)
{
    (void)state;
    dissected d;
    dissect(&d,
            "0033"
            "0002"
            "0018"
            "1234"
            "0001"
            "00",
            HSI_IN_HRR);
    assert_string_equal(hsi_field_find(d.f.root, "extensions.key_share.selected_group")->rfc, "RFC 8446 section 4.2.8");
    assert_string_equal(hsi_field_find(d.f.root, "extensions.0x1234.extension_data")->rfc, "RFC 8446 section 4.2");
    hsi_arena_cleanup(&d.arena);
}

/* ---- the table ---- */

static void the_table_finds_each_of_its_extensions_by_its_number_and_iana_name(void **state)
{
    (void)state;
    for (uint32_t type = 0; type <= UINT16_MAX; type++) {
        const hsi_extension *extension = hsi_extension_of(type);
        if (extension != NULL) {
            assert_int_equal(extension->type, type);
            assert_string_equal(extension->name, hsi_extension_name(type));
            assert_true(strncmp(extension->rfc, "RFC ", 4) == 0 || strncmp(extension->rfc, "draft-", 6) == 0);
            assert_int_not_equal(extension->in, 0);
        }
    }
}

/* Those whose specification is not public, or was never more than a number. */
static void every_registered_extension_has_a_dissector_but_for_five(void **state)
{
    (void)state;
    static const uint16_t opaque[] = {36, 37, 38, 60, 4832}; /* TLMSP's, sequence_number_encryption…, server_padding */
    size_t missing = 0;
    for (uint32_t type = 0; type <= UINT16_MAX; type++) {
        const char *name = hsi_extension_name(type);
        if (name != NULL && strncmp(name, "GREASE", 6) != 0 && hsi_extension_of(type) == NULL) {
            assert_true(missing < HSI_COUNT(opaque));
            assert_int_equal(opaque[missing++], type);
        }
    }
    assert_int_equal(missing, HSI_COUNT(opaque));
}

/* What IANA lets stand in a message of TLS 1.3 has a layout there. */
static void a_dissector_reads_its_extension_wherever_iana_has_it(void **state)
{
    (void)state;
    for (uint32_t type = 0; type <= UINT16_MAX; type++) {
        const hsi_extension *extension = hsi_extension_of(type);
        unsigned in = 0;
        if (extension != NULL && hsi_extension_in_tls13(type, &in)) {
            assert_int_equal(extension->in & in, in);
        }
    }
    unsigned in;
    assert_false(hsi_extension_in_tls13(13172, &in)); /* never registered */
    assert_true(hsi_extension_in_tls13(65281, &in));
    assert_int_equal(in, 0);
}

/* RFC 8446 section 4.2, the table; SH is wider here, for TLS 1.2. */
static void the_table_says_where_rfc_8446_lets_an_extension_stand(void **state)
{
    (void)state;
    static const struct {
        uint16_t type;
        unsigned in;
    } table[] = {
        {10, HSI_IN_CH | HSI_IN_EE},
        {13, HSI_IN_CH | HSI_IN_CR},
        {21, HSI_IN_CH},
        {41, HSI_IN_CH | HSI_IN_SH},
        {42, HSI_IN_CH | HSI_IN_EE | HSI_IN_NST},
        {43, HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR},
        {44, HSI_IN_CH | HSI_IN_HRR},
        {45, HSI_IN_CH},
        {47, HSI_IN_CH | HSI_IN_CR},
        {48, HSI_IN_CR},
        {49, HSI_IN_CH},
        {50, HSI_IN_CH | HSI_IN_CR},
        {51, HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR},
    };
    for (size_t i = 0; i < HSI_COUNT(table); i++) {
        assert_int_equal(hsi_extension_of(table[i].type)->in, table[i].in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_extension_has_the_layout_of_its_message),
        cmocka_unit_test(an_extension_cut_short_keeps_its_bytes_and_the_next_goes_on),
        cmocka_unit_test(what_an_extension_cannot_read_trails_in_it),
        cmocka_unit_test(an_extension_longer_than_the_list_trails_in_the_list),
        cmocka_unit_test(of_a_repeated_extension_a_path_finds_the_first),
        cmocka_unit_test(no_bytes_are_no_extensions_and_a_zero_length_is_an_empty_list),
        cmocka_unit_test(each_leaf_says_where_its_extension_is_defined),
        cmocka_unit_test(the_table_finds_each_of_its_extensions_by_its_number_and_iana_name),
        cmocka_unit_test(every_registered_extension_has_a_dissector_but_for_five),
        cmocka_unit_test(a_dissector_reads_its_extension_wherever_iana_has_it),
        cmocka_unit_test(the_table_says_where_rfc_8446_lets_an_extension_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
