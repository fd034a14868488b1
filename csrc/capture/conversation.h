/* Conversation: from one flow of a capture to a trace, if it is TLS (detect.h). What came before the hello stays in the trace
 * as its opening; faults of the capture are entries in their place. In: what a sink is told of a flow. Out: a trace that
 * grows. Knows no keys.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_CONVERSATION_H
#define HSI_CAPTURE_CONVERSATION_H

#include "capture/sink.h"
#include "tap/trace.h"

typedef struct hsi_conversation hsi_conversation;

/* hsi_conversation_new: heap; NULL: out of memory; ends in hsi_conversation_free, which drops the trace. */
hsi_conversation *hsi_conversation_new(const hsi_endpoint ends[2], uint64_t time_ns);
void hsi_conversation_free(hsi_conversation *conversation);

/* The calls of a sink about this flow. */
HSI_MUST_USE hsi_status hsi_conversation_bytes(hsi_conversation *conversation, uint8_t from, hsi_bytes data,
                                               uint64_t time_ns);
HSI_MUST_USE hsi_status hsi_conversation_fault(hsi_conversation *conversation, uint8_t from,
                                               const hsi_capture_fault *fault);
HSI_MUST_USE hsi_status hsi_conversation_end(hsi_conversation *conversation, uint8_t from, hsi_end end,
                                             uint64_t time_ns);

/* hsi_conversation_trace borrows the trace; NULL: it is not TLS, or that is not known yet. hsi_conversation_has_data: has a
 * record of application data begun? */
hsi_trace *hsi_conversation_trace(const hsi_conversation *conversation);
bool hsi_conversation_has_data(const hsi_conversation *conversation);

#endif
