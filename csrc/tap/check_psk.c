/* Rules for a pre-shared key that a server has chosen: it is one of those offered, used in a way that was offered.
 * RFC 8446 sections 4.2.9 and 4.2.11.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"

enum { PSK_KE = 0, PSK_DHE_KE = 1 };

static bool has_mode(const hsi_field *modes, uint64_t mode)
{
    for (const hsi_field *child = modes->first; child != NULL; child = child->next) {
        if (child->index != HSI_NOT_AN_ITEM && child->number == mode) {
            return true;
        }
    }
    return false;
}

static hsi_status judge(hsi_tap *tap, hsi_handshake *handshake, const char *whose, bool ok, hsi_check *check,
                        const char *fault)
{
    check->kind = HSI_RULE;
    HSI_TRY(hsi_check_name(tap, handshake, "rule.psk", whose, &check->name));
    hsi_check_evidence(check, HSI_EVENT_MESSAGE, hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER));
    hsi_check_evidence(check, HSI_EVENT_MESSAGE, hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT));
    return hsi_check_judge(tap, check, ok, fault);
}

static hsi_status check_identity(hsi_tap *tap, hsi_handshake *handshake, const hsi_field *selected,
                                 const hsi_field *hello)
{
    const hsi_field *identities = hsi_field_find(hello, "extensions.pre_shared_key.identities");
    hsi_check check = {.formula = "selected_identity is the index of an identity that the client sent",
                       .rfc = "RFC 8446 section 4.2.11"};
    bool ok = identities != NULL && hsi_field_item(identities, (size_t)selected->number) != NULL;
    return judge(tap, handshake, "identity", ok, &check, "the server chose an identity that the client did not send");
}

static hsi_status check_mode(hsi_tap *tap, hsi_handshake *handshake, const hsi_field *answer, const hsi_field *hello)
{
    const hsi_field *modes = hsi_field_find(hello, "extensions.psk_key_exchange_modes.ke_modes");
    bool dhe = hsi_field_find(answer, "extensions.key_share.server_share") != NULL;
    hsi_check check = {.formula = "the server sends a key_share where psk_dhe_ke was offered, none where psk_ke was",
                       .rfc = "RFC 8446 section 4.2.9"};
    if (modes == NULL) {
        return HSI_OK; /* rule.client_hello.required_extensions */
    }
    return judge(tap, handshake, "mode", has_mode(modes, dhe ? PSK_DHE_KE : PSK_KE), &check,
                 "the server uses the key in a way that the client did not offer");
}

hsi_status hsi_check_psk(hsi_tap *tap, hsi_handshake *handshake)
{
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_message *answer = hsi_handshake_first(handshake, HSI_SERVER_HELLO, HSI_SERVER);
    const hsi_fields *offered, *chosen;
    if (hello == NULL || answer == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(tap, hello, &offered));
    HSI_TRY(hsi_tap_fields(tap, answer, &chosen));
    const hsi_field *selected = hsi_field_find(chosen->root, "extensions.pre_shared_key.selected_identity");
    if (selected == NULL) {
        return HSI_OK;
    }
    HSI_TRY(check_identity(tap, handshake, selected, offered->root));
    return check_mode(tap, handshake, chosen->root, offered->root);
}
