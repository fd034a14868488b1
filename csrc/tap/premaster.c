/* Premaster: the premaster secret where it can be had without being surfaced: RSA key transport with the server's private key,
 * and pre-shared keys. RFC 5246 sections 7.4.7.1 and 8.1.1, RFC 4279 section 2.
 * SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "tap/key_schedule.h"

enum { RSA_PREMASTER = 48 }; /* client_version and random, RFC 5246 section 7.4.7.1 */

/* Tries each private key of the journal that belongs to the server's certificate. */
static hsi_status decrypt_with(hsi_working *w, const hsi_entry *entry, hsi_bytes encrypted)
{
    hsi_private_key *key;
    char password[256] = {0};
    size_t length = entry->name.length < sizeof password ? entry->name.length : sizeof password - 1;
    if (length > 0) {
        memcpy(password, entry->name.data, length);
    }
    hsi_status status = hsi_private_key_new(&key, entry->data, length > 0 ? password : NULL);
    hsi_memory_wipe(password, sizeof password);
    if (status != HSI_OK) {
        return status == HSI_NO_MEMORY ? status : HSI_OK; /* not a key that we can use: another may be */
    }
    if (hsi_private_key_fits(key, w->handshake->server_certificate)) {
        status = hsi_rsa_decrypt(key, &w->value, encrypted, RSA_PREMASTER);
    }
    hsi_private_key_free(key);
    return status == HSI_NO_MEMORY ? status : HSI_OK;
}

static hsi_status rsa(hsi_working *w)
{
    const hsi_message *message = hsi_handshake_first(w->handshake, HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT);
    const hsi_fields *fields;
    w->missing = "the premaster secret was not surfaced, and the server's private key is not known";
    if (message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(w->tap, message, &fields));
    const hsi_field *encrypted = hsi_field_find(fields->root, "encrypted_pre_master_secret");
    if (encrypted == NULL) {
        return HSI_OK;
    }
    for (size_t i = 0; i < w->tap->scanned && hsi_buffer_length(&w->value) == 0; i++) {
        const hsi_entry *entry = hsi_journal_peek(w->tap->journal, i);
        if (entry->kind == HSI_ENTRY_PRIVATE_KEY) {
            HSI_TRY(decrypt_with(w, entry, encrypted->content));
        }
    }
    if (hsi_buffer_length(&w->value) > 0) {
        w->missing = NULL;
        w->source = HSI_SOURCE_PRIVATE_KEY;
        w->formula = "RSA-decrypt(server's private key, EncryptedPreMasterSecret)";
        w->rfc = "RFC 5246 section 7.4.7.1";
        hsi_working_input(w, "EncryptedPreMasterSecret", encrypted->content);
    }
    return HSI_OK;
}

/* RFC 4279 section 2, plain PSK: length, zeros, length, key. */
static hsi_status plain_psk(hsi_working *w)
{
    const hsi_message *message = hsi_handshake_first(w->handshake, HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT);
    const hsi_fields *fields;
    w->missing = "the premaster secret was not surfaced, and the pre-shared key is not known";
    if (message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(w->tap, message, &fields));
    const hsi_field *identity = hsi_field_find(fields->root, "psk_identity");
    for (size_t i = 0; identity != NULL && i < w->tap->scanned; i++) {
        const hsi_entry *entry = hsi_journal_peek(w->tap->journal, i);
        if (entry->kind != HSI_ENTRY_PSK || (entry->code != 1 && !hsi_bytes_equal(entry->name, identity->content))) {
            continue;
        }
        uint8_t *unused;
        w->missing = NULL;
        hsi_working_input(w, "PSK", entry->data);
        w->formula = "length + zeros + length + PSK";
        w->rfc = "RFC 4279 section 2";
        HSI_TRY(hsi_buffer_append_uint(&w->value, 2, entry->data.length));
        HSI_TRY(hsi_buffer_extend(&w->value, entry->data.length, &unused));
        HSI_TRY(hsi_buffer_append_uint(&w->value, 2, entry->data.length));
        return hsi_buffer_append(&w->value, entry->data);
    }
    return HSI_OK;
}

hsi_status hsi_rule_premaster(hsi_working *w)
{
    static const struct {
        const char *key_exchange;
        hsi_status (*make)(hsi_working *w);
    } ways[] = {{"RSA", rsa}, {"PSK", plain_psk}};
    const char *key_exchange = w->handshake->suite.key_exchange; /* NULL: not known, or a suite of TLS 1.3 */
    for (size_t i = 0; key_exchange != NULL && i < HSI_COUNT(ways); i++) {
        if (strcmp(key_exchange, ways[i].key_exchange) == 0) {
            return ways[i].make(w);
        }
    }
    /* all other key exchanges take a value that never leaves an end */
    return hsi_why_not_surfaced(w->tap, w->label, ", and what is on the wire does not give it", &w->missing);
}
