/* Transport: which bytes enter the journal, when and as whose, and records altered on their way.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

/* ---- two-sided: records altered on their way ---- */

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

/* ---- a session of one's own: what is pulled is entered by the one who pulls ---- */

static void alone_a_session_enters_what_it_reads_and_at_its_end_what_it_did_not(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    hsi_trace *own = hsi_trace_hold(hsi_trace_new());
    hsi_session *client;
    hsi_session_options options = {.side = HSI_CLIENT};
    assert_int_equal(hsi_session_new(&client, it.configs[HSI_CLIENT], own, &options), HSI_OK);
    assert_int_equal(hsi_session_handshake(client), HSI_WANT_READ);
    assert_int_equal(hsi_session_feed(client, hsi_bytes_of("\x15\x03\x03\x00\x02\x02\x28trailing", 15)), HSI_OK);
    assert_int_equal(hsi_session_feed_end(client, HSI_END_RST), HSI_OK);
    assert_int_equal(hsi_session_handshake(client), HSI_TLS);
    hsi_session_free(client);
    const hsi_journal *journal = hsi_trace_journal(own);
    assert_true(hsi_journal_finished(journal));
    size_t count = hsi_journal_count(journal);
    const hsi_entry *end = hsi_journal_peek(journal, count - 1), *unread = hsi_journal_peek(journal, count - 2);
    assert_int_equal(end->kind, HSI_ENTRY_END);
    assert_int_equal(end->code, HSI_END_RST);
    assert_int_equal(end->sender, HSI_SERVER);
    assert_int_equal(unread->kind, HSI_ENTRY_WIRE);
    assert_int_equal(unread->code, HSI_WIRE_UNREAD);
    assert_true(hsi_bytes_are(unread->data, "trailing"));
    hsi_trace_drop(own);
    hsi_trace_drop(own);
    hsi_config_drop(it.configs[0]);
    hsi_config_drop(it.configs[1]);
}

static void taking_moves_no_more_than_the_limit(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_start(&it);
    hsi_buffer bytes = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_session_handshake(it.sessions[0]), HSI_WANT_READ);
    size_t all = hsi_session_pending_out(it.sessions[0]);
    assert_int_equal(hsi_session_take(it.sessions[0], &bytes, 3), HSI_OK);
    assert_int_equal(hsi_buffer_length(&bytes), 3);
    assert_int_equal(hsi_session_pending_out(it.sessions[0]), all - 3);
    hsi_buffer_cleanup(&bytes);
    pair_end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_altered_record_is_answered_with_bad_record_mac_by_its_reader),
        cmocka_unit_test(a_dropped_record_was_sent_and_nothing_arrives),
        cmocka_unit_test(alone_a_session_enters_what_it_reads_and_at_its_end_what_it_did_not),
        cmocka_unit_test(taking_moves_no_more_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
