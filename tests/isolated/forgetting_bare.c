/* What forgetting.py does, with GnuTLS alone: a handshake and a request between two sessions over memory, the secrets of
 * the key log handed out, everything freed. What is left of them then is GnuTLS's own, for tests/py/test_wiping.py.
 * Call: forgetting_bare PRIORITY CHAIN KEY. stdin and stdout as there.
 * SPDX-License-Identifier: MIT */
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUEUE = 65536, REQUEST = 64 };

/* What one end has sent and the other has not read; it holds sealed bytes only. */
typedef struct queue {
    unsigned char bytes[QUEUE];
    size_t start, end;
} queue;

typedef struct endpoint {
    queue in;
    struct endpoint *peer;
    gnutls_session_t session;
} endpoint;

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t length)
{
    queue *out = &((endpoint *)context)->peer->in;
    memcpy(out->bytes + out->end, data, length);
    out->end += length;
    return (ssize_t)length;
}

static ssize_t pull(gnutls_transport_ptr_t context, void *data, size_t room)
{
    endpoint *self = context;
    size_t waiting = self->in.end - self->in.start;
    size_t length = waiting < room ? waiting : room;
    if (length == 0) {
        gnutls_transport_set_errno(self->session, 11); /* EAGAIN */
        return -1;
    }
    memcpy(data, self->in.bytes + self->in.start, length);
    self->in.start += length;
    return (ssize_t)length;
}

static int pull_timeout(gnutls_transport_ptr_t context, unsigned milliseconds)
{
    (void)milliseconds;
    endpoint *self = context;
    return self->in.end > self->in.start;
}

/* A line of text, unbuffered: stdio would keep a copy of what follows it. */
static void say(const char *text)
{
    (void)!write(1, text, strlen(text));
}

static int hand_out(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
    char line[80];
    (void)session;
    (void)snprintf(line, sizeof line, "%u %s\n", secret->size,
                   strcmp(label, "CLIENT_RANDOM") == 0 ? "master secret" : label);
    say(line);
    (void)!write(1, secret->data, secret->size);
    return 0;
}

static int open_session(endpoint *self, unsigned flags, const char *priority, gnutls_certificate_credentials_t with)
{
    int code = gnutls_init(&self->session, flags | GNUTLS_NONBLOCK);
    if (code >= 0) {
        code = gnutls_priority_set_direct(self->session, priority, NULL);
    }
    if (code >= 0) {
        code = gnutls_credentials_set(self->session, GNUTLS_CRD_CERTIFICATE, with);
    }
    gnutls_transport_set_ptr(self->session, self);
    gnutls_transport_set_push_function(self->session, push);
    gnutls_transport_set_pull_function(self->session, pull);
    gnutls_transport_set_pull_timeout_function(self->session, pull_timeout);
    gnutls_session_set_keylog_function(self->session, hand_out);
    return code;
}

static int shake_hands(endpoint *client, endpoint *server)
{
    int codes[] = {GNUTLS_E_AGAIN, GNUTLS_E_AGAIN};
    endpoint *const ends[] = {client, server};
    for (int i = 0; i < 40 && (codes[0] < 0 || codes[1] < 0); i++) {
        if (codes[i % 2] < 0) {
            codes[i % 2] = gnutls_handshake(ends[i % 2]->session);
        }
    }
    return codes[0] < 0 ? codes[0] : codes[1];
}

static int talk(endpoint *client, endpoint *server)
{
    unsigned char request[REQUEST];
    int code = shake_hands(client, server);
    if (code < 0 || read(0, request, sizeof request) != REQUEST) {
        return -1;
    }
    ssize_t sent = gnutls_record_send(client->session, request, sizeof request);
    ssize_t received = gnutls_record_recv(server->session, request, sizeof request);
    gnutls_memset(request, 0, sizeof request);
    return sent == REQUEST && received == REQUEST ? 0 : -1;
}

int main(int count, char **arguments)
{
    static endpoint client, server;
    gnutls_certificate_credentials_t own, none;
    client.peer = &server;
    server.peer = &client;
    if (count != 4 || gnutls_certificate_allocate_credentials(&own) < 0 ||
        gnutls_certificate_allocate_credentials(&none) < 0 ||
        gnutls_certificate_set_x509_key_file(own, arguments[2], arguments[3], GNUTLS_X509_FMT_PEM) < 0 ||
        open_session(&client, GNUTLS_CLIENT, arguments[1], none) < 0 ||
        open_session(&server, GNUTLS_SERVER, arguments[1], own) < 0 || talk(&client, &server) < 0) {
        return 1;
    }
    gnutls_deinit(client.session);
    gnutls_deinit(server.session);
    gnutls_certificate_free_credentials(own);
    gnutls_certificate_free_credentials(none);
    say("\n");
    char end;
    return read(0, &end, 1) == 0 ? 0 : 1;
}
