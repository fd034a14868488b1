/* Rules for extensions: a server answers only those that the client sent, and in TLS 1.3 each stands in a
 * message that it may stand in, once. What an extension holds is no matter here. RFC 8446 section 4.2, RFC 5246
 * section 7.4.1.4, RFC 5746 section 3.6.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

enum { COOKIE = 44, RENEGOTIATION_INFO = 65281, EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff, TYPES = 65536 };

/* ---- the extensions of a message, and a set of types ---- */

typedef struct hsi_type_set {
    uint8_t bits[TYPES / 8];
} hsi_type_set;

static bool holds(const hsi_type_set *set, uint64_t type)
{
    return (set->bits[type / 8] >> (type % 8) & 1) != 0;
}

static void put(hsi_type_set *set, uint64_t type)
{
    set->bits[type / 8] |= (uint8_t)(1u << (type % 8));
}

static const hsi_field *first_extension(const hsi_field *owner)
{
    const hsi_field *extensions = hsi_field_child(owner, hsi_bytes_text("extensions"));
    return extensions == NULL ? NULL : extensions->first;
}

/* The type of a child of `extensions`; NULL: it is the length before them, or a rest that could not be read. */
static const hsi_field *type_of(const hsi_field *child)
{
    return hsi_field_child(child, hsi_bytes_text("extension_type"));
}

/* What has extensions in a message: itself, or each entry of its certificate_list. */
static const hsi_field *first_owner(const hsi_field *root)
{
    const hsi_field *list = hsi_field_find(root, "certificate_list");
    return list == NULL ? root : hsi_judge_first_item(list);
}

static const hsi_field *next_owner(const hsi_field *root, const hsi_field *owner)
{
    return owner == root ? NULL : hsi_judge_next_item(owner);
}

static void collect(hsi_type_set *set, const hsi_field *root)
{
    for (const hsi_field *child = first_extension(root); child != NULL; child = child->next) {
        const hsi_field *type = type_of(child);
        if (type != NULL) {
            put(set, type->number);
        }
    }
}

/* ---- each of them once ---- */

/* The first extension of `owner` whose type has been seen; NULL: each is there once. `seen` is empty before and after. */
static const hsi_field *first_again(const hsi_field *owner, hsi_type_set *seen, size_t *count)
{
    const hsi_field *child = first_extension(owner);
    for (; child != NULL; child = child->next) {
        const hsi_field *type = type_of(child);
        if (type != NULL && holds(seen, type->number)) {
            break;
        }
        if (type != NULL) {
            put(seen, type->number);
            ++*count;
        }
    }
    for (const hsi_field *done = first_extension(owner); done != child; done = done->next) {
        const hsi_field *type = type_of(done);
        if (type != NULL) {
            seen->bits[type->number / 8] = 0;
        }
    }
    return child;
}

hsi_verdict hsi_judge_unique_extensions(hsi_judging *j)
{
    hsi_type_set seen = {{0}};
    const hsi_field *again = NULL;
    size_t count = 0;
    const hsi_field *owner = first_owner(j->root);
    for (; owner != NULL && again == NULL; owner = next_owner(j->root, owner)) {
        again = first_again(owner, &seen, &count);
    }
    return count == 0 ? HSI_NOT_CHECKABLE : hsi_judge_blame(j, again);
}

/* ---- two questions to ask of an extension ---- */

typedef struct hsi_asking {
    const hsi_type_set *offered;
    const hsi_message *message;
    unsigned in; /* hsi_in of the message */
} hsi_asking;

static bool was_offered(const hsi_asking *asking, uint16_t type)
{
    bool cookie = type == COOKIE && asking->in == HSI_IN_HRR; /* RFC 8446 section 4.2.2 */
    return cookie || holds(asking->offered, type);
}

/* IANA says where an extension may stand in TLS 1.3, but for those of a ClientHello that are for an older version; of one that
 * is not registered its descriptor says so. */
static bool may_stand(const hsi_asking *asking, uint16_t type)
{
    const hsi_extension *extension = hsi_extension_of(type);
    unsigned in;
    if (asking->in == HSI_IN_CH || !hsi_extension_in_tls13(type, &in)) {
        return extension == NULL || (extension->in & asking->in) != 0; /* NULL: nothing here knows where it belongs */
    }
    return (in & asking->in) != 0;
}

typedef bool hsi_ask(const hsi_asking *asking, uint16_t type);

/* The first extension of `owner` that the answer is no for; `count`: of all that were asked about. */
static const hsi_field *first_no_of(const hsi_asking *asking, const hsi_field *owner, size_t *count, hsi_ask *ask)
{
    for (const hsi_field *child = first_extension(owner); child != NULL; child = child->next) {
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

static const hsi_field *first_no(const hsi_asking *asking, const hsi_field *root, size_t *count, hsi_ask *ask)
{
    const hsi_field *no = NULL;
    *count = 0;
    for (const hsi_field *owner = first_owner(root); owner != NULL && no == NULL; owner = next_owner(root, owner)) {
        no = first_no_of(asking, owner, count, ask);
    }
    return no;
}

/* ---- the checks ---- */

static const struct hsi_question {
    const char *what;
    const char *formula;
    const char *rfc;
    const char *fault;
    hsi_ask *ask;
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
    HSI_TRY(hsi_arena_join(&tap->arena, &whose,
                           HSI_TEXTS(hsi_side_name(asking->message->sender), ".", asking->message->name)));
    HSI_TRY(hsi_check_name(tap, handshake, question->what, whose, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, asking->message);
    if (no != NULL) {
        check.found = hsi_bytes_slice(asking->message->raw, no->offset, no->length);
        HSI_TRY(hsi_arena_join(&tap->arena, &reason, HSI_TEXTS(no->name, " ", question->fault)));
    }
    return hsi_check_judge(tap, &check, no == NULL, reason);
}

/* ---- which messages ---- */

static const struct {
    uint8_t type;
    uint8_t sender;
    unsigned in;
    bool answers; /* a ClientHello */
} carriers[] = {
    {HSI_CLIENT_HELLO, HSI_CLIENT, HSI_IN_CH, false},        {HSI_SERVER_HELLO, HSI_SERVER, HSI_IN_SH, true},
    {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, HSI_IN_EE, true}, {HSI_CERTIFICATE_REQUEST, HSI_SERVER, HSI_IN_CR, false},
    {HSI_CERTIFICATE, HSI_SERVER, HSI_IN_CT, true},          {HSI_CERTIFICATE, HSI_CLIENT, HSI_IN_CT, false},
    {HSI_NEW_SESSION_TICKET, HSI_SERVER, HSI_IN_NST, false},
};

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
            put(set, RENEGOTIATION_INFO); /* RFC 5746 section 3.6 */
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
    hsi_asking asking = {&set, hsi_check_hello_retry_request(tap, handshake), HSI_IN_HRR};
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
        hsi_asking asking = {&set, message, carriers[i].in};
        HSI_TRY(ask_carrier(tap, handshake, &asking, carriers[i].answers));
    }
    return HSI_OK;
}
