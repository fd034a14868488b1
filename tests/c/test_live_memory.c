/* Tests csrc/live, and csrc/tap on what it journals, where memory runs out: each allocation of ours fails once. Holds:
 * whoever needed it says NO_MEMORY, nobody is let in unverified, and after the end every block is freed and was wiped.
 * SPDX-License-Identifier: MIT */
#include "life.h"
#include "watched.h"
#include "wired.h"

#include <stdlib.h>

#include "tap/keylog.h"
#include "tap/tap.h"

/* What may fail, without a success where it did; returns whether memory was said to be out. */
typedef bool attempt(const void *context);

/* `least` allocations there must be, or nothing was tried. */
static void fail_each_allocation(attempt *what, const void *context, size_t least)
{
    size_t before = watched.live, fails = 0;
    for (bool failed = true; failed; fails++) {
        watch_from(fails);
        bool told = what(context);
        failed = watched.failed;
        if (told != failed) {
            fail_msg("allocation %zu of %zu: failed %d, told %d", fails, watched.made, failed, told);
        }
        watched.fails = SIZE_MAX;
        assert_int_equal(watched.live, before);
        assert_int_equal(watched.unwiped, 0);
    }
    assert_true(fails > least);
}

/* ---- two sessions ---- */

static bool live(const void *context)
{
    const plan *how = context;
    life it = life_of(how->priority, &how->lab);
    bool told = it.seen[HSI_NO_MEMORY] > 0;
    assert_true(told || life_was_good(&it));
    if (it.setting_up == HSI_OK && it.done[HSI_CLIENT] && how->certified) {
        assert_true(life_was_trusted(&it));
    }
    life_end(&it);
    return told;
}

static void any_allocation_may_fail_in_a_life(void **state)
{
    (void)state;
    const plan plans[] = {
        plan_of(TLS("1.2"), true),
        plan_of(TLS("1.3"), true),
        plan_of(TLS("1.3") ":-GROUP-ALL:+GROUP-SECP256R1:+GROUP-X25519", true),
        plan_of(TLS("1.0") ":-KX-ALL:+ECDHE-ECDSA", true),
        plan_of(TLS("1.2") ":-KX-ALL:+ECDHE-PSK", false),
    };
    for (size_t i = 0; i < HSI_COUNT(plans); i++) {
        fail_each_allocation(live, &plans[i], 30);
    }
}

/* ---- one session, with what is left unread, and a peer that goes away or is not whom it should be ---- */

/* What was left unread could not be told any more, and nobody can be told that. */
static bool free_failed(hsi_session *session)
{
    bool before = watched.failed;
    hsi_session_free(session);
    return watched.failed && !before;
}

static bool live_alone(const void *context)
{
    const plan *how = context;
    hsi_trace *trace = hsi_trace_new();
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    hsi_session *session = NULL;
    hsi_session_options options = {.side = HSI_CLIENT, .server_name = "localhost"};
    hsi_status status =
        trace == NULL || config == NULL ? HSI_NO_MEMORY : hsi_session_new(&session, config, trace, &options);
    const hsi_status steps[] = {
        status,
        status == HSI_OK ? hsi_session_handshake(session) : status,
        status == HSI_OK ? hsi_session_feed(session, how->lab.key) : status, /* which is no TLS */
        status == HSI_OK ? hsi_session_feed_end(session, HSI_END_RST) : status,
        status == HSI_OK ? hsi_session_handshake(session) : status,
    };
    bool told = false;
    for (size_t i = 0; i < HSI_COUNT(steps); i++) {
        told |= steps[i] == HSI_NO_MEMORY;
        assert_true(i < 4 || steps[i] != HSI_OK);
    }
    told |= free_failed(session);
    hsi_config_drop(config);
    hsi_trace_drop(trace);
    return told;
}

static void any_allocation_may_fail_where_a_peer_talks_nonsense(void **state)
{
    (void)state;
    const plan how = plan_of(TLS("1.3"), true);
    fail_each_allocation(live_alone, &how, 10);
}

