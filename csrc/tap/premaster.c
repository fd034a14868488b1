/* Premaster: the premaster secret where it can be had without being surfaced: RSA key transport with the server's private key,
 * and pre-shared keys. RFC 5246 sections 7.4.7.1 and 8.1.1, RFC 4279 sections 2 and 4.
 * SPDX-License-Identifier: MIT */
#include "tap/given_keys.h"
#include "tap/key_schedule.h"

/* Appends RSA-decrypt(EncryptedPreMasterSecret). */
static hsi_status decrypt(hsi_working *w, hsi_buffer *out)
{
    const hsi_private_key *key;
    hsi_bytes encrypted = w->handshake->encrypted_premaster;
    HSI_TRY(hsi_given_keys_private(w->tap, w->handshake->server_certificate, &key, &w->missing));
    if (encrypted.length == 0) {
        w->missing = "the premaster secret was not surfaced, and no encrypted one was seen";
        return HSI_OK;
    }
    if (key == NULL) {
        return HSI_OK;
    }
    hsi_status status = hsi_private_key_decrypt(key, encrypted, out);
    w->missing = status == HSI_OK ? NULL : "the server's private key does not open EncryptedPreMasterSecret";
    w->source = HSI_SOURCE_PRIVATE_KEY;
    hsi_working_input(w, "EncryptedPreMasterSecret", encrypted);
    return status == HSI_NO_MEMORY ? status : HSI_OK;
}

static hsi_status rsa(hsi_working *w)
{
    w->formula = "RSA-decrypt(server's private key, EncryptedPreMasterSecret)";
    w->rfc = "RFC 5246 section 7.4.7.1";
    return decrypt(w, &w->value);
}

/* Finds the pre-shared key that the client named. */
static hsi_status pre_shared_key(hsi_working *w, hsi_bytes *out)
{
    const hsi_message *message = hsi_handshake_first(w->handshake, HSI_CLIENT_KEY_EXCHANGE, HSI_CLIENT);
    const hsi_fields *fields;
    w->missing = "the premaster secret was not surfaced, and the pre-shared key is not known";
    if (message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(w->tap, message, &fields));
    const hsi_field *identity = hsi_field_find(fields->root, "psk_identity");
    if (identity != NULL && hsi_given_keys_psk(w->tap, identity->content, out)) {
        w->missing = NULL;
        hsi_working_input(w, "PSK", *out);
    }
    return HSI_OK;
}

static hsi_status append_vector(hsi_buffer *out, hsi_bytes bytes)
{
    HSI_TRY(hsi_buffer_append_uint(out, 2, bytes.length));
    return hsi_buffer_append(out, bytes);
}

/* RFC 4279 section 2: other_secret is as many zeros as the key has bytes. */
static hsi_status plain_psk(hsi_working *w)
{
    hsi_bytes psk = HSI_BYTES_EMPTY;
    uint8_t *zeros;
    w->formula = "length + zeros + length + PSK";
    w->rfc = "RFC 4279 section 2";
    HSI_TRY(pre_shared_key(w, &psk));
    if (w->missing != NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_buffer_append_uint(&w->value, 2, psk.length));
    HSI_TRY(hsi_buffer_extend(&w->value, psk.length, &zeros));
    return append_vector(&w->value, psk);
}

/* RFC 4279 section 4: other_secret is what RSA key transport makes the premaster secret. */
static hsi_status rsa_psk(hsi_working *w)
{
    hsi_bytes psk = HSI_BYTES_EMPTY;
    w->formula = "48 + RSA-decrypt(server's private key, EncryptedPreMasterSecret) + length + PSK";
    w->rfc = "RFC 4279 section 4";
    HSI_TRY(pre_shared_key(w, &psk));
    if (w->missing != NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_buffer_append_uint(&w->value, 2, HSI_PREMASTER));
    HSI_TRY(decrypt(w, &w->value));
    return w->missing == NULL ? append_vector(&w->value, psk) : HSI_OK;
}

hsi_status hsi_rule_premaster(hsi_working *w)
{
    static const struct {
        const char *key_exchange;
        hsi_status (*make)(hsi_working *w);
    } ways[] = {{"RSA", rsa}, {"PSK", plain_psk}, {"RSA-PSK", rsa_psk}};
    const char *key_exchange = w->handshake->suite.key_exchange; /* NULL: not known, or a suite of TLS 1.3 */
    for (size_t i = 0; key_exchange != NULL && i < HSI_COUNT(ways); i++) {
        if (strcmp(key_exchange, ways[i].key_exchange) == 0) {
            return ways[i].make(w);
        }
    }
    /* all other key exchanges take a value that never leaves an end */
    return hsi_why_not_surfaced(w->tap, w->label, ", and what is on the wire does not give it", &w->missing);
}
