/* Whether two taps came to the same: events in order, records, messages, secrets, derivations and checks, by
 * what they say.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_SAME_H
#define HSI_TESTS_SAME_H

#include "connection.h"

static inline bool same_text(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static inline bool same_record(const hsi_record *a, const hsi_record *b)
{
    bool same = a->index == b->index && a->sender == b->sender && a->outer_type == b->outer_type &&
                a->content_type == b->content_type && a->version == b->version && a->epoch == b->epoch &&
                a->sequence_number == b->sequence_number && a->state == b->state && same_text(a->reason, b->reason) &&
                hsi_bytes_equal(a->header, b->header) && hsi_bytes_equal(a->fragment, b->fragment) &&
                hsi_bytes_equal(a->plaintext, b->plaintext) && hsi_bytes_equal(a->padding, b->padding);
    if (!same || (a->mac == NULL) != (b->mac == NULL)) {
        return false;
    }
    return a->mac == NULL || (hsi_bytes_equal(a->mac->received, b->mac->received) &&
                              hsi_bytes_equal(a->mac->computed, b->mac->computed) && a->mac->ok == b->mac->ok);
}

static inline bool same_message(const hsi_message *a, const hsi_message *b)
{
    return a->index == b->index && a->type == b->type && a->sender == b->sender && a->cut == b->cut &&
           a->first_record == b->first_record && a->last_record == b->last_record &&
           a->transcript_end == b->transcript_end && same_text(a->name, b->name) && hsi_bytes_equal(a->raw, b->raw) &&
           a->handshake->index == b->handshake->index;
}

static inline bool same_secret(const hsi_secret *a, const hsi_secret *b)
{
    return same_text(a->label, b->label) && a->side == b->side && a->sender == b->sender && a->epoch == b->epoch &&
           a->source == b->source && hsi_bytes_equal(a->value, b->value);
}

static inline bool same_check(const hsi_check *a, const hsi_check *b)
{
    return same_text(a->name, b->name) && a->kind == b->kind && a->verdict == b->verdict &&
           same_text(a->reason, b->reason) && same_text(a->formula, b->formula) &&
           hsi_bytes_equal(a->expected, b->expected) && hsi_bytes_equal(a->found, b->found);
}

static inline bool same_derivation(const hsi_derivation *a, const hsi_derivation *b)
{
    return same_secret(a->output, b->output) && same_text(a->formula, b->formula) && a->ok == b->ok;
}

static inline bool same_event(const hsi_event *a, const hsi_event *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case HSI_EVENT_RECORD:
        return same_record(a->item, b->item);
    case HSI_EVENT_MESSAGE:
        return same_message(a->item, b->item);
    case HSI_EVENT_SECRET:
        return same_secret(a->item, b->item);
    case HSI_EVENT_APPLICATION_DATA:
        return hsi_bytes_equal(((const hsi_application_data *)a->item)->data,
                               ((const hsi_application_data *)b->item)->data);
    default:
        return true; /* their records are compared */
    }
}

#define SAME_ITEMS(list, type, same)                                                                                   \
    do {                                                                                                               \
        const hsi_list *left_ = hsi_tap_##list(a);                                                                     \
        const hsi_list *right_ = hsi_tap_##list(b);                                                                    \
        assert_int_equal(left_->count, right_->count);                                                                 \
        for (size_t i_ = 0; i_ < left_->count; i_++) {                                                                 \
            if (!same((const type *)left_->items[i_], (const type *)right_->items[i_])) {                              \
                fail_msg(#list "[%zu] is another one", i_);                                                            \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

static inline void assert_same(hsi_tap *a, hsi_tap *b)
{
    SAME_ITEMS(events, hsi_event, same_event);
    SAME_ITEMS(records, hsi_record, same_record);
    SAME_ITEMS(messages, hsi_message, same_message);
    SAME_ITEMS(secrets, hsi_secret, same_secret);
    SAME_ITEMS(derivations, hsi_derivation, same_derivation);
    SAME_ITEMS(checks, hsi_check, same_check);
}

#endif