/* A client that expects another name. */
static bool live_distrusting(const void *context)
{
    const plan *how = context;
    life it = {.priority = how->priority};
    it.setting_up = life_set_up(&it, &how->lab);
    if (it.setting_up == HSI_OK) {
        hsi_session_options options = {
            .side = HSI_CLIENT, .two_sided = true, .server_name = "elsewhere", .verify_name = true};
        hsi_session_free(it.sessions[HSI_CLIENT]);
        it.sessions[HSI_CLIENT] = NULL;
        it.setting_up = hsi_session_new(&it.sessions[HSI_CLIENT], it.configs[HSI_CLIENT], it.trace, &options);
    }
    if (it.setting_up == HSI_OK) {
        life_handshake(&it);
        assert_false(it.done[HSI_CLIENT]);
    }
    bool told = it.setting_up == HSI_NO_MEMORY || it.seen[HSI_NO_MEMORY] > 0;
    assert_true(told || it.status[HSI_CLIENT] == HSI_UNTRUSTED);
    life_end(&it);
    return told;
}

static void any_allocation_may_fail_where_a_server_is_not_trusted(void **state)
{
    (void)state;
    const plan plans[] = {plan_of(TLS("1.2"), true), plan_of(TLS("1.3"), true)};
    for (size_t i = 0; i < HSI_COUNT(plans); i++) {
        fail_each_allocation(live_distrusting, &plans[i], 20);
    }
}

/* ---- on sockets, with a bound on what is kept ---- */

enum { TALKS = 8, LENGTH = 16000, KEPT = 500 };

/* More application data than is kept; true: memory was said to be out. */
static bool talk_much(wired_pair *both)
{
    uint8_t bytes[LENGTH] = {0};
    for (size_t i = 0; i < 2 * TALKS; i++) {
        uint8_t writer = i % 2;
        data_transfer written = {bytes, LENGTH, 0}, read = {bytes, LENGTH, 0};
        hsi_status status = pump(both, writer, 0, operate_write, &written);
        if (status == HSI_OK) {
            status = pump(both, hsi_peer_of(writer), 0, operate_read, &read);
        }
        if (status != HSI_OK) {
            assert_int_equal(status, HSI_NO_MEMORY);
            return true;
        }
    }
    return false;
}

static bool pumped(const void *context)
{
    wired_pair both = *(const wired_pair *)context;
    bool told = false;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, both.descriptors), 0);
    for (uint8_t side = 0; side < 2; side++) {
        both.traces[side] = hsi_trace_new();
        hsi_status made = both.traces[side] == NULL ? HSI_NO_MEMORY
                                                    : hsi_session_new(&both.it.sessions[side], both.it.configs[side],
                                                                      both.traces[side], &both.it.options[side]);
        told |= made == HSI_NO_MEMORY;
    }
    hsi_status status[2] = {HSI_WANT_READ, HSI_WANT_READ};
    while (!told && (status[0] == HSI_WANT_READ || status[1] == HSI_WANT_READ)) {
        for (uint8_t side = 0; side < 2; side++) {
            status[side] = pump(&both, side, 0, operate_handshake, NULL);
            told |= status[side] == HSI_NO_MEMORY;
        }
    }
    told = told || talk_much(&both);
    for (uint8_t side = 0; side < 2; side++) {
        told |= free_failed(both.it.sessions[side]);
        hsi_trace_drop(both.traces[side]);
        cut(&both, side);
    }
    return told;
}

static void any_allocation_may_fail_on_sockets(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2"), TLS("1.3")};
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        wired_pair both = {.it = pair_of(priorities[i], "ECDSA")};
        for (uint8_t side = 0; side < 2; side++) {
            both.it.options[side].two_sided = false;
            both.it.options[side].transport = HSI_TRANSPORT_SOCKET;
            both.it.options[side].capture = KEPT;
        }
        fail_each_allocation(pumped, &both, 20);
        hsi_config_drop(both.it.configs[HSI_CLIENT]);
        hsi_config_drop(both.it.configs[HSI_SERVER]);
    }
}

/* ---- what was journalled ---- */

