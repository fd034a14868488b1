/* Whole connections that others published, record by record, read from tests/data (their README says whose
 * they are), and journals and taps over them. Tests that read them run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_CONNECTION_H
#define HSI_TESTS_CONNECTION_H

#include "data.h"
#include "hex.h"
#include "tap/tap.h"

enum { CONNECTION_BYTES = 16384, CONNECTION_RECORDS = 16 };

/* Where each comes from, and the secret from which all others follow (no key log leads back to it). */
static const struct published_connection {
    const char *folder; /* of RFC 8448: a file .json; of the illustrated ones: a folder caps */
    const char *files; /* of caps, in the order in which they were sent; NULL: .json */
    const char *label;
    const char *secret;
    const char *psk; /* of a resumption; NULL */
} published_connections[] = {
    {"rfc8448/1rtt", NULL, "shared secret", "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d", NULL},
    {"rfc8448/hrr", NULL, "shared secret", "c142ce13ca11b5c2233652e63ad3d97844f1621fbfb9de69d547dc8fedeabeb4", NULL},
    {"rfc8448/client-auth", NULL, "shared secret", "7dc114f6475dfa7977be736ef7cbebc48c70329e8e9a74b4d7033c43f9597d4f",
     NULL},
    {"illustrated-tls12",
     "clienthello serverhello servercert serverkeyexchange serverhellodone clientkeyexchange clientccs clientfinished "
     "serverccs serverfinished clientdata serverdata clientalert",
     "premaster secret", "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624", NULL},
    {"illustrated-tls13",
     "clienthello serverhello serverccs serverencextensions serverenccert serverenccertverify serverencfinished "
     "clientccs "
     "clientencfinished clientencdata serverencticket1 serverencticket2 serverencdata",
     "shared secret", "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624", NULL},
    {"rfc8448/0rtt-resumed", NULL, "shared secret", "f44194756ff9ec9d25180635d66ea6824c6ab3bf179977be37f723570e7ccb2e",
     "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"},
    {"rfc8448/compat", NULL, "shared secret", "eef790559077db5bb63b6684e4169f051e8fb34ce59bafce2f9c8ee68cc4eb79", NULL},
};

enum { ONE_RTT, HELLO_RETRY, CLIENT_AUTH, ILLUSTRATED12, ILLUSTRATED13, RESUMED, COMPAT, CONNECTIONS };

typedef struct connection {
    const struct published_connection *from;
    struct {
        uint8_t sender;
        hsi_bytes wire;
    } records[CONNECTION_RECORDS];
    size_t count;
    uint8_t bytes[CONNECTION_BYTES];
    size_t used;
    uint8_t secret[HEX_MAX], psk[HEX_MAX];
} connection;

static inline void connection_add(connection *c, uint8_t sender, size_t length)
{
    assert_true(c->count < CONNECTION_RECORDS);
    c->records[c->count].sender = sender;
    c->records[c->count++].wire = hsi_bytes_of(c->bytes + c->used, length);
    c->used += length;
}

static inline void connection_load_caps(connection *c)
{
    char path[128];
    char name[32];
    int length;
    for (const char *at = c->from->files; sscanf(at, " %31s%n", name, &length) == 1; at += length) {
        snprintf(path, sizeof path, "%s/caps/%s", c->from->folder, name);
        hsi_bytes read = data_read(c->bytes + c->used, sizeof c->bytes - c->used, path);
        connection_add(c, name[0] == 's' ? HSI_SERVER : HSI_CLIENT, read.length);
    }
}

/* Takes what stands behind `"dir":` and `"record":` in the list of records. */
static inline void connection_load_json(connection *c)
{
    static char text[1 << 18];
    char path[128];
    snprintf(path, sizeof path, "%s.json", c->from->folder);
    text[data_read(text, sizeof text - 1, path).length] = '\0';
    char *end = strstr(text, "\"steps\"");
    for (char *at = strstr(text, "\"dir\""); at != NULL && at < end; at = strstr(at, "\"dir\"")) {
        char direction[8];
        assert_int_equal(sscanf(at, "\"dir\" : \"%7[a-z2]\"", direction), 1);
        at = strstr(at, "\"record\"");
        at = strchr(at + strlen("\"record\""), '"') + 1;
        size_t length = strcspn(at, "\"") / 2;
        assert_true(length <= sizeof c->bytes - c->used);
        for (size_t i = 0; i < length; i++) {
            unsigned int byte;
            assert_int_equal(sscanf(at + 2 * i, "%2x", &byte), 1);
            c->bytes[c->used + i] = (uint8_t)byte;
        }
        connection_add(c, direction[0] == 's' ? HSI_SERVER : HSI_CLIENT, length);
    }
}

