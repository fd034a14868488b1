/* Secrets: those that GnuTLS's interface gives: key log, master secret of a resumption, traffic secrets after a
 * KeyUpdate, and the record keys that it uses. Out: SECRET and KEYS entries, and the lines of the key-log file. RFC
 * 9850 (labels), RFC 5246 section 8.1, RFC 8446 section 7.2.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "base/memory.h"
#include "live/config_state.h"
#include "live/session_state.h"

/* GnuTLS's encryption levels are the epochs of TLS 1.3 up to here; then each KeyUpdate adds one. */
enum { EPOCH_APPLICATION = GNUTLS_ENCRYPTION_LEVEL_APPLICATION };

static hsi_bytes bytes_of(gnutls_datum_t datum)
{
    return hsi_bytes_of(datum.data, datum.size);
}

static bool before_tls13(const hsi_session *session)
{
    return gnutls_protocol_get_version(session->gnutls) < GNUTLS_TLS1_3;
}

static hsi_bytes client_random(const hsi_session *session)
{
    gnutls_datum_t client, server;
    gnutls_session_get_random(session->gnutls, &client, &server);
    return bytes_of(client);
}

void hsi_secrets_tell(hsi_session *session, hsi_source source, const char *label, uint8_t sender, uint64_t number,
                      hsi_bytes value)
{
    hsi_entry entry = {
        .kind = HSI_ENTRY_SECRET,
        .side = session->side,
        .sender = sender,
        .code = (uint8_t)source,
        .number = number,
        .data = value,
        .name = hsi_bytes_text(label),
        .aux = client_random(session),
    };
    hsi_session_tell(session, &entry);
}

/* ---- the key log ---- */

static void write_line(hsi_session *session, const char *label, hsi_bytes value)
{
    hsi_status status = hsi_config_keylog_line(session->config, label, client_random(session), value);
    if (status == HSI_SYSTEM) {
        session->system_error = errno;
    }
    hsi_session_break(session, status);
}

static void tell_master(hsi_session *session, hsi_source source, hsi_bytes master)
{
    memcpy(session->secrets.master, master.data, master.length);
    hsi_candidates_settled(session);
    hsi_secrets_tell(session, source, "master secret", HSI_NOBODY, 0, master);
    write_line(session, "CLIENT_RANDOM", master);
}

/* Never fails: new keys come next, and a failure waits for them (hooks.c says why). */
static int on_keylog(gnutls_session_t gnutls, const char *label, const gnutls_datum_t *value)
{
    hsi_session *session = gnutls_session_get_ptr(gnutls);
    if (strcmp(label, "CLIENT_RANDOM") == 0 && value->size == HSI_MASTER) {
        tell_master(session, HSI_SOURCE_KEYLOG, bytes_of(*value));
    } else {
        hsi_secrets_tell(session, HSI_SOURCE_KEYLOG, label, hsi_secret_writer(label), 0, bytes_of(*value));
        write_line(session, label, bytes_of(*value));
    }
    return 0;
}

/* May GnuTLS's master secret be this handshake's? In another handshake it is the one before's, unless that is resumed. */
static bool may_have_master(const hsi_session *session)
{
    return session->secrets.target.listening && before_tls13(session) &&
           (!session->rehandshaking || gnutls_session_is_resumed(session->gnutls) != 0);
}

/* In a resumption the key log is silent. GnuTLS has the master secret when the first message after it moves bytes,
 * which is before the first record that it protects; zeros stand for none. */
void hsi_secrets_wire(hsi_session *session)
{
    static const uint8_t none[HSI_MASTER];
    gnutls_datum_t master = {NULL, 0};
    if (!may_have_master(session)) {
        return;
    }
    gnutls_session_get_master_secret(session->gnutls, &master);
    if (master.size == HSI_MASTER && memcmp(master.data, none, HSI_MASTER) != 0 &&
        memcmp(master.data, session->secrets.master, HSI_MASTER) != 0) {
        tell_master(session, HSI_SOURCE_GNUTLS, bytes_of(master));
    }
}

/* ---- record keys ---- */

