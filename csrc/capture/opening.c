/* Opening: see the header.
 * SPDX-License-Identifier: MIT */
#include "capture/opening.h"

#include "base/ber.h"

/* ---- protocols of lines: the last line of each end says it ---- */

enum { LINE_MOST = 1024 };

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Does the text fit the pattern, in which a * stands for any bytes? Upper and lower case are one. */
static bool fits(const char *pattern, hsi_bytes text)
{
    const char *star = NULL;
    size_t at = 0, retry = 0;
    while (at < text.length) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = at;
        } else if (lower((uint8_t)*pattern) == lower(text.data[at]) && *pattern != '\0') {
            pattern++;
            at++;
        } else if (star != NULL) {
            pattern = star;
            at = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

/* The last line, without its end; the last bytes only of one that is longer than any that is looked for. */
static hsi_bytes last_line(hsi_bytes text)
{
    size_t end = text.length;
    while (end > 0 && (text.data[end - 1] == '\n' || text.data[end - 1] == '\r')) {
        end--;
    }
    size_t start = end;
    while (start > 0 && end - start < LINE_MOST && text.data[start - 1] != '\n') {
        start--;
    }
    return hsi_bytes_slice(text, start, end - start);
}

static bool by_last_lines(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    return fits(opening->request, last_line(client)) && fits(opening->answer, last_line(server));
}

/* ---- protocols in which fixed bytes say it ---- */

static bool ends_with(hsi_bytes bytes, const char *end, size_t length)
{
    return bytes.length >= length && memcmp(bytes.data + bytes.length - length, end, length) == 0;
}

/* HTTP: the last answer is a 2xx, and ends with its empty line; the request, of which there may have been others (407), too. */
static bool by_connect(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    HSI_UNUSED(opening);
    if (!ends_with(client, "\r\n\r\n", 4) || !ends_with(server, "\r\n\r\n", 4)) {
        return false;
    }
    enum { STATUS_LINE = sizeof "HTTP/1.1 2" - 1 };
    for (size_t at = server.length - 4; at-- > 0;) {
        hsi_bytes rest = hsi_bytes_slice(server, at, server.length - at);
        bool in_header = at > 0 && server.data[at - 1] == ' '; /* "Via: HTTP/1.1 …"; a body may stand right before */
        if (!in_header && rest.length > STATUS_LINE && memcmp(rest.data, "HTTP/1.", 7) == 0) {
            return rest.data[STATUS_LINE - 1] == '2';
        }
    }
    return false;
}

/* PostgreSQL: one letter answers a request of eight bytes; N to one for GSSAPI encryption may have come before. */
static bool by_ssl_request(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    HSI_UNUSED(opening);
    static const char request[] = {0, 0, 0, 8, 4, (char)0xd2, 0x16, 0x2f}; /* 80877103 */
    return ends_with(client, request, sizeof request) && client.length <= 2 * sizeof request &&
           ends_with(server, "S", 1) && server.length <= 2;
}

/* AMQP: both ends send the header of the TLS protocol. */
static bool by_protocol_header(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    HSI_UNUSED(opening);
    static const char header[] = {'A', 'M', 'Q', 'P', 2, 1, 0, 0};
    return ends_with(client, header, sizeof header) && ends_with(server, header, sizeof header);
}

/* The protocolOp of the last LDAPMessage. */
static bool last_operation(hsi_bytes bytes, uint8_t *tag, hsi_cursor *operation)
{
    hsi_cursor in = hsi_cursor_of(bytes);
    hsi_cursor message = in;
    hsi_cursor id;
    while (!hsi_cursor_empty(&in)) {
        if (hsi_ber_element(&in, tag, &message) != HSI_OK) {
            return false;
        }
    }
    return hsi_ber_element(&message, tag, &id) == HSI_OK && hsi_ber_element(&message, tag, operation) == HSI_OK;
}

/* LDAP: an extendedReq whose requestName is StartTLS, and an extendedResp whose resultCode is success. */
static bool by_extended_request(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    enum { EXTENDED_REQUEST = 0x77, EXTENDED_RESPONSE = 0x78, REQUEST_NAME = 0x80, ENUMERATED = 0x0a };
    hsi_cursor operation, value;
    uint8_t tag;
    if (!last_operation(client, &tag, &operation) || tag != EXTENDED_REQUEST ||
        hsi_ber_element(&operation, &tag, &value) != HSI_OK || tag != REQUEST_NAME ||
        !hsi_bytes_are(hsi_cursor_rest(&value), opening->request)) {
        return false;
    }
    return last_operation(server, &tag, &operation) && tag == EXTENDED_RESPONSE &&
           hsi_ber_element(&operation, &tag, &value) == HSI_OK && tag == ENUMERATED && hsi_cursor_left(&value) == 1 &&
           *value.at == 0;
}

/* RDP: a connection request, and a confirm whose RDP_NEG_RSP picks TLS, alone (1) or with CredSSP (2, 8). */
static bool by_negotiation(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    HSI_UNUSED(opening);
    enum {
        CONFIRM = 19,
        CODE = 5,
        CONNECTION_REQUEST = 0xe0,
        CONNECTION_CONFIRM = 0xd0,
        NEG_TYPE = 11,
        NEG_RSP = 2,
        PROTOCOL = 15
    };
    return client.length > CODE && client.data[CODE] == CONNECTION_REQUEST && server.length == CONFIRM &&
           server.data[CODE] == CONNECTION_CONFIRM && server.data[NEG_TYPE] == NEG_RSP && server.data[PROTOCOL] != 0;
}

/* ---- where the client does not wait ---- */

/* MySQL: an SSLRequest packet, 32 bytes with CLIENT_SSL among the capabilities, sequence 1, answers the greeting. */
static size_t ssl_request_packet(hsi_bytes client)
{
    enum { PACKET = 36, CLIENT_SSL = 0x08 };
    static const uint8_t header[] = {32, 0, 0, 1};
    bool request = client.length >= PACKET && memcmp(client.data, header, sizeof header) == 0;
    return request && (client.data[5] & CLIENT_SSL) != 0 ? PACKET : 0;
}

/* A proxy's line about the connection that it passes on. */
static size_t proxy_line(hsi_bytes client)
{
    enum { LINE_LONGEST = 107 };
    for (size_t i = 1; i < client.length && i < LINE_LONGEST; i++) {
        if (client.data[i - 1] == '\r' && client.data[i] == '\n') {
            return i + 1;
        }
    }
    return 0;
}

/* The same in binary: 12 bytes of signature, two, and the length of what follows. */
static size_t proxy_header(hsi_bytes client)
{
    enum { HEADER = 16 };
    size_t length = client.length < HEADER ? 0 : HEADER + ((size_t)client.data[14] << 8 | client.data[15]);
    return length <= client.length ? length : 0;
}

#define ANYTHING {NULL, 0}
#define TEXT(text) {text, sizeof(text) - 1}

const hsi_opening hsi_openings[] = {
    {"SMTP", "RFC 3207", true, ANYTHING, TEXT("220"), "STARTTLS", "220*", by_last_lines, NULL},
    {"IMAP", "RFC 9051 section 6.2.1", true, ANYTHING, TEXT("* "), "* STARTTLS", "* OK*", by_last_lines, NULL},
    {"POP3", "RFC 2595 section 4", true, ANYTHING, TEXT("+OK"), "STLS", "+OK*", by_last_lines, NULL},
    {"FTP", "RFC 4217 section 4", true, ANYTHING, TEXT("220"), "AUTH *", "234*", by_last_lines, NULL},
    {"NNTP", "RFC 4642", true, ANYTHING, TEXT("20"), "STARTTLS", "382*", by_last_lines, NULL},
    {"ManageSieve", "RFC 5804 section 2.2", true, ANYTHING, TEXT("\""), "STARTTLS", "OK*", by_last_lines, NULL},
    {"XMPP", "RFC 6120 section 5", false, TEXT("<"), TEXT("<"), "*<starttls*>", "*<proceed*>", by_last_lines, NULL},
    {"HTTP CONNECT", "RFC 9110 section 9.3.6", false, TEXT("CONNECT "), TEXT("HTTP/1."), NULL, NULL, by_connect, NULL},
    {"LDAP", "RFC 4511 section 4.14", false, TEXT("\x30"), TEXT("\x30"), "1.3.6.1.4.1.1466.20037", NULL,
     by_extended_request, NULL},
    {"PostgreSQL", "PostgreSQL 55.2.10", false, TEXT("\0\0\0\x08\x04\xd2\x16"), ANYTHING, NULL, NULL, by_ssl_request,
     NULL},
    {"AMQP", "AMQP 1.0 part 5.2", false, TEXT("AMQP\2\1\0\0"), TEXT("AMQP\2\1\0\0"), NULL, NULL, by_protocol_header,
     NULL},
    {"RDP", "MS-RDPBCGR 2.2.1.1", false, TEXT("\3\0"), TEXT("\3\0"), NULL, NULL, by_negotiation, NULL},
    {"MySQL", "MySQL SSLRequest", true, TEXT("\x20\0\0\1"), ANYTHING, NULL, NULL, NULL, ssl_request_packet},
    {"PROXY", "HAProxy PROXY protocol 2.1", false, TEXT("PROXY "), ANYTHING, NULL, NULL, NULL, proxy_line},
    {"PROXY v2", "HAProxy PROXY protocol 2.2", false, TEXT("\r\n\r\n\0\r\nQUIT\n"), ANYTHING, NULL, NULL, NULL,
     proxy_header},
};
const size_t hsi_opening_count = HSI_COUNT(hsi_openings);

/* ---- looking a row up ---- */

static bool begins(const hsi_opening_start *start, hsi_bytes bytes)
{
    size_t length = bytes.length < start->length ? bytes.length : start->length;
    return length == 0 || memcmp(bytes.data, start->bytes, length) == 0;
}

static bool possible(const hsi_opening *opening, hsi_bytes client, hsi_bytes server)
{
    bool in_turn = opening->server_first ? server.length > 0 : client.length > 0;
    return in_turn && begins(&opening->client, client) && begins(&opening->server, server);
}

bool hsi_opening_possible(hsi_bytes client, hsi_bytes server)
{
    bool found = false;
    for (size_t i = 0; i < HSI_COUNT(hsi_openings) && !found; i++) {
        found = possible(&hsi_openings[i], client, server);
    }
    return found;
}

const hsi_opening *hsi_opening_agreed(hsi_bytes client, hsi_bytes server)
{
    for (size_t i = 0; i < HSI_COUNT(hsi_openings); i++) {
        const hsi_opening *opening = &hsi_openings[i];
        if (opening->agreed != NULL && possible(opening, client, server) && opening->agreed(opening, client, server)) {
            return opening;
        }
    }
    return NULL;
}

size_t hsi_opening_length(hsi_bytes client, hsi_bytes server)
{
    for (size_t i = 0; i < HSI_COUNT(hsi_openings); i++) {
        const hsi_opening *opening = &hsi_openings[i];
        size_t length = opening->length != NULL && possible(opening, client, server) ? opening->length(client) : 0;
        if (length > 0) {
            return length;
        }
    }
    return 0;
}
