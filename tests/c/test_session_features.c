/* What a session does besides its handshake and moving data: early data, KeyUpdate, another handshake, authentication after
 * it; where each may not be; and that early data counts once.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

enum { HANDSHAKE = 22 };

static hsi_status read_something(pair *it, uint8_t side)
{
    uint8_t read[64];
    size_t done;
    return hsi_session_read(it->sessions[side], read, sizeof read, &done);
}

/* Both read until neither has anything to say. */
static void settle(pair *it)
{
    do {
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(read_something(it, side), HSI_WANT_READ);
        }
    } while (pair_carry(it));
}

static size_t count_phases(const pair *it, uint8_t side, uint8_t type)
{
    size_t count = 0;
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        count +=
            entry->kind == HSI_ENTRY_PHASE && entry->side == side && entry->code == type && entry->number == HSI_ENTER;
    }
    return count;
}

/* ---- another handshake ---- */

static void either_side_begins_another_handshake(void **state)
{
    (void)state;
    enum { FINISHED = 20, HELLO_REQUEST = 0 };
    for (uint8_t side = 0; side < 2; side++) {
        pair it = pair_of(TLS("1.2"), "RSA");
        pair_run(&it);
        hsi_status begun = hsi_session_rehandshake(it.sessions[side]);
        assert_int_equal(begun, side == HSI_SERVER ? HSI_OK : HSI_WANT_READ);
        (void)pair_carry(&it);
        settle(&it);
        assert_int_equal(count_phases(&it, HSI_CLIENT, FINISHED), 4); /* each side's, twice */
        assert_int_equal(count_phases(&it, HSI_SERVER, HELLO_REQUEST), side == HSI_SERVER);
        assert_int_equal(count_kind(&it, HSI_ENTRY_VERDICT, HSI_CLIENT), 2); /* the certificate is looked at again */
        pair_say(&it, HSI_CLIENT, "after it");
        pair_say(&it, HSI_SERVER, "and back");
        pair_end(&it);
    }
}

static void data_on_its_way_does_not_stop_another_handshake(void **state)
{
    (void)state;
    size_t done;
    pair it = pair_of(TLS("1.2"), "RSA");
    pair_run(&it);
    assert_int_equal(hsi_session_rehandshake(it.sessions[HSI_SERVER]), HSI_OK);
    assert_int_equal(hsi_session_write(it.sessions[HSI_CLIENT], hsi_bytes_text("meanwhile"), &done), HSI_OK);
    (void)pair_carry(&it);
    assert_int_equal(read_something(&it, HSI_SERVER), HSI_OK);
    settle(&it);
    pair_say(&it, HSI_SERVER, "after it");
    pair_end(&it);
}

/* ---- authentication after the handshake ---- */

static void can_be_asked(pair *it)
{
    hsi_lab_certificate lab;
    size_t count;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    assert_int_equal(hsi_config_certificate(it->configs[HSI_CLIENT], lab.chain, lab.key, NULL), HSI_OK);
    assert_int_equal(hsi_config_trust(it->configs[HSI_SERVER], lab.authority, &count), HSI_OK);
    for (uint8_t side = 0; side < 2; side++) {
        assert_int_equal(hsi_config_enable(it->configs[side], "post_handshake_auth"), HSI_OK);
    }
}

static void a_server_asks_for_the_certificate_and_verifies_it(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "RSA");
    hsi_bytes certificate;
    can_be_asked(&it);
    pair_run(&it);
    assert_false(hsi_session_peer_certificate(it.sessions[HSI_SERVER], 0, &certificate));
    assert_int_equal(hsi_session_reauth(it.sessions[HSI_SERVER]), HSI_WANT_READ);
    (void)pair_carry(&it);
    settle(&it);
    assert_true(hsi_session_peer_certificate(it.sessions[HSI_SERVER], 0, &certificate));
    assert_int_equal(count_kind(&it, HSI_ENTRY_VERDICT, HSI_SERVER), 1);
    pair_say(&it, HSI_CLIENT, "it is me");
    pair_end(&it);
}

static void a_certificate_that_is_not_trusted_ends_it(void **state)
{
    (void)state;
    hsi_lab_certificate other;
    pair it = pair_of(TLS("1.3"), "RSA");
    can_be_asked(&it);
    hsi_config_drop(it.configs[HSI_SERVER]);
    it.configs[HSI_SERVER] = config_for(HSI_SERVER, TLS("1.3"), "RSA"); /* which trusts nobody */
    assert_int_equal(hsi_config_enable(it.configs[HSI_SERVER], "post_handshake_auth"), HSI_OK);
    assert_int_equal(hsi_lab_certificate_get(&other, "RSA"), HSI_OK);
    pair_run(&it);
    assert_int_equal(hsi_session_reauth(it.sessions[HSI_SERVER]), HSI_WANT_READ);
    (void)pair_carry(&it);
    assert_int_equal(read_something(&it, HSI_CLIENT), HSI_WANT_READ);
    (void)pair_carry(&it);
    assert_int_equal(read_something(&it, HSI_SERVER), HSI_UNTRUSTED);
    pair_end(&it);
}

/* ---- early data ---- */

static hsi_bytes resumption_of(pair *it, hsi_buffer *out)
{
    pair_run(it);
    assert_int_equal(read_something(it, HSI_CLIENT), HSI_WANT_READ); /* the tickets */
    assert_int_equal(hsi_session_resumption(it->sessions[HSI_CLIENT], out), HSI_OK);
    pair_stop(it);
    return hsi_buffer_peek(out);
}

