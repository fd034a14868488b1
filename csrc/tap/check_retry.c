/* Rules for a HelloRetryRequest: it asks for something that the client can give, the second ClientHello gives that and is the
 * first one otherwise, and the ServerHello keeps to it. RFC 8446 sections 4.1.2, 4.1.4, 4.2.2 and 4.2.8.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

/* The four messages, their fields, and where each check is about to be written. */
typedef struct hsi_retry {
    hsi_tap *tap;
    hsi_handshake *handshake;
    const hsi_message *first, *request, *second, *answer; /* `second` and `answer` may not have come */
    const hsi_field *first_root, *request_root, *second_root, *answer_root;
} hsi_retry;

const hsi_message *hsi_check_hello_retry_request(const hsi_tap *tap, const hsi_handshake *handshake)
{
    size_t from = handshake->retried_hello == NULL ? tap->messages.count : handshake->retried_hello->index + 1;
    for (size_t i = from; i < tap->messages.count; i++) {
        const hsi_message *message = tap->messages.items[i];
        if (message->type == HSI_SERVER_HELLO && message->sender == HSI_SERVER && message->handshake == handshake) {
            return message;
        }
    }
    return NULL;
}

static const hsi_field *at(const hsi_field *root, const char *path)
{
    return root == NULL ? NULL : hsi_field_find(root, path);
}

/* ---- the questions: PASSED, FAILED, or nothing to say ---- */

static hsi_verdict verdict(bool ok)
{
    return ok ? HSI_PASSED : HSI_FAILED;
}

/* Is the number that of an item, or of an item's member? */
static bool is_among(const hsi_field *list, const char *member, uint64_t number)
{
    for (const hsi_field *child = list == NULL ? NULL : list->first; child != NULL; child = child->next) {
        const hsi_field *value = member == NULL ? child : hsi_field_child(child, hsi_bytes_text(member));
        if (child->index != HSI_NOT_AN_ITEM && value != NULL && value->number == number) {
            return true;
        }
    }
    return false;
}