static hsi_status see_all(hsi_tap *tap)
{
    HSI_TRY(hsi_tap_advance(tap));
    HSI_TRY(hsi_tap_look(tap));
    for (size_t i = 0; i < hsi_tap_messages(tap)->count; i++) {
        const hsi_fields *fields;
        hsi_bytes hash;
        HSI_TRY(hsi_tap_fields(tap, hsi_tap_messages(tap)->items[i], &fields));
        HSI_TRY(hsi_tap_transcript_hash(tap, hsi_tap_messages(tap)->items[i], &hash));
    }
    return HSI_OK;
}

static hsi_status use_journal(const hsi_journal *journal, hsi_buffer *bytes, hsi_journal **again, hsi_trace **trace)
{
    static const char line[] = "CLIENT_RANDOM 0000000000000000000000000000000000000000000000000000000000000000 "
                               "000000000000000000000000000000000000000000000000"
                               "000000000000000000000000000000000000000000000000\n";
    hsi_journal *copy;
    size_t lines;
    HSI_TRY(hsi_journal_write(journal, bytes));
    HSI_TRY(hsi_journal_read(again, hsi_buffer_peek(bytes)));
    HSI_TRY(hsi_keylog_append(*again, HSI_CLIENT, hsi_bytes_text(line), &lines));
    HSI_TRY(hsi_journal_copy(&copy, *again, hsi_journal_count(*again)));
    hsi_journal_finish(copy);
    HSI_TRY(hsi_trace_of(trace, copy));
    HSI_TRY(hsi_trace_fold(*trace));
    return see_all(hsi_trace_tap(*trace));
}

static bool replay(const void *context)
{
    hsi_buffer bytes = HSI_BUFFER_EMPTY;
    hsi_journal *again = NULL;
    hsi_trace *trace = NULL;
    hsi_status status = use_journal(context, &bytes, &again, &trace);
    assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
    hsi_trace_drop(trace);
    hsi_journal_free(again);
    hsi_buffer_cleanup(&bytes);
    return status == HSI_NO_MEMORY;
}

static void any_allocation_may_fail_in_a_replay(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2") ":-CIPHER-ALL:+AES-128-CBC", TLS("1.3")};
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        const plan how = plan_of(priorities[i], true);
        life it = life_of(how.priority, &how.lab);
        assert_true(life_was_good(&it));
        fail_each_allocation(replay, hsi_trace_journal(it.trace), 60);
        life_end(&it);
    }
}

/* ---- GnuTLS's own memory, where it notices that it has none ---- */

static size_t gnutls_made, gnutls_fails = SIZE_MAX;

static bool gnutls_has_memory(void)
{
    return gnutls_made++ != gnutls_fails;
}

static void *give(size_t size)
{
    return gnutls_has_memory() ? __real_malloc(size) : NULL; /* the other is watched */
}

static void *give_zeros(size_t count, size_t size)
{
    void *memory = give(count * size);
    return memory == NULL ? NULL : memset(memory, 0, count * size);
}

static void a_config_is_not_made_where_gnutls_has_no_memory(void **state)
{
    (void)state;
    const gnutls_alloc_function given = gnutls_malloc;
    const gnutls_calloc_function zeros_given = gnutls_calloc;
    size_t before = watched.live;
    gnutls_malloc = give;
    gnutls_calloc = give_zeros;
    for (uint8_t side = 0; side < 2; side++) {
        hsi_config *config = NULL;
        for (gnutls_fails = 0; config == NULL; gnutls_fails++) {
            gnutls_made = 0;
            config = hsi_config_new(side);
        }
        assert_true(gnutls_fails > 1);
        hsi_config_drop(config);
    }
    gnutls_malloc = given;
    gnutls_calloc = zeros_given;
    assert_int_equal(watched.live, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail_in_a_life),
        cmocka_unit_test(any_allocation_may_fail_where_a_peer_talks_nonsense),
        cmocka_unit_test(any_allocation_may_fail_where_a_server_is_not_trusted),
        cmocka_unit_test(any_allocation_may_fail_on_sockets),
        cmocka_unit_test(any_allocation_may_fail_in_a_replay),
        cmocka_unit_test(a_config_is_not_made_where_gnutls_has_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
