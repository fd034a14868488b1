/* Judges of where messages begin and end in records. RFC 8446 section 5.1, RFC 5246 section 7.1.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

hsi_verdict hsi_judge_uninterrupted(hsi_judging *j)
{
    const hsi_message *message = j->message;
    if (!hsi_judge_is_tls13(j) || message->first_record == message->last_record) {
        return HSI_NOT_CHECKABLE;
    }
    for (size_t i = message->first_record; i < message->last_record; i++) {
        const hsi_record *record = j->tap->records.items[i];
        if (record->sender == message->sender && record->content_type != HSI_CONTENT_HANDSHAKE) {
            return hsi_judge_blame(j, j->root);
        }
    }
    return HSI_PASSED;
}

/* Before TLS 1.3: what a ChangeCipherSpec cut short is the first handshake record before it that no message ended. */
static bool cut_by_change_cipher_spec(const hsi_judging *j)
{
    for (size_t i = j->message->first_record; i < j->tap->records.count; i++) {
        const hsi_record *record = j->tap->records.items[i];
        if (record->sender == j->message->sender && record->content_type != HSI_CONTENT_HANDSHAKE) {
            return record->content_type == HSI_CONTENT_CHANGE_CIPHER_SPEC;
        }
    }
    return false;
}

/* After these the keys of their sender are others: RFC 8446 section 5.1. A ClientHello without early data and a
 * HelloRetryRequest are not among them. */
static bool changes_keys(const hsi_message *message)
{
    bool server_hello = message->type == HSI_SERVER_HELLO && strcmp(message->name, "ServerHello") == 0;
    return server_hello || message->type == HSI_FINISHED || message->type == HSI_END_OF_EARLY_DATA ||
           message->type == HSI_KEY_UPDATE;
}

/* The message of the same sender before this one; NULL: there is none. */
static const hsi_message *before(const hsi_judging *j)
{
    for (size_t i = j->message->index; i-- > 0;) {
        const hsi_message *message = j->tap->messages.items[i];
        if (message->sender == j->message->sender) {
            return message;
        }
    }
    return NULL;
}

hsi_verdict hsi_judge_key_change(hsi_judging *j)
{
    if (!hsi_judge_is_tls13(j)) {
        bool known = j->message->context.version != 0;
        return !known ? HSI_NOT_CHECKABLE
                      : hsi_judge_blame(j, j->message->cut && cut_by_change_cipher_spec(j) ? j->root : NULL);
    }
    const hsi_message *last = before(j);
    bool spans = last != NULL && changes_keys(last) && last->last_record == j->message->first_record;
    return hsi_judge_blame(j, spans ? j->root : NULL);
}
