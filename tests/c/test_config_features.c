/* What a config can switch on: which names there are, which numbers, and what comes of them; users with passwords; stapling.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

#define SRP TLS("1.2") ":-KX-ALL:+SRP"

static void there_are_five_features_and_three_limits(void **state)
{
    (void)state;
    static const char *const features[] = {"one_key_share", "early_data", "post_handshake_auth", "heartbeat",
                                           "session_ids"};
    static const struct {
        const char *name;
        size_t limit;
        hsi_status status;
    } rows[] = {
        {"max_fragment_length", 512, HSI_OK},
        {"max_fragment_length", 4096, HSI_OK},
        {"max_fragment_length", 513, HSI_USAGE},
        {"max_fragment_length", 8192, HSI_USAGE},
        {"max_fragment_length", 0, HSI_USAGE},
        {"record_size_limit", 512, HSI_OK},
        {"record_size_limit", 16384, HSI_OK},
        {"record_size_limit", 511, HSI_USAGE},
        {"record_size_limit", 16385, HSI_USAGE},
        {"chain", 1, HSI_OK},
        {"chain", 0, HSI_USAGE},
        {"chain", 1001, HSI_USAGE},
        {"patience", 1, HSI_UNSUPPORTED},
    };
    hsi_config *config = hsi_config_new(HSI_SERVER);
    for (size_t i = 0; i < HSI_COUNT(features); i++) {
        assert_int_equal(hsi_config_enable(config, features[i]), HSI_OK);
        assert_int_equal(hsi_config_enable(config, features[i]), HSI_OK); /* twice is once */
    }
    assert_int_equal(hsi_config_enable(config, "Heartbeat"), HSI_UNSUPPORTED);
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        assert_int_equal(hsi_config_limit(config, rows[i].name, rows[i].limit), rows[i].status);
    }
    hsi_config_drop(config);
}

/* The longest record of a side, header and protection included. */
static size_t longest_record(const pair *it, uint8_t sender)
{
    size_t longest = 0;
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        bool longer = entry->kind == HSI_ENTRY_WIRE && entry->sender == sender && entry->data.length > longest;
        longest = longer ? entry->data.length : longest;
    }
    return longest;
}

static void a_limit_bounds_the_records_of_both_sides(void **state)
{
    (void)state;
    enum { PROTECTION = 64 }; /* more than any header, tag and explicit nonce */
    static const struct {
        const char *name;
        size_t limit;
    } rows[] = {{"max_fragment_length", 512}, {"record_size_limit", 700}};
    static const uint8_t said[3000];
    static const char *const versions[] = {TLS("1.0"), TLS("1.2"), TLS("1.3")};
    for (size_t i = 0; i < HSI_COUNT(rows) * HSI_COUNT(versions); i++) {
        size_t limit = rows[i % 2].limit, done;
        pair it = pair_of(versions[i / 2], "RSA");
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(hsi_config_limit(it.configs[side], rows[i % 2].name, limit), HSI_OK);
        }
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(hsi_session_write(it.sessions[side], hsi_bytes_of(said, sizeof said), &done), HSI_OK);
            assert_int_equal(done, sizeof said);
            assert_in_range(longest_record(&it, side), limit, limit + PROTECTION);
        }
        pair_end(&it);
    }
}

/* ---- users ---- */

static void give_users(pair *it, const char *user, const char *password)
{
    assert_int_equal(hsi_config_srp(it->configs[HSI_SERVER], "alice", "password123"), HSI_OK);
    assert_int_equal(hsi_config_srp(it->configs[HSI_CLIENT], user, password), HSI_OK);
}

static void a_user_with_the_right_password_is_let_in(void **state)
{
    (void)state;
    pair it = pair_of(SRP, "RSA");
    give_users(&it, "alice", "wrong");
    give_users(&it, "alice", "password123"); /* the last one counts */
    pair_run(&it);
    pair_say(&it, HSI_CLIENT, "hello");
    pair_end(&it);
}

