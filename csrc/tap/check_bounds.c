/* Judges of how long vectors are and how large numbers: what the RFCs write as <floor..ceiling>, and the values that they
 * allow. A row is a place; a new one needs nothing else.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

#define ANY UINT32_MAX

/* A field that is a vector (or bytes) is bounded in its length, without its length field; a number in its value. `member`: of
 * each item of the vector at `path`; "": each item itself; NULL: the field at `path`. */
typedef struct hsi_bound {
    uint32_t owner; /* HandshakeType, or ExtensionType */
    unsigned in; /* of an extension: the messages that it stands in; 0: of a message before TLS 1.3; ANY */
    const char *path;
    const char *member;
    uint64_t least, most;
} hsi_bound;

#define TO8 0xff
#define TO16 0xffff
#define TO24 0xffffff

/* clang-format off */
static const hsi_bound message_bounds[] = { /* ascending by owner */
    {HSI_CLIENT_HELLO, ANY, "legacy_session_id", NULL, 0, 32}, /* RFC 8446 section 4.1.2 */
    {HSI_CLIENT_HELLO, ANY, "cipher_suites", NULL, 2, TO16 - 1},
    {HSI_CLIENT_HELLO, ANY, "legacy_compression_methods", NULL, 1, TO8},
    {HSI_SERVER_HELLO, ANY, "legacy_session_id_echo", NULL, 0, 32},
    {HSI_NEW_SESSION_TICKET, ANY, "ticket_lifetime", NULL, 0, 604800}, /* section 4.6.1: seven days */
    {HSI_NEW_SESSION_TICKET, HSI_IN_NST, "ticket", NULL, 1, TO16},
    {HSI_CERTIFICATE, HSI_IN_CT, "certificate_list", "cert_data", 1, TO24}, /* section 4.4.2 */
    {HSI_SERVER_KEY_EXCHANGE, ANY, "params.dh_p", NULL, 1, TO16}, /* RFC 5246 section 7.4.3 */
    {HSI_SERVER_KEY_EXCHANGE, ANY, "params.dh_g", NULL, 1, TO16},
    {HSI_SERVER_KEY_EXCHANGE, ANY, "params.dh_Ys", NULL, 1, TO16},
    {HSI_SERVER_KEY_EXCHANGE, ANY, "params.public", NULL, 1, TO8}, /* RFC 8422 section 5.4 */
    {HSI_SERVER_KEY_EXCHANGE, ANY, "params.curve_params.curve_type", NULL, 1, 3},
    {HSI_CERTIFICATE_REQUEST, 0, "certificate_types", NULL, 1, TO8}, /* RFC 5246 section 7.4.4 */
    {HSI_CERTIFICATE_REQUEST, 0, "supported_signature_algorithms", NULL, 2, TO16 - 1},
    {HSI_CERTIFICATE_REQUEST, 0, "certificate_authorities", "", 1, TO16},
    {HSI_CERTIFICATE_REQUEST, HSI_IN_CR, "extensions", NULL, 2, TO16}, /* RFC 8446 section 4.3.2 */
    {HSI_CLIENT_KEY_EXCHANGE, ANY, "dh_Yc", NULL, 1, TO16}, /* RFC 5246 section 7.4.7.2 */
    {HSI_CLIENT_KEY_EXCHANGE, ANY, "ecdh_Yc", NULL, 1, TO8}, /* RFC 8422 section 5.7 */
    {HSI_CERTIFICATE_URL, ANY, "type", NULL, 0, 1}, /* RFC 6066 section 5 */
    {HSI_CERTIFICATE_URL, ANY, "url_and_hash_list", "padding", 1, 1},
    {HSI_CERTIFICATE_STATUS, ANY, "status_type", NULL, 1, 2}, /* section 8, RFC 6961 section 2.2 */
    {HSI_CERTIFICATE_STATUS, ANY, "response", NULL, 1, TO24},
    {HSI_SUPPLEMENTAL_DATA, ANY, "supp_data", NULL, 1, TO24}, /* RFC 4680 section 2 */
    {HSI_KEY_UPDATE, ANY, "request_update", NULL, 0, 1}, /* RFC 8446 section 4.6.3 */
    {HSI_COMPRESSED_CERTIFICATE, ANY, "compressed_certificate_message", NULL, 1, TO24}, /* RFC 8879 section 4 */
};

