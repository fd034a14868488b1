/* Hello: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/hello.h"

#include "base/cursor.h"

enum {
    HANDSHAKE = 22, /* ContentType */
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    MAJOR = 3,
    NEWEST_MINOR = 4,
    RECORD_HEADER = 5,
    RECORD_MOST = 1 << 14,
    HELLO_MOST = 1 << 17, /* of a ClientHello's fields as RFC 8446 section 4.1.2 bounds them, the longest is 2^16 */
    SSLV2_SIZES = 9, /* msg_type, version and three lengths */
    CHALLENGE_LEAST = 16,
    CHALLENGE_MOST = 32
};

/* Is `byte` there and another one? */
static bool differs(hsi_bytes bytes, size_t i, uint8_t low, uint8_t high)
{
    return i < bytes.length && (bytes.data[i] < low || bytes.data[i] > high);
}

/* The handshake message's own header and version, as far as they stand in this record. */
static bool fits_message(hsi_bytes fragment)
{
    hsi_cursor in = hsi_cursor_of(fragment);
    uint8_t type;
    uint32_t length;
    uint8_t major = MAJOR;
    if (hsi_cursor_u8(&in, &type) != HSI_OK || hsi_cursor_u24(&in, &length) != HSI_OK) {
        return true;
    }
    bool fits = hsi_cursor_u8(&in, &major) != HSI_OK || major == MAJOR;
    return fits && length <= HELLO_MOST;
}

static hsi_hello begins_record(hsi_bytes bytes)
{
    if (differs(bytes, 0, HANDSHAKE, HANDSHAKE) || differs(bytes, 1, MAJOR, MAJOR) ||
        differs(bytes, 2, 0, NEWEST_MINOR) || differs(bytes, RECORD_HEADER, CLIENT_HELLO, SERVER_HELLO)) {
        return HSI_HELLO_NONE;
    }
    if (bytes.length <= RECORD_HEADER) {
        return HSI_HELLO_UNDECIDED;
    }
    size_t length = (size_t)bytes.data[3] << 8 | bytes.data[4];
    size_t here = bytes.length - RECORD_HEADER;
    if (length == 0 || length > RECORD_MOST ||
        !fits_message(hsi_bytes_slice(bytes, RECORD_HEADER, here < length ? here : length))) {
        return HSI_HELLO_NONE;
    }
    return bytes.data[RECORD_HEADER] == CLIENT_HELLO ? HSI_HELLO_CLIENT : HSI_HELLO_SERVER;
}

/* A length with its top bit set, msg_type, version, and three lengths that add up to the first. */
static hsi_hello begins_sslv2(hsi_bytes bytes)
{
    hsi_cursor in = hsi_cursor_of(bytes);
    uint64_t length, type, version, suites, session, challenge;
    if (differs(bytes, 0, 0x80, 0xff) || differs(bytes, 2, CLIENT_HELLO, CLIENT_HELLO) || differs(bytes, 3, 0, MAJOR)) {
        return HSI_HELLO_NONE;
    }
    if (hsi_cursor_uint(&in, 2, &length) != HSI_OK || hsi_cursor_uint(&in, 1, &type) != HSI_OK ||
        hsi_cursor_uint(&in, 2, &version) != HSI_OK || hsi_cursor_uint(&in, 2, &suites) != HSI_OK ||
        hsi_cursor_uint(&in, 2, &session) != HSI_OK || hsi_cursor_uint(&in, 2, &challenge) != HSI_OK) {
        return HSI_HELLO_UNDECIDED;
    }
    bool speaks = version == 2 || version >> 8 == MAJOR;
    bool adds_up = (length & 0x7fff) == SSLV2_SIZES + suites + session + challenge;
    bool fits = suites > 0 && suites % 3 == 0 && challenge >= CHALLENGE_LEAST && challenge <= CHALLENGE_MOST;
    return speaks && adds_up && fits ? HSI_HELLO_CLIENT : HSI_HELLO_NONE;
}

hsi_hello hsi_hello_begins(hsi_bytes bytes)
{
    hsi_hello record = begins_record(bytes);
    return record != HSI_HELLO_NONE ? record : begins_sslv2(bytes);
}
