/* Rules for what was agreed on: the server chooses only from what the client offered, does not pretend to know
 * less than it does, and echoes the session id. Looks at fields only; what is absent on either side says nothing.
 * RFC 8446 sections 4.1 and 4.2, RFC 5246 section 7.4, RFC 7301 section 3.2, RFC 8422 section 5.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

/* ---- chosen from what was offered ---- */

typedef enum hsi_era { BEFORE_TLS13 = 1, TLS13 = 2, EVER = 3 } hsi_era;

/* A choice in one message and the list in another that it must come from. `item`: the member of a list's item;
 * NULL: itself. */
static const struct hsi_choice {
    const char *whose;
    hsi_era era;
    struct hsi_place {
        uint8_t type;
        uint8_t sender;
        const char *path;
    } chosen, offered;
    const char *item;
    const char *formula;
    const char *rfc;
} choices[] = {
    {"cipher_suite",
     EVER,
     {HSI_SERVER_HELLO, HSI_SERVER, "cipher_suite"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "cipher_suites"},
     NULL,
     "ServerHello.cipher_suite is one of ClientHello.cipher_suites",
     "RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3"},
    {"cipher_suite",
     EVER,
     {HSI_SERVER_HELLO, HSI_SERVER, "cipher_suite"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "cipher_specs"},
     NULL,
     "ServerHello.cipher_suite is one of the SSLv2-format ClientHello's cipher_specs",
     "RFC 5246 appendix E.2"},
    {"compression_method",
     EVER,
     {HSI_SERVER_HELLO, HSI_SERVER, "legacy_compression_method"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "legacy_compression_methods"},
     NULL,
     "ServerHello.compression_method is one of ClientHello.compression_methods",
     "RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3"},
    {"group",
     TLS13,
     {HSI_SERVER_HELLO, HSI_SERVER, "extensions.key_share.server_share.group"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.key_share.client_shares"},
     "group",
     "the server's key share is in a group that the client sent a share for",
     "RFC 8446 section 4.2.8"},
    {"group",
     BEFORE_TLS13,
     {HSI_SERVER_KEY_EXCHANGE, HSI_SERVER, "params.curve_params.namedcurve"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.supported_groups.named_group_list"},
     NULL,
     "ServerKeyExchange's curve is one of the client's supported_groups",
     "RFC 8422 section 5.4"},
    {"signature_scheme",
     BEFORE_TLS13,
     {HSI_SERVER_KEY_EXCHANGE, HSI_SERVER, "algorithm"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.signature_algorithms.supported_signature_algorithms"},
     NULL,
     "ServerKeyExchange's algorithm is one of the client's signature_algorithms",
     "RFC 5246 section 7.4.3"},
    {"signature_scheme",
     TLS13,
     {HSI_CERTIFICATE_VERIFY, HSI_SERVER, "algorithm"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.signature_algorithms.supported_signature_algorithms"},
     NULL,
     "the server's CertificateVerify.algorithm is one of the client's signature_algorithms",
     "RFC 8446 section 4.4.3"},
    {"client_signature_scheme",
     BEFORE_TLS13,
     {HSI_CERTIFICATE_VERIFY, HSI_CLIENT, "algorithm"},
     {HSI_CERTIFICATE_REQUEST, HSI_SERVER, "supported_signature_algorithms"},
     NULL,
     "the client's CertificateVerify.algorithm is one that CertificateRequest names",
     "RFC 5246 section 7.4.8"},
    {"client_signature_scheme",
     TLS13,
     {HSI_CERTIFICATE_VERIFY, HSI_CLIENT, "algorithm"},
     {HSI_CERTIFICATE_REQUEST, HSI_SERVER, "extensions.signature_algorithms.supported_signature_algorithms"},
     NULL,
     "the client's CertificateVerify.algorithm is one that CertificateRequest names",
     "RFC 8446 section 4.4.3"},
    {"alpn",
     BEFORE_TLS13,
     {HSI_SERVER_HELLO, HSI_SERVER, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.application_layer_protocol_negotiation.protocol_name_list"},
     NULL,
     "the server's protocol is one of the client's protocol_name_list",
     "RFC 7301 section 3.2"},
    {"alpn",
     TLS13,
     {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.application_layer_protocol_negotiation.protocol_name_list"},
     NULL,
     "the server's protocol is one of the client's protocol_name_list",
     "RFC 7301 section 3.2"},
    {"max_fragment_length",
     BEFORE_TLS13,
     {HSI_SERVER_HELLO, HSI_SERVER, "extensions.max_fragment_length.max_fragment_length"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.max_fragment_length.max_fragment_length"},
     NULL,
     "the server's max_fragment_length is the client's",
     "RFC 6066 section 4"},
    {"client_certificate_type",
     BEFORE_TLS13,
     {HSI_SERVER_HELLO, HSI_SERVER, "extensions.client_certificate_type.client_certificate_type"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.client_certificate_type.client_certificate_types"},
     NULL,
     "the server's client_certificate_type is one of the client's",
     "RFC 7250 section 4.2"},
    {"server_certificate_type",
     BEFORE_TLS13,
     {HSI_SERVER_HELLO, HSI_SERVER, "extensions.server_certificate_type.server_certificate_type"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.server_certificate_type.server_certificate_types"},
     NULL,
     "the server's server_certificate_type is one of the client's",
     "RFC 7250 section 4.2"},
    {"max_fragment_length",
     TLS13,
     {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, "extensions.max_fragment_length.max_fragment_length"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.max_fragment_length.max_fragment_length"},
     NULL,
     "the server's max_fragment_length is the client's",
     "RFC 6066 section 4"},
    {"client_certificate_type",
     TLS13,
     {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, "extensions.client_certificate_type.client_certificate_type"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.client_certificate_type.client_certificate_types"},
     NULL,
     "the server's client_certificate_type is one of the client's",
     "RFC 7250 section 4.2"},
    {"server_certificate_type",
     TLS13,
     {HSI_ENCRYPTED_EXTENSIONS, HSI_SERVER, "extensions.server_certificate_type.server_certificate_type"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.server_certificate_type.server_certificate_types"},
     NULL,
     "the server's server_certificate_type is one of the client's",
     "RFC 7250 section 4.2"},
    {"certificate_compression",
     TLS13,
     {HSI_COMPRESSED_CERTIFICATE, HSI_SERVER, "algorithm"},
     {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.compress_certificate.algorithms"},
     NULL,
     "the server's CompressedCertificate is of one of the client's algorithms",
     "RFC 8879 section 4"},
};

/* The field at a place; NULL: the message or the field is not there. `message` is its message. */
static hsi_status field_at(hsi_tap *tap, const hsi_handshake *handshake, const struct hsi_place *place,
                           const hsi_message **message, const hsi_field **out)
{
    const hsi_fields *fields;
    *out = NULL;
    *message = hsi_handshake_first(handshake, place->type, place->sender);
    if (*message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(tap, *message, &fields));
    *out = hsi_field_find(fields->root, place->path);
    return HSI_OK;
}

/* Numbers and texts alike: one has its value in `number`, the other in `content`. */
static bool same_value(const hsi_field *a, const hsi_field *b)
{
    return a->number == b->number && (a->kind == HSI_FIELD_UINT || hsi_bytes_equal(a->content, b->content));
}

/* What is offered is a list, or the one value that may be chosen. */
static bool is_among(const hsi_field *chosen, const hsi_field *offered, const char *item)
{
    if (offered->kind == HSI_FIELD_UINT) {
        return same_value(chosen, offered);
    }
    for (const hsi_field *child = offered->first; child != NULL; child = child->next) {
        const hsi_field *value = item == NULL ? child : hsi_field_child(child, hsi_bytes_text(item));
        if (child->index != HSI_NOT_AN_ITEM && value != NULL && same_value(chosen, value)) {
            return true;
        }
    }
    return false;
}

static hsi_status check_choice(hsi_tap *tap, hsi_handshake *handshake, const struct hsi_choice *choice)
{
    const hsi_message *chooser;
    const hsi_message *offerer;
    const hsi_field *chosen;
    const hsi_field *offered;
    const char *reason;
    HSI_TRY(field_at(tap, handshake, &choice->chosen, &chooser, &chosen));
    HSI_TRY(field_at(tap, handshake, &choice->offered, &offerer, &offered));
    if (chosen == NULL || offered == NULL) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_RULE, .formula = choice->formula, .rfc = choice->rfc};
    check.found = hsi_bytes_slice(chooser->raw, chosen->offset, chosen->length);
    HSI_TRY(hsi_check_name(tap, handshake, "rule.offered", choice->whose, &check.name));
    HSI_TRY(hsi_arena_join(&tap->arena, &reason,
                           HSI_TEXTS(chooser->name, " chose what ", offerer->name, " did not offer")));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, chooser);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, offerer);
    return hsi_check_judge(tap, &check, is_among(chosen, offered, choice->item), reason);
}

/* ---- the version ---- */

static const struct hsi_place versions = {HSI_CLIENT_HELLO, HSI_CLIENT, "extensions.supported_versions.versions"};
static const struct hsi_place legacy_version = {HSI_CLIENT_HELLO, HSI_CLIENT, "legacy_version"};
static const struct hsi_place sslv2_version = {HSI_CLIENT_HELLO, HSI_CLIENT, "version"};

/* The ClientHello's list of versions, or else the one number that stands for all up to it. */
static hsi_status offered_versions(hsi_tap *tap, hsi_handshake *handshake, const hsi_message **hello,
                                   const hsi_field **list, const hsi_field **highest)
{
    HSI_TRY(field_at(tap, handshake, &versions, hello, list));
    HSI_TRY(field_at(tap, handshake, &legacy_version, hello, highest));
    return *highest != NULL ? HSI_OK : field_at(tap, handshake, &sslv2_version, hello, highest);
}

static bool offers(const hsi_field *list, const hsi_field *highest, uint16_t version)
{
    const hsi_field wanted = {.kind = HSI_FIELD_UINT, .number = version};
    return list != NULL ? is_among(&wanted, list, NULL) : version <= highest->number && version < HSI_TLS13;
}

static hsi_status check_version(hsi_tap *tap, hsi_handshake *handshake)
{
    const hsi_message *hello;
    const hsi_field *list;
    const hsi_field *highest;
    HSI_TRY(offered_versions(tap, handshake, &hello, &list, &highest));
    const hsi_message *answer = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER);
    if (answer == NULL || highest == NULL || handshake->version == 0) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_RULE,
                       .formula = "the negotiated version is one of supported_versions, or without it at most "
                                  "ClientHello.legacy_version",
                       .rfc = "RFC 8446 section 4.2.1, RFC 5246 appendix E.1"};
    HSI_TRY(hsi_check_name(tap, handshake, "rule.offered", "version", &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, answer);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    return hsi_check_judge(tap, &check, offers(list, highest, handshake->version),
                           "the server chose a version that the client did not offer");
}

hsi_status hsi_check_offered(hsi_tap *tap, hsi_handshake *handshake)
{
    unsigned era = handshake->version >= HSI_TLS13 ? TLS13 : BEFORE_TLS13;
    HSI_TRY(check_version(tap, handshake));
    for (size_t i = 0; i < HSI_COUNT(choices); i++) {
        if ((choices[i].era & era) != 0) {
            HSI_TRY(check_choice(tap, handshake, &choices[i]));
        }
    }
    return HSI_OK;
}

/* ---- the downgrade sentinel ---- */

/* RFC 8446 section 4.1.3: "DOWNGRD" and 1, in TLS 1.1 and below 0. */
static bool has_sentinel(const hsi_handshake *handshake)
{
    static const uint8_t sentinel[] = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
    const uint8_t *end = handshake->server_random + HSI_RANDOM - sizeof sentinel - 1;
    return memcmp(end, sentinel, sizeof sentinel) == 0 && end[sizeof sentinel] <= 1;
}

hsi_status hsi_check_downgrade(hsi_tap *tap, hsi_handshake *handshake)
{
    const hsi_message *hello;
    const hsi_field *list;
    const hsi_field *highest;
    const hsi_message *answer = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER);
    HSI_TRY(offered_versions(tap, handshake, &hello, &list, &highest));
    bool lower = handshake->version != 0 && handshake->version < HSI_TLS13;
    if (answer == NULL || list == NULL || !lower || !offers(list, highest, HSI_TLS13)) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_RULE,
                       .formula =
                           "ServerHello.random does not end in the downgrade sentinel although TLS 1.3 was offered",
                       .rfc = "RFC 8446 section 4.1.3"};
    HSI_TRY(hsi_check_name(tap, handshake, "rule", "downgrade", &check.name));
    check.found = hsi_bytes_of(handshake->server_random, HSI_RANDOM);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, answer);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    return hsi_check_judge(tap, &check, !has_sentinel(handshake), "a server that knows TLS 1.3 was made to speak less");
}

/* ---- the session id ---- */

hsi_status hsi_check_session_id_echo(hsi_tap *tap, hsi_handshake *handshake)
{
    static const struct hsi_place sent = {HSI_CLIENT_HELLO, HSI_CLIENT, "legacy_session_id"};
    static const struct hsi_place echo = {HSI_SERVER_HELLO, HSI_SERVER, "legacy_session_id_echo"};
    const hsi_message *hello;
    const hsi_message *answer;
    const hsi_field *expected;
    const hsi_field *found;
    HSI_TRY(field_at(tap, handshake, &sent, &hello, &expected));
    HSI_TRY(field_at(tap, handshake, &echo, &answer, &found));
    if (handshake->version < HSI_TLS13 || expected == NULL || found == NULL) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_RULE,
                       .formula = "ServerHello.legacy_session_id_echo = ClientHello.legacy_session_id",
                       .rfc = "RFC 8446 section 4.1.3"};
    HSI_TRY(hsi_check_name(tap, handshake, "rule", "session_id_echo", &check.name));
    check.expected = expected->content;
    check.found = found->content;
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, answer);
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    return hsi_check_judge(tap, &check, hsi_bytes_equal(expected->content, found->content),
                           "the server did not send back the client's session id");
}
