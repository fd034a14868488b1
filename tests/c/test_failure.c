/* How sessions fail: what the caller, the peer and the trace get to know of it, and that it is over then.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

static void run_to_the_end(pair *it)
{
    pair_start(it);
    pair_handshake(it);
}

static const hsi_failure *failure(const pair *it, uint8_t side)
{
    return hsi_session_failure(it->sessions[side]);
}

/* The alert's two bytes, where its record is not protected. */
static void expect_alert_on_the_wire(const pair *it, uint8_t sender, uint8_t description)
{
    hsi_bytes alert = record(it, sender, 21, 0);
    assert_int_equal(alert.length, 7);
    assert_int_equal(alert.data[5], 2);
    assert_int_equal(alert.data[6], description);
    assert_int_equal(count_records(it, sender, 21), 1);
}

static const hsi_entry *result(const pair *it, uint8_t side)
{
    for (size_t i = 0; i < journal_count(it); i++) {
        if (journal_at(it, i)->kind == HSI_ENTRY_RESULT && journal_at(it, i)->side == side) {
            return journal_at(it, i);
        }
    }
    return NULL;
}

/* ---- certificates ---- */

static void expect_untrusted(pair *it, uint8_t description)
{
    run_to_the_end(it);
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
    run_to_the_end(&it);
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_TLS);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert_sender, HSI_SERVER);
    expect_alert_on_the_wire(&it, HSI_SERVER, (uint8_t)failure(&it, HSI_CLIENT)->alert);
    pair_end(&it);
}

/* ---- what a peer can send ---- */

/* A server alone, fed with these bytes. */
static pair server_fed(hsi_bytes bytes)
{
    pair it = pair_of("NORMAL", "ECDSA");
    it.options[HSI_SERVER].two_sided = false;
    pair_start(&it);
    assert_int_equal(hsi_session_feed(it.sessions[HSI_SERVER], bytes), HSI_OK);
    it.handshakes[HSI_SERVER] = hsi_session_handshake(it.sessions[HSI_SERVER]);
    return it;
}

static void an_http_request_instead_of_a_client_hello_gets_one_alert(void **state)
{
    (void)state;
    pair it = server_fed(hsi_bytes_text("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(failure(&it, HSI_SERVER)->alert_sender, HSI_SERVER);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_SERVER]), 7);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_SERVER]), HSI_TLS);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_SERVER]), 7);
    const hsi_entry *entry = result(&it, HSI_SERVER);
    assert_non_null(entry);
    assert_true(hsi_bytes_are(entry->name, "gnutls_handshake"));
    assert_int_equal((int64_t)entry->number, failure(&it, HSI_SERVER)->code);
    assert_true(hsi_bytes_are(entry->data, failure(&it, HSI_SERVER)->text));
    pair_end(&it);
}

static void garbage_of_any_first_byte_never_succeeds(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[300];
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (uint8_t)(first + 7 * i);
        }
        pair it = server_fed(hsi_bytes_of(bytes, sizeof bytes));
        assert_true(it.handshakes[HSI_SERVER] == HSI_TLS || it.handshakes[HSI_SERVER] == HSI_WANT_READ);
        pair_end(&it);
    }
}

static void a_stream_that_ends_in_the_handshake_is_eof_and_gets_no_alert(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].two_sided = false;
    pair_start(&it);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_WANT_READ);
    size_t hello = hsi_session_pending_out(it.sessions[HSI_CLIENT]);
    assert_int_equal(hsi_session_feed_end(it.sessions[HSI_CLIENT], HSI_END_FIN), HSI_OK);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_EOF);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_EOF);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_CLIENT]), hello);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert, -1);
    const hsi_entry *last = journal_at(&it, journal_count(&it) - 1), *end = journal_at(&it, journal_count(&it) - 2);
    assert_int_equal(last->kind, HSI_ENTRY_RESULT);
    assert_int_equal(end->kind, HSI_ENTRY_END);
    assert_int_equal(end->code, HSI_END_FIN);
    pair_end(&it);
}

static void a_stream_that_ends_in_the_middle_of_a_record_is_eof(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    pair_run(&it);
    uint8_t read[16];
    size_t done;
    assert_int_equal(hsi_session_feed(it.sessions[HSI_CLIENT], hsi_bytes_of("\x17\x03\x03\x00\x30half", 9)), HSI_OK);
    assert_int_equal(hsi_session_read(it.sessions[HSI_CLIENT], read, sizeof read, &done), HSI_WANT_READ);
    assert_int_equal(hsi_session_feed_end(it.sessions[HSI_CLIENT], HSI_END_FIN), HSI_OK);
    assert_int_equal(hsi_session_read(it.sessions[HSI_CLIENT], read, sizeof read, &done), HSI_EOF);
    pair_end(&it);
}