static void tell_keys(hsi_session *session, uint8_t sender, uint64_t epoch)
{
    gnutls_datum_t mac = {NULL, 0}, iv = {NULL, 0}, key = {NULL, 0};
    uint8_t next[8];
    unsigned reading = sender != session->side;
    if (gnutls_record_get_state(session->gnutls, reading, &mac, &iv, &key, next) < 0) {
        return;
    }
    hsi_entry entry = {
        .kind = HSI_ENTRY_KEYS,
        .side = session->side,
        .sender = sender,
        .number = epoch,
        .data = bytes_of(key),
        .name = bytes_of(iv),
        .aux = bytes_of(mac),
    };
    hsi_session_tell(session, &entry);
}

/* ---- TLS 1.3: every change of a direction's keys; no key log tells of a KeyUpdate ---- */

static void tell_update(hsi_session *session, uint8_t sender, const hsi_traffic *traffic)
{
    char label[48];
    (void)snprintf(label, sizeof label, "%s_TRAFFIC_SECRET_%llu", sender == HSI_CLIENT ? "CLIENT" : "SERVER",
                   (unsigned long long)traffic->epoch - EPOCH_APPLICATION);
    hsi_secrets_tell(session, HSI_SOURCE_GNUTLS, label, sender, traffic->epoch + 1,
                     hsi_bytes_of(traffic->secret, traffic->length));
}

static void take_traffic(hsi_session *session, uint8_t sender, uint64_t level_epoch, hsi_bytes secret)
{
    hsi_traffic *traffic = &session->secrets.traffic[sender];
    if (secret.data == NULL || secret.length > sizeof traffic->secret ||
        hsi_bytes_equal(secret, hsi_bytes_of(traffic->secret, traffic->length))) {
        return;
    }
    memcpy(traffic->secret, secret.data, secret.length);
    traffic->length = secret.length;
    traffic->epoch = traffic->epoch < EPOCH_APPLICATION ? level_epoch : traffic->epoch + 1;
    if (traffic->epoch > EPOCH_APPLICATION) {
        tell_update(session, sender, traffic);
    }
    tell_keys(session, sender, traffic->epoch);
}

static int on_traffic_secrets(gnutls_session_t gnutls, gnutls_record_encryption_level_t level, const void *reading,
                              const void *writing, size_t length)
{
    hsi_session *session = gnutls_session_get_ptr(gnutls);
    take_traffic(session, hsi_peer_of(session->side), level, hsi_bytes_of(reading, length));
    take_traffic(session, session->side, level, hsi_bytes_of(writing, length));
    return hsi_session_code(session);
}

/* ---- where in the handshake they come ---- */

static void begin_handshake(hsi_session *session)
{
    session->secrets.extracts = 0;
    session->secrets.target.listening = true;
}

/* Where the keys of TLS 1.0 to 1.2 are first there to be asked for: with the first message that they protect. */
static void finished_begins(hsi_session *session, uint8_t sender)
{
    if (before_tls13(session)) {
        tell_keys(session, sender, ++session->secrets.traffic[sender].epoch);
    }
}

void hsi_secrets_phase(hsi_session *session, unsigned type, hsi_action action, uint8_t sender)
{
    if (action == HSI_ENTER && type == GNUTLS_HANDSHAKE_CLIENT_HELLO) {
        begin_handshake(session);
    } else if (action == HSI_ENTER && type == GNUTLS_HANDSHAKE_SERVER_HELLO) {
        hsi_memory_wipe(session->secrets.master, HSI_MASTER); /* this handshake's is told, though it may be the same */
    } else if (action == HSI_ENTER && type == GNUTLS_HANDSHAKE_FINISHED) {
        finished_begins(session, sender);
    } else if (action == HSI_LEAVE &&
               (type == GNUTLS_HANDSHAKE_CLIENT_KEY_EXCHANGE || type == GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY) &&
               before_tls13(session)) {
        hsi_candidates_expect(session);
    }
}

void hsi_secrets_install(hsi_session *session)
{
    session->secrets.target.seen = hsi_candidates_seen;
    gnutls_session_set_keylog_function(session->gnutls, on_keylog);
    gnutls_handshake_set_secret_function(session->gnutls, on_traffic_secrets);
}

void hsi_secrets_cleanup(hsi_secrets *secrets)
{
    hsi_buffer_cleanup(&secrets->first_half);
    hsi_memory_wipe(secrets, sizeof *secrets);
}
