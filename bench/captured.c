/* Captured: pairs through csrc/live, both ends in one trace, and nobody listens: what being watched costs by itself.
 * SPDX-License-Identifier: MIT */
#include "live/lab_certificate.h"
#include "live/session.h"
#include "pair.h"

static hsi_config *configs[2];

static void set_up(const struct scenario *scenario)
{
    hsi_lab_certificate lab;
    size_t position;
    check(hsi_lab_certificate_get(&lab, scenario->certificate) == HSI_OK, "a certificate");
    for (uint8_t side = HSI_CLIENT; side <= HSI_SERVER; side++) {
        configs[side] = hsi_config_new(side);
        check(configs[side] != NULL, "a config");
        check(hsi_config_priority(configs[side], scenario->priority, &position) == HSI_OK, "priorities");
    }
    check(hsi_config_certificate(configs[HSI_SERVER], lab.chain, lab.key, NULL) == HSI_OK, "a key");
}

static void carry(hsi_session *from, hsi_session *to)
{
    hsi_buffer bytes = HSI_BUFFER_EMPTY;
    check(hsi_session_take(from, &bytes, SIZE_MAX) == HSI_OK, "bytes to carry");
    check(hsi_session_feed(to, hsi_buffer_peek(&bytes)) == HSI_OK, "bytes carried");
    hsi_buffer_cleanup(&bytes);
}

/* Lets one end go on, and carries what it says. */
static hsi_status advance(hsi_session *session, hsi_session *peer)
{
    hsi_status status = hsi_session_handshake(session);
    check(status == HSI_OK || status == HSI_WANT_READ, "a handshake");
    carry(session, peer);
    return status;
}

static void shake_hands(hsi_session *client, hsi_session *server)
{
    hsi_status statuses[] = {HSI_WANT_READ, HSI_WANT_READ};
    while (statuses[HSI_CLIENT] != HSI_OK || statuses[HSI_SERVER] != HSI_OK) {
        statuses[HSI_CLIENT] = statuses[HSI_CLIENT] == HSI_OK ? HSI_OK : advance(client, server);
        statuses[HSI_SERVER] = statuses[HSI_SERVER] == HSI_OK ? HSI_OK : advance(server, client);
    }
}

static void pair(void)
{
    hsi_trace *trace = hsi_trace_new();
    hsi_session *sessions[2];
    check(trace != NULL, "a trace");
    for (uint8_t side = HSI_CLIENT; side <= HSI_SERVER; side++) {
        const hsi_session_options options = {
            .side = side, .two_sided = true, .server_name = side == HSI_CLIENT ? SERVER_NAME : NULL};
        check(hsi_session_new(&sessions[side], configs[side], trace, &options) == HSI_OK, "a session");
    }
    shake_hands(sessions[HSI_CLIENT], sessions[HSI_SERVER]);
    hsi_session_free(sessions[HSI_CLIENT]);
    hsi_session_free(sessions[HSI_SERVER]);
    hsi_trace_drop(trace);
}

const struct way captured = {"captured", set_up, pair};
