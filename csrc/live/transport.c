/* Transport: GnuTLS's push and pull over two queues in memory, and the wire entries of the trace. Bytes are entered
 * when GnuTLS pulls or pushes them. Two-sided, the sending end alone enters them, in whole records, and shows each to
 * the observer, who may have something else arrive. RFC 8446 section 5.1 for the five bytes of a header.
 * SPDX-License-Identifier: MIT */
#include <errno.h>

#include "live/session_state.h"

enum { HEADER = 5 };

static _Thread_local uint64_t mark;

uint64_t hsi_transport_mark(void)
{
    return mark;
}

void hsi_transport_set_mark(uint64_t value)
{
    mark = value;
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

static void send_records(hsi_session *session, hsi_bytes bytes)
{
    hsi_session_break(session, hsi_buffer_append(&session->cut, bytes));
    for (;;) {
        hsi_bytes rest = hsi_buffer_peek(&session->cut);
        size_t length = rest.length < HEADER ? HEADER : HEADER + ((size_t)rest.data[3] << 8) + rest.data[4];
        if (rest.length < length) {
            return;
        }
        send_record(session, hsi_bytes_slice(rest, 0, length));
        hsi_buffer_consume(&session->cut, length);
    }
}

/* Never fails, whatever an observer says: without a record that GnuTLS has sealed the peer could not read the alert
 * that follows. A session that is broken ends with the next pull or hook. */
static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t length)
{
    hsi_session *session = context;
    hsi_secrets_wire(session);
    if (session->two_sided) {
        send_records(session, hsi_bytes_of(data, length));
    } else {
        send_plain(session, hsi_bytes_of(data, length), HSI_BYTES_EMPTY);
    }
    return (ssize_t)length;
}

/* ---- in ---- */

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
    tell_in_end(session);
    return session->in_end == HSI_END_RST ? fail_with(session, ECONNRESET) : 0;
}

static ssize_t pull(gnutls_transport_ptr_t context, void *out, size_t size)
{
    hsi_session *session = context;
    if (session->broken != HSI_OK) {
        return fail_with(session, EIO);
    }
    hsi_secrets_wire(session);
    hsi_bytes waiting = hsi_buffer_peek(&session->in);
    if (waiting.length == 0) {
        return pull_nothing(session);
    }
    size_t length = waiting.length < size ? waiting.length : size;
    memcpy(out, waiting.data, length);
    hsi_buffer_consume(&session->in, length);
    session->pulled = true;
    if (!session->two_sided) {
        hsi_entry entry = {
            .kind = HSI_ENTRY_WIRE, .sender = hsi_peer_of(session->side), .data = hsi_bytes_of(out, length)};
        hsi_session_tell(session, &entry);
    }
    return session->broken == HSI_OK ? (ssize_t)length : fail_with(session, EIO);
}

/* GnuTLS asks before it waits for a ticket; there is nothing to wait for here. */
static int pull_timeout(gnutls_transport_ptr_t context, unsigned milliseconds)
{
    HSI_UNUSED(milliseconds);
    const hsi_session *session = context;
    return hsi_buffer_length(&session->in) > 0 || session->in_ended;
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
    hsi_bytes unread = hsi_buffer_peek(&session->in);
    if (unread.length > 0 && !session->two_sided) {
        hsi_entry entry = {
            .kind = HSI_ENTRY_WIRE, .sender = hsi_peer_of(session->side), .code = HSI_WIRE_UNREAD, .data = unread};
        hsi_session_tell(session, &entry);
    }
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

/* The end is told now where nothing comes before it, else when GnuTLS has read what does. */
hsi_status hsi_session_feed_end(hsi_session *session, hsi_end end)
{
    HSI_TRY(hsi_session_lock(session));
    if (!session->in_ended) {
        session->in_ended = true;
        session->in_end = end;
        if (hsi_buffer_length(&session->in) == 0) {
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

hsi_status hsi_session_take(hsi_session *session, hsi_buffer *out, size_t limit)
{
    HSI_TRY(hsi_session_lock(session));
    hsi_bytes waiting = hsi_buffer_peek(&session->out);
    size_t length = waiting.length < limit ? waiting.length : limit;
    hsi_status status = hsi_buffer_append(out, hsi_bytes_slice(waiting, 0, length));
    if (status == HSI_OK) {
        consume_out(session, length);
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

bool hsi_transport_taken(hsi_session *session, uint64_t upto)
{
    bool looked = hsi_session_look(session);
    bool taken = session->taken >= upto;
    hsi_session_unlook(session, looked);
    return taken;
}

size_t hsi_session_pending_out(hsi_session *session)
{
    bool looked = hsi_session_look(session);
    size_t length = hsi_buffer_length(&session->out);
    hsi_session_unlook(session, looked);
    return length;
}
