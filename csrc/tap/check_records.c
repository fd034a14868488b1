/* Checks of records: every MAC or tag, every padding. What was received and what was computed were kept when the record was
 * opened. RFC 5246 section 6.2.3, RFC 7366, RFC 8446 section 5.2.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

static const struct {
    const char *kind;
    const char *order;
    const char *formula;
    const char *rfc;
} orders[] = {
    {"hmac", "mac-then-encrypt", "HMAC(MAC key, sequence number + type + version + length + plaintext)",
     "RFC 5246 section 6.2.3.1"},
    {"hmac", "encrypt-then-mac", "HMAC(MAC key, sequence number + type + version + length + IV + ciphertext)",
     "RFC 7366 section 3"},
    {"ssl3", "mac-then-encrypt",
     "hash(MAC key + pad_2 + hash(MAC key + pad_1 + sequence number + type + length + plaintext))",
     "RFC 6101 section 5.2.3.1"},
    {"imit", "mac-then-encrypt",
     "IMIT(MAC key, all records so far, each sequence number + type + version + length + plaintext)",
     "RFC 9189 section 4.1.1"},
    {"aead", "aead", "AEAD(key, nonce, additional data, ciphertext)", "RFC 5246 section 6.2.3.3, RFC 8446 section 5.2"},
};

static hsi_status check_mac(hsi_tap *tap, const hsi_record *record, hsi_check *check)
{
    for (size_t i = 0; i < HSI_COUNT(orders); i++) {
        if (strcmp(orders[i].kind, record->mac->kind) == 0 && strcmp(orders[i].order, record->mac->order) == 0) {
            check->formula = orders[i].formula;
            check->rfc = orders[i].rfc;
        }
    }
    if (record->mac->computed.length == 0) {
        return hsi_check_judge(tap, check, false, record->reason); /* too short to be taken apart */
    }
    return hsi_check_compare(tap, check, record->mac->computed, record->mac->received);
}

static hsi_status check_padding(hsi_tap *tap, const hsi_record *record)
{
    bool ssl3 = strcmp(record->mac->kind, "ssl3") == 0;
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = ssl3 ? "the padding is no longer than a block"
                                       : "every padding byte, and padding_length, has the value padding_length",
                       .rfc = ssl3 ? "RFC 6101 section 5.2.3.2" : "RFC 5246 section 6.2.3.2",
                       .found = record->padding};
    HSI_TRY(hsi_arena_number(&tap->arena, &check.name, "padding.record", record->index));
    hsi_check_evidence(&check, HSI_EVENT_RECORD, record);
    return hsi_check_judge(tap, &check, record->mac->padding_ok,
                           "a padding byte has another value, or there are too few");
}

static bool is_cbc(const hsi_record *record)
{
    return strcmp(record->mac->kind, "aead") != 0 && record->padding.length > 0;
}

hsi_status hsi_check_record(hsi_tap *tap, const hsi_record *record)
{
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "MAC or tag under the keys of its epoch",
                       .rfc = "RFC 5246 section 6.2.3, RFC 8446 section 5.2"};
    if (record->mac == NULL && record->state != HSI_RECORD_UNREADABLE && record->state != HSI_RECORD_ELIDED) {
        return HSI_OK;
    }
    HSI_TRY(hsi_arena_number(&tap->arena, &check.name, "mac.record", record->index));
    hsi_check_evidence(&check, HSI_EVENT_RECORD, record);
    if (record->mac == NULL) {
        return hsi_check_missing(tap, &check, record->reason);
    }
    HSI_TRY(check_mac(tap, record, &check));
    return is_cbc(record) ? check_padding(tap, record) : HSI_OK;
}
