/* Serving: gives a connection what is its own of a keyring. A table says what each type of message asks for.
 * SPDX-License-Identifier: MIT */
#include "capture/held_keys.h"

/* ---- what a message asks for ---- */

typedef struct serving {
    hsi_keyring *keyring;
    hsi_tap *tap;
    hsi_journal *journal;
    hsi_served *served;
    const hsi_message *message;
    const hsi_handshake *handshake;
    const hsi_field *root;
    size_t given; /* entries */
    bool again; /* the message was served before: only lines may have come since */
} serving;

static hsi_bytes random_of(const serving *s)
{
    return hsi_bytes_of(s->handshake->client_random, HSI_RANDOM);
}

/* A message that was served before is given what came since. */
static uint64_t since(const serving *s)
{
    return s->again ? s->served->since : 0;
}

static hsi_bytes content_at(const serving *s, const char *path)
{
    const hsi_field *field = hsi_field_find(s->root, path);
    return field == NULL ? HSI_BYTES_EMPTY : field->content;
}

/* Does `field`, psk_identity or the identities of a ClientHello, name it? */
static bool is_named(const hsi_held_psk *psk, const hsi_field *field)
{
    bool named = psk->any || (field->kind != HSI_FIELD_STRUCT && hsi_bytes_equal(psk->identity, field->content));
    for (const hsi_field *item = field->first; item != NULL && !named; item = item->next) {
        const hsi_field *identity = hsi_field_child(item, hsi_bytes_text("identity"));
        named = identity != NULL && hsi_bytes_equal(psk->identity, identity->content);
    }
    return named;
}

/* Any identity may be the one that the server picks. Each key is given once, however many there are of them. */
static hsi_status give_psks(serving *s, const char *path)
{
    const hsi_field *field = hsi_field_find(s->root, path);
    for (size_t i = 0; i < s->keyring->psks.count && field != NULL && !s->again; i++) {
        const hsi_held_psk *psk = s->keyring->psks.items[i];
        if (is_named(psk, field)) {
            const hsi_entry entry = {.kind = HSI_ENTRY_PSK,
                                     .side = HSI_NOBODY,
                                     .sender = HSI_NOBODY,
                                     .code = psk->any,
                                     .time_ns = hsi_journal_now(s->journal),
                                     .data = psk->key,
                                     .name = psk->identity};
            HSI_TRY(hsi_journal_append(s->journal, &entry));
            s->given++;
        }
    }
    return HSI_OK;
}

/* The lines of its random, once: the ClientHello after a HelloRetryRequest has the same. */
static hsi_status serve_client_hello(serving *s)
{
    hsi_served *served = s->served;
    bool same = served->greeted && hsi_bytes_equal(hsi_bytes_of(served->random, HSI_RANDOM), random_of(s));
    memcpy(served->random, s->handshake->client_random, HSI_RANDOM);
    served->greeted = true;
    if (same) {
        return HSI_OK;
    }
    HSI_TRY(hsi_keylog_index_random(s->keyring->lines, since(s), random_of(s), s->journal, &s->given));
    return give_psks(s, "extensions.pre_shared_key.identities");
}

static hsi_status give_secret(serving *s, hsi_source source, const char *label, hsi_bytes value)
{
    HSI_TRY(hsi_journal_secret(s->journal, HSI_NOBODY, source, label, random_of(s), value));
    s->given++;
    return HSI_OK;
}

static hsi_status serve_server_hello(serving *s)
{
    hsi_bytes session = content_at(s, "legacy_session_id_echo");
    if (s->handshake->version >= HSI_TLS13 || session.length == 0) {
        return HSI_OK;
    }
    return hsi_keylog_index_session(s->keyring->lines, since(s), session, random_of(s), s->journal, &s->given);
}

static hsi_status note(serving *s, const char *why)
{
    const hsi_entry entry = {.kind = HSI_ENTRY_NOTE,
                             .side = HSI_NOBODY,
                             .sender = HSI_NOBODY,
                             .time_ns = hsi_journal_now(s->journal),
                             .data = hsi_bytes_text(why),
                             .name = hsi_bytes_text("premaster secret")};
    if (s->served->noted) {
        return HSI_OK;
    }
    s->served->noted = true;
    return hsi_journal_append(s->journal, &entry);
}

