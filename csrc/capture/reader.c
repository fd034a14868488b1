/* Reader: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/reader.h"

#include "base/memory.h"
#include "capture/conversation.h"

struct hsi_reader {
    hsi_packets *packets;
    hsi_keyring *keyring;
    hsi_list ended; /* hsi_trace */
    size_t taken;   /* of these */
    uint64_t connections, others;
    bool abandoned; /* nobody will take what ends now */
};

typedef struct open_flow {
    hsi_conversation *conversation;
    hsi_served served;
    bool served_once;
} open_flow;

/* ---- the sink ---- */

static hsi_status on_open(void *context, const hsi_endpoint ends[2], uint64_t time_ns, void **out)
{
    HSI_UNUSED(context);
    open_flow *flow = hsi_memory_new(sizeof *flow);
    if (flow == NULL) {
        return HSI_NO_MEMORY;
    }
    flow->conversation = hsi_conversation_new(ends, time_ns);
    if (flow->conversation == NULL) {
        hsi_memory_free(flow, sizeof *flow);
        return HSI_NO_MEMORY;
    }
    *out = flow;
    return HSI_OK;
}

/* Served when its first application data comes, so that a connection that resumes its session while it is open finds the
 * master secret; and again at its end. */
static hsi_status on_bytes(void *context, void *at, uint8_t from, hsi_bytes data, uint64_t time_ns)
{
    hsi_reader *reader = context;
    open_flow *flow = at;
    HSI_TRY(hsi_conversation_bytes(flow->conversation, from, data, time_ns));
    hsi_trace *trace = hsi_conversation_trace(flow->conversation);
    if (trace == NULL || flow->served_once || !hsi_conversation_has_data(flow->conversation)) {
        return HSI_OK;
    }
    flow->served_once = true;
    return hsi_keyring_serve(reader->keyring, trace, &flow->served);
}

static hsi_status on_fault(void *context, void *at, uint8_t from, const hsi_capture_fault *fault)
{
    HSI_UNUSED(context);
    return hsi_conversation_fault(((open_flow *)at)->conversation, from, fault);
}

static hsi_status on_end(void *context, void *at, uint8_t from, hsi_end end, uint64_t time_ns)
{
    HSI_UNUSED(context);
    return hsi_conversation_end(((open_flow *)at)->conversation, from, end, time_ns);
}

static hsi_status hand_over(hsi_reader *reader, open_flow *flow)
{
    hsi_trace *trace = hsi_conversation_trace(flow->conversation);
    if (trace == NULL) {
        reader->others++;
        return HSI_OK;
    }
    HSI_TRY(hsi_keyring_serve(reader->keyring, trace, &flow->served));
    hsi_trace_finish(trace);
    HSI_TRY(hsi_list_append(&reader->ended, trace));
    (void)hsi_trace_hold(trace);
    reader->connections++;
    return HSI_OK;
}

static hsi_status on_close(void *context, void *at)
{
    hsi_reader *reader = context;
    open_flow *flow = at;
    hsi_status status = reader->abandoned ? HSI_OK : hand_over(reader, flow);
    hsi_conversation_free(flow->conversation);
    hsi_memory_free(flow, sizeof *flow);
    return status;
}

static hsi_status on_secrets(void *context, hsi_bytes text)
{
    size_t lines;
    return hsi_keyring_lines(((hsi_reader *)context)->keyring, text, &lines);
}

/* ---- life ---- */

hsi_reader *hsi_reader_new(void)
{
    hsi_reader *reader = hsi_memory_new(sizeof *reader);
    if (reader == NULL) {
        return NULL;
    }
    const hsi_capture_sink sink = {reader, on_open, on_bytes, on_fault, on_end, on_close, on_secrets};
    reader->packets = hsi_packets_new(&sink);
    reader->keyring = hsi_keyring_new();
    if (reader->packets == NULL || reader->keyring == NULL) {
        hsi_reader_free(reader);
        return NULL;
    }
    return reader;
}

void hsi_reader_free(hsi_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    reader->abandoned = true;
    hsi_packets_free(reader->packets); /* closes what is open */
    while (hsi_reader_waiting(reader) > 0) {
        hsi_trace_drop(hsi_reader_take(reader));
    }
    hsi_list_cleanup(&reader->ended);
    hsi_keyring_free(reader->keyring);
    hsi_memory_free(reader, sizeof *reader);
}

hsi_keyring *hsi_reader_keyring(hsi_reader *reader)
{
    return reader->keyring;
}

hsi_status hsi_reader_feed(hsi_reader *reader, hsi_bytes piece)
{
    return hsi_packets_feed(reader->packets, piece);
}

hsi_status hsi_reader_finish(hsi_reader *reader)
{
    return hsi_packets_finish(reader->packets);
}

/* ---- what came ---- */

size_t hsi_reader_waiting(const hsi_reader *reader)
{
    return reader->ended.count - reader->taken;
}

hsi_trace *hsi_reader_take(hsi_reader *reader)
{
    if (hsi_reader_waiting(reader) == 0) {
        return NULL;
    }
    hsi_trace *trace = reader->ended.items[reader->taken++];
    if (hsi_reader_waiting(reader) == 0) {
        reader->ended.count = reader->taken = 0;
    }
    return trace;
}

hsi_reader_counts hsi_reader_counted(const hsi_reader *reader)
{
    return (hsi_reader_counts){hsi_packets_noted(reader->packets), reader->connections, reader->others};
}
