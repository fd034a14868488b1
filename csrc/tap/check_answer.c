/* Judges of what a server answers, by itself: ServerHello, HelloRetryRequest, EncryptedExtensions; and of renegotiation_info,
 * which both hellos have. RFC 8446 section 4.1.3, RFC 7366 section 3, RFC 8701 section 3, RFC 7301 section 3.1, RFC 8449
 * section 5, RFC 5746 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

hsi_verdict hsi_judge_legacy_answer(hsi_judging *j)
{
    const hsi_field *selected = hsi_judge_at(j, "extensions.supported_versions.selected_version");
    const hsi_field *version = hsi_judge_at(j, "legacy_version");
    const hsi_field *compression = hsi_judge_at(j, "legacy_compression_method");
    if (selected == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    if (selected->number < HSI_TLS13) {
        return hsi_judge_blame(j, selected);
    }
    if (version->number != HSI_TLS12) {
        return hsi_judge_blame(j, version);
    }
    return hsi_judge_blame(j, compression->number == 0 ? NULL : compression);
}

/* The suite that it names; false: there is none, or nothing here knows it. */
static bool suite_of(const hsi_judging *j, hsi_suite *suite, const hsi_field **field)
{
    *field = hsi_judge_at(j, "cipher_suite");
    return *field != NULL && hsi_suite_find(suite, (uint16_t)(*field)->number);
}

hsi_verdict hsi_judge_suite(hsi_judging *j)
{
    hsi_suite suite;
    const hsi_field *field;
    if (!suite_of(j, &suite, &field)) {
        return HSI_NOT_CHECKABLE;
    }
    bool right = suite.tls13 == hsi_judge_is_tls13(j) &&
                 (strcmp(suite.mac, "AEAD") != 0 || j->message->context.version >= HSI_TLS12);
    return hsi_judge_blame(j, right ? NULL : field);
}

/* RFC 5246 section 6.2.3.1 counts the null cipher among the stream ciphers, RFC 7366 speaks of stream ciphers only; OpenSSL
 * answers for it. So nothing is said of it. */
hsi_verdict hsi_judge_encrypt_then_mac(hsi_judging *j)
{
    hsi_suite suite;
    const hsi_field *field;
    const hsi_field *answer = hsi_judge_at(j, "extensions.encrypt_then_mac");
    if (answer == NULL || !suite_of(j, &suite, &field) || strcmp(suite.cipher, "NULL") == 0) {
        return HSI_NOT_CHECKABLE;
    }
    bool block = strstr(suite.cipher, "CBC") != NULL || strstr(suite.cipher, "RC2") != NULL;
    return hsi_judge_blame(j, block ? NULL : answer);
}

/* ---- GREASE ---- */

static bool is_grease(const hsi_field *field)
{
    static const char grease[] = "GREASE";
    return field != NULL && field->meaning != NULL && strncmp(field->meaning, grease, sizeof grease - 1) == 0;
}

hsi_verdict hsi_judge_grease(hsi_judging *j)
{
    static const char *const choices[] = {
        "cipher_suite",
        "extensions.supported_versions.selected_version",
        "extensions.key_share.server_share.group",
        "extensions.key_share.selected_group",
        "extensions.application_layer_protocol_negotiation.protocol_name_list[0]",
    };
    for (size_t i = 0; i < HSI_COUNT(choices); i++) {
        const hsi_field *choice = hsi_judge_at(j, choices[i]);
        if (is_grease(choice)) {
            return hsi_judge_blame(j, choice);
        }
    }
    const hsi_field *extensions = hsi_judge_at(j, "extensions");
    for (const hsi_field *child = extensions == NULL ? NULL : extensions->first; child != NULL; child = child->next) {
        const hsi_field *type = hsi_field_child(child, hsi_bytes_text("extension_type"));
        if (is_grease(type)) {
            return hsi_judge_blame(j, type);
        }
    }
    return HSI_PASSED;
}

/* ---- extensions ---- */

hsi_verdict hsi_judge_one_protocol(hsi_judging *j)
{
    const hsi_field *list = hsi_judge_at(j, "extensions.application_layer_protocol_negotiation.protocol_name_list");
    if (list == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    const hsi_field *item = hsi_judge_first_item(list);
    bool one = item != NULL && hsi_judge_next_item(item) == NULL;
    return hsi_judge_blame(j, one ? NULL : list);
}

hsi_verdict hsi_judge_one_limit(hsi_judging *j)
{
    const hsi_field *fragment = hsi_judge_at(j, "extensions.max_fragment_length");
    const hsi_field *record = hsi_judge_at(j, "extensions.record_size_limit");
    if (fragment == NULL && record == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, fragment != NULL ? record : NULL);
}

/* ---- renegotiation ---- */

/* What it repeats in a later handshake is a check of Finished. */
hsi_verdict hsi_judge_renegotiation(hsi_judging *j)
{
    const hsi_field *info = hsi_judge_at(j, "extensions.renegotiation_info.renegotiated_connection");
    if (info == NULL || j->message->handshake->index > 0) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, info->content.length == 0 ? NULL : info);
}