static void a_reset_is_a_system_error(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_run(&it);
    uint8_t read[16];
    size_t done;
    assert_int_equal(hsi_session_feed_end(it.sessions[HSI_CLIENT], HSI_END_RST), HSI_OK);
    assert_int_equal(hsi_session_read(it.sessions[HSI_CLIENT], read, sizeof read, &done), HSI_SYSTEM);
    assert_int_equal(failure(&it, HSI_CLIENT)->code, 104); /* ECONNRESET */
    assert_string_equal(failure(&it, HSI_CLIENT)->text, "Connection reset by peer");
    pair_end(&it);
}

static void close_notify_in_the_handshake_is_closed(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_start(&it);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_WANT_READ);
    assert_int_equal(hsi_session_feed(it.sessions[HSI_CLIENT], hsi_bytes_of("\x15\x03\x03\x00\x02\x01\x00", 7)), HSI_OK);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_CLOSED);
    pair_end(&it);
}

/* ---- tampering ---- */

typedef struct tampering {
    uint8_t type;  /* of the records that it changes */
    size_t copies; /* how many arrive instead of one */
    bool flip;     /* the last bit */
} tampering;

static hsi_status tamper(void *context, hsi_bytes bytes, hsi_buffer *out)
{
    const tampering *how = context;
    for (size_t i = 0; i < (bytes.data[0] == how->type ? how->copies : 1); i++) {
        HSI_TRY(hsi_buffer_append(out, bytes));
    }
    if (how->flip && bytes.data[0] == how->type) {
        out->data[out->end - 1] ^= 1;
    }
    return HSI_OK;
}

static void an_altered_record_is_answered_with_bad_record_mac_by_its_reader(void **state)
{
    (void)state;
    tampering how = {.type = 23, .copies = 1, .flip = true};
    pair it = pair_of(TLS("1.2") ":-CIPHER-ALL:+AES-128-CBC", "ECDSA");
    it.options[HSI_CLIENT].observer = (hsi_observer){.context = &how, .tamper = tamper};
    pair_run(&it);
    uint8_t read[16];
    size_t done;
    assert_int_equal(hsi_session_write(it.sessions[HSI_CLIENT], hsi_bytes_text("secret"), &done), HSI_OK);
    assert_true(pair_carry(&it));
    assert_int_equal(hsi_session_read(it.sessions[HSI_SERVER], read, sizeof read, &done), HSI_TLS);
    assert_int_equal(failure(&it, HSI_SERVER)->alert, 20);
    assert_true(pair_carry(&it));
    assert_int_equal(hsi_session_read(it.sessions[HSI_CLIENT], read, sizeof read, &done), HSI_TLS);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert, 20);
    assert_int_equal(failure(&it, HSI_CLIENT)->alert_sender, HSI_SERVER);
    for (size_t i = 0; i < journal_count(&it); i++) {
        const hsi_entry *entry = journal_at(&it, i);
        if (entry->kind == HSI_ENTRY_WIRE && entry->data.data[0] == 23) {
            assert_int_equal(entry->aux.length, entry->data.length);
            assert_int_equal(entry->aux.data[entry->aux.length - 1] ^ entry->data.data[entry->data.length - 1], 1);
        }
    }
    pair_end(&it);
}

static void a_dropped_record_was_sent_and_nothing_arrives(void **state)
{
    (void)state;
    tampering how = {.type = 23, .copies = 0};
    pair it = pair_of(TLS("1.2"), "ECDSA");
    it.options[HSI_CLIENT].observer = (hsi_observer){.context = &how, .tamper = tamper};
    pair_run(&it);
    size_t done;
    assert_int_equal(hsi_session_write(it.sessions[HSI_CLIENT], hsi_bytes_text("secret"), &done), HSI_OK);
    assert_int_equal(hsi_session_pending_out(it.sessions[HSI_CLIENT]), 0);
    const hsi_entry *last = journal_at(&it, journal_count(&it) - 1);
    assert_int_equal(last->kind, HSI_ENTRY_WIRE);
    assert_int_equal(last->data.length, 0);
    assert_int_equal(last->aux.data[0], 23);
    pair_end(&it);
}

/* ---- observers that fail ---- */

typedef struct hsi_fuse {
    size_t left; /* calls until it fails; once */
    size_t after; /* calls after that */
    bool blown;
    hsi_session *session; /* to try to drive from inside; may be NULL */
    hsi_status inside;
} hsi_fuse;

static hsi_status burn(hsi_fuse *fuse)
{
    fuse->after += fuse->blown;
    if (fuse->session != NULL) {
        fuse->inside = hsi_session_handshake(fuse->session);
    }
    if (!fuse->blown && fuse->left-- == 0) {
        fuse->blown = true;
        return HSI_CALLBACK;
    }
    return HSI_OK;
}

