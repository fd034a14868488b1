/* Fuzzes the rules of csrc/tap/check_*.c: conversations of handshake messages, said by anybody in any order, without the
 * protection of records. An input is a list of: one byte (bit 0: the sender; bit 7: a ChangeCipherSpec
 * follows), a length of two bytes, and so many bytes of handshake messages.
 * Seeds: tests/fuzz/corpus/rules, one file a conversation.
 * Holds: a look never fails, every check has a name, a rule, and a reason where it fails.
 * SPDX-License-Identifier: MIT */
#include "base/cursor.h"
#include "must.h"
#include "tap/fold.h"

static hsi_record *record_of(hsi_tap *tap, uint8_t sender, uint8_t type, hsi_bytes content)
{
    hsi_record *record = hsi_arena_new(&tap->arena, sizeof *record);
    must(record != NULL);
    *record = (hsi_record){.index = tap->records.count,
                           .sender = sender,
                           .outer_type = type,
                           .content_type = type,
                           .version = HSI_TLS12,
                           .header = content,
                           .fragment = content,
                           .plaintext = content,
                           .state = HSI_RECORD_PLAIN};
    must(hsi_list_append(&tap->records, record) == HSI_OK);
    must(hsi_tap_emit(tap, HSI_EVENT_RECORD, record) == HSI_OK);
    return record;
}

static void say(hsi_tap *tap, uint8_t how, hsi_bytes content)
{
    uint8_t sender = how & 1;
    hsi_record *record = record_of(tap, sender, HSI_CONTENT_HANDSHAKE, content);
    must(hsi_reassembly_take(tap, &tap->streams[sender], record, false) == HSI_OK);
    if ((how & 0x80) != 0) {
        record_of(tap, sender, HSI_CONTENT_CHANGE_CIPHER_SPEC, hsi_bytes_of("\1", 1));
        must(hsi_negotiation_change_cipher_spec(tap, sender) == HSI_OK);
    }
}

static void look(hsi_tap *tap)
{
    must(hsi_tap_look(tap) == HSI_OK);
    for (size_t i = 0; i < tap->checks.count; i++) {
        const hsi_check *check = tap->checks.items[i];
        must(check->name != NULL && check->formula != NULL && check->rfc != NULL);
        must((check->verdict == HSI_PASSED) == (check->reason == NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap = hsi_tap_new(journal);
    must(tap != NULL);
    hsi_cursor in = hsi_cursor_over(data, size), said;
    for (uint8_t how; hsi_cursor_u8(&in, &how) == HSI_OK && hsi_cursor_vector(&in, 2, &said) == HSI_OK;) {
        say(tap, how, hsi_cursor_rest(&said));
    }
    look(tap);
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
    return 0;
}
