/* Transport: GnuTLS's push and pull over two queues in memory, and the wire entries of the trace: a record each, entered
 * when GnuTLS has pushed it or pulled the last byte of it, or a part of one where the stream ends. Two-sided, the sending
 * end alone enters them, and shows each to the observer, who may have something else arrive. RFC 8446 section 5.1 for the
 * five bytes of a header.
 * SPDX-License-Identifier: MIT */
#include <errno.h>

#include "live/session_state.h"

enum { HEADER = HSI_HEADER, CHUNK = 16384 + 2048 }; /* a record's fragment, RFC 5246 section 6.2.3 */

static _Thread_local hsi_sent last;

hsi_sent hsi_transport_sent(void)
{
    return last;
}

void hsi_transport_set_sent(hsi_sent sent)
{
    last = sent;
}

/* The length of the record that begins with these bytes, as far as they say. */
static size_t record_length(hsi_bytes bytes)
{
    return bytes.length < HEADER ? HEADER : HEADER + ((size_t)bytes.data[3] << 8) + bytes.data[4];
}

/* ---- out ---- */

static void queue(hsi_session *session, hsi_bytes bytes)
{
    session->queued += bytes.length;
    hsi_session_break(session, hsi_buffer_append(&session->out, bytes));
}

static void send_plain(hsi_session *session, hsi_bytes bytes, hsi_bytes altered_from)
{
    hsi_entry entry = {.kind = HSI_ENTRY_WIRE, .sender = session->side, .data = bytes, .aux = altered_from};
    queue(session, bytes);
    session->whole++;
    hsi_session_tell(session, &entry);
}

/* An observer that fails has not altered anything: the record goes out as it is, and the session ends after it. */
static void send_tampered(hsi_session *session, hsi_bytes record)
{
    hsi_buffer arriving = HSI_BUFFER_EMPTY;
    hsi_probe_target *target = hsi_probe_enter(NULL);
    hsi_status status = session->observer.tamper(session->observer.context, record, &arriving);
    (void)hsi_probe_enter(target);
    hsi_session_break(session, status);
    hsi_bytes arrives = status == HSI_OK ? hsi_buffer_peek(&arriving) : record;
    send_plain(session, arrives, hsi_bytes_equal(arrives, record) ? HSI_BYTES_EMPTY : record);
    hsi_buffer_cleanup(&arriving);
}

static void send_record(hsi_session *session, hsi_bytes record)
{
    if (session->observer.tamper == NULL || session->broken != HSI_OK) {
        send_plain(session, record, HSI_BYTES_EMPTY);
    } else {
        send_tampered(session, record);
    }
}

/* Sends the whole records at the front of some bytes; returns what is left. */
static hsi_bytes send_whole(hsi_session *session, hsi_bytes bytes)
{
    for (size_t length = record_length(bytes); bytes.length >= length; length = record_length(bytes)) {
        send_record(session, hsi_bytes_slice(bytes, 0, length));
        bytes = hsi_bytes_slice(bytes, length, bytes.length - length);
    }
    return bytes;
}

static void send_records(hsi_session *session, hsi_bytes bytes)
{
    if (hsi_buffer_length(&session->cut) == 0) {
        bytes = send_whole(session, bytes);
    }
    hsi_session_break(session, hsi_buffer_append(&session->cut, bytes));
    size_t gathered = hsi_buffer_length(&session->cut);
    hsi_bytes rest = send_whole(session, hsi_buffer_peek(&session->cut));
    hsi_buffer_consume(&session->cut, gathered - rest.length);
}

/* Never fails, whatever an observer says: without a record that GnuTLS has sealed the peer could not read the alert
 * that follows. A session that is broken ends with the next pull or hook. */
static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t length)
{
    hsi_session *session = context;
    hsi_secrets_wire(session);
    send_records(session, hsi_bytes_of(data, length));
    return (ssize_t)length;
}

/* ---- in ---- */

/* What was fed and not pulled. */
static hsi_bytes waiting_in(const hsi_session *session)
{
    hsi_bytes all = hsi_buffer_peek(&session->in);
    return hsi_bytes_slice(all, session->pulled_ahead, all.length - session->pulled_ahead);
}

