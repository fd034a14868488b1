/* Sessions over memory: handshakes of every version and key exchange, data, close_notify, resumption, and what the
 * trace then holds.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

#include "live/session_state.h" /* to have GnuTLS ask for another handshake, which no user of a session needs */

static void talk(pair *it)
{
    pair_say(it, HSI_CLIENT, "GET / HTTP/1.0\r\n\r\n");
    pair_say(it, HSI_SERVER, "hello");
    pair_hang_up(it, HSI_SERVER);
    pair_hang_up(it, HSI_CLIENT);
}

typedef struct combination {
    const char *priority;
    const char *certificate;
    const char *version;
    int suite;
} combination;

/* Suites by number: IANA, TLS Cipher Suites. */
static const combination combinations[] = {
    {TLS("1.2") ":-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1", "RSA", "TLSv1.2", 0x002f},
    {TLS("1.2") ":-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1:%NO_ETM", "RSA", "TLSv1.2", 0x002f},
    {TLS("1.3") ":-CIPHER-ALL:+AES-128-GCM", "RSA", "TLSv1.3", 0x1301},
    {TLS("1.3") ":-CIPHER-ALL:+CHACHA20-POLY1305", "ECDSA", "TLSv1.3", 0x1303},
    {TLS("1.3") ":-CIPHER-ALL:+AES-128-CCM-8", "Ed25519", "TLSv1.3", 0x1305},
    {TLS("1.0") ":-KX-ALL:+RSA:-CIPHER-ALL:+AES-256-CBC", "RSA", "TLSv1", 0x0035},
    {TLS("1.1") ":-KX-ALL:+DHE-RSA:-CIPHER-ALL:+AES-128-CBC", "RSA", "TLSv1.1", 0x0033},
    {TLS("1.2") ":-KX-ALL:+DHE-RSA:-CIPHER-ALL:+AES-128-GCM", "RSA", "TLSv1.2", 0x009e},
    {TLS("1.2") ":-KX-ALL:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM", "RSA-PSS", "TLSv1.2", 0xc030},
    {TLS("1.2") ":-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+CHACHA20-POLY1305", "ECDSA", "TLSv1.2", 0xcca9},
    {TLS("1.0") ":-KX-ALL:+DHE-DSS:-CIPHER-ALL:+AES-128-CBC", "DSA", "TLSv1", 0x0032},
};

static void every_version_and_key_exchange_carries_data_and_closes(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(combinations); i++) {
        pair it = pair_of(combinations[i].priority, combinations[i].certificate);
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            assert_string_equal(hsi_session_version(it.sessions[side]), combinations[i].version);
            assert_int_equal(hsi_session_suite(it.sessions[side]), combinations[i].suite);
        }
        talk(&it);
        pair_end(&it);
    }
}

static void a_pre_shared_key_needs_no_certificate(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2") ":-KX-ALL:+PSK", TLS("1.2") ":-KX-ALL:+ECDHE-PSK",
                                             TLS("1.3") ":+ECDHE-PSK", TLS("1.3") ":+PSK"};
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        pair it = pair_of(priorities[i], "RSA");
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(
                hsi_config_psk(it.configs[side], hsi_bytes_of("a\0b", 3), hsi_bytes_text("0123456789abcdef")), HSI_OK);
        }
        pair_run(&it);
        hsi_bytes certificate;
        assert_false(hsi_session_peer_certificate(it.sessions[HSI_CLIENT], 0, &certificate));
        talk(&it);
        pair_end(&it);
    }
}

static void an_unknown_pre_shared_key_identity_fails_both_sides(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+PSK", "RSA");
    assert_int_equal(hsi_config_psk(it.configs[0], hsi_bytes_text("me"), hsi_bytes_text("key")), HSI_OK);
    assert_int_equal(hsi_config_psk(it.configs[1], hsi_bytes_text("you"), hsi_bytes_text("key")), HSI_OK);
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_TLS);
    assert_int_equal(hsi_session_failure(it.sessions[HSI_CLIENT])->alert_sender, HSI_SERVER);
    pair_end(&it);
}

