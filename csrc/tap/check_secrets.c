/* Checks of secrets: each one that was surfaced against what the key schedule makes of its parents; the two ends against
 * each other; the record keys against GnuTLS's own state. RFC 5246 sections 6.3 and 8.1, RFC 8446 section 7.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"
#include "tap/key_schedule.h"
#include "tap/secret_store.h"

/* ---- every secret from its parents ---- */

static hsi_status check_comparison(hsi_tap *tap, hsi_handshake *handshake, const hsi_comparison *c)
{
    hsi_check check = {.kind = HSI_COMPUTED, .formula = c->formula, .rfc = c->rfc};
    HSI_TRY(hsi_check_name(tap, handshake, "secret", c->label, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_SECRET, c->surfaced);
    if (c->missing != NULL) {
        return hsi_check_missing(tap, &check, c->missing);
    }
    return hsi_check_compare(tap, &check, c->computed, c->surfaced->value);
}

hsi_status hsi_check_secrets(hsi_tap *tap, hsi_handshake *handshake)
{
    for (size_t i = 0; i < tap->compared.count; i++) {
        const hsi_comparison *comparison = tap->compared.items[i];
        if (comparison->handshake == handshake) {
            HSI_TRY(check_comparison(tap, handshake, comparison));
        }
    }
    return HSI_OK;
}

/* ---- the version in an RSA premaster secret ---- */

static const hsi_field *offered_version(const hsi_field *root)
{
    const hsi_field *version = hsi_field_find(root, "legacy_version");
    return version != NULL ? version : hsi_field_find(root, "version"); /* in the format of SSLv2 */
}

/* RFC 5246 section 7.4.7.1: it is the one that the client offered, so that nobody can make both ends agree on an older one. */
hsi_status hsi_check_premaster_version(hsi_tap *tap, hsi_handshake *handshake)
{
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_secret *premaster;
    const hsi_fields *fields;
    if (hello == NULL || handshake->encrypted_premaster.length == 0) {
        return HSI_OK;
    }
    size_t place =
        strcmp(handshake->suite.key_exchange, "RSA-PSK") == 0 ? 2 : 0; /* after a length, RFC 4279 section 4 */
    HSI_TRY(hsi_key_schedule_need(tap, handshake, "premaster secret", HSI_NOBODY, HSI_NO_EPOCH, &premaster, NULL));
    HSI_TRY(hsi_tap_fields(tap, hello, &fields));
    const hsi_field *offered = offered_version(fields->root);
    if (premaster == NULL || premaster->value.length < place + 2 || offered == NULL) {
        return HSI_OK; /* nothing was decrypted: the checks of what is below it say why */
    }
    hsi_check check = {.kind = HSI_RULE,
                       .formula = "the premaster secret begins with the version of the ClientHello",
                       .rfc = "RFC 5246 section 7.4.7.1"};
    HSI_TRY(hsi_check_name(tap, handshake, "rule", "premaster_version", &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, hello);
    hsi_check_evidence(&check, HSI_EVENT_SECRET, premaster);
    return hsi_check_compare(tap, &check, hsi_bytes_slice(hello->raw, offered->offset, 2),
                             hsi_bytes_slice(premaster->value, place, 2));
}

/* ---- both ends ---- */

static hsi_status compare_sides(hsi_tap *tap, hsi_handshake *handshake, const hsi_secret *client)
{
    const hsi_secret *server = hsi_secret_surfaced(tap, handshake, client->label, client->epoch, HSI_SERVER);
    if (server == NULL) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "what the client has is what the server has",
                       .rfc = handshake->version >= HSI_TLS13 ? "RFC 8446 section 7.1" : "RFC 5246 section 8.1"};
    HSI_TRY(hsi_check_name(tap, handshake, "sides", client->label, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_SECRET, client);
    hsi_check_evidence(&check, HSI_EVENT_SECRET, server);
    return hsi_check_compare(tap, &check, client->value, server->value);
}

hsi_status hsi_check_sides_agree(hsi_tap *tap, hsi_handshake *handshake)
{
    for (size_t i = 0; i < tap->surfaced.count; i++) {
        const hsi_secret *secret = tap->surfaced.items[i];
        if (secret->side == HSI_CLIENT && hsi_secret_is(secret, handshake, secret->label) &&
            secret == hsi_secret_surfaced(tap, handshake, secret->label, secret->epoch, HSI_CLIENT)) {
            HSI_TRY(compare_sides(tap, handshake, secret));
        }
    }
    return HSI_OK;
}

/* ---- GnuTLS's own state ---- */

/* Appends the parts that GnuTLS keeps, in its order, as the key schedule has them. */
static hsi_status own_keys(hsi_tap *tap, hsi_handshake *handshake, const hsi_entry *entry, hsi_buffer *out,
                           const char **missing)
{
    hsi_record_keys keys;
    bool found;
    bool hopeless;
    HSI_TRY(hsi_key_schedule_keys(tap, handshake, entry->sender, entry->number, &keys, &found, &hopeless, missing));
    if (!found) {
        return HSI_OK;
    }
    *missing = NULL;
    HSI_TRY(hsi_buffer_append(out, keys.mac_key));
    HSI_TRY(hsi_buffer_append(out, keys.key));
    return entry->name.length == 0 ? HSI_OK : hsi_buffer_append(out, keys.iv);
}

static hsi_status gnutls_keys(const hsi_entry *entry, hsi_buffer *out)
{
    HSI_TRY(hsi_buffer_append(out, entry->aux));
    HSI_TRY(hsi_buffer_append(out, entry->data));
    return hsi_buffer_append(out, entry->name);
}

static hsi_status compare_keys(hsi_tap *tap, hsi_handshake *handshake, const hsi_entry *entry, hsi_buffer *ours,
                               hsi_buffer *theirs)
{
    const char *missing = NULL;
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "MAC key, key and IV of the key schedule are those of gnutls_record_get_state",
                       .rfc = handshake->version >= HSI_TLS13 ? "RFC 8446 section 7.3" : "RFC 5246 section 6.3"};
    HSI_TRY(hsi_arena_format(&tap->arena, &check.name, "keys.%s[%llu].in %s", hsi_side_name(entry->sender),
                             (unsigned long long)entry->number, hsi_side_name(entry->side)));
    HSI_TRY(own_keys(tap, handshake, entry, ours, &missing));
    HSI_TRY(gnutls_keys(entry, theirs));
    if (missing != NULL) {
        return hsi_check_missing(tap, &check, missing);
    }
    return hsi_check_compare(tap, &check, hsi_buffer_peek(ours), hsi_buffer_peek(theirs));
}

/* Whose keys are they: in TLS 1.3 there is one negotiation, before it one per ChangeCipherSpec. */
static bool keys_of(const hsi_handshake *handshake, const hsi_entry *entry)
{
    return entry->sender < HSI_NOBODY && entry->side < HSI_NOBODY && handshake->version != 0 &&
           (handshake->version >= HSI_TLS13 || handshake->epochs[entry->sender] == entry->number);
}

hsi_status hsi_check_record_keys(hsi_tap *tap, hsi_handshake *handshake)
{
    for (size_t i = 0; i < tap->keys.count; i++) {
        const hsi_entry *entry = tap->keys.items[i];
        if (!keys_of(handshake, entry)) {
            continue;
        }
        hsi_buffer ours = HSI_BUFFER_EMPTY;
        hsi_buffer theirs = HSI_BUFFER_EMPTY;
        hsi_status status = compare_keys(tap, handshake, entry, &ours, &theirs);
        hsi_buffer_cleanup(&ours);
        hsi_buffer_cleanup(&theirs);
        HSI_TRY(status);
    }
    return HSI_OK;
}
