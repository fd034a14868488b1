/* Candidates: the probe's secrets, each tied to a key-log line by HMAC alone (RFC 5246 section 5 and 8.1, RFC 8446
 * 7.1).
 * SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "pair.h"

/* 1: the probe is there. The same program is run with HSINSPECT_NO_PROBE=1 as well. */
static bool probed(void)
{
    return hsi_probe_reason() == NULL;
}

static hsi_source source(void)
{
    return probed() ? HSI_SOURCE_PROBE : HSI_SOURCE_LOG;
}

/* ---- TLS 1.0 to 1.2 ---- */

/* Does this premaster secret give the logged master secret? */
static bool gives_master(const pair *it, hsi_bytes premaster, gnutls_mac_algorithm_t mac)
{
    uint8_t seed[77], master[48];
    size_t length = master_seed(it, seed);
    if (mac == GNUTLS_MAC_UNKNOWN) { /* RFC 2246 section 5: both hashes, each under one half */
        size_t half = (premaster.length + 1) / 2;
        uint8_t other[48];
        p_hash(GNUTLS_MAC_MD5, master, hsi_bytes_slice(premaster, 0, half), seed, length);
        p_hash(GNUTLS_MAC_SHA1, other, hsi_bytes_slice(premaster, premaster.length - half, half), seed, length);
        for (size_t i = 0; i < sizeof master; i++) {
            master[i] ^= other[i];
        }
    } else {
        p_hash(mac, master, premaster, seed, length);
    }
    const hsi_entry *logged = secret(it, HSI_CLIENT, HSI_SOURCE_KEYLOG, "master secret");
    return logged != NULL && hsi_bytes_equal(logged->data, hsi_bytes_of(master, sizeof master));
}

/* Any of a side's candidates: where the halves could overlap there are two. */
static bool has_premaster(const pair *it, uint8_t side, size_t length, gnutls_mac_algorithm_t mac)
{
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        if (entry->kind == HSI_ENTRY_SECRET && entry->side == side && entry->code == source() &&
            hsi_bytes_are(entry->name, "premaster secret") && entry->data.length == length &&
            gives_master(it, entry->data, mac)) {
            return true;
        }
    }
    return false;
}

typedef struct key_exchange {
    const char *priority;
    const char *certificate;
    size_t length; /* of the premaster secret */
    gnutls_mac_algorithm_t mac;
} key_exchange;

static const key_exchange exchanges[] = {
    {TLS("1.2") ":-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC", "RSA", 48, GNUTLS_MAC_SHA256},
    {TLS("1.2") ":-KX-ALL:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:-GROUP-ALL:+GROUP-X25519", "RSA", 32, GNUTLS_MAC_SHA384},
    {TLS("1.2") ":-KX-ALL:+ECDHE-ECDSA:-CIPHER-ALL:+AES-128-GCM:-GROUP-ALL:+GROUP-SECP521R1", "ECDSA", 66,
     GNUTLS_MAC_SHA256},
    {TLS("1.2") ":-KX-ALL:+DHE-RSA:-CIPHER-ALL:+AES-128-CBC:-GROUP-ALL:+GROUP-FFDHE2048", "RSA", 256,
     GNUTLS_MAC_SHA256},
    {TLS("1.2") ":-KX-ALL:+PSK:-CIPHER-ALL:+AES-128-CBC", "RSA", 36, GNUTLS_MAC_SHA256},
    {TLS("1.1") ":-KX-ALL:+RSA", "RSA", 48, GNUTLS_MAC_UNKNOWN},
    {TLS("1.0") ":-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048", "RSA", 256, GNUTLS_MAC_UNKNOWN},
    {TLS("1.1") ":-KX-ALL:+ECDHE-RSA:-GROUP-ALL:+GROUP-SECP521R1", "RSA", 66, GNUTLS_MAC_UNKNOWN},
    {TLS("1.0") ":-KX-ALL:+ECDHE-PSK:-GROUP-ALL:+GROUP-X25519", "RSA", 51, GNUTLS_MAC_UNKNOWN}, /* odd */
};