static inline void connection_load(connection *c, int which)
{
    *c = (connection){.from = &published_connections[which]};
    if (c->from->files != NULL) {
        connection_load_caps(c);
    } else {
        connection_load_json(c);
    }
    assert_true(c->count > 5);
}

/* The secret as if it came from `source`, and the pre-shared key of a resumption. */
static inline hsi_status connection_tell(connection *c, hsi_journal *journal, uint8_t side, hsi_source source)
{
    HSI_TRY(
        hsi_journal_secret(journal, side, source, c->from->label, HSI_BYTES_EMPTY, hex(c->secret, c->from->secret)));
    if (c->from->psk == NULL) {
        return HSI_OK;
    }
    return hsi_journal_append(journal,
                              &(hsi_entry){.kind = HSI_ENTRY_PSK, .code = 1, .data = hex(c->psk, c->from->psk)});
}

static inline void connection_tell_secret(connection *c, hsi_journal *journal)
{
    assert_int_equal(connection_tell(c, journal, HSI_NOBODY, HSI_SOURCE_GIVEN), HSI_OK);
}

static inline void connection_tell_wire(const connection *c, hsi_journal *journal, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < c->count; i++) {
        assert_int_equal(hsi_journal_wire(journal, c->records[i].sender, c->records[i].wire), HSI_OK);
    }
}

/* A finished journal of all of it, and a tap that has taken it. */
typedef struct folded {
    hsi_journal *journal;
    hsi_tap *tap;
} folded;

static inline folded fold_journal(hsi_journal *journal)
{
    folded out = {journal, hsi_tap_new(journal)};
    hsi_journal_finish(journal);
    assert_int_equal(hsi_tap_advance(out.tap), HSI_OK);
    assert_int_equal(hsi_tap_look(out.tap), HSI_OK);
    return out;
}

static inline folded fold_connection(int which)
{
    connection c;
    connection_load(&c, which);
    hsi_journal *journal = hsi_journal_new();
    connection_tell_wire(&c, journal, 0, c.count);
    connection_tell_secret(&c, journal);
    return fold_journal(journal);
}

static inline void fold_done(folded *fold)
{
    hsi_tap_drop(fold->tap);
    hsi_journal_free(fold->journal);
}

/* ---- what came of it ---- */

static inline const hsi_check *find_check(hsi_tap *tap, const char *name)
{
    const hsi_list *checks = hsi_tap_checks(tap);
    for (size_t i = 0; i < checks->count; i++) {
        const hsi_check *check = checks->items[i];
        if (strcmp(check->name, name) == 0) {
            return check;
        }
    }
    return NULL;
}

static inline void expect_verdict(hsi_tap *tap, const char *name, hsi_verdict verdict)
{
    const hsi_check *check = find_check(tap, name);
    if (check == NULL) {
        fail_msg("there is no check %s", name);
        return;
    }
    if (check->verdict != verdict) {
        fail_msg("%s: verdict %d, wanted %d: %s", name, check->verdict, verdict, check->reason);
    }
    assert_true((check->reason == NULL) == (verdict == HSI_PASSED));
    assert_non_null(check->formula);
    assert_non_null(check->rfc);
}

static inline const hsi_secret *find_secret(hsi_tap *tap, const char *label, uint8_t sender, uint64_t epoch)
{
    const hsi_list *secrets = hsi_tap_secrets(tap);
    for (size_t i = 0; i < secrets->count; i++) {
        const hsi_secret *secret = secrets->items[i];
        if (strcmp(secret->label, label) == 0 && secret->sender == sender && secret->epoch == epoch) {
            return secret;
        }
    }
    return NULL;
}

#endif