static hsi_verdict judge_group(const hsi_retry *r)
{
    const hsi_field *group = at(r->request_root, "extensions.key_share.selected_group");
    const hsi_field *offered = at(r->first_root, "extensions.supported_groups.named_group_list");
    const hsi_field *shares = at(r->first_root, "extensions.key_share.client_shares");
    if (group == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    return verdict(is_among(offered, NULL, group->number) && !is_among(shares, "group", group->number));
}

/* A request without a group and a cookie changes nothing. */
static hsi_verdict judge_purpose(const hsi_retry *r)
{
    return verdict(at(r->request_root, "extensions.key_share") != NULL ||
                   at(r->request_root, "extensions.cookie") != NULL);
}

static hsi_verdict same_number(const hsi_field *a, const hsi_field *b)
{
    return a == NULL || b == NULL ? HSI_NOT_CHECKABLE : verdict(a->number == b->number);
}

static hsi_verdict judge_suite(const hsi_retry *r)
{
    return same_number(at(r->request_root, "cipher_suite"), at(r->answer_root, "cipher_suite"));
}

static hsi_verdict judge_version(const hsi_retry *r)
{
    const char *path = "extensions.supported_versions.selected_version";
    return same_number(at(r->request_root, path), at(r->answer_root, path));
}

static hsi_verdict judge_answer_group(const hsi_retry *r)
{
    return same_number(at(r->request_root, "extensions.key_share.selected_group"),
                       at(r->answer_root, "extensions.key_share.server_share.group"));
}

static hsi_verdict judge_share(const hsi_retry *r)
{
    const hsi_field *group = at(r->request_root, "extensions.key_share.selected_group");
    const hsi_field *only = at(r->second_root, "extensions.key_share.client_shares[0].group");
    if (group == NULL || r->second == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    bool more = at(r->second_root, "extensions.key_share.client_shares[1]") != NULL;
    return verdict(only != NULL && only->number == group->number && !more);
}

static hsi_verdict judge_cookie(const hsi_retry *r)
{
    const hsi_field *given = at(r->request_root, "extensions.cookie.cookie");
    const hsi_field *back = at(r->second_root, "extensions.cookie.cookie");
    if (r->second == NULL || (given == NULL && back == NULL)) {
        return HSI_NOT_CHECKABLE;
    }
    return verdict(given != NULL && back != NULL && hsi_bytes_equal(given->content, back->content));
}

/* ---- the second ClientHello ---- */

static hsi_bytes bytes_of(const hsi_message *message, const hsi_field *field)
{
    return field == NULL ? HSI_BYTES_EMPTY : hsi_bytes_slice(message->raw, field->offset, field->length);
}

/* RFC 8446 section 4.1.2: what may be replaced, taken out, added or updated. */
static bool may_change(uint64_t type)
{
    static const uint16_t changing[] = {21 /* padding */, 41 /* pre_shared_key */, 42 /* early_data */,
                                        44 /* cookie */,  51 /* key_share */,      65037 /* encrypted_client_hello */};
    for (size_t i = 0; i < HSI_COUNT(changing); i++) {
        if (changing[i] == type) {
            return true;
        }
    }
    return false;
}

/* The next extension from `child` on that must stay; NULL: there is none. */
static const hsi_field *staying(const hsi_field *child)
{
    for (; child != NULL; child = child->next) {
        const hsi_field *type = hsi_field_child(child, hsi_bytes_text("extension_type"));
        if (type != NULL && !may_change(type->number)) {
            return child;
        }
    }
    return NULL;
}

static bool same_extensions(const hsi_retry *r)
{
    const hsi_field *a = at(r->first_root, "extensions"), *b = at(r->second_root, "extensions");
    a = staying(a == NULL ? NULL : a->first);
    b = staying(b == NULL ? NULL : b->first);
    while (a != NULL && b != NULL && hsi_bytes_equal(bytes_of(r->first, a), bytes_of(r->second, b))) {
        a = staying(a->next);
        b = staying(b->next);
    }
    return a == NULL && b == NULL;
}

static hsi_verdict judge_second(const hsi_retry *r)
{
    static const char *const same[] = {"legacy_version", "random", "legacy_session_id", "cipher_suites",
                                       "legacy_compression_methods"};
    if (r->second == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    bool early_data = at(r->second_root, "extensions.early_data") != NULL;
    bool ok = !early_data && same_extensions(r);
    for (size_t i = 0; i < HSI_COUNT(same); i++) {
        ok = ok && hsi_bytes_equal(bytes_of(r->first, at(r->first_root, same[i])),
                                   bytes_of(r->second, at(r->second_root, same[i])));
    }
    return verdict(ok);
}

/* ---- the checks ---- */

static const struct hsi_retry_rule {
    const char *whose;
    hsi_verdict (*judge)(const hsi_retry *r);
    const char *formula;
    const char *rfc;
    const char *fault;
} rules[] = {
    {"purpose", judge_purpose, "a HelloRetryRequest asks for a share or gives a cookie", "RFC 8446 section 4.1.4",
     "the request changes nothing"},
    {"group", judge_group, "selected_group was offered, without a share", "RFC 8446 section 4.2.8",
     "the server wants a share that the client cannot give, or has given"},
    {"key_share", judge_share, "the second ClientHello has one share, of the selected_group", "RFC 8446 section 4.2.8",
     "the client sent other shares"},
    {"cookie", judge_cookie, "the second ClientHello has the cookie of the HelloRetryRequest", "RFC 8446 section 4.2.2",
     "the cookie is missing, or another one"},
    {"second_hello", judge_second,
     "the second ClientHello is the first one but for key_share, early_data (gone), cookie, pre_shared_key and padding",
     "RFC 8446 section 4.1.2", "the client changed something else"},
    {"suite", judge_suite, "ServerHello.cipher_suite is that of the HelloRetryRequest", "RFC 8446 section 4.1.4",
     "the server chose another suite"},
    {"version", judge_version, "ServerHello's selected_version is that of the HelloRetryRequest",
     "RFC 8446 section 4.1.4", "the server chose another version"},
    {"answer_group", judge_answer_group, "the server's share is of the selected_group", "RFC 8446 section 4.2.8",
     "the server's share is of another group"},
};

static hsi_status root_of(hsi_tap *tap, const hsi_message *message, const hsi_field **root)
{
    const hsi_fields *fields;
    *root = NULL;
    if (message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(tap, message, &fields));
    *root = fields->root;
    return HSI_OK;
}

static hsi_status check_rule(const hsi_retry *r, const struct hsi_retry_rule *rule)
{
    hsi_verdict found = rule->judge(r);
    hsi_check check = {.kind = HSI_RULE, .formula = rule->formula, .rfc = rule->rfc};
    if (found == HSI_NOT_CHECKABLE) {
        return HSI_OK;
    }
    HSI_TRY(hsi_check_name(r->tap, r->handshake, "rule.retry", rule->whose, &check.name));
    const hsi_message *const evidence[] = {r->request, r->first, r->second, r->answer};
    for (size_t i = 0; i < HSI_COUNT(evidence); i++) {
        hsi_check_evidence(&check, HSI_EVENT_MESSAGE, evidence[i]);
    }
    return hsi_check_judge(r->tap, &check, found == HSI_PASSED, rule->fault);
}

hsi_status hsi_check_retry(hsi_tap *tap, hsi_handshake *handshake)
{
    hsi_retry r = {.tap = tap, .handshake = handshake, .first = handshake->retried_hello};
    r.request = hsi_check_hello_retry_request(tap, handshake);
    r.second = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    r.answer = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER);
    if (r.first == NULL || r.request == NULL) {
        return HSI_OK;
    }
    HSI_TRY(root_of(tap, r.first, &r.first_root));
    HSI_TRY(root_of(tap, r.request, &r.request_root));
    HSI_TRY(root_of(tap, r.second, &r.second_root));
    HSI_TRY(root_of(tap, r.answer, &r.answer_root));
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        HSI_TRY(check_rule(&r, &rules[i]));
    }
    return HSI_OK;
}
