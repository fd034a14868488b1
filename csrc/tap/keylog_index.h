/* Key-log index: the lines of several key logs by whose secrets they are, so that each connection of a capture takes its
 * own, however many there are. A line of a master secret takes some 180 bytes. Who wrote a log may have meant harm: a line that
 * says nothing new is not kept, of one label the newest HSI_KEYLOG_VALUES are given, of one owner HSI_KEYLOG_LINES. Owns
 * copies, wiped when freed.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_KEYLOG_INDEX_H
#define HSI_TAP_KEYLOG_INDEX_H

#include "tap/journal.h"

typedef struct hsi_keylog_index hsi_keylog_index;

enum { HSI_KEYLOG_VALUES = 4, HSI_KEYLOG_LINES = 128 };

/* hsi_keylog_index_new: heap; NO_MEMORY; ends in hsi_keylog_index_free, which wipes (NULL is legal). */
HSI_MUST_USE hsi_status hsi_keylog_index_new(hsi_keylog_index **out);
void hsi_keylog_index_free(hsi_keylog_index *index);

/* hsi_keylog_index_add copies the lines of a text; `lines` counts them. What is no key-log line is passed over. */
HSI_MUST_USE hsi_status hsi_keylog_index_add(hsi_keylog_index *index, hsi_bytes text, size_t *lines);

/* hsi_keylog_index_now: as `since` it leaves out what was added so far; 0 leaves out nothing. */
uint64_t hsi_keylog_index_now(const hsi_keylog_index *index);

/* Each appends the secrets that are of one connection to its journal, in the order in which they were added, under the
 * connection's client random; `appended` counts them. By ClientHello.random: */
HSI_MUST_USE hsi_status hsi_keylog_index_random(const hsi_keylog_index *index, uint64_t since, hsi_bytes client_random,
                                                hsi_journal *journal, size_t *appended);

/* …by EncryptedPreMasterSecret, of which a line has the first 8 bytes: */
HSI_MUST_USE hsi_status hsi_keylog_index_premaster(const hsi_keylog_index *index, uint64_t since,
                                                   hsi_bytes encrypted_premaster, hsi_bytes client_random,
                                                   hsi_journal *journal, size_t *appended);

/* …and by the session ID of the ServerHello. */
HSI_MUST_USE hsi_status hsi_keylog_index_session(const hsi_keylog_index *index, uint64_t since, hsi_bytes session_id,
                                                 hsi_bytes client_random, hsi_journal *journal, size_t *appended);

#endif
