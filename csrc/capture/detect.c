/* Detect: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/detect.h"

#include "tap/hello.h"
#include "capture/opening.h"

void hsi_detector_cleanup(hsi_detector *detector)
{
    hsi_buffer_cleanup(&detector->said[0]);
    hsi_buffer_cleanup(&detector->said[1]);
}

static hsi_bytes said_by(const hsi_detector *detector, uint8_t end)
{
    return hsi_buffer_peek(&detector->said[end]);
}

/* TLS begins in the speaker's turn: all that the other said is opening. */
static void found(hsi_detector *detector, uint8_t client, size_t begins)
{
    detector->verdict = HSI_DETECT_TLS;
    detector->client = client;
    detector->begins[detector->speaker] = begins;
    detector->begins[!detector->speaker] = hsi_buffer_length(&detector->said[!detector->speaker]);
}

/* The speaker's turn begins with a hello: is that where one can stand? Either end may be the client: who connects need not be. */
static void judge_hello(hsi_detector *detector, hsi_hello hello)
{
    uint8_t other = !detector->speaker;
    hsi_bytes before = hsi_bytes_slice(said_by(detector, detector->speaker), 0, detector->turn);
    hsi_bytes heard = said_by(detector, other);
    bool first = before.length == 0 && heard.length == 0;
    bool client = hello == HSI_HELLO_CLIENT;
    if (first || (client && hsi_opening_agreed(before, heard) != NULL)) {
        found(detector, client ? detector->speaker : other, before.length);
    } else {
        detector->verdict = HSI_DETECT_OTHER;
    }
}

/* No hello: more of an opening, whose end the client, who is who connected, may not wait for? */
static void judge_opening(hsi_detector *detector)
{
    hsi_bytes client = said_by(detector, 0);
    hsi_bytes server = said_by(detector, 1);
    size_t length = hsi_opening_length(client, server);
    hsi_hello hello = hsi_hello_begins(hsi_bytes_slice(client, length, client.length - length));
    if (length > 0 && hello == HSI_HELLO_CLIENT) {
        found(detector, 0, length);
    } else if ((length > 0 && hello == HSI_HELLO_NONE) || !hsi_opening_possible(client, server)) {
        detector->verdict = HSI_DETECT_OTHER;
    }
}

hsi_status hsi_detector_take(hsi_detector *detector, uint8_t from, hsi_bytes bytes)
{
    hsi_buffer *said = &detector->said[from];
    if (from != detector->speaker || hsi_buffer_length(said) == 0) {
        detector->speaker = from;
        detector->turn = hsi_buffer_length(said);
    }
    HSI_TRY(hsi_buffer_append(said, bytes));
    hsi_bytes all = hsi_buffer_peek(said);
    hsi_hello hello = hsi_hello_begins(hsi_bytes_slice(all, detector->turn, all.length - detector->turn));
    if (hello == HSI_HELLO_CLIENT || hello == HSI_HELLO_SERVER) {
        judge_hello(detector, hello);
    } else if (hello == HSI_HELLO_NONE) {
        judge_opening(detector);
    }
    size_t most = hsi_buffer_length(&detector->said[0]) + hsi_buffer_length(&detector->said[1]);
    if (detector->verdict == HSI_DETECT_UNDECIDED && most > HSI_OPENING_MOST) {
        detector->verdict = HSI_DETECT_OTHER;
    }
    return HSI_OK;
}