/* Tells what was pulled. Two-sided, the peer has told it. */
static void tell_pulled(hsi_session *session, uint8_t mark_of)
{
    hsi_entry entry = {.kind = HSI_ENTRY_WIRE,
                       .sender = hsi_peer_of(session->side),
                       .code = mark_of,
                       .time_ns = session->pulled_ns,
                       .data = hsi_bytes_slice(hsi_buffer_peek(&session->in), 0, session->pulled_ahead)};
    session->pulled_ahead = 0;
    if (!session->two_sided && entry.data.length > 0) {
        hsi_session_tell(session, &entry);
    }
    hsi_buffer_consume(&session->in, entry.data.length);
}

static ssize_t fail_with(hsi_session *session, int error)
{
    gnutls_transport_set_errno(session->gnutls, error);
    return -1;
}

static void tell_end(hsi_session *session, uint8_t sender, hsi_end end)
{
    hsi_entry entry = {.kind = HSI_ENTRY_END, .sender = sender, .code = (uint8_t)end};
    hsi_session_tell(session, &entry);
}

static void tell_in_end(hsi_session *session)
{
    if (session->in_ended && !session->in_end_told && !session->two_sided) {
        session->in_end_told = true;
        tell_end(session, hsi_peer_of(session->side), session->in_end);
    }
}

static ssize_t pull_nothing(hsi_session *session)
{
    session->starved = true;
    if (!session->in_ended) {
        return fail_with(session, EAGAIN);
    }
    tell_pulled(session, 0);
    tell_in_end(session);
    return session->in_end == HSI_END_RST ? fail_with(session, ECONNRESET) : 0;
}

/* GnuTLS pulls a record in pieces; the trace is told of it when it is whole. */
static void note_pulled(hsi_session *session, size_t length)
{
    if (session->pulled_ahead == 0 && !session->two_sided) {
        session->pulled_ns = hsi_trace_now(session->trace);
    }
    session->pulled = true;
    session->pulled_ahead += length;
    hsi_bytes pulled = hsi_bytes_slice(hsi_buffer_peek(&session->in), 0, session->pulled_ahead);
    if (pulled.length >= record_length(pulled)) {
        session->whole++;
        tell_pulled(session, 0);
    }
}

static ssize_t pull(gnutls_transport_ptr_t context, void *out, size_t size)
{
    hsi_session *session = context;
    if (session->broken != HSI_OK) {
        return fail_with(session, EIO);
    }
    hsi_secrets_wire(session);
    hsi_bytes waiting = waiting_in(session);
    if (waiting.length == 0) {
        return pull_nothing(session);
    }
    size_t length = waiting.length < size ? waiting.length : size;
    memcpy(out, waiting.data, length);
    note_pulled(session, length);
    return session->broken == HSI_OK ? (ssize_t)length : fail_with(session, EIO);
}

void hsi_transport_told(hsi_session *session)
{
    session->told_more = true;
    if (!atomic_load(&session->established) || session->failed) {
        tell_pulled(session, 0);
    }
}

void hsi_transport_begin(hsi_session *session)
{
    session->whole = 0;
    session->told_more = false;
}

void hsi_transport_moved(hsi_session *session)
{
    bool all_told = session->broken == HSI_OK; /* else they are not the last entries of the trace */
    if (all_told && !session->told_more && session->whole > 0 && !session->two_sided) {
        hsi_session_break(session, hsi_trace_application(session->trace, session->whole));
    }
}

/* GnuTLS asks before it waits for a ticket; there is nothing to wait for here. */
static int pull_timeout(gnutls_transport_ptr_t context, unsigned milliseconds)
{
    HSI_UNUSED(milliseconds);
    const hsi_session *session = context;
    return waiting_in(session).length > 0 || session->in_ended;
}

void hsi_transport_install(hsi_session *session)
{
    gnutls_transport_set_ptr(session->gnutls, session);
    gnutls_transport_set_push_function(session->gnutls, push);
    gnutls_transport_set_pull_function(session->gnutls, pull);
    gnutls_transport_set_pull_timeout_function(session->gnutls, pull_timeout);
}

void hsi_transport_leave(hsi_session *session)
{
    tell_pulled(session, 0);
    session->pulled_ahead = hsi_buffer_length(&session->in);
    session->pulled_ns = 0;
    tell_pulled(session, HSI_WIRE_UNREAD);
    tell_in_end(session);
}

/* ---- what drives the session ---- */

hsi_status hsi_session_feed(hsi_session *session, hsi_bytes bytes)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_status status = session->in_ended ? HSI_USAGE : hsi_buffer_append(&session->in, bytes);
    hsi_session_unlock(session);
    return status;
}

