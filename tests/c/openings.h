/* Openings of the protocols that change to TLS, as their RFCs print them: what the two ends say in turns, the client's first
 * where it is the first to speak.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_OPENINGS_H
#define HSI_TESTS_OPENINGS_H

#include "base/bytes.h"

enum { TURNS_MOST = 6 };

typedef struct spoken_turn {
    uint8_t from; /* 0: the client */
    const char *bytes;
    size_t length; /* 0: this and all that follow were not said */
} spoken_turn;

#define C(text) {0, text, sizeof(text) - 1}
#define S(text) {1, text, sizeof(text) - 1}

#define GREETING "\x0a\0\0\0\x0a""8.0.36\0\0\0"
#define SSL_REQUEST "\x20\0\0\1\x05\xae\xff\x01\0\0\0\1\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define START_TLS "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"
#define START_TLS_OK "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
#define RDP_REQUEST "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"
#define RDP_CONFIRM "\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\1\0\0\0"

static const struct spoken_opening {
    const char *name;
    spoken_turn turns[TURNS_MOST];
} spoken_openings[] = {
    {"SMTP",
     {S("220 mail.example ESMTP\r\n"), C("EHLO client.example\r\n"),
      S("250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n"), C("STARTTLS\r\n"), S("220 Go ahead\r\n")}},
    {"IMAP",
     {S("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"), C("a001 CAPABILITY\r\n"),
      S("* CAPABILITY IMAP4rev1 STARTTLS\r\na001 OK done\r\n"), C("a002 starttls\r\n"), S("a002 OK Begin TLS\r\n")}},
    {"POP3", {S("+OK POP3 ready\r\n"), C("STLS\r\n"), S("+OK Begin TLS negotiation\r\n")}},
    {"FTP", {S("220-Welcome\r\n220 ready\r\n"), C("AUTH TLS\r\n"), S("234 AUTH TLS successful\r\n")}},
    {"NNTP", {S("200 news.example\r\n"), C("STARTTLS\r\n"), S("382 Continue\r\n")}},
    {"ManageSieve",
     {S("\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"), C("StartTls\r\n"), S("OK \"Begin TLS\"\r\n")}},
    {"XMPP",
     {C("<?xml version='1.0'?><stream:stream to='example.com' version='1.0'>"),
      S("<?xml version='1.0'?><stream:stream id='1'><stream:features><starttls "
        "xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        "</stream:features>"),
      C("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
      S("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")}},
    {"HTTP CONNECT",
     {C("CONNECT server.example:443 HTTP/1.1\r\nHost: server.example:443\r\n\r\n"),
      S("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno"),
      C("CONNECT server.example:443 HTTP/1.1\r\nProxy-Authorization: Basic eA==\r\n\r\n"),
      S("HTTP/1.1 200 Connection established\r\nVia: HTTP/1.1 407\r\n\r\n")}},
    {"LDAP", {C(START_TLS), S(START_TLS_OK)}},
    {"PostgreSQL", {C("\0\0\0\x08\x04\xd2\x16\x30"), S("N"), C("\0\0\0\x08\x04\xd2\x16\x2f"), S("S")}},
    {"AMQP", {C("AMQP\2\1\0\0"), S("AMQP\2\1\0\0")}},
    {"RDP", {C(RDP_REQUEST), S(RDP_CONFIRM)}},
    {"MySQL", {S(GREETING), C(SSL_REQUEST)}},
    {"PROXY", {C("PROXY TCP4 192.0.2.1 192.0.2.2 50000 443\r\n")}},
    {"PROXY v2", {C("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\xc0\0\2\2\xc3\x50\1\xbb")}},
};

#undef C
#undef S

#endif