static pair pair_with_key(const key_exchange *exchange, hsi_bytes key)
{
    char priority[256];
    (void)snprintf(priority, sizeof priority, "%s:%%NO_SESSION_HASH", exchange->priority);
    pair it = pair_of(priority, exchange->certificate);
    for (uint8_t side = 0; side < 2; side++) {
        assert_int_equal(hsi_config_psk(it.configs[side], hsi_bytes_text("id"), key), HSI_OK);
    }
    return it;
}

static pair pair_for(const key_exchange *exchange)
{
    size_t length = exchange->length == 51 ? 15 : 16; /* RFC 4279 section 2: 2 + 32 + 2 + 15, or 2 + 16 + 2 + 16 */
    return pair_with_key(exchange, hsi_bytes_of("0123456789abcdef", length));
}

static size_t count_premasters(const pair *it, uint8_t side)
{
    size_t count = 0;
    for (size_t i = 0; i < journal_count(it); i++) {
        count += journal_at(it, i)->side == side && hsi_bytes_are(journal_at(it, i)->name, "premaster secret");
    }
    return count;
}

static void the_premaster_secret_of_every_key_exchange_gives_the_logged_master_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(exchanges); i++) {
        pair it = pair_for(&exchanges[i]);
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            bool surfaced = probed() || exchanges[i].length <= 255;
            assert_int_equal(has_premaster(&it, side, exchanges[i].length, exchanges[i].mac), surfaced);
            assert_int_equal(note(&it, side, "premaster secret") != NULL, !surfaced);
        }
        pair_end(&it);
    }
}

/* RFC 4279 section 2. The key is one byte, repeated, and so long that the middle of the secret lies in it; the middle of
 * a plain one lies in its zeros. */
static const key_exchange meeting_halves[] = {
    {TLS("1.0") ":-KX-ALL:+PSK", "RSA", 2 + 64 + 2 + 64, GNUTLS_MAC_UNKNOWN},
    {TLS("1.0") ":-KX-ALL:+PSK", "RSA", 2 + 63 + 2 + 63, GNUTLS_MAC_UNKNOWN},
    {TLS("1.1") ":-KX-ALL:+ECDHE-PSK:-GROUP-ALL:+GROUP-X25519", "RSA", 2 + 32 + 2 + 64, GNUTLS_MAC_UNKNOWN},
    {TLS("1.1") ":-KX-ALL:+ECDHE-PSK:-GROUP-ALL:+GROUP-X25519", "RSA", 2 + 32 + 2 + 63, GNUTLS_MAC_UNKNOWN},
    {TLS("1.0") ":-KX-ALL:+RSA-PSK", "RSA", 2 + 48 + 2 + 64, GNUTLS_MAC_UNKNOWN},
    {TLS("1.0") ":-KX-ALL:+RSA-PSK", "RSA", 2 + 48 + 2 + 63, GNUTLS_MAC_UNKNOWN},
};

static void halves_that_meet_in_equal_bytes_are_read_as_their_key_exchange_has_it(void **state)
{
    (void)state;
    uint8_t key[64];
    memset(key, 'k', sizeof key);
    for (size_t i = 0; i < HSI_COUNT(meeting_halves); i++) {
        const key_exchange *exchange = &meeting_halves[i];
        pair it = pair_with_key(exchange, hsi_bytes_of(key, i % 2 == 0 ? 64 : 63));
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            assert_int_equal(count_premasters(&it, side), 1);
            assert_true(has_premaster(&it, side, exchange->length, exchange->mac));
        }
        pair_end(&it);
    }
}