static hsi_status burn_on_entry(void *context)
{
    return burn(context);
}

static hsi_status burn_on_record(void *context, hsi_bytes bytes, hsi_buffer *out)
{
    HSI_TRY(burn(context));
    return hsi_buffer_append(out, bytes);
}

static void expect_one_callback_failure(pair *it, uint8_t side, const hsi_fuse *fuse)
{
    assert_int_equal(it->handshakes[side], HSI_CALLBACK);
    assert_int_equal(fuse->after, 0);
    assert_int_equal(failure(it, side)->alert, 80);
    assert_int_equal(failure(it, side)->alert_sender, side);
    assert_int_equal(hsi_session_handshake(it->sessions[side]), HSI_TLS);
    assert_int_equal(hsi_session_close_notify(it->sessions[side]), HSI_TLS);
    hsi_status other = it->handshakes[hsi_peer_of(side)];
    assert_true(other == HSI_TLS || other == HSI_OK); /* it may have been done before */
    if (other == HSI_TLS) {
        const hsi_failure *heard = failure(it, hsi_peer_of(side));
        /* between its ClientHello and the ServerHello a client has no keys, and a GnuTLS server of TLS 1.3 wants them */
        bool unreadable = count_kind(it, HSI_ENTRY_PHASE, side) == 2 && side == HSI_CLIENT && heard->alert == 20;
        assert_true(unreadable || (heard->alert == 80 && heard->alert_sender == side));
    }
}

/* Fails at the first, second, third… call, until a handshake has fewer. Returns how many there were. */
static size_t fail_everywhere(const char *priority, uint8_t side, bool two_sided, bool on_record)
{
    for (size_t i = 0;; i++) {
        hsi_fuse fuse = {.left = i};
        pair it = pair_of(priority, "ECDSA");
        it.options[0].two_sided = it.options[1].two_sided = two_sided;
        it.options[side].observer = (hsi_observer){&fuse, on_record ? NULL : burn_on_entry, on_record ? burn_on_record : NULL};
        pair_start(&it);
        pair_handshake(&it);
        if (fuse.blown) {
            expect_one_callback_failure(&it, side, &fuse);
        }
        pair_end(&it);
        if (!fuse.blown) {
            return i;
        }
    }
}

static void an_observer_that_fails_anywhere_ends_the_handshake_once_with_internal_error(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2"), TLS("1.3"), TLS("1.0")};
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        for (uint8_t side = 0; side < 2; side++) {
            assert_true(fail_everywhere(priorities[i], side, true, false) > 15);
            assert_true(fail_everywhere(priorities[i], side, false, false) > 25);
            assert_true(fail_everywhere(priorities[i], side, true, true) >= 3);
        }
    }
}

static void an_observer_cannot_drive_the_session_that_it_watches(void **state)
{
    (void)state;
    hsi_fuse fuse = {.left = SIZE_MAX};
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].observer = (hsi_observer){&fuse, burn_on_entry, NULL};
    pair_start(&it);
    fuse.session = it.sessions[HSI_CLIENT];
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_OK);
    assert_int_equal(fuse.inside, HSI_BUSY);
    pair_end(&it);
}

static void an_observer_that_fails_at_the_end_of_the_stream_is_heard(void **state)
{
    (void)state;
    hsi_fuse fuse = {.left = SIZE_MAX};
    pair it = pair_of(TLS("1.3"), "ECDSA");
    it.options[HSI_CLIENT].two_sided = false;
    it.options[HSI_CLIENT].observer = (hsi_observer){&fuse, burn_on_entry, NULL};
    pair_start(&it);
    fuse.left = 0;
    assert_int_equal(hsi_session_feed_end(it.sessions[HSI_CLIENT], HSI_END_FIN), HSI_CALLBACK);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_TLS);
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
        cmocka_unit_test(an_http_request_instead_of_a_client_hello_gets_one_alert),
        cmocka_unit_test(garbage_of_any_first_byte_never_succeeds),
        cmocka_unit_test(a_stream_that_ends_in_the_handshake_is_eof_and_gets_no_alert),
        cmocka_unit_test(a_stream_that_ends_in_the_middle_of_a_record_is_eof),
        cmocka_unit_test(a_reset_is_a_system_error),
        cmocka_unit_test(close_notify_in_the_handshake_is_closed),
        cmocka_unit_test(an_altered_record_is_answered_with_bad_record_mac_by_its_reader),
        cmocka_unit_test(a_dropped_record_was_sent_and_nothing_arrives),
        cmocka_unit_test(an_observer_that_fails_anywhere_ends_the_handshake_once_with_internal_error),
        cmocka_unit_test(an_observer_cannot_drive_the_session_that_it_watches),
        cmocka_unit_test(an_observer_that_fails_at_the_end_of_the_stream_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