static void the_trace_begins_with_one_start_entry(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].client_address = hsi_bytes_of("127.0.0.1\0"
                                                         "50000",
                                                         15);
    pair_run(&it);
    const hsi_entry *start = journal_at(&it, 0);
    assert_int_equal(start->kind, HSI_ENTRY_START);
    assert_int_equal(start->code, HSI_TRANSPORT_MEMORY);
    assert_true(start->number > UINT64_C(1700000000000000000)); /* nanoseconds, of this century */
    assert_true(hsi_bytes_equal(start->data, hsi_bytes_of("127.0.0.1\0"
                                                          "50000",
                                                          15)));
    assert_true(hsi_bytes_are(start->aux, "localhost"));
    assert_int_equal(count_kind(&it, HSI_ENTRY_START, 0), 1);
    pair_end(&it);
}

static void two_sided_every_wire_entry_is_one_whole_record(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    pair_run(&it);
    talk(&it);
    size_t records = 0;
    for (size_t i = 0; i < journal_count(&it); i++) {
        const hsi_entry *entry = journal_at(&it, i);
        if (entry->kind == HSI_ENTRY_WIRE) {
            assert_int_equal(entry->data.length, 5 + 256 * entry->data.data[3] + entry->data.data[4]);
            assert_int_equal(entry->aux.length, 0);
            records++;
        }
    }
    assert_true(records >= 10);
    pair_end(&it);
}

/* The bodies of both Hellos are on the wire in clear: behind the record's and the message's header. */
static void a_phase_carries_the_body_of_the_message_on_the_wire(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_run(&it);
    for (uint8_t sender = 0; sender < 2; sender++) {
        hsi_bytes hello = record(&it, sender, 22, 0);
        size_t seen = 0;
        for (size_t i = 0; i < journal_count(&it); i++) {
            const hsi_entry *entry = journal_at(&it, i);
            if (entry->kind == HSI_ENTRY_PHASE && entry->code == sender + 1 && entry->number == HSI_ENTER) {
                assert_true(hsi_bytes_equal(entry->data, hsi_bytes_slice(hello, 9, hello.length - 9)));
                assert_int_equal(entry->sender, sender);
                seen++;
            }
        }
        assert_int_equal(seen, 2); /* by both sides */
    }
    pair_end(&it);
}

static void a_hello_retry_request_has_the_type_of_a_server_hello(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    size_t position, hellos[3] = {0, 0, 0};
    assert_int_equal(hsi_config_priority(it.configs[HSI_SERVER], TLS("1.3") ":-GROUP-ALL:+GROUP-SECP521R1", &position),
                     HSI_OK);
    pair_run(&it);
    for (size_t i = 0; i < journal_count(&it); i++) {
        const hsi_entry *entry = journal_at(&it, i);
        if (entry->kind == HSI_ENTRY_PHASE && entry->side == HSI_CLIENT && entry->number == HSI_ENTER &&
            entry->code < 3) {
            hellos[entry->code]++;
        }
    }
    assert_int_equal(hellos[1], 2);
    assert_int_equal(hellos[2], 2);
    talk(&it);
    pair_end(&it);
}

/* ---- resumption ---- */

static void resume(pair *it, hsi_buffer *ticket)
{
    hsi_session *client = it->sessions[HSI_CLIENT];
    uint8_t byte;
    size_t done;
    pair_say(it, HSI_SERVER, "x"); /* the tickets of TLS 1.3 are read with it */
    assert_int_equal(hsi_session_read(client, &byte, 1, &done), HSI_WANT_READ);
    assert_int_equal(hsi_session_resumption(client, ticket), HSI_OK);
    pair_stop(it);
    it->options[HSI_CLIENT].resumption = hsi_buffer_peek(ticket);
    pair_run(it);
    assert_true(hsi_session_resumed(it->sessions[HSI_CLIENT]));
    assert_true(hsi_session_resumed(it->sessions[HSI_SERVER]));
}

