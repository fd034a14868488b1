/* How sessions fail: what the caller, the peer and the trace get to know of it, and that it is over then.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

static const hsi_entry *result(const pair *it, uint8_t side)
{
    for (size_t i = 0; i < journal_count(it); i++) {
        if (journal_at(it, i)->kind == HSI_ENTRY_RESULT && journal_at(it, i)->side == side) {
            return journal_at(it, i);
        }
    }
    return NULL;
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

static void an_end_that_was_fed_before_the_bytes_were_read_is_no_reason_to_want_more(void **state)
{
    (void)state;
    static const hsi_end ends[] = {HSI_END_FIN, HSI_END_RST};
    for (size_t i = 0; i < HSI_COUNT(ends); i++) {
        pair it = pair_of(TLS("1.2"), "ECDSA");
        pair_run(&it);
        uint8_t read[16];
        size_t done;
        assert_int_equal(hsi_session_feed(it.sessions[0], hsi_bytes_of("\x17\x03\x03\x00\x30half", 9)), HSI_OK);
        assert_int_equal(hsi_session_feed_end(it.sessions[0], ends[i]), HSI_OK);
        assert_int_equal(hsi_session_read(it.sessions[0], read, sizeof read, &done),
                         ends[i] == HSI_END_FIN ? HSI_EOF : HSI_SYSTEM);
        pair_end(&it);
    }
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
    assert_int_equal(hsi_session_feed(it.sessions[HSI_CLIENT], hsi_bytes_of("\x15\x03\x03\x00\x02\x01\x00", 7)),
                     HSI_OK);
    assert_int_equal(hsi_session_handshake(it.sessions[HSI_CLIENT]), HSI_CLOSED);
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
        /* before the ServerHello a client has no keys, and a GnuTLS server of TLS 1.3 reads nothing without */
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
        it.options[side].observer =
            (hsi_observer){&fuse, on_record ? NULL : burn_on_entry, on_record ? burn_on_record : NULL};
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
        cmocka_unit_test(an_http_request_instead_of_a_client_hello_gets_one_alert),
        cmocka_unit_test(garbage_of_any_first_byte_never_succeeds),
        cmocka_unit_test(a_stream_that_ends_in_the_handshake_is_eof_and_gets_no_alert),
        cmocka_unit_test(a_stream_that_ends_in_the_middle_of_a_record_is_eof),
        cmocka_unit_test(an_end_that_was_fed_before_the_bytes_were_read_is_no_reason_to_want_more),
        cmocka_unit_test(a_reset_is_a_system_error),
        cmocka_unit_test(close_notify_in_the_handshake_is_closed),
        cmocka_unit_test(an_observer_that_fails_anywhere_ends_the_handshake_once_with_internal_error),
        cmocka_unit_test(an_observer_cannot_drive_the_session_that_it_watches),
        cmocka_unit_test(an_observer_that_fails_at_the_end_of_the_stream_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