static void a_client_certificate_does_not_hide_the_premaster_secret(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2") ":-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC:%NO_SESSION_HASH", "RSA");
    hsi_lab_certificate lab;
    size_t count;
    assert_int_equal(hsi_lab_certificate_get(&lab, "RSA"), HSI_OK);
    assert_int_equal(hsi_config_certificate(it.configs[HSI_CLIENT], lab.chain, lab.key, NULL), HSI_OK);
    assert_int_equal(hsi_config_trust(it.configs[HSI_SERVER], lab.authority, &count), HSI_OK);
    hsi_config_verify(it.configs[HSI_SERVER], HSI_VERIFY_REQUIRED);
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        assert_true(has_premaster(&it, side, 48, GNUTLS_MAC_SHA256));
        assert_int_equal(count_kind(&it, HSI_ENTRY_VERDICT, side), 1);
    }
    pair_end(&it);
}

static void without_the_probe_a_note_says_why_and_with_it_there_is_none(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        const hsi_entry *entry = note(&it, side, "probe");
        assert_int_equal(entry == NULL, probed());
        if (entry != NULL) {
            assert_true(hsi_bytes_are(entry->data, "HSINSPECT_NO_PROBE is set"));
        }
        assert_int_equal(secret(&it, side, HSI_SOURCE_PROBE, "handshake secret") != NULL, probed());
    }
    pair_end(&it);
}

/* ---- TLS 1.3 ---- */

/* HKDF-Expand-Label with SHA-256, for up to one block. */
static void expand_label(uint8_t out[32], const uint8_t *key, const char *label, const uint8_t *context, uint8_t length)
{
    uint8_t info[128];
    int at = snprintf((char *)info + 2, sizeof info - 2, "%ctls13 %s", (int)(6 + strlen(label)), label) + 2;
    info[0] = 0;
    info[1] = 32;
    info[at++] = length;
    memcpy(info + at, context, length);
    info[at + length] = 1;
    hmac(GNUTLS_MAC_SHA256, out, hsi_bytes_of(key, 32), info, (size_t)at + length + 1);
}

/* RFC 8446 section 7.1: Extract(Derive-Secret(before, "derived", ""), input). */
static void next_stage(uint8_t out[32], const uint8_t *before, hsi_bytes input)
{
    uint8_t empty[32], derived[32];
    assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA256, "", 0, empty), 0);
    expand_label(derived, before, "derived", empty, sizeof empty);
    hmac(GNUTLS_MAC_SHA256, out, hsi_bytes_of(derived, 32), input.data, input.length);
}

static void hash_hellos(const pair *it, uint8_t out[32])
{
    hsi_bytes client = record(it, HSI_CLIENT, 22, 0), server = record(it, HSI_SERVER, 22, 0);
    gnutls_hash_hd_t hash;
    assert_int_equal(gnutls_hash_init(&hash, GNUTLS_DIG_SHA256), 0);
    assert_int_equal(gnutls_hash(hash, client.data + 5, client.length - 5), 0);
    assert_int_equal(gnutls_hash(hash, server.data + 5, server.length - 5), 0);
    gnutls_hash_deinit(hash, out);
}

static hsi_bytes probe_secret(const pair *it, uint8_t side, const char *label)
{
    const hsi_entry *entry = secret(it, side, HSI_SOURCE_PROBE, label);
    return entry == NULL ? HSI_BYTES_EMPTY : entry->data;
}

static void check_chain(const pair *it, uint8_t side)
{
    static const uint8_t zeros[32];
    uint8_t stage[32], hellos[32], traffic[32];
    hsi_bytes early = probe_secret(it, side, "early secret");
    hmac(GNUTLS_MAC_SHA256, stage, hsi_bytes_of(zeros, 32), zeros, 32); /* no PSK */
    assert_true(hsi_bytes_equal(early, hsi_bytes_of(stage, 32)));
    next_stage(stage, early.data, probe_secret(it, side, "shared secret"));
    assert_true(hsi_bytes_equal(probe_secret(it, side, "handshake secret"), hsi_bytes_of(stage, 32)));
    hash_hellos(it, hellos);
    expand_label(traffic, stage, "c hs traffic", hellos, 32);
    const hsi_entry *logged = secret(it, side, HSI_SOURCE_KEYLOG, "CLIENT_HANDSHAKE_TRAFFIC_SECRET");
    assert_non_null(logged);
    assert_int_equal(logged->sender, HSI_CLIENT);
    assert_true(hsi_bytes_equal(logged->data, hsi_bytes_of(traffic, 32)));
    next_stage(stage, stage, hsi_bytes_of(zeros, 32));
    assert_true(hsi_bytes_equal(probe_secret(it, side, "master secret"), hsi_bytes_of(stage, 32)));
}