static void nobody_else_is(void **state)
{
    (void)state;
    static const char *const others[][2] = {{"alice", "password124"}, {"bob", "password123"}};
    for (size_t i = 0; i < HSI_COUNT(others); i++) {
        pair it = pair_of(SRP, "RSA");
        give_users(&it, others[i][0], others[i][1]);
        pair_start(&it);
        pair_handshake(&it);
        assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
        assert_int_not_equal(it.handshakes[HSI_CLIENT], HSI_OK);
        pair_end(&it);
    }
}

/* ---- stapling ---- */

static void a_response_needs_a_certificate_and_is_the_clients_to_judge(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "RSA");
    hsi_config *bare = hsi_config_new(HSI_SERVER);
    assert_int_equal(hsi_config_ocsp(bare, hsi_bytes_text("no response")), HSI_USAGE);
    hsi_config_drop(bare);
    assert_int_equal(hsi_config_ocsp(it.configs[HSI_SERVER], hsi_bytes_text("no response")), HSI_OK);
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_UNTRUSTED);
    pair_end(&it);
}

/* ---- sessions that are resumed ---- */

static bool resumes(pair *it, hsi_bytes resumption)
{
    it->options[HSI_CLIENT].resumption = resumption;
    pair_run(it);
    bool resumed = hsi_session_resumed(it->sessions[HSI_SERVER]);
    assert_int_equal(hsi_session_resumed(it->sessions[HSI_CLIENT]), resumed);
    return resumed;
}

static void another_config_reads_the_tickets_of_the_one_that_it_was_given(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "RSA"), other = pair_of(TLS("1.2"), "RSA");
    hsi_buffer kept = HSI_BUFFER_EMPTY;
    assert_false(resumes(&it, HSI_BYTES_EMPTY));
    assert_int_equal(hsi_session_resumption(it.sessions[HSI_CLIENT], &kept), HSI_OK);
    assert_false(resumes(&other, hsi_buffer_peek(&kept)));
    pair_end(&other);
    other = pair_of(TLS("1.2"), "RSA");
    assert_int_equal(hsi_config_tickets_of(other.configs[HSI_SERVER], it.configs[HSI_SERVER]), HSI_OK);
    assert_true(resumes(&other, hsi_buffer_peek(&kept)));
    pair_end(&other);
    assert_int_equal(hsi_config_tickets(it.configs[HSI_SERVER], false), HSI_OK);
    other = pair_of(TLS("1.2"), "RSA");
    assert_int_equal(hsi_config_tickets_of(other.configs[HSI_SERVER], it.configs[HSI_SERVER]), HSI_OK); /* none */
    assert_false(resumes(&other, hsi_buffer_peek(&kept)));
    pair_end(&other);
    pair_end(&it);
    hsi_buffer_cleanup(&kept);
}

static void the_last_sixty_four_sessions_can_be_resumed_by_id(void **state)
{
    (void)state;
    enum { KEPT = 64 };
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+ECDHE-ECDSA:%NO_TICKETS", "ECDSA");
    hsi_buffer first = HSI_BUFFER_EMPTY, second = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_config_enable(it.configs[HSI_SERVER], "session_ids"), HSI_OK);
    for (size_t i = 0; i <= KEPT; i++) {
        assert_false(resumes(&it, HSI_BYTES_EMPTY));
        if (i < 2) {
            assert_int_equal(hsi_session_resumption(it.sessions[HSI_CLIENT], i == 0 ? &first : &second), HSI_OK);
        }
        pair_hang_up(&it, HSI_CLIENT);
        pair_stop(&it);
    }
    assert_true(resumes(&it, hsi_buffer_peek(&second)));
    pair_stop(&it);
    assert_false(resumes(&it, hsi_buffer_peek(&first)));
    pair_end(&it);
    hsi_buffer_cleanup(&first);
    hsi_buffer_cleanup(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_five_features_and_three_limits),
        cmocka_unit_test(a_limit_bounds_the_records_of_both_sides),
        cmocka_unit_test(a_user_with_the_right_password_is_let_in),
        cmocka_unit_test(nobody_else_is),
        cmocka_unit_test(a_response_needs_a_certificate_and_is_the_clients_to_judge),
        cmocka_unit_test(another_config_reads_the_tickets_of_the_one_that_it_was_given),
        cmocka_unit_test(the_last_sixty_four_sessions_can_be_resumed_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
