/* Rules for extensions: a server answers only those that the client sent, and in TLS 1.3 each stands in a
 * message that it may stand in. What an extension holds is no matter here. RFC 8446 section 4.2, RFC 5246
 * section 7.4.1.4, RFC 5746 section 3.6.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

enum {
    PRE_SHARED_KEY = 41,
    SUPPORTED_VERSIONS = 43,
    COOKIE = 44,
    KEY_SHARE = 51,
    RENEGOTIATION_INFO = 65281,
    EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff,
    TYPES = 65536
};

/* ---- the extensions of a message, and a set of types ---- */

typedef struct hsi_type_set {
    uint8_t bits[TYPES / 8];
} hsi_type_set;

static bool holds(const hsi_type_set *set, uint64_t type)
{
    return (set->bits[type / 8] >> (type % 8) & 1) != 0;
}

static const hsi_field *first_extension(const hsi_field *root, const char *path)
{
    const hsi_field *extensions = hsi_field_find(root, path);
    return extensions == NULL ? NULL : extensions->first;
}

/* The type of a child of `extensions`; NULL: it is the length before them, or a rest that could not be read. */
static const hsi_field *type_of(const hsi_field *child)
{
    return hsi_field_child(child, hsi_bytes_text("extension_type"));
}

static void collect(hsi_type_set *set, const hsi_field *root)
{
    for (const hsi_field *child = first_extension(root, "extensions"); child != NULL; child = child->next) {
        const hsi_field *type = type_of(child);
        if (type != NULL) {
            set->bits[type->number / 8] |= (uint8_t)(1u << (type->number % 8));
        }
    }
}

/* ---- two questions to ask of an extension ---- */

typedef struct hsi_asking {
    const hsi_type_set *offered;
    const hsi_message *message;
    unsigned in; /* hsi_in of the message */
    const char *path; /* of its extensions */
} hsi_asking;

static bool was_offered(const hsi_asking *asking, uint16_t type)
{
    bool cookie = type == COOKIE && asking->in == HSI_IN_HRR; /* RFC 8446 section 4.2.2 */
    return cookie || holds(asking->offered, type);
}

/* A descriptor says where an extension may stand in any version; the hellos of TLS 1.3 have few of them. */
static bool may_stand(const hsi_asking *asking, uint16_t type)
{
    const hsi_extension *extension = hsi_extension_of(type);
    if (extension == NULL) {
        return true; /* nothing here knows where it belongs */
    }
    bool hello = asking->in == HSI_IN_SH || asking->in == HSI_IN_HRR;
    bool in_hello = type == PRE_SHARED_KEY || type == SUPPORTED_VERSIONS || type == COOKIE || type == KEY_SHARE;
    return (extension->in & asking->in) != 0 && (!hello || in_hello);
}

/* The first extension that the answer is no for; `count`: of all that were asked about. */
static const hsi_field *first_no(const hsi_asking *asking, const hsi_field *root, size_t *count,
                                 bool (*ask)(const hsi_asking *asking, uint16_t type))
{
    *count = 0;
    for (const hsi_field *child = first_extension(root, asking->path); child != NULL; child = child->next) {
        const hsi_field *type = type_of(child);
        if (type == NULL) {
            continue;
        }
        ++*count;
        if (!ask(asking, (uint16_t)type->number)) {
            return child;
        }
    }
    return NULL;
}

/* ---- the checks ---- */

static const struct hsi_question {
    const char *what;
    const char *formula;
    const char *rfc;
    const char *fault;
    bool (*ask)(const hsi_asking *asking, uint16_t type);
} offered = {"rule.extension_offered", "every extension of the server's message answers one of the ClientHello",
             "RFC 8446 section 4.2, RFC 5246 section 7.4.1.4", "was not offered by the client", was_offered},
  placed = {"rule.extension_place", "every extension stands in a message that RFC 8446 section 4.2 lets it stand in",
            "RFC 8446 section 4.2", "may not stand in this message", may_stand};

static hsi_status check_question(hsi_tap *tap, hsi_handshake *handshake, const hsi_asking *asking,
                                 const struct hsi_question *question)
{
    const hsi_fields *fields;
    size_t count;
    const char *reason = NULL;
    HSI_TRY(hsi_tap_fields(tap, asking->message, &fields));
    const hsi_field *no = first_no(asking, fields->root, &count, question->ask);
    if (count == 0) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_RULE, .formula = question->formula, .rfc = question->rfc};
    const char *whose;
    HSI_TRY(
        hsi_arena_format(&tap->arena, &whose, "%s.%s", hsi_side_name(asking->message->sender), asking->message->name));
    HSI_TRY(hsi_check_name(tap, handshake, question->what, whose, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, asking->message);
    if (no != NULL) {
        check.found = hsi_bytes_slice(asking->message->raw, no->offset, no->length);
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "%s %s", no->name, question->fault));
    }
    return hsi_check_judge(tap, &check, no == NULL, reason);
}

