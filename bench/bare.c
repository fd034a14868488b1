/* Bare: pairs by GnuTLS alone, the measure of all others. Nothing of hsinspect runs in the process once it is set up: the
 * certificate comes from csrc/live, which has not touched GnuTLS's import slots by then.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "live/lab_certificate.h"
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

static gnutls_datum_t datum(hsi_bytes bytes)
{
    gnutls_datum_t out = {NULL, (unsigned)bytes.length};
    memcpy(&out.data, &bytes.data, sizeof out.data);
    return out;
}

static void set_up(const struct scenario *scenario)
{
    hsi_lab_certificate lab;
    check(hsi_lab_certificate_get(&lab, scenario->certificate) == HSI_OK, "a certificate");
    gnutls_datum_t chain = datum(lab.chain), key = datum(lab.key);
    for (int side = CLIENT; side <= SERVER; side++) {
        check(gnutls_certificate_allocate_credentials(&credentials[side]) == 0, "credentials");
    }
    check(gnutls_certificate_set_x509_key_mem(credentials[SERVER], &chain, &key, GNUTLS_X509_FMT_PEM) >= 0, "a key");
    check(gnutls_priority_init(&priority, scenario->priority, NULL) == 0, "priorities");
    check(gnutls_session_ticket_key_generate(&ticket_key) == 0, "a ticket key");
}

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
}

static int advance(end *it)
{
    int code = gnutls_handshake(it->session);
    check(code == 0 || code == GNUTLS_E_AGAIN, "a handshake");
    return code;
}

static void pair(void)
{
    static end client, server;
    int codes[] = {GNUTLS_E_AGAIN, GNUTLS_E_AGAIN};
    start(&client, &server, CLIENT);
    start(&server, &client, SERVER);
    while (codes[CLIENT] != 0 || codes[SERVER] != 0) {
        codes[CLIENT] = codes[CLIENT] == 0 ? 0 : advance(&client);
        codes[SERVER] = codes[SERVER] == 0 ? 0 : advance(&server);
    }
    gnutls_deinit(client.session);
    gnutls_deinit(server.session);
}

const struct way bare = {"bare", set_up, pair};