static void resuming_tls12_gnutls_is_asked_for_the_master_secret(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    hsi_buffer ticket = HSI_BUFFER_EMPTY;
    pair_run(&it);
    hsi_buffer master = HSI_BUFFER_EMPTY;
    const hsi_entry *first = secret(&it, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret");
    assert_non_null(first);
    assert_int_equal(hsi_buffer_append(&master, first->data), HSI_OK);
    resume(&it, &ticket);
    for (uint8_t side = 0; side < 2; side++) {
        assert_null(secret(&it, side, HSI_SOURCE_KEYLOG, "master secret"));
        const hsi_entry *again = secret(&it, side, HSI_SOURCE_GNUTLS, "master secret");
        assert_non_null(again);
        assert_true(hsi_bytes_equal(again->data, hsi_buffer_peek(&master)));
        assert_true(hsi_bytes_equal(again->aux, hsi_bytes_of(record(&it, HSI_CLIENT, 22, 0).data + 11, 32)));
    }
    talk(&it);
    pair_end(&it);
    hsi_buffer_cleanup(&master);
    hsi_buffer_cleanup(&ticket);
}

/* Before the first record under the new keys, which is the one after a ChangeCipherSpec: its reader needs it. */
static void resuming_tls12_the_master_secret_comes_before_what_it_protects(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    hsi_buffer ticket = HSI_BUFFER_EMPTY;
    pair_run(&it);
    resume(&it, &ticket);
    bool changed = false, known = false;
    for (size_t i = 0; i < journal_count(&it); i++) {
        const hsi_entry *entry = journal_at(&it, i);
        known |= entry->kind == HSI_ENTRY_SECRET;
        assert_true(known || !(changed && entry->kind == HSI_ENTRY_WIRE));
        changed |= entry->kind == HSI_ENTRY_WIRE && entry->data.data[0] == 20;
    }
    assert_true(changed && known);
    pair_end(&it);
    hsi_buffer_cleanup(&ticket);
}

static void resuming_tls13_works_by_ticket_and_verifies_the_first_certificate(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    hsi_buffer ticket = HSI_BUFFER_EMPTY;
    pair_run(&it);
    assert_int_equal(hsi_session_resumption(it.sessions[HSI_CLIENT], &ticket), HSI_USAGE); /* no ticket was read yet */
    resume(&it, &ticket);
    assert_int_equal(count_kind(&it, HSI_ENTRY_VERDICT, HSI_CLIENT), 1);
    talk(&it);
    pair_end(&it);
    hsi_buffer_cleanup(&ticket);
}

static void without_tickets_a_tls13_server_sends_none(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    assert_int_equal(hsi_config_tickets(it.configs[HSI_SERVER], false), HSI_OK);
    pair_run(&it);
    for (size_t i = 0; i < journal_count(&it); i++) {
        assert_false(journal_at(&it, i)->kind == HSI_ENTRY_PHASE && journal_at(&it, i)->code == 4);
    }
    pair_end(&it);
}

/* ---- what reading passes over ---- */

static void key_updates_do_not_disturb_reading_and_surface_the_next_secrets(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3") ":-CIPHER-ALL:+AES-128-GCM", "ECDSA");
    pair_run(&it);
    pair_say(&it, HSI_CLIENT, "before");
    assert_int_equal(hsi_session_key_update(it.sessions[HSI_CLIENT], true), HSI_OK);
    pair_say(&it, HSI_CLIENT, "between");
    pair_say(&it, HSI_SERVER, "after");
    pair_say(&it, HSI_CLIENT, "and back");
    static const struct {
        const char *old, *new;
    } labels[] = {{"CLIENT_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_1"},
                  {"SERVER_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_1"}};
    for (uint8_t i = 0; i < 4; i++) {
        uint8_t side = i / 2, sender = i % 2;
        const hsi_entry *old = secret(&it, side, HSI_SOURCE_KEYLOG, labels[sender].old);
        const hsi_entry *new = secret(&it, side, HSI_SOURCE_GNUTLS, labels[sender].new);
        assert_non_null(old);
        assert_non_null(new);
        assert_int_equal(new->sender, sender);
        assert_int_equal(new->number, 5); /* epoch 4, plus one */
        /* RFC 8446 section 7.2: HKDF-Expand-Label(old, "traffic upd", "", 32), one block of HMAC */
        static const uint8_t info[] = "\0\x20\x11"
                                      "tls13 traffic upd\0\1";
        uint8_t next[32];
        hmac(GNUTLS_MAC_SHA256, next, old->data, info, sizeof info - 1);
        assert_true(hsi_bytes_equal(new->data, hsi_bytes_of(next, sizeof next)));
    }
    pair_end(&it);
}

/* RFC 5246 section 7.4.1.1. What the client wrote before it read the request comes between. */
static void another_handshake_happens_inside_reading(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    hsi_session *client, *server;
    uint8_t byte;
    size_t done;
    pair_run(&it);
    client = it.sessions[HSI_CLIENT];
    server = it.sessions[HSI_SERVER];
    assert_int_equal(gnutls_rehandshake(server->gnutls), 0);
    server->rehandshaking = true;
    assert_int_equal(hsi_session_write(client, hsi_bytes_text("x"), &done), HSI_OK);
    (void)pair_carry(&it);
    assert_int_equal(hsi_session_read(server, &byte, 1, &done), HSI_OK);
    assert_int_equal(byte, 'x');
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(hsi_session_read(client, &byte, 1, &done), HSI_WANT_READ);
        (void)pair_carry(&it);
        assert_int_equal(hsi_session_read(server, &byte, 1, &done), HSI_WANT_READ);
        (void)pair_carry(&it);
    }
    assert_false(client->rehandshaking || server->rehandshaking);
    talk(&it);
    assert_int_equal(count_kind(&it, HSI_ENTRY_VERDICT, HSI_CLIENT), 2);
    size_t masters = 0;
    for (size_t i = 0; i < journal_count(&it); i++) {
        const hsi_entry *entry = journal_at(&it, i);
        masters +=
            entry->kind == HSI_ENTRY_SECRET && entry->side == HSI_CLIENT && hsi_bytes_are(entry->name, "master secret");
    }
    assert_int_equal(masters, 2);
    pair_end(&it);
}