/* The private key that fits the server's certificate; NULL: none does. */
static const hsi_private_key *private_key(const serving *s)
{
    for (size_t i = 0; i < s->keyring->private_keys.count; i++) {
        if (hsi_private_key_fits(s->keyring->private_keys.items[i], s->handshake->server_certificate)) {
            return s->keyring->private_keys.items[i];
        }
    }
    return NULL;
}

/* RFC 4279 section 4: what the key opens is the first half of the premaster secret, the pre-shared key the other. */
static hsi_status add_psk(const serving *s, hsi_buffer *premaster)
{
    hsi_bytes identity = content_at(s, "psk_identity");
    for (size_t i = 0; i < s->keyring->psks.count; i++) {
        const hsi_held_psk *psk = s->keyring->psks.items[i];
        if (psk->any || hsi_bytes_equal(psk->identity, identity)) {
            HSI_TRY(hsi_buffer_append_uint(premaster, 2, psk->key.length));
            return hsi_buffer_append(premaster, psk->key);
        }
    }
    return HSI_ILLEGAL;
}

static hsi_status open_premaster(const serving *s, const hsi_private_key *key, hsi_buffer *premaster)
{
    bool psk = hsi_field_find(s->root, "psk_identity") != NULL;
    if (psk) {
        HSI_TRY(hsi_buffer_append_uint(premaster, 2, HSI_PREMASTER));
    }
    HSI_TRY(hsi_private_key_decrypt(key, s->handshake->encrypted_premaster, premaster));
    return psk ? add_psk(s, premaster) : HSI_OK;
}

static hsi_status give_premaster(serving *s)
{
    hsi_buffer premaster = HSI_BUFFER_EMPTY;
    const hsi_private_key *key = private_key(s);
    if (s->keyring->private_keys.count == 0) {
        return HSI_OK;
    }
    if (key == NULL) {
        return note(s, "no private key that was given fits the server's certificate");
    }
    hsi_status status = open_premaster(s, key, &premaster);
    if (status == HSI_OK) {
        status = give_secret(s, HSI_SOURCE_PRIVATE_KEY, "premaster secret", hsi_buffer_peek(&premaster));
    } else if (status != HSI_NO_MEMORY) {
        status = note(s, "the server's private key does not open what the client encrypted to it");
    }
    hsi_buffer_cleanup(&premaster);
    return status;
}

static hsi_status serve_client_key_exchange(serving *s)
{
    hsi_bytes known;
    size_t lines;
    hsi_bytes encrypted = s->handshake->encrypted_premaster;
    HSI_TRY(give_psks(s, "psk_identity"));
    if (encrypted.length == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_keylog_index_premaster(s->keyring->lines, since(s), encrypted, random_of(s), s->journal, &lines));
    s->given += lines;
    HSI_TRY(hsi_tap_known(s->tap, s->handshake, "master secret", &known));
    return known.length > 0 || lines > 0 || s->again ? HSI_OK : give_premaster(s);
}

/* ---- sessions that are resumed ---- */

static hsi_status remember(serving *s, hsi_bytes name)
{
    hsi_bytes master;
    if (s->handshake->version >= HSI_TLS13 || name.length == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_known(s->tap, s->handshake, "master secret", &master));
    return hsi_sessions_put(s->keyring->sessions, name, master);
}

static hsi_status serve_new_session_ticket(serving *s)
{
    return remember(s, content_at(s, "ticket"));
}

static hsi_status content_of(serving *s, const hsi_message *message, const char *path, hsi_bytes *out)
{
    const hsi_fields *fields;
    *out = HSI_BYTES_EMPTY;
    if (message != NULL) {
        HSI_TRY(hsi_tap_fields(s->tap, message, &fields));
        const hsi_field *field = hsi_field_find(fields->root, path);
        *out = field == NULL ? HSI_BYTES_EMPTY : field->content;
    }
    return HSI_OK;
}

static hsi_status serve_finished(serving *s)
{
    hsi_bytes session;
    const hsi_message *hello = hsi_handshake_first(s->handshake, HSI_SERVER_HELLO, HSI_SERVER);
    HSI_TRY(content_of(s, hello, "legacy_session_id_echo", &session));
    return remember(s, session);
}

/* A handshake of TLS 1.2 or before whose server changed the cipher without key exchange resumes a session: that of the session
 * ID it echoes, or of the ticket that the client showed. No message says so, thus this is asked of each handshake. */
