/* The handshake messages that others published, read from tests/data (their README says whose they are). Tests that
 * read them run in the root of the repository.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_PUBLISHED_H
#define HSI_TESTS_PUBLISHED_H

#include "data.h"
#include "tap/message.h"

enum { PUBLISHED_MAX = 1024 };

static const hsi_suite published_suite = {.id = 0xc013, .key_exchange = "ECDHE-RSA"};
static const hsi_field_context published_tls12 = {.version = 0x0303, .suite = &published_suite};
static const hsi_field_context published_tls13 = {.version = 0x0304};

static const struct published {
    const char *folder;
    const char *name; /* of the message, as users see it */
    unsigned position;
} published[] = {
    {"rfc8448/1rtt", "ClientHello", 0},
    {"rfc8448/1rtt", "ServerHello", 1},
    {"rfc8448/1rtt", "EncryptedExtensions", 2},
    {"rfc8448/1rtt", "Certificate", 3},
    {"rfc8448/1rtt", "CertificateVerify", 4},
    {"rfc8448/1rtt", "Finished", 5},
    {"rfc8448/1rtt", "Finished", 6},
    {"rfc8448/1rtt", "NewSessionTicket", 7},
    {"rfc8448/0rtt-resumed", "ClientHello", 0},
    {"rfc8448/0rtt-resumed", "ServerHello", 1},
    {"rfc8448/0rtt-resumed", "EncryptedExtensions", 2},
    {"rfc8448/0rtt-resumed", "Finished", 3},
    {"rfc8448/0rtt-resumed", "EndOfEarlyData", 4},
    {"rfc8448/0rtt-resumed", "Finished", 5},
    {"rfc8448/hrr", "ClientHello", 0},
    {"rfc8448/hrr", "HelloRetryRequest", 1},
    {"rfc8448/hrr", "ClientHello", 2},
    {"rfc8448/hrr", "ServerHello", 3},
    {"rfc8448/hrr", "EncryptedExtensions", 4},
    {"rfc8448/hrr", "Certificate", 5},
    {"rfc8448/hrr", "CertificateVerify", 6},
    {"rfc8448/hrr", "Finished", 7},
    {"rfc8448/hrr", "Finished", 8},
    {"rfc8448/client-auth", "ClientHello", 0},
    {"rfc8448/client-auth", "ServerHello", 1},
    {"rfc8448/client-auth", "EncryptedExtensions", 2},
    {"rfc8448/client-auth", "CertificateRequest", 3},
    {"rfc8448/client-auth", "Certificate", 4},
    {"rfc8448/client-auth", "CertificateVerify", 5},
    {"rfc8448/client-auth", "Finished", 6},
    {"rfc8448/client-auth", "Certificate", 7},
    {"rfc8448/client-auth", "CertificateVerify", 8},
    {"rfc8448/client-auth", "Finished", 9},
    {"rfc8448/compat", "ClientHello", 0},
    {"rfc8448/compat", "ServerHello", 1},
    {"rfc8448/compat", "EncryptedExtensions", 2},
    {"rfc8448/compat", "Certificate", 3},
    {"rfc8448/compat", "CertificateVerify", 4},
    {"rfc8448/compat", "Finished", 5},
    {"rfc8448/compat", "Finished", 6},
    {"illustrated-tls12", "ClientHello", 0},
    {"illustrated-tls12", "ServerHello", 1},
    {"illustrated-tls12", "Certificate", 2},
    {"illustrated-tls12", "ServerKeyExchange", 3},
    {"illustrated-tls12", "ServerHelloDone", 4},
    {"illustrated-tls12", "ClientKeyExchange", 5},
    {"illustrated-tls12", "Finished", 6},
    {"illustrated-tls12", "Finished", 7},
    {"illustrated-tls13", "ClientHello", 0},
    {"illustrated-tls13", "ServerHello", 1},
    {"illustrated-tls13", "EncryptedExtensions", 2},
    {"illustrated-tls13", "Certificate", 3},
    {"illustrated-tls13", "CertificateVerify", 4},
    {"illustrated-tls13", "Finished", 5},
    {"illustrated-tls13", "Finished", 6},
    {"illustrated-tls13", "NewSessionTicket", 7},
    {"illustrated-tls13", "NewSessionTicket", 8},
};

static inline const hsi_field_context *published_context(const struct published *message)
{
    return strcmp(message->folder, "illustrated-tls12") == 0 ? &published_tls12 : &published_tls13;
}

/* published_read reads a message to `storage` and borrows it. */
static inline hsi_bytes published_read(uint8_t storage[PUBLISHED_MAX], const struct published *message)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%02u-%s.bin", message->folder, message->position, message->name);
    return data_read(storage, PUBLISHED_MAX, path);
}

#endif