static const hsi_bound extension_bounds[] = { /* ascending by owner */
    {0, HSI_IN_CH, "server_name_list", NULL, 1, TO16}, /* RFC 6066 section 3 */
    {0, HSI_IN_CH, "server_name_list", "name", 1, TO16},
    {1, ANY, "max_fragment_length", NULL, 1, 4}, /* section 4 */
    {6, ANY, "user_mapping_types", NULL, 1, TO8},
    {7, ANY, "authz_format_list", NULL, 1, TO8},
    {8, ANY, "authz_format_list", NULL, 1, TO8},
    {9, HSI_IN_CH, "certificate_types", NULL, 1, TO8},
    {10, ANY, "named_group_list", NULL, 2, TO16}, /* RFC 8446 section 4.2.7 */
    {11, ANY, "ec_point_format_list", NULL, 1, TO8}, /* RFC 8422 section 5.1.2 */
    {12, ANY, "srp_I", NULL, 1, TO8}, /* RFC 5054 section 2.8.1 */
    {13, ANY, "supported_signature_algorithms", NULL, 2, TO16 - 1}, /* RFC 8446 section 4.2.3 */
    {14, ANY, "SRTPProtectionProfiles", NULL, 2, TO16}, /* RFC 5764 section 4.1.1 */
    {15, ANY, "mode", NULL, 1, 2}, /* RFC 6520 section 2 */
    {16, ANY, "protocol_name_list", NULL, 2, TO16}, /* RFC 7301 section 3.1 */
    {16, ANY, "protocol_name_list", "", 1, TO8},
    {17, HSI_IN_CH, "certificate_status_req_list", NULL, 1, TO16}, /* RFC 6961 section 2.2 */
    {18, HSI_IN_SH | HSI_IN_CT, "sct_list", NULL, 1, TO16}, /* RFC 6962 section 3.3 */
    {18, HSI_IN_SH | HSI_IN_CT, "sct_list", "", 1, TO16},
    {19, HSI_IN_CH, "client_certificate_types", NULL, 1, TO8}, /* RFC 7250 section 3 */
    {20, HSI_IN_CH, "server_certificate_types", NULL, 1, TO8},
    {24, ANY, "key_parameters_list", NULL, 1, TO8}, /* RFC 8472 section 2 */
    {25, ANY, "cached_info", NULL, 1, TO16}, /* RFC 7924 section 3 */
    {25, HSI_IN_CH, "cached_info", "hash_value", 1, TO8},
    {27, ANY, "algorithms", NULL, 2, 254}, /* RFC 8879 section 3 */
    {28, ANY, "record_size_limit", NULL, 64, TO16}, /* RFC 8449 section 4; a larger one than there are is legal */
    {34, HSI_IN_CH | HSI_IN_CR, "supported_signature_algorithms", NULL, 2, TO16 - 1}, /* RFC 9345 section 4.1.1 */
    {34, HSI_IN_CT, "cred.ASN1_subjectPublicKeyInfo", NULL, 1, TO24},
    {41, HSI_IN_CH, "identities", NULL, 7, TO16}, /* RFC 8446 section 4.2.11 */
    {41, HSI_IN_CH, "identities", "identity", 1, TO16},
    {41, HSI_IN_CH, "binders", NULL, 33, TO16},
    {41, HSI_IN_CH, "binders", "", 32, TO8},
    {43, HSI_IN_CH, "versions", NULL, 2, 254}, /* section 4.2.1 */
    {44, ANY, "cookie", NULL, 1, TO16}, /* section 4.2.2 */
    {45, ANY, "ke_modes", NULL, 1, TO8}, /* section 4.2.9 */
    {47, ANY, "authorities", NULL, 3, TO16}, /* section 4.2.4 */
    {47, ANY, "authorities", "", 1, TO16},
    {48, ANY, "filters", "certificate_extension_oid", 1, TO8}, /* section 4.2.5 */
    {50, ANY, "supported_signature_algorithms", NULL, 2, TO16 - 1},
    {51, HSI_IN_CH, "client_shares", "key_exchange", 1, TO16}, /* section 4.2.8 */
    {51, HSI_IN_SH, "server_share.key_exchange", NULL, 1, TO16},
    {52, HSI_IN_SH | HSI_IN_CT, "trans_item_list", NULL, 1, TO16}, /* RFC 9162 section 6.5 */
    {55, ANY, "binding_hash", NULL, 0, 32}, /* RFC 8844 section 3.2 */
    {56, ANY, "session_id", NULL, 20, TO8}, /* section 4.3 */
    {59, HSI_IN_SH | HSI_IN_CT, "AuthenticationChain", NULL, 1, TO16}, /* RFC 9102 section 2 */
    {64768, ANY, "OuterExtensions", NULL, 2, 254}, /* RFC 9849 section 5.1 */
    {65037, HSI_IN_CH, "payload", NULL, 1, TO16}, /* section 5 */
    {65037, HSI_IN_EE, "retry_configs", NULL, 4, TO16},
};
/* clang-format on */

