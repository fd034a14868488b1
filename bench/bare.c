/* Bare: pairs by GnuTLS alone, the measure of all others. Nothing of hsinspect runs in the process.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "pair.h"

enum { CLIENT, SERVER, QUEUE = 32768 }; /* more than an end says before it hears the other */

typedef struct end {
    gnutls_session_t session;
    struct end *peer;
    size_t start; /* of what the peer has not read yet */
    size_t stop;
    unsigned char queue[QUEUE];
} end;

static gnutls_certificate_credentials_t credentials[2];
static gnutls_priority_t priority;
static gnutls_datum_t ticket_key;
static gnutls_datum_t resumption; /* what the client resumes; empty: nothing */
static end client, server;

static void set_up(const struct scenario *scenario)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        check(gnutls_certificate_allocate_credentials(&credentials[side]) == 0, "credentials");
    }
    check(gnutls_certificate_set_x509_key_file(credentials[SERVER], scenario->certificate, scenario->key,
                                               GNUTLS_X509_FMT_PEM) >= 0,
          "a key");
    check(gnutls_priority_init(&priority, scenario->priority, NULL) == 0, "priorities");
    check(gnutls_session_ticket_key_generate(&ticket_key) == 0, "a ticket key");
}

/* ---- one end ---- */

static ssize_t push(gnutls_transport_ptr_t of, const void *bytes, size_t length)
{
    end *it = of;
    check(length <= QUEUE - it->stop, "a queue that is long enough");
    memcpy(it->queue + it->stop, bytes, length);
    it->stop += length;
    return (ssize_t)length;
}

static ssize_t pull(gnutls_transport_ptr_t of, void *bytes, size_t length)
{
    end *it = of, *peer = it->peer;
    if (peer->start == peer->stop) {
        gnutls_transport_set_errno(it->session, EAGAIN);
        return -1;
    }
    length = length < peer->stop - peer->start ? length : peer->stop - peer->start;
    memcpy(bytes, peer->queue + peer->start, length);
    peer->start += length;
    if (peer->start == peer->stop) {
        peer->start = peer->stop = 0;
    }
    return (ssize_t)length;
}

static int pull_timeout(gnutls_transport_ptr_t of, unsigned milliseconds)
{
    (void)milliseconds;
    const end *peer = ((end *)of)->peer;
    return peer->start != peer->stop;
}

static void start(end *it, end *peer, int side)
{
    unsigned flags = side == CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER;
    it->peer = peer;
    it->start = it->stop = 0;
    check(gnutls_init(&it->session, flags | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) == 0, "a session");
    check(gnutls_priority_set(it->session, priority) == 0, "a session's priorities");
    check(gnutls_credentials_set(it->session, GNUTLS_CRD_CERTIFICATE, credentials[side]) == 0, "its credentials");
    if (side == CLIENT) {
        check(gnutls_server_name_set(it->session, GNUTLS_NAME_DNS, SERVER_NAME, strlen(SERVER_NAME)) == 0, "a name");
    } else {
        check(gnutls_session_ticket_enable_server(it->session, &ticket_key) == 0, "tickets");
    }
    gnutls_transport_set_ptr(it->session, it);
    gnutls_transport_set_push_function(it->session, push);
    gnutls_transport_set_pull_function(it->session, pull);
    gnutls_transport_set_pull_timeout_function(it->session, pull_timeout);
}

/* ---- both ---- */

static int advance(end *it)
{
    int code = gnutls_handshake(it->session);
    check(code == 0 || code == GNUTLS_E_AGAIN, "a handshake");
    return code;
}

static void shake_hands(void)
{
    int codes[] = {GNUTLS_E_AGAIN, GNUTLS_E_AGAIN};
    start(&client, &server, CLIENT);
    start(&server, &client, SERVER);
    if (resumption.size > 0) {
        check(gnutls_session_set_data(client.session, resumption.data, resumption.size) == 0, "a session to resume");
    }
    while (codes[CLIENT] != 0 || codes[SERVER] != 0) {
        codes[CLIENT] = codes[CLIENT] == 0 ? 0 : advance(&client);
        codes[SERVER] = codes[SERVER] == 0 ? 0 : advance(&server);
    }
    check(resumption.size == 0 || gnutls_session_is_resumed(client.session), "a resumption");
}

static void hang_up(void)
{
    gnutls_deinit(client.session);
    gnutls_deinit(server.session);
}

static void transfer(void)
{
    static unsigned char content[WRITE], read[WRITE];
    check(gnutls_record_send(client.session, content, WRITE) == WRITE, "a write");
    check(gnutls_record_recv(server.session, read, WRITE) == WRITE, "a read");
}

static void pair(size_t writes)
{
    shake_hands();
    for (size_t i = 0; i < writes; i++) {
        transfer();
    }
    hang_up();
}

/* The tickets of TLS 1.3 come after the handshake: the client looks for data, of which there is none. */
static void remember(void)
{
    unsigned char none[1];
    shake_hands();
    check(gnutls_record_recv(client.session, none, sizeof none) == GNUTLS_E_AGAIN, "tickets alone");
    check(gnutls_session_get_data2(client.session, &resumption) == 0, "a session that can be resumed");
    hang_up();
}

const struct way bare = {"bare", set_up, remember, pair, shake_hands};