static void the_secrets_of_tls13_follow_from_the_shared_one_and_give_the_logged_ones(void **state)
{
    (void)state;
    static const char *const groups[] = {"X25519", "X448", "SECP256R1", "FFDHE2048", "FFDHE8192"};
    for (size_t i = 0; i < HSI_COUNT(groups); i++) {
        char priority[128];
        (void)snprintf(priority, sizeof priority, TLS("1.3") ":-CIPHER-ALL:+AES-128-GCM:-GROUP-ALL:+GROUP-%s",
                       groups[i]);
        pair it = pair_of(priority, "ECDSA");
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            if (probed()) {
                check_chain(&it, side);
            } else {
                assert_null(secret(&it, side, HSI_SOURCE_PROBE, "handshake secret"));
            }
        }
        pair_end(&it);
    }
}

static void a_psk_without_dhe_has_no_shared_secret(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3") ":-CIPHER-ALL:+AES-128-GCM:-KX-ALL:+PSK", "ECDSA");
    for (uint8_t side = 0; side < 2; side++) {
        assert_int_equal(hsi_config_psk(it.configs[side], hsi_bytes_text("id"), hsi_bytes_text("0123456789abcdef")),
                         HSI_OK);
    }
    pair_run(&it);
    static const uint8_t zeros[32];
    uint8_t early[32];
    hmac(GNUTLS_MAC_SHA256, early, hsi_bytes_of(zeros, 32), "0123456789abcdef", 16); /* Extract(0, PSK) */
    for (uint8_t side = 0; side < 2; side++) {
        assert_null(secret(&it, side, HSI_SOURCE_PROBE, "shared secret"));
        assert_int_equal(hsi_bytes_equal(probe_secret(&it, side, "early secret"), hsi_bytes_of(early, 32)), probed());
    }
    pair_end(&it);
}

/* ---- which session ---- */

enum { THREADS = 4, ROUNDS = 200 };

/* cmocka's assertions belong to the main thread: a thread counts its failures. */
static void *shake_hands_many_times(void *argument)
{
    size_t *failures = argument;
    for (size_t i = 0; i < ROUNDS; i++) {
        const key_exchange *exchange = &exchanges[i % 2 == 0 ? 4 : 1];
        pair it = pair_for(exchange);
        pair_run(&it);
        for (uint8_t side = 0; side < 2; side++) {
            *failures += count_premasters(&it, side) != 1 || !has_premaster(&it, side, exchange->length, exchange->mac);
        }
        pair_end(&it);
    }
    return NULL;
}

static void threads_never_get_each_others_candidates(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    size_t failures[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, shake_hands_many_times, &failures[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_premaster_secret_of_every_key_exchange_gives_the_logged_master_secret),
        cmocka_unit_test(halves_that_meet_in_equal_bytes_are_read_as_their_key_exchange_has_it),
        cmocka_unit_test(a_client_certificate_does_not_hide_the_premaster_secret),
        cmocka_unit_test(without_the_probe_a_note_says_why_and_with_it_there_is_none),
        cmocka_unit_test(the_secrets_of_tls13_follow_from_the_shared_one_and_give_the_logged_ones),
        cmocka_unit_test(a_psk_without_dhe_has_no_shared_secret),
        cmocka_unit_test(threads_never_get_each_others_candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
