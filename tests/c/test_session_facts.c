/* What is known of a session: the protocol, names and certificates, and channel bindings (RFC 5929, RFC 9266).
 * SPDX-License-Identifier: MIT */
#include "pair.h"

static void both_sides_know_the_protocol_the_name_and_the_certificate(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    const hsi_bytes offered[] = {{(const uint8_t *)"h2", 2}, {(const uint8_t *)"http/1.1", 8}};
    assert_int_equal(hsi_config_alpn(it.configs[HSI_CLIENT], offered, 2), HSI_OK);
    assert_int_equal(hsi_config_alpn(it.configs[HSI_SERVER], offered + 1, 1), HSI_OK);
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        hsi_bytes chosen;
        hsi_buffer name = HSI_BUFFER_EMPTY;
        assert_int_equal(hsi_session_alpn(it.sessions[side], &chosen), HSI_OK);
        assert_true(hsi_bytes_are(chosen, "http/1.1"));
        assert_int_equal(hsi_session_server_name(it.sessions[side], &name), HSI_OK);
        assert_true(hsi_bytes_are(hsi_buffer_peek(&name), "localhost"));
        hsi_buffer_cleanup(&name);
    }
    hsi_bytes certificate;
    assert_true(hsi_session_peer_certificate(it.sessions[HSI_CLIENT], 0, &certificate));
    assert_int_equal(certificate.data[0], 0x30); /* a DER SEQUENCE */
    assert_true(hsi_session_peer_certificate(it.sessions[HSI_CLIENT], 1, &certificate));
    assert_false(hsi_session_peer_certificate(it.sessions[HSI_CLIENT], 2, &certificate));
    assert_false(hsi_session_peer_certificate(it.sessions[HSI_SERVER], 0, &certificate));
    pair_end(&it);
}

static void both_sides_have_the_same_channel_bindings(void **state)
{
    (void)state;
    static const struct {
        const char *priority, *kind;
        size_t length; /* 0: unsupported */
    } cases[] = {
        {TLS("1.2"), "tls-unique", 12},           {TLS("1.2"), "tls-exporter", 32},
        {TLS("1.2"), "tls-server-end-point", 32}, {TLS("1.3"), "tls-unique", 0},
        {TLS("1.3"), "tls-exporter", 32},         {TLS("1.3"), "tls-server-end-point", 32},
        {TLS("1.3"), "tls-no-such-thing", 0},
    };
    for (size_t i = 0; i < HSI_COUNT(cases); i++) {
        pair it = pair_of(cases[i].priority, "ECDSA");
        hsi_buffer bindings[2] = {HSI_BUFFER_EMPTY, HSI_BUFFER_EMPTY};
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            hsi_status status = hsi_session_channel_binding(it.sessions[side], cases[i].kind, &bindings[side]);
            assert_int_equal(status, cases[i].length == 0 ? HSI_UNSUPPORTED : HSI_OK);
            assert_int_equal(hsi_buffer_length(&bindings[side]), cases[i].length);
        }
        assert_true(hsi_bytes_equal(hsi_buffer_peek(&bindings[0]), hsi_buffer_peek(&bindings[1])));
        hsi_buffer_cleanup(&bindings[0]);
        hsi_buffer_cleanup(&bindings[1]);
        pair_end(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_know_the_protocol_the_name_and_the_certificate),
        cmocka_unit_test(both_sides_have_the_same_channel_bindings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