/* ---- which messages ---- */

static const struct {
    uint8_t type;
    uint8_t sender;
    unsigned in;
    bool answers; /* a ClientHello */
    const char *path;
} carriers[] = {
    {HSI_CLIENT_HELLO, HSI_CLIENT, HSI_IN_CH, false, "extensions"},
    {HSI_SERVER_HELLO, HSI_SERVER, HSI_IN_SH, true, "extensions"},
    {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, HSI_IN_EE, true, "extensions"},
    {HSI_CERTIFICATE_REQUEST, HSI_SERVER, HSI_IN_CR, false, "extensions"},
    {HSI_CERTIFICATE, HSI_SERVER, HSI_IN_CT, true, "certificate_list[0].extensions"},
    {HSI_CERTIFICATE, HSI_CLIENT, HSI_IN_CT, false, "certificate_list[0].extensions"},
    {HSI_NEW_SESSION_TICKET, HSI_SERVER, HSI_IN_NST, false, "extensions"},
};

/* The HelloRetryRequest: the message after the ClientHello that it answers, of the type byte ServerHello.
 * NULL: none. */
static const hsi_message *hello_retry_request(const hsi_tap *tap, const hsi_handshake *handshake)
{
    for (size_t i = handshake->retried_hello->index + 1; i < tap->messages.count; i++) {
        const hsi_message *message = tap->messages.items[i];
        if (message->type == HSI_SERVER_HELLO && message->sender == HSI_SERVER && message->handshake == handshake) {
            return message;
        }
    }
    return NULL;
}

static hsi_status ask_carrier(hsi_tap *tap, hsi_handshake *handshake, const hsi_asking *asking, bool answers)
{
    if (asking->message == NULL) {
        return HSI_OK;
    }
    if (answers) {
        HSI_TRY(check_question(tap, handshake, asking, &offered));
    }
    return handshake->version < HSI_TLS13 ? HSI_OK : check_question(tap, handshake, asking, &placed);
}

static hsi_status collect_offered(hsi_tap *tap, const hsi_message *hello, hsi_type_set *set)
{
    const hsi_fields *fields;
    HSI_TRY(hsi_tap_fields(tap, hello, &fields));
    collect(set, fields->root);
    const hsi_field *suites = hsi_field_find(fields->root, "cipher_suites");
    for (const hsi_field *suite = suites == NULL ? NULL : suites->first; suite != NULL; suite = suite->next) {
        if (suite->index != HSI_NOT_AN_ITEM && suite->number == EMPTY_RENEGOTIATION_INFO_SCSV) {
            set->bits[RENEGOTIATION_INFO / 8] |= (uint8_t)(1u << (RENEGOTIATION_INFO % 8)); /* RFC 5746 section 3.6 */
        }
    }
    return HSI_OK;
}

/* The HelloRetryRequest answers the first ClientHello, and all that follows the second one. */
static hsi_status check_retry(hsi_tap *tap, hsi_handshake *handshake)
{
    hsi_type_set set = {{0}};
    if (handshake->retried_hello == NULL) {
        return HSI_OK;
    }
    HSI_TRY(collect_offered(tap, handshake->retried_hello, &set));
    hsi_asking asking = {&set, hello_retry_request(tap, handshake), HSI_IN_HRR, "extensions"};
    return ask_carrier(tap, handshake, &asking, true);
}

hsi_status hsi_check_extensions(hsi_tap *tap, hsi_handshake *handshake)
{
    hsi_type_set set = {{0}};
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    HSI_TRY(check_retry(tap, handshake));
    if (hello == NULL) {
        return HSI_OK;
    }
    HSI_TRY(collect_offered(tap, hello, &set));
    for (size_t i = 0; i < HSI_COUNT(carriers); i++) {
        const hsi_message *message = hsi_handshake_first(handshake, carriers[i].type, carriers[i].sender);
        hsi_asking asking = {&set, message, carriers[i].in, carriers[i].path};
        HSI_TRY(ask_carrier(tap, handshake, &asking, carriers[i].answers));
    }
    return HSI_OK;
}