static pair early_pair(hsi_buffer *resumption)
{
    pair it = pair_of(TLS("1.3"), "RSA");
    for (uint8_t side = 0; side < 2; side++) {
        assert_int_equal(hsi_config_enable(it.configs[side], "early_data"), HSI_OK);
    }
    it.options[HSI_CLIENT].resumption = resumption_of(&it, resumption);
    return it;
}

static void a_server_reads_what_a_client_said_with_its_hello(void **state)
{
    (void)state;
    uint8_t read[64];
    size_t done;
    hsi_buffer resumption = HSI_BUFFER_EMPTY;
    pair it = early_pair(&resumption);
    pair_start(&it);
    assert_int_equal(hsi_session_read_early(it.sessions[HSI_SERVER], read, sizeof read, &done), HSI_USAGE);
    assert_int_equal(hsi_session_write_early(it.sessions[HSI_CLIENT], hsi_bytes_text("early")), HSI_OK);
    pair_handshake(&it);
    assert_int_equal(hsi_session_read_early(it.sessions[HSI_SERVER], read, 3, &done), HSI_OK);
    assert_true(hsi_bytes_are(hsi_bytes_of(read, done), "ear"));
    assert_int_equal(hsi_session_read_early(it.sessions[HSI_SERVER], read, sizeof read, &done), HSI_OK);
    assert_true(hsi_bytes_are(hsi_bytes_of(read, done), "ly"));
    assert_int_equal(hsi_session_read_early(it.sessions[HSI_SERVER], read, sizeof read, &done), HSI_WANT_READ);
    assert_int_equal(hsi_session_read_early(it.sessions[HSI_CLIENT], read, sizeof read, &done), HSI_USAGE);
    pair_say(&it, HSI_CLIENT, "late");
    pair_end(&it);
    hsi_buffer_cleanup(&resumption);
}

/* Has a new server answer a ClientHello with early data; returns how long its answer is: what it accepts it says. */
static size_t answer_length(pair *it, hsi_bytes hello)
{
    hsi_buffer answer = HSI_BUFFER_EMPTY;
    it->options[HSI_SERVER].two_sided = false;
    hsi_trace *trace = hsi_trace_new();
    hsi_session *server = NULL;
    assert_int_equal(hsi_session_new(&server, it->configs[HSI_SERVER], trace, &it->options[HSI_SERVER]), HSI_OK);
    assert_int_equal(hsi_session_feed(server, hello), HSI_OK);
    assert_int_equal(hsi_session_handshake(server), HSI_WANT_READ);
    assert_int_equal(hsi_session_take(server, &answer, SIZE_MAX), HSI_OK);
    size_t length = hsi_buffer_length(&answer);
    hsi_buffer_cleanup(&answer);
    hsi_session_free(server);
    hsi_trace_drop(trace);
    return length;
}

static void early_data_that_comes_twice_is_accepted_once(void **state)
{
    (void)state;
    enum { EARLY_DATA = 4 }; /* bytes of the extension in EncryptedExtensions */
    hsi_buffer resumption = HSI_BUFFER_EMPTY, hello = HSI_BUFFER_EMPTY;
    pair it = early_pair(&resumption);
    pair_start(&it);
    assert_int_equal(hsi_session_write_early(it.sessions[HSI_CLIENT], hsi_bytes_text("pay him")), HSI_OK);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_WANT_READ);
    assert_int_equal(hsi_session_take(it.sessions[HSI_CLIENT], &hello, SIZE_MAX), HSI_OK);
    size_t first = answer_length(&it, hsi_buffer_peek(&hello));
    size_t second = answer_length(&it, hsi_buffer_peek(&hello));
    assert_int_equal(first, second + EARLY_DATA);
    pair_end(&it);
    hsi_buffer_cleanup(&hello);
    hsi_buffer_cleanup(&resumption);
}

/* ---- where there is none of it ---- */

static void what_a_version_or_a_side_does_not_have_is_no_failure(void **state)
{
    (void)state;
    static const char *const versions[] = {TLS("1.2"), TLS("1.3")};
    for (size_t i = 0; i < HSI_COUNT(versions); i++) {
        bool is_tls13 = i == 1;
        pair it = pair_of(versions[i], "RSA");
        pair_start(&it);
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(hsi_session_rehandshake(it.sessions[side]), HSI_USAGE); /* before the first is done */
            assert_int_equal(hsi_session_key_update(it.sessions[side], false), HSI_USAGE);
            assert_int_equal(hsi_session_reauth(it.sessions[side]), HSI_USAGE);
            assert_int_equal(hsi_session_write_early(it.sessions[side], hsi_bytes_text("early")), HSI_USAGE);
        }
        pair_handshake(&it);
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(hsi_session_reauth(it.sessions[side]), HSI_USAGE); /* the client did not offer it */
            assert_int_equal(hsi_session_write_early(it.sessions[side], hsi_bytes_text("late")), HSI_USAGE);
        }
        assert_int_equal(is_tls13 ? hsi_session_rehandshake(it.sessions[HSI_SERVER])
                                  : hsi_session_key_update(it.sessions[HSI_SERVER], true),
                         HSI_USAGE);
        pair_say(&it, HSI_CLIENT, "nothing has happened");
        pair_end(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_side_begins_another_handshake),
        cmocka_unit_test(data_on_its_way_does_not_stop_another_handshake),
        cmocka_unit_test(a_server_asks_for_the_certificate_and_verifies_it),
        cmocka_unit_test(a_certificate_that_is_not_trusted_ends_it),
        cmocka_unit_test(a_server_reads_what_a_client_said_with_its_hello),
        cmocka_unit_test(early_data_that_comes_twice_is_accepted_once),
        cmocka_unit_test(what_a_version_or_a_side_does_not_have_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
