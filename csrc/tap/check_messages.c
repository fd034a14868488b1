/* Check messages: the table of rules, the survey that judges each message once, and the verdicts. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

#define ON(type) (1u << (type))
#define ON_ANY UINT32_MAX
#define ON_HELLOS (ON(HSI_CLIENT_HELLO) | ON(HSI_SERVER_HELLO))
#define ON_ANSWERS (ON(HSI_SERVER_HELLO) | ON(HSI_ENCRYPTED_EXTENSIONS))

static const struct hsi_message_rule {
    const char *name;
    uint32_t on; /* HandshakeTypes */
    bool cut_too; /* also on a message that is not whole */
    hsi_judge *judge;
    const char *formula;
    const char *rfc;
    const char *fault; /* follows the name of the field */
} rules[] = {
    {"rule.client_hello.legacy_version", ON(HSI_CLIENT_HELLO), false, hsi_judge_legacy_version,
     "a ClientHello that offers TLS 1.3 has the legacy_version 0x0303", "RFC 8446 section 4.1.2", "is another version"},
    {"rule.client_hello.compression", ON(HSI_CLIENT_HELLO), false, hsi_judge_compression,
     "compression_methods has null, and where TLS 1.3 is offered nothing else",
     "RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2", "does not say that"},
    {"rule.client_hello.required_extensions", ON(HSI_CLIENT_HELLO), false, hsi_judge_required_extensions,
     "who offers TLS 1.3 without a PSK sends signature_algorithms and supported_groups; supported_groups and key_share "
     "go "
     "together; a PSK goes with psk_key_exchange_modes",
     "RFC 8446 sections 9.2 and 4.2.9", "lack one"},
    {"rule.client_hello.server_name", ON(HSI_CLIENT_HELLO), false, hsi_judge_server_names,
     "server_name_list has one name of a type, and it is no IP address", "RFC 6066 section 3", "may not stand there"},
    {"rule.client_hello.psk_last", ON(HSI_CLIENT_HELLO), false, hsi_judge_psk_last,
     "pre_shared_key is the last extension", "RFC 8446 section 4.2.11", "is not the last"},
    {"rule.client_hello.binders", ON(HSI_CLIENT_HELLO), false, hsi_judge_binders, "there is a binder for each identity",
     "RFC 8446 section 4.2.11", "are more or fewer"},
    {"rule.client_hello.key_shares", ON(HSI_CLIENT_HELLO), false, hsi_judge_share_order,
     "key_share has each group once, of supported_groups and in their order", "RFC 8446 section 4.2.8",
     "is of a group that is not offered, not in order, or there twice"},
    {"rule.key_share.length", ON_HELLOS | ON(HSI_SERVER_KEY_EXCHANGE), false, hsi_judge_share_length,
     "a share is as long as its group has them, and a point is uncompressed",
     "RFC 8446 section 4.2.8, RFC 8422 section 5.4.1, RFC 10024 section 3", "is not what its group has"},
    {"rule.ec_point_formats.uncompressed", ON_HELLOS, false, hsi_judge_point_formats,
     "ec_point_format_list has uncompressed", "RFC 8422 section 5.1.2", "lacks it"},
    {"rule.renegotiation_info.empty", ON_HELLOS, false, hsi_judge_renegotiation,
     "renegotiated_connection is empty in the first handshake of a connection", "RFC 5746 sections 3.4 and 3.6",
     "is not empty"},
    {"rule.server_hello.legacy_fields", ON(HSI_SERVER_HELLO), false, hsi_judge_legacy_answer,
     "a ServerHello with selected_version has no lower one than TLS 1.3 there, legacy_version 0x0303 and no "
     "compression",
     "RFC 8446 sections 4.1.3 and 4.2.1", "is another value"},
    {"rule.server_hello.suite", ON(HSI_SERVER_HELLO), false, hsi_judge_suite,
     "TLS 1.3 has suites of its own, and AEAD suites begin with TLS 1.2",
     "RFC 8446 section 4.1.2 and appendix B.4, RFC 5246 section 6.2.3.3", "is of another version"},
    {"rule.server_hello.encrypt_then_mac", ON(HSI_SERVER_HELLO), false, hsi_judge_encrypt_then_mac,
     "encrypt_then_mac is not answered for a stream or AEAD cipher", "RFC 7366 section 3", "is answered"},
    {"rule.grease.chosen", ON_ANSWERS, false, hsi_judge_grease, "no server chooses a value that is there to be ignored",
     "RFC 8701 section 3", "is one"},
    {"rule.alpn.one_protocol", ON_ANSWERS, false, hsi_judge_one_protocol, "a server names exactly one protocol",
     "RFC 7301 section 3.1", "has none or several"},
    {"rule.record_size_limit.alone", ON_ANSWERS, false, hsi_judge_one_limit,
     "a server does not answer both max_fragment_length and record_size_limit", "RFC 8449 section 5", "is the second"},
    {"rule.certificate.request_context", ON(HSI_CERTIFICATE) | ON(HSI_CERTIFICATE_REQUEST), false,
     hsi_judge_request_context, "certificate_request_context is empty in the handshake",
     "RFC 8446 sections 4.3.2 and 4.4.2", "is not empty"},
    {"rule.certificate.server_has_one", ON(HSI_CERTIFICATE), false, hsi_judge_certificate_list,
     "a server's certificate_list is not empty", "RFC 8446 section 4.4.2, RFC 5246 section 7.4.2", "is empty"},
    {"rule.certificate_verify.scheme", ON(HSI_CERTIFICATE_VERIFY), false, hsi_judge_scheme,
     "TLS 1.3 signs with RSASSA-PSS, ECDSA of a curve and a hash, or EdDSA; never with SHA-1", "RFC 8446 section 4.4.3",
     "may not sign there"},
    {"rule.message.unique_extensions", ON_ANY, false, hsi_judge_unique_extensions,
     "no extension stands in a message twice", "RFC 8446 section 4.2, RFC 5246 section 7.4.1.4", "is there twice"},
    {"rule.message.lengths", ON_ANY, false, hsi_judge_lengths, "every vector has a length that its definition allows",
     "RFC 8446 section 3.4, and where the vector is defined", "is shorter or longer"},
    {"rule.message.values", ON_ANY, false, hsi_judge_values, "every number is one that its definition allows",
     "where the number is defined", "is not"},
    {"rule.message.uninterrupted", ON_ANY, false, hsi_judge_uninterrupted,
     "in TLS 1.3 no other record stands between two of one message", "RFC 8446 section 5.1", "is interrupted"},
    {"rule.message.key_change", ON_ANY, true, hsi_judge_key_change,
     "the keys change between records that end a message, not inside one", "RFC 8446 section 5.1, RFC 5246 section 7.1",
     "stands across a key change"},
};