/* ---- one field ---- */

static uint64_t measure(const hsi_field *field)
{
    if (field->kind == HSI_FIELD_UINT) {
        return field->number;
    }
    bool counted = field->first != NULL && strcmp(field->first->name, "length") == 0;
    return field->length - (counted ? field->first->length : 0);
}

static bool is_within(const hsi_bound *bound, const hsi_field *field)
{
    uint64_t size = measure(field);
    return size >= bound->least && size <= bound->most;
}

/* What a walk over a message looks for, and what it has found. */
typedef struct hsi_bounding {
    bool numbers; /* or else lengths */
    size_t asked;
    const hsi_field *breach;
} hsi_bounding;

static void try_field(hsi_bounding *b, const hsi_bound *bound, const hsi_field *field)
{
    if (field == NULL || b->breach != NULL || (field->kind == HSI_FIELD_UINT) != b->numbers) {
        return;
    }
    b->asked++;
    b->breach = is_within(bound, field) ? NULL : field;
}

static void try_bound(hsi_bounding *b, const hsi_bound *bound, const hsi_field *owner)
{
    const hsi_field *field = hsi_field_find(owner, bound->path);
    if (field == NULL || bound->member == NULL) {
        try_field(b, bound, field);
        return;
    }
    bool itself = *bound->member == '\0';
    for (const hsi_field *item = hsi_judge_first_item(field); item != NULL; item = hsi_judge_next_item(item)) {
        try_field(b, bound, itself ? item : hsi_field_child(item, hsi_bytes_text(bound->member)));
    }
}

/* ---- a message ---- */

static void try_bounds(hsi_bounding *b, const hsi_bound *bounds, size_t count, uint64_t type, unsigned in,
                       const hsi_field *owner)
{
    for (size_t i = 0; i < count && bounds[i].owner <= type && b->breach == NULL; i++) {
        bool here = bounds[i].in == ANY || (bounds[i].in & in) != 0 || (bounds[i].in == 0 && in == 0);
        if (bounds[i].owner == type && here) {
            try_bound(b, &bounds[i], owner);
        }
    }
}

static void try_extensions(hsi_bounding *b, const hsi_field *owner, unsigned in)
{
    const hsi_field *extensions = hsi_field_child(owner, hsi_bytes_text("extensions"));
    for (const hsi_field *child = extensions == NULL ? NULL : extensions->first; child != NULL; child = child->next) {
        const hsi_field *type = hsi_field_child(child, hsi_bytes_text("extension_type"));
        if (type != NULL) {
            try_bounds(b, extension_bounds, HSI_COUNT(extension_bounds), type->number, in, child);
        }
    }
}

/* The messages of TLS 1.3 by which a bound may be told apart; 0: an older version, or no such message. */
static unsigned place_of(const hsi_judging *j)
{
    static const unsigned places[] = {
        [HSI_NEW_SESSION_TICKET] = HSI_IN_NST, [HSI_CERTIFICATE] = HSI_IN_CT, [HSI_CERTIFICATE_REQUEST] = HSI_IN_CR};
    bool known = hsi_judge_is_tls13(j) && j->message->type < HSI_COUNT(places);
    return known ? places[j->message->type] : 0;
}

static unsigned extensions_place(const hsi_judging *j)
{
    switch (j->message->type) {
    case HSI_CLIENT_HELLO:
        return HSI_IN_CH;
    case HSI_SERVER_HELLO:
        return strcmp(j->message->name, "HelloRetryRequest") == 0 ? HSI_IN_HRR : HSI_IN_SH;
    case HSI_ENCRYPTED_EXTENSIONS:
        return HSI_IN_EE;
    default:
        return place_of(j);
    }
}

static hsi_verdict judge(hsi_judging *j, bool numbers)
{
    hsi_bounding b = {.numbers = numbers};
    try_bounds(&b, message_bounds, HSI_COUNT(message_bounds), j->message->type, place_of(j), j->root);
    try_extensions(&b, j->root, extensions_place(j));
    const hsi_field *entry = hsi_judge_first_item(hsi_judge_at(j, "certificate_list"));
    for (; entry != NULL; entry = hsi_judge_next_item(entry)) {
        try_extensions(&b, entry, HSI_IN_CT);
    }
    return b.asked == 0 ? HSI_NOT_CHECKABLE : hsi_judge_blame(j, b.breach);
}

hsi_verdict hsi_judge_lengths(hsi_judging *j)
{
    return judge(j, false);
}

hsi_verdict hsi_judge_values(hsi_judging *j)
{
    return judge(j, true);
}
