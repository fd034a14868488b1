/* The order of messages: two state machines, each a table of who may send what, when, and where that leads. A
 * handshake that just stops is fine; the first message that stands where it may not is named. Knows no record
 * and no content. RFC 5246 section 7.3, RFC 5077 section 3.3, RFC 6066 section 8; RFC 8446 sections 2, 4.4,
 * 4.6 and appendix A.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

typedef enum hsi_stage {
    START,
    CLIENT_HELLO,
    HELLO_RETRY,
    SECOND_HELLO,
    SERVER_HELLO,
    EXTENSIONS, /* TLS 1.3: EncryptedExtensions */
    SERVER_CERT,
    SERVER_STATUS, /* CertificateStatus */
    SERVER_KEY, /* ServerKeyExchange */
    ASKED, /* CertificateRequest: the client must answer with a Certificate */
    ASKED_SERVER_CERT, /* TLS 1.3, after a CertificateRequest, and so on */
    ASKED_VERIFY,
    SERVER_VERIFY, /* CertificateVerify */
    ASKED_DONE, /* from here on the server has said all; the client owes a Certificate */
    SERVER_DONE, /* ServerHelloDone; in TLS 1.3 the server's Finished */
    EARLY_END, /* EndOfEarlyData */
    CLIENT_CERT,
    CLIENT_KEY, /* ClientKeyExchange */
    CLIENT_CERT_KEY, /* the same after a Certificate */
    CLIENT_VERIFY,
    CLIENT_DONE, /* the client's Finished */
    TICKET, /* NewSessionTicket before the server's Finished */
    RESUMED_TICKET,
    RESUMED_DONE, /* the server's Finished comes first in a resumption */
    OVER,
    LATE_CERT, /* TLS 1.3: authentication after the handshake */
    LATE_VERIFY
} hsi_stage;

enum { HELLO_RETRY_REQUEST = 6 }; /* RFC 8446 section 4: a reserved number, for HelloRetryRequest */

typedef struct hsi_step {
    hsi_stage from;
    uint8_t sender;
    uint8_t type;
    hsi_stage to;
} hsi_step;

#define C HSI_CLIENT
#define S HSI_SERVER

static const hsi_step before_tls13[] = {
    {START, C, HSI_CLIENT_HELLO, CLIENT_HELLO},
    {CLIENT_HELLO, S, HSI_SERVER_HELLO, SERVER_HELLO},
    {SERVER_HELLO, S, HSI_SUPPLEMENTAL_DATA, SERVER_HELLO},
    {SERVER_HELLO, S, HSI_CERTIFICATE, SERVER_CERT},
    {SERVER_HELLO, S, HSI_SERVER_KEY_EXCHANGE, SERVER_KEY},
    {SERVER_HELLO, S, HSI_SERVER_HELLO_DONE, SERVER_DONE},
    {SERVER_HELLO, S, HSI_NEW_SESSION_TICKET, RESUMED_TICKET},
    {SERVER_HELLO, S, HSI_FINISHED, RESUMED_DONE},
    {SERVER_CERT, S, HSI_CERTIFICATE_STATUS, SERVER_STATUS},
    {SERVER_CERT, S, HSI_SERVER_KEY_EXCHANGE, SERVER_KEY},
    {SERVER_CERT, S, HSI_CERTIFICATE_REQUEST, ASKED},
    {SERVER_CERT, S, HSI_SERVER_HELLO_DONE, SERVER_DONE},
    {SERVER_STATUS, S, HSI_SERVER_KEY_EXCHANGE, SERVER_KEY},
    {SERVER_STATUS, S, HSI_CERTIFICATE_REQUEST, ASKED},
    {SERVER_STATUS, S, HSI_SERVER_HELLO_DONE, SERVER_DONE},
    {SERVER_KEY, S, HSI_CERTIFICATE_REQUEST, ASKED},
    {SERVER_KEY, S, HSI_SERVER_HELLO_DONE, SERVER_DONE},
    {ASKED, S, HSI_SERVER_HELLO_DONE, ASKED_DONE},
    {SERVER_DONE, C, HSI_SUPPLEMENTAL_DATA, SERVER_DONE},
    {SERVER_DONE, C, HSI_CLIENT_KEY_EXCHANGE, CLIENT_KEY},
    {ASKED_DONE, C, HSI_SUPPLEMENTAL_DATA, ASKED_DONE},
    {ASKED_DONE, C, HSI_CERTIFICATE, CLIENT_CERT},
    {CLIENT_CERT, C, HSI_CLIENT_KEY_EXCHANGE, CLIENT_CERT_KEY},
    {CLIENT_CERT_KEY, C, HSI_CERTIFICATE_VERIFY, CLIENT_VERIFY},
    {CLIENT_CERT_KEY, C, HSI_FINISHED, CLIENT_DONE}, /* the certificate was empty, or cannot sign */
    {CLIENT_VERIFY, C, HSI_FINISHED, CLIENT_DONE},
    {CLIENT_KEY, C, HSI_FINISHED, CLIENT_DONE},
    {CLIENT_DONE, S, HSI_NEW_SESSION_TICKET, TICKET},
    {CLIENT_DONE, S, HSI_FINISHED, OVER},
    {TICKET, S, HSI_FINISHED, OVER},
    {RESUMED_TICKET, S, HSI_FINISHED, RESUMED_DONE},
    {RESUMED_DONE, C, HSI_FINISHED, OVER},
};