_Static_assert(HSI_COUNT(rules) == HSI_MESSAGE_RULES, "fold.h has room for each rule");

/* ---- for judges ---- */

hsi_verdict hsi_judge_blame(hsi_judging *j, const hsi_field *culprit)
{
    j->culprit = culprit;
    return culprit == NULL ? HSI_PASSED : HSI_FAILED;
}

const hsi_field *hsi_judge_at(const hsi_judging *j, const char *path)
{
    return hsi_field_find(j->root, path);
}

static const hsi_field *item_from(const hsi_field *child)
{
    while (child != NULL && child->index == HSI_NOT_AN_ITEM) {
        child = child->next;
    }
    return child;
}

const hsi_field *hsi_judge_first_item(const hsi_field *vector)
{
    return vector == NULL ? NULL : item_from(vector->first);
}

const hsi_field *hsi_judge_next_item(const hsi_field *item)
{
    return item_from(item->next);
}

bool hsi_judge_offers_tls13(const hsi_judging *j)
{
    const hsi_field *item = hsi_judge_first_item(hsi_judge_at(j, "extensions.supported_versions.versions"));
    while (item != NULL && item->number != HSI_TLS13) {
        item = hsi_judge_next_item(item);
    }
    return item != NULL;
}

/* ---- the survey ---- */

static bool is_about(const struct hsi_message_rule *rule, const hsi_message *message)
{
    uint32_t on = message->type < 32 ? ON(message->type) : ON_ANY;
    return (rule->on & on) != 0 && (message->type < 32 || rule->on == ON_ANY) && (rule->cut_too || !message->cut);
}

void hsi_messages_survey(hsi_tap *tap, const hsi_message *message, const hsi_field *root)
{
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        hsi_message_survey *survey = &tap->survey.rules[i];
        if (survey->faulty != NULL || !is_about(&rules[i], message)) {
            continue;
        }
        hsi_judging j = {.tap = tap, .message = message, .root = root};
        hsi_verdict verdict = rules[i].judge(&j);
        tap->clues += verdict != HSI_NOT_CHECKABLE && survey->judged++ == 0;
        if (verdict == HSI_FAILED) {
            survey->faulty = message;
            survey->culprit = j.culprit;
            tap->clues++;
        }
    }
}

/* ---- the verdicts ---- */

static hsi_status check_rule(hsi_tap *tap, const struct hsi_message_rule *rule, const hsi_message_survey *survey)
{
    const hsi_message *message = survey->faulty;
    const char *reason = NULL;
    hsi_check check = {.name = rule->name, .kind = HSI_RULE, .formula = rule->formula, .rfc = rule->rfc};
    if (message != NULL) {
        const hsi_field *culprit = survey->culprit;
        hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
        check.found = hsi_bytes_slice(message->raw, culprit->offset, culprit->length);
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "message[%zu], %s from the %s, at byte %zu: %s %s",
                                 message->index, message->name, hsi_side_name(message->sender), culprit->offset,
                                 culprit->name, rule->fault));
    }
    return hsi_check_judge(tap, &check, message == NULL, reason);
}

hsi_status hsi_check_messages(hsi_tap *tap, hsi_handshake *handshake)
{
    HSI_UNUSED(handshake);
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        if (tap->survey.rules[i].judged > 0) {
            HSI_TRY(check_rule(tap, &rules[i], &tap->survey.rules[i]));
        }
    }
    return HSI_OK;
}