static void a_key_update_before_tls13_is_a_usage_error(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    pair_run(&it);
    assert_int_equal(hsi_session_key_update(it.sessions[HSI_CLIENT], false), HSI_USAGE);
    pair_end(&it);
}

static void data_before_the_handshake_is_a_usage_error(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    uint8_t byte;
    size_t done;
    pair_start(&it);
    assert_int_equal(hsi_session_read(it.sessions[0], &byte, 1, &done), HSI_USAGE);
    assert_int_equal(hsi_session_write(it.sessions[0], hsi_bytes_text("x"), &done), HSI_USAGE);
    assert_null(hsi_session_version(it.sessions[0]));
    assert_int_equal(hsi_session_suite(it.sessions[0]), -1);
    pair_end(&it);
}

static void close_notify_is_sent_once_and_before_the_handshake_too(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_start(&it);
    assert_int_equal(hsi_session_close_notify(it.sessions[HSI_SERVER]), HSI_OK);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_SERVER]), 7);
    assert_int_equal(hsi_session_close_notify(it.sessions[HSI_SERVER]), HSI_OK);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_SERVER]), 7);
    pair_end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_and_key_exchange_carries_data_and_closes),
        cmocka_unit_test(a_pre_shared_key_needs_no_certificate),
        cmocka_unit_test(an_unknown_pre_shared_key_identity_fails_both_sides),
        cmocka_unit_test(the_trace_begins_with_one_start_entry),
        cmocka_unit_test(two_sided_every_wire_entry_is_one_whole_record),
        cmocka_unit_test(a_phase_carries_the_body_of_the_message_on_the_wire),
        cmocka_unit_test(a_hello_retry_request_has_the_type_of_a_server_hello),
        cmocka_unit_test(resuming_tls12_gnutls_is_asked_for_the_master_secret),
        cmocka_unit_test(resuming_tls12_the_master_secret_comes_before_what_it_protects),
        cmocka_unit_test(resuming_tls13_works_by_ticket_and_verifies_the_first_certificate),
        cmocka_unit_test(without_tickets_a_tls13_server_sends_none),
        cmocka_unit_test(key_updates_do_not_disturb_reading_and_surface_the_next_secrets),
        cmocka_unit_test(another_handshake_happens_inside_reading),
        cmocka_unit_test(a_key_update_before_tls13_is_a_usage_error),
        cmocka_unit_test(data_before_the_handshake_is_a_usage_error),
        cmocka_unit_test(close_notify_is_sent_once_and_before_the_handshake_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