static const hsi_step tls13[] = {
    {START, C, HSI_CLIENT_HELLO, CLIENT_HELLO},
    {CLIENT_HELLO, S, HELLO_RETRY_REQUEST, HELLO_RETRY},
    {CLIENT_HELLO, S, HSI_SERVER_HELLO, SERVER_HELLO},
    {HELLO_RETRY, C, HSI_CLIENT_HELLO, SECOND_HELLO},
    {SECOND_HELLO, S, HSI_SERVER_HELLO, SERVER_HELLO},
    {SERVER_HELLO, S, HSI_ENCRYPTED_EXTENSIONS, EXTENSIONS},
    {EXTENSIONS, S, HSI_CERTIFICATE_REQUEST, ASKED},
    {EXTENSIONS, S, HSI_CERTIFICATE, SERVER_CERT},
    {EXTENSIONS, S, HSI_COMPRESSED_CERTIFICATE, SERVER_CERT},
    {EXTENSIONS, S, HSI_FINISHED, SERVER_DONE}, /* a pre-shared key stands for the certificate */
    {ASKED, S, HSI_CERTIFICATE, ASKED_SERVER_CERT},
    {ASKED, S, HSI_COMPRESSED_CERTIFICATE, ASKED_SERVER_CERT},
    {SERVER_CERT, S, HSI_CERTIFICATE_VERIFY, SERVER_VERIFY},
    {SERVER_VERIFY, S, HSI_FINISHED, SERVER_DONE},
    {ASKED_SERVER_CERT, S, HSI_CERTIFICATE_VERIFY, ASKED_VERIFY},
    {ASKED_VERIFY, S, HSI_FINISHED, ASKED_DONE},
    {SERVER_DONE, C, HSI_END_OF_EARLY_DATA, EARLY_END},
    {SERVER_DONE, C, HSI_FINISHED, OVER},
    {EARLY_END, C, HSI_FINISHED, OVER},
    {ASKED_DONE, C, HSI_CERTIFICATE, CLIENT_CERT},
    {ASKED_DONE, C, HSI_COMPRESSED_CERTIFICATE, CLIENT_CERT},
    {CLIENT_CERT, C, HSI_CERTIFICATE_VERIFY, CLIENT_VERIFY},
    {CLIENT_CERT, C, HSI_FINISHED, OVER}, /* the certificate was empty */
    {CLIENT_VERIFY, C, HSI_FINISHED, OVER},
    {OVER, C, HSI_KEY_UPDATE, OVER},
    {OVER, C, HSI_CERTIFICATE, LATE_CERT},
    {OVER, C, HSI_COMPRESSED_CERTIFICATE, LATE_CERT},
    {LATE_CERT, C, HSI_CERTIFICATE_VERIFY, LATE_VERIFY},
    {LATE_CERT, C, HSI_FINISHED, OVER},
    {LATE_VERIFY, C, HSI_FINISHED, OVER},
};

