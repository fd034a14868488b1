/* Verification: which certificates are refused, with which alert on the wire, once (RFC 8446 section 6.2).
 * SPDX-License-Identifier: MIT */
#include "pair.h"

/* The alert's two bytes, where its record is not protected. */
static void expect_alert_on_the_wire(const pair *it, uint8_t sender, uint8_t description)
{
    hsi_bytes alert = record(it, sender, 21, 0);
    assert_int_equal(alert.length, 7);
    assert_int_equal(alert.data[5], 2);
    assert_int_equal(alert.data[6], description);
    assert_int_equal(count_records(it, sender, 21), 1);
}

static void expect_untrusted(pair *it, uint8_t description)
{
    pair_start(it);
    pair_handshake(it);
    assert_int_equal(it->handshakes[HSI_CLIENT], HSI_UNTRUSTED);
    assert_int_equal(failure(it, HSI_CLIENT)->alert, description);
    assert_int_equal(failure(it, HSI_CLIENT)->alert_sender, HSI_CLIENT);
    assert_true(strlen(failure(it, HSI_CLIENT)->verify_text) > 0);
    assert_int_equal(it->handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(failure(it, HSI_SERVER)->alert, description);
    assert_int_equal(failure(it, HSI_SERVER)->alert_sender, HSI_CLIENT);
    assert_int_equal(hsi_session_handshake(it->sessions[HSI_CLIENT]), HSI_UNTRUSTED); /* and no second alert */
    assert_int_equal(hsi_session_pending_out(it->sessions[HSI_CLIENT]), 0);
    assert_int_equal(count_kind(it, HSI_ENTRY_VERDICT, HSI_CLIENT), 1);
    assert_int_equal(count_kind(it, HSI_ENTRY_RESULT, HSI_CLIENT), 1);
    pair_end(it);
}

static pair pair_with_trust_of_another_authority(const char *priority)
{
    pair it = pair_of(priority, "ECDSA");
    hsi_config_drop(it.configs[HSI_CLIENT]);
    it.configs[HSI_CLIENT] = config_for(HSI_CLIENT, priority, "RSA");
    return it;
}

static void a_certificate_of_an_unknown_authority_is_answered_with_unknown_ca(void **state)
{
    (void)state;
    pair it = pair_with_trust_of_another_authority(TLS("1.2"));
    expect_untrusted(&it, 48);
    it = pair_with_trust_of_another_authority(TLS("1.3"));
    expect_untrusted(&it, 48);
}

static void a_certificate_for_another_name_is_answered_with_bad_certificate(void **state)
{
    (void)state;
    static const char *const names[] = {"example.org", "127.0.0.2", "::2"};
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        pair it = pair_of(TLS("1.2"), "ECDSA");
        it.options[HSI_CLIENT].server_name = names[i];
        expect_untrusted(&it, 42);
    }
}

static void addresses_and_names_of_the_certificate_are_accepted(void **state)
{
    (void)state;
    static const char *const names[] = {"localhost", "lab", "127.0.0.1", "::1"};
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        pair it = pair_of(TLS("1.3"), "ECDSA");
        it.options[HSI_CLIENT].server_name = names[i];
        pair_run(&it);
        assert_int_equal(failure(&it, HSI_CLIENT)->verify, 0);
        pair_end(&it);
    }
}

static void an_unverified_name_may_be_another(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].server_name = "example.org";
    it.options[HSI_CLIENT].verify_name = false;
    pair_run(&it);
    pair_end(&it);
}

static void an_anonymous_server_is_not_trusted_where_trust_is_required(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+ANON-ECDH", "ECDSA");
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_UNTRUSTED);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert, 40); /* handshake_failure */
    pair_end(&it);
    it = pair_of(TLS("1.2") ":-KX-ALL:+ANON-ECDH", "ECDSA");
    hsi_config_verify(it.configs[HSI_CLIENT], HSI_VERIFY_NONE);
    pair_run(&it);
    pair_end(&it);
}

static void a_server_that_requires_a_certificate_refuses_a_client_without(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    hsi_config_verify(it.configs[HSI_SERVER], HSI_VERIFY_REQUIRED);
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_TLS);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert_sender, HSI_SERVER);
    expect_alert_on_the_wire(&it, HSI_SERVER, (uint8_t)failure(&it, HSI_CLIENT)->alert);
    pair_end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_an_unknown_authority_is_answered_with_unknown_ca),
        cmocka_unit_test(a_certificate_for_another_name_is_answered_with_bad_certificate),
        cmocka_unit_test(addresses_and_names_of_the_certificate_are_accepted),
        cmocka_unit_test(an_unverified_name_may_be_another),
        cmocka_unit_test(an_anonymous_server_is_not_trusted_where_trust_is_required),
        cmocka_unit_test(a_server_that_requires_a_certificate_refuses_a_client_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