static hsi_status serve_resumption(serving *s)
{
    hsi_bytes name, known = HSI_BYTES_EMPTY;
    const hsi_handshake *handshake = s->handshake;
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_message *answer = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER);
    bool resumes = hello != NULL && answer != NULL && handshake->version < HSI_TLS13 &&
                   handshake->epochs[HSI_SERVER] > 0 &&
                   hsi_handshake_first(handshake, HSI_SERVER_HELLO_DONE, HSI_SERVER) == NULL;
    if (!resumes) {
        return HSI_OK;
    }
    HSI_TRY(content_of(s, answer, "legacy_session_id_echo", &name));
    HSI_TRY(hsi_sessions_get(s->keyring->sessions, name, &known));
    if (known.length == 0) {
        HSI_TRY(content_of(s, hello, "extensions.session_ticket.ticket", &name));
        HSI_TRY(hsi_sessions_get(s->keyring->sessions, name, &known));
    }
    return known.length == 0 ? HSI_OK : give_secret(s, HSI_SOURCE_DERIVED, "master secret", known);
}

/* ---- behind the last message ---- */

static hsi_status serve_private_key(serving *s)
{
    const hsi_fields *fields;
    const hsi_message *message = hsi_handshake_first(s->handshake, HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT);
    if (message == NULL || s->handshake->encrypted_premaster.length == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(s->tap, message, &fields));
    s->root = fields->root;
    return give_premaster(s);
}

/* A master secret that opens nothing was a wrong line, which stands in the way of no better one: that is sought once. */
static hsi_status serve_wholly(serving *s)
{
    hsi_bytes known;
    HSI_TRY(hsi_tap_known(s->tap, s->handshake, "master secret", &known));
    if (known.length == 0) {
        return serve_resumption(s);
    }
    if (!hsi_tap_waits(s->tap) || s->handshake->version >= HSI_TLS13 || s->handshake->index < s->served->doubted) {
        return HSI_OK;
    }
    s->served->doubted = s->handshake->index + 1;
    HSI_TRY(serve_private_key(s));
    return serve_resumption(s);
}

/* ---- one after another ---- */

static const struct {
    uint8_t type;
    uint8_t sender;
    hsi_status (*serve)(serving *s);
} services[] = {
    {HSI_CLIENT_HELLO, HSI_CLIENT, serve_client_hello},
    {HSI_SERVER_HELLO, HSI_SERVER, serve_server_hello},
    {HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT, serve_client_key_exchange},
    {HSI_NEW_SESSION_TICKET, HSI_SERVER, serve_new_session_ticket},
    {HSI_FINISHED, HSI_SERVER, serve_finished},
};

static hsi_status serve_message(serving *s)
{
    const hsi_fields *fields;
    for (size_t i = 0; i < HSI_COUNT(services) && !s->message->cut; i++) {
        if (services[i].type == s->message->type && services[i].sender == s->message->sender) {
            HSI_TRY(hsi_tap_fields(s->tap, s->message, &fields));
            s->root = fields->root;
            return services[i].serve(s);
        }
    }
    return HSI_OK;
}

/* Serves the next message; behind the last one, a handshake that resumes a session. */
static hsi_status serve_next(serving *s, bool *last)
{
    const hsi_list *messages = hsi_tap_messages(s->tap);
    const hsi_list *handshakes = hsi_tap_handshakes(s->tap);
    s->given = 0;
    *last = s->served->messages >= messages->count;
    if (!*last) {
        s->again = s->served->messages < s->served->before;
        s->message = messages->items[s->served->messages++];
        s->handshake = s->message->handshake;
        return serve_message(s);
    }
    s->handshake = handshakes->count == 0 ? NULL : handshakes->items[handshakes->count - 1];
    return s->handshake == NULL ? HSI_OK : serve_wholly(s);
}

/* What was not there when the connection was served before may have come since (a Decryption Secrets Block). */
static void ask_again(const hsi_keyring *keyring, hsi_served *served)
{
    if (hsi_keylog_index_now(keyring->lines) > served->since) {
        served->before = served->messages;
        served->messages = 0;
        served->greeted = false;
    }
}

hsi_status hsi_keyring_serve(hsi_keyring *keyring, hsi_trace *trace, hsi_served *served)
{
    serving s = {
        .keyring = keyring, .tap = hsi_trace_tap(trace), .journal = hsi_trace_journal(trace), .served = served};
    bool last = false;
    ask_again(keyring, served);
    while (!last || s.given > 0) {
        HSI_TRY(hsi_tap_advance(s.tap));
        HSI_TRY(serve_next(&s, &last));
    }
    served->since = hsi_keylog_index_now(keyring->lines);
    return HSI_OK;
}