/* After its Finished a server waits for nobody: what it sends then moves nothing, and the client may not have
 * answered yet. */
static bool moves_nothing(bool is_tls13, hsi_stage stage, const hsi_message *message)
{
    if (message->sender != HSI_SERVER) {
        return false;
    }
    if (!is_tls13) {
        return message->type == HSI_HELLO_REQUEST; /* at any time, RFC 5246 section 7.4.1.1 */
    }
    return stage >= ASKED_DONE && (message->type == HSI_NEW_SESSION_TICKET || message->type == HSI_KEY_UPDATE ||
                                   (message->type == HSI_CERTIFICATE_REQUEST && stage >= OVER));
}

static bool is_retry(const hsi_message *message)
{
    return strcmp(message->name, "HelloRetryRequest") == 0; /* the type byte is ServerHello's */
}

/* RFC 6101 section 5.6.6: in SSL 3.0 a client that has no certificate sends an alert, no empty Certificate. */
static hsi_stage without_certificate(uint16_t version, hsi_stage stage, const hsi_message *message)
{
    bool skipped = version == HSI_SSL30 && stage == ASKED_DONE && message->type == HSI_CLIENT_KEY_EXCHANGE;
    return skipped ? SERVER_DONE : stage;
}

/* Moves on with a message. False: it may not stand here. */
static bool step(uint16_t version, hsi_stage *stage, const hsi_message *message)
{
    bool is_tls13 = version >= HSI_TLS13;
    hsi_stage from = without_certificate(version, *stage, message);
    const hsi_step *steps = is_tls13 ? tls13 : before_tls13;
    size_t count = is_tls13 ? HSI_COUNT(tls13) : HSI_COUNT(before_tls13);
    uint8_t type = is_retry(message) ? HELLO_RETRY_REQUEST : message->type;
    for (size_t i = 0; i < count; i++) {
        if (steps[i].from == from && steps[i].sender == message->sender && steps[i].type == type) {
            *stage = steps[i].to;
            return true;
        }
    }
    return moves_nothing(is_tls13, *stage, message);
}

/* The place of a negotiation's first message: messages stand in the order of their negotiations. */
static size_t first_message(const hsi_tap *tap, const hsi_handshake *handshake)
{
    size_t low = 0;
    size_t high = tap->messages.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const hsi_message *message = tap->messages.items[middle];
        if (message->handshake->index < handshake->index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first message that stands where it may not; NULL: there is none. `count`: of the messages that were
 * looked at. */
static const hsi_message *misplaced(const hsi_tap *tap, const hsi_handshake *handshake, size_t *count)
{
    hsi_stage stage = START;
    *count = 0;
    for (size_t i = first_message(tap, handshake); i < tap->messages.count; i++) {
        const hsi_message *message = tap->messages.items[i];
        if (message->handshake != handshake || message->cut) {
            break;
        }
        ++*count;
        if (!step(handshake->version, &stage, message)) {
            return message;
        }
    }
    return NULL;
}

hsi_status hsi_check_order(hsi_tap *tap, hsi_handshake *handshake)
{
    bool is_tls13 = handshake->version >= HSI_TLS13;
    hsi_check check = {.kind = HSI_RULE,
                       .formula = "each message stands where the handshake lets it stand",
                       .rfc = is_tls13 ? "RFC 8446 sections 2 and 4.6" : "RFC 5246 section 7.3"};
    size_t count;
    const char *reason = NULL;
    const hsi_message *message = misplaced(tap, handshake, &count);
    if (count == 0) {
        return HSI_OK;
    }
    HSI_TRY(hsi_check_name(tap, handshake, "rule", "order", &check.name));
    if (handshake->unreadable) {
        return hsi_check_missing(tap, &check, hsi_handshake_unread(handshake));
    }
    if (message != NULL) {
        hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "message[%zu], %s from the %s, may not stand here",
                                 message->index, message->name, hsi_side_name(message->sender)));
    }
    return hsi_check_judge(tap, &check, message == NULL, reason);
}