/* How much of the record that is arriving is still to come. */
static size_t still_to_come(const hsi_session *session)
{
    size_t known = session->arrived < HEADER ? session->arrived : HEADER;
    return record_length(hsi_bytes_of(session->header, known)) - session->arrived;
}

static void note_arrived(hsi_session *session, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && session->arrived + i < HEADER; i++) {
        session->header[session->arrived + i] = bytes[i];
    }
    session->arrived += length;
    if (still_to_come(session) == 0) {
        session->arrived = 0;
    }
}

static hsi_status receive_record(hsi_session *session, hsi_transport_giver *giver, void *context, size_t *received)
{
    uint8_t bytes[CHUNK];
    size_t wanted, length;
    do {
        wanted = still_to_come(session);
        wanted = wanted < sizeof bytes ? wanted : sizeof bytes;
        length = giver(context, bytes, wanted);
        HSI_TRY(hsi_buffer_append(&session->in, hsi_bytes_of(bytes, length)));
        note_arrived(session, bytes, length);
        *received += length;
    } while (length == wanted && session->arrived > 0);
    return HSI_OK;
}

hsi_status hsi_transport_receive(hsi_session *session, hsi_transport_giver *giver, void *context, size_t *received)
{
    *received = 0;
    HSI_TRY(hsi_session_lock(session));
    hsi_status status = session->in_ended ? HSI_USAGE : receive_record(session, giver, context, received);
    hsi_session_unlock(session);
    return status;
}

/* The end is told now where nothing comes before it, else when GnuTLS has read what does. */
hsi_status hsi_session_feed_end(hsi_session *session, hsi_end end)
{
    HSI_TRY(hsi_session_lock(session));
    if (!session->in_ended) {
        session->in_ended = true;
        session->in_end = end;
        if (waiting_in(session).length == 0) {
            tell_pulled(session, 0);
            tell_in_end(session);
        }
    }
    hsi_status status = hsi_session_settle(session);
    hsi_session_unlock(session);
    return status;
}

hsi_status hsi_session_sent_end(hsi_session *session, hsi_end end)
{
    HSI_TRY(hsi_session_lock(session));
    tell_end(session, session->side, end);
    hsi_status status = hsi_session_settle(session);
    hsi_session_unlock(session);
    return status;
}

static void consume_out(hsi_session *session, size_t length)
{
    if (length > 0) {
        hsi_buffer_consume(&session->out, length);
        session->taken += length;
    }
}

/* All of it into an empty buffer: the two change places, and nothing is copied. */
static void swap_out(hsi_session *session, hsi_buffer *out)
{
    hsi_buffer all = session->out;
    session->out = *out;
    *out = all;
    session->taken += hsi_buffer_length(out);
}

static hsi_status copy_out(hsi_session *session, hsi_buffer *out, size_t limit)
{
    hsi_bytes waiting = hsi_buffer_peek(&session->out);
    size_t length = waiting.length < limit ? waiting.length : limit;
    HSI_TRY(hsi_buffer_append(out, hsi_bytes_slice(waiting, 0, length)));
    consume_out(session, length);
    return HSI_OK;
}

hsi_status hsi_session_take(hsi_session *session, hsi_buffer *out, size_t limit)
{
    hsi_status status = HSI_OK;
    HSI_TRY(hsi_session_lock(session));
    if (hsi_buffer_length(out) == 0 && hsi_buffer_length(&session->out) <= limit) {
        swap_out(session, out);
    } else {
        status = copy_out(session, out, limit);
    }
    hsi_session_unlock(session);
    return status;
}

hsi_status hsi_transport_offer(hsi_session *session, hsi_transport_taker *taker, void *context)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_bytes waiting = hsi_buffer_peek(&session->out);
    if (waiting.length > 0) {
        consume_out(session, taker(context, waiting));
    }
    hsi_session_unlock(session);
    return HSI_OK;
}

bool hsi_transport_taken(hsi_session *session, uint64_t end)
{
    bool looked = hsi_session_look(session);
    bool taken = session->taken >= end;
    hsi_session_unlook(session, looked);
    return taken;
}

void hsi_transport_owe(hsi_session *session, hsi_sent sent)
{
    bool looked = hsi_session_look(session);
    if (sent.data > 0) {
        session->owed.data += sent.data;
        session->owed.end = sent.end;
    }
    hsi_session_unlook(session, looked);
}

size_t hsi_session_pending_out(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    size_t length = hsi_buffer_length(&session->out);
    hsi_session_unlook(session, looked);
    return length;
}
