/* Judges of a ClientHello by itself. RFC 8446 sections 4.1.2, 4.2.9, 4.2.11 and 9.2, RFC 6066 section 3, RFC 8422 section
 * 5.1.2.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

static bool has(const hsi_judging *j, const char *extension)
{
    const hsi_field *extensions = hsi_judge_at(j, "extensions");
    return extensions != NULL && hsi_field_child(extensions, hsi_bytes_text(extension)) != NULL;
}

hsi_verdict hsi_judge_legacy_version(hsi_judging *j)
{
    const hsi_field *version = hsi_judge_at(j, "legacy_version");
    if (version == NULL || !hsi_judge_offers_tls13(j)) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, version->number == HSI_TLS12 ? NULL : version);
}

hsi_verdict hsi_judge_compression(hsi_judging *j)
{
    const hsi_field *methods = hsi_judge_at(j, "legacy_compression_methods");
    if (methods == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    size_t count = 0;
    bool null = false;
    for (const hsi_field *item = hsi_judge_first_item(methods); item != NULL; item = hsi_judge_next_item(item)) {
        null = null || item->number == 0;
        count++;
    }
    bool right = null && (count == 1 || !hsi_judge_offers_tls13(j));
    return hsi_judge_blame(j, right ? NULL : methods);
}

hsi_verdict hsi_judge_required_extensions(hsi_judging *j)
{
    if (!hsi_judge_offers_tls13(j)) {
        return HSI_NOT_CHECKABLE;
    }
    bool psk = has(j, "pre_shared_key"), groups = has(j, "supported_groups");
    bool right = groups == has(j, "key_share") &&
                 (psk ? has(j, "psk_key_exchange_modes") : groups && has(j, "signature_algorithms"));
    return hsi_judge_blame(j, right ? NULL : hsi_judge_at(j, "extensions"));
}

/* An IPv6 address has a colon, which no name has; an IPv4 address is all digits and dots. */
static bool is_address(hsi_bytes name)
{
    bool digits = name.length > 0;
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == ':') {
            return true;
        }
        digits = digits && (name.data[i] == '.' || (name.data[i] >= '0' && name.data[i] <= '9'));
    }
    return digits;
}

hsi_verdict hsi_judge_server_names(hsi_judging *j)
{
    bool seen[UINT8_MAX + 1] = {false};
    const hsi_field *item = hsi_judge_first_item(hsi_judge_at(j, "extensions.server_name.server_name_list"));
    if (item == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    for (; item != NULL; item = hsi_judge_next_item(item)) {
        const hsi_field *type = hsi_field_child(item, hsi_bytes_text("name_type"));
        const hsi_field *name = hsi_field_child(item, hsi_bytes_text("name"));
        if (type == NULL || name == NULL) {
            break; /* rule.message.well_formed */
        }
        if (seen[type->number] || is_address(name->content)) {
            return hsi_judge_blame(j, item);
        }
        seen[type->number] = true;
    }
    return HSI_PASSED;
}

hsi_verdict hsi_judge_point_formats(hsi_judging *j)
{
    const hsi_field *list = hsi_judge_at(j, "extensions.ec_point_formats.ec_point_format_list");
    if (list == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    for (const hsi_field *item = hsi_judge_first_item(list); item != NULL; item = hsi_judge_next_item(item)) {
        if (item->number == 0) {
            return HSI_PASSED;
        }
    }
    return hsi_judge_blame(j, list);
}

/* ---- pre-shared keys ---- */

hsi_verdict hsi_judge_psk_last(hsi_judging *j)
{
    const hsi_field *psk = hsi_judge_at(j, "extensions.pre_shared_key");
    if (psk == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, psk->next == NULL ? NULL : psk);
}

static size_t count_items(const hsi_field *vector)
{
    size_t count = 0;
    for (const hsi_field *item = hsi_judge_first_item(vector); item != NULL; item = hsi_judge_next_item(item)) {
        count++;
    }
    return count;
}

hsi_verdict hsi_judge_binders(hsi_judging *j)
{
    const hsi_field *identities = hsi_judge_at(j, "extensions.pre_shared_key.identities");
    const hsi_field *binders = hsi_judge_at(j, "extensions.pre_shared_key.binders");
    if (identities == NULL || binders == NULL) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, count_items(identities) == count_items(binders) ? NULL : binders);
}
