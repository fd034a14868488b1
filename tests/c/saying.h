/* Messages put into a tap without records' protection, so that any message can be said by anybody at any time:
 * what a test of negotiation, order or rules is about.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_SAYING_H
#define HSI_TESTS_SAYING_H

#include "connection.h"
#include "tap/fold.h"

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

/* ClientHello: version 3.3, a session id of two bytes, three suites, no compression. */
#define HELLO_BODY(suites, extensions) "0303" RANDOM "02a1a2" suites "0100" extensions
#define SUITES "0006" "1301" "c02f" "002f"

/* ServerHello */
#define ANSWER_BODY(version, random, echo, suite, extensions) version random echo suite "00" extensions
#define ECHO "02a1a2"

static inline hsi_record *say_record(hsi_tap *tap, uint8_t sender, uint8_t type, hsi_bytes plaintext)
{
    hsi_record *record = hsi_arena_new(&tap->arena, sizeof *record);
    const uint8_t header[5] = {type, 3, 3, (uint8_t)(plaintext.length >> 8), (uint8_t)plaintext.length};
    assert_non_null(record);
    *record = (hsi_record){.index = tap->records.count,
                           .sender = sender,
                           .outer_type = type,
                           .content_type = type,
                           .version = HSI_TLS12,
                           .state = HSI_RECORD_PLAIN};
    assert_int_equal(hsi_arena_copy(&tap->arena, &record->header, hsi_bytes_of(header, sizeof header)), HSI_OK);
    assert_int_equal(hsi_arena_copy(&tap->arena, &record->plaintext, plaintext), HSI_OK);
    record->fragment = record->plaintext;
    assert_int_equal(hsi_list_append(&tap->records, record), HSI_OK);
    assert_int_equal(hsi_tap_emit(tap, HSI_EVENT_RECORD, record), HSI_OK);
    return record;
}

/* say_raw says whole messages, headers included. */
static inline const hsi_message *say_raw(hsi_tap *tap, uint8_t sender, hsi_bytes raw)
{
    hsi_record *record = say_record(tap, sender, HSI_CONTENT_HANDSHAKE, raw);
    assert_int_equal(hsi_reassembly_take(tap, &tap->streams[sender], record, false), HSI_OK);
    return tap->messages.count == 0 ? NULL : tap->messages.items[tap->messages.count - 1];
}

static inline const hsi_message *say(hsi_tap *tap, uint8_t sender, uint8_t type, const char *body)
{
    uint8_t raw[4 + HEX_MAX] = {type};
    size_t length = hex(raw + 4, body).length;
    raw[2] = (uint8_t)(length >> 8);
    raw[3] = (uint8_t)length;
    return say_raw(tap, sender, hsi_bytes_of(raw, 4 + length));
}

/* One message of a conversation. */
typedef struct said {
    uint8_t sender;
    uint8_t type;
    const char *body;
} said;

/* say_conversation says messages up to the first that has no body, and looks at what comes of them. */
static inline void say_conversation(hsi_tap *tap, const said *messages, size_t most)
{
    for (size_t i = 0; i < most && messages[i].body != NULL; i++) {
        say(tap, messages[i].sender, messages[i].type, messages[i].body);
    }
    assert_int_equal(hsi_tap_look(tap), HSI_OK);
}

static inline folded fold_nothing(void)
{
    hsi_journal *journal = hsi_journal_new();
    return (folded){journal, hsi_tap_new(journal)};
}

static inline void expect_no_check(hsi_tap *tap, const char *name)
{
    if (find_check(tap, name) != NULL) {
        fail_msg("there is a check %s, and nothing to say", name);
    }
}

#endif
