/* Captured: pairs through csrc/live. "captured": both ends in one trace, as the lab has them, and nobody listens: what being
 * watched costs by itself; "captured-apart": a trace for each end, as sockets have them; "captured-all": and with all
 * application data kept; "folded", "folded-apart": folded after every entry, as for a listener, but without Python.
 * SPDX-License-Identifier: MIT */
#include <gnutls/gnutls.h>

#include "live/session_state.h"
#include "pair.h"

static hsi_config *configs[2];
static hsi_buffer resumption; /* what the client resumes; empty: nothing */
static hsi_session *sessions[2];
static hsi_trace *traces[2]; /* the same one twice, or one each */
static bool apart; /* a trace each */
static bool folding;
static size_t limit = 1 << 20; /* of application data kept, as the default of capture= has it */

/* ---- setting up ---- */

static void add_certificate(const struct scenario *scenario)
{
    gnutls_datum_t chain, key;
    check(gnutls_load_file(scenario->certificate, &chain) == 0, "a certificate");
    check(gnutls_load_file(scenario->key, &key) == 0, "a key");
    check(hsi_config_certificate(configs[HSI_SERVER], hsi_bytes_of(chain.data, chain.size),
                                 hsi_bytes_of(key.data, key.size), NULL) == HSI_OK,
          "a certificate and a key that fit");
    gnutls_free(chain.data);
    gnutls_free(key.data);
}

static void set_up(const struct scenario *scenario)
{
    size_t position;
    for (uint8_t side = HSI_CLIENT; side <= HSI_SERVER; side++) {
        configs[side] = hsi_config_new(side);
        check(configs[side] != NULL, "a config");
        check(hsi_config_priority(configs[side], scenario->priority, &position) == HSI_OK, "priorities");
    }
    add_certificate(scenario);
}

static void set_up_apart(const struct scenario *scenario)
{
    apart = true;
    set_up(scenario);
}

static void set_up_all(const struct scenario *scenario)
{
    limit = HSI_TRACE_ALL;
    set_up_apart(scenario);
}

static void set_up_folded(const struct scenario *scenario)
{
    folding = true;
    set_up(scenario);
}

static void set_up_folded_apart(const struct scenario *scenario)
{
    apart = true;
    set_up_folded(scenario);
}

/* ---- one end ---- */

static hsi_status fold(void *trace)
{
    return hsi_trace_fold(trace);
}

static hsi_trace *new_trace(void)
{
    hsi_trace *trace = hsi_trace_new();
    check(trace != NULL, "a trace");
    return trace;
}

static void start(uint8_t side)
{
    bool client = side == HSI_CLIENT;
    const hsi_session_options options = {
        .side = side,
        .two_sided = !apart,
        .capture = limit,
        .server_name = client ? SERVER_NAME : NULL,
        .resumption = client ? hsi_buffer_peek(&resumption) : HSI_BYTES_EMPTY,
        .observer = {.context = traces[side], .appended = folding ? fold : NULL},
    };
    check(hsi_session_new(&sessions[side], configs[side], traces[side], &options) == HSI_OK, "a session");
}

static size_t feed(void *to, hsi_bytes bytes)
{
    check(hsi_session_feed(to, bytes) == HSI_OK, "bytes carried");
    return bytes.length;
}

/* As the pump moves bytes to a socket: without a copy of its own. */
static void carry(hsi_session *from, hsi_session *to)
{
    check(hsi_transport_offer(from, feed, to) == HSI_OK, "bytes to carry");
}

/* Lets one end go on, and carries what it says. */
static hsi_status advance(hsi_session *session, hsi_session *peer)
{
    hsi_status status = hsi_session_handshake(session);
    check(status == HSI_OK || status == HSI_WANT_READ, "a handshake");
    carry(session, peer);
    return status;
}

/* ---- both ---- */

static void shake_hands(void)
{
    traces[HSI_CLIENT] = new_trace();
    traces[HSI_SERVER] = apart ? new_trace() : hsi_trace_hold(traces[HSI_CLIENT]);
    start(HSI_CLIENT);
    start(HSI_SERVER);
    hsi_session *client = sessions[HSI_CLIENT], *server = sessions[HSI_SERVER];
    hsi_status statuses[] = {HSI_WANT_READ, HSI_WANT_READ};
    while (statuses[HSI_CLIENT] != HSI_OK || statuses[HSI_SERVER] != HSI_OK) {
        statuses[HSI_CLIENT] = statuses[HSI_CLIENT] == HSI_OK ? HSI_OK : advance(client, server);
        statuses[HSI_SERVER] = statuses[HSI_SERVER] == HSI_OK ? HSI_OK : advance(server, client);
    }
    check(hsi_buffer_length(&resumption) == 0 || hsi_session_resumed(client), "a resumption");
}

static void hang_up(void)
{
    for (uint8_t side = HSI_CLIENT; side <= HSI_SERVER; side++) {
        hsi_session_free(sessions[side]);
        hsi_trace_drop(traces[side]);
    }
}

static void transfer(void)
{
    static uint8_t content[WRITE], into[WRITE];
    size_t written, read;
    check(hsi_session_write(sessions[HSI_CLIENT], hsi_bytes_of(content, WRITE), &written) == HSI_OK, "a write");
    carry(sessions[HSI_CLIENT], sessions[HSI_SERVER]);
    check(hsi_session_read(sessions[HSI_SERVER], into, WRITE, &read) == HSI_OK, "a read");
    check(written == WRITE && read == WRITE, "a whole record");
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
    hsi_buffer kept = HSI_BUFFER_EMPTY;
    uint8_t none[1];
    size_t read;
    shake_hands();
    check(hsi_session_read(sessions[HSI_CLIENT], none, sizeof none, &read) == HSI_WANT_READ, "tickets alone");
    check(hsi_session_resumption(sessions[HSI_CLIENT], &kept) == HSI_OK, "a session that can be resumed");
    hang_up();
    resumption = kept;
}

const struct way captured = {"captured", set_up, remember, pair, shake_hands};
const struct way captured_apart = {"captured-apart", set_up_apart, remember, pair, shake_hands};
const struct way captured_all = {"captured-all", set_up_all, remember, pair, shake_hands};
const struct way folded = {"folded", set_up_folded, remember, pair, shake_hands};
const struct way folded_apart = {"folded-apart", set_up_folded_apart, remember, pair, shake_hands};
