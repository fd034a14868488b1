/* ClientKeyExchange: the client's half as the key exchange has it. RFC 5246 section 7.4.7, RFC 8422 section 5.7,
 * RFC 4279 sections 2 to 4, RFC 5489 section 2, RFC 5054 section 2.5.4, RFC 2712 section 3, RFC 8492 section 4, RFC 9189
 * section 4.2.4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

/* EncryptedPreMasterSecret. SSL 3.0 left its length out, RFC 5246 section 7.4.7.1. */
static hsi_status dissect_rsa(hsi_fields *f, hsi_cursor *in)
{
    const char *name = "encrypted_pre_master_secret";
    return f->context.version == 0x0300 ? hsi_field_rest(f, in, name) : hsi_field_opaque_vector(f, in, name, 2);
}

/* ClientDiffieHellmanPublic. */
static hsi_status dissect_dh(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "dh_Yc", 2);
}

/* ClientECDiffieHellmanPublic. */
static hsi_status dissect_ecdh(hsi_fields *f, hsi_cursor *in)
{
    return hsi_dissect_point(f, in, "ecdh_Yc", 1);
}

/* PublicValueEncoding implicit: the value is in the client's certificate, and the message is empty. */
static hsi_status dissect_static_dh(hsi_fields *f, hsi_cursor *in)
{
    return hsi_cursor_empty(in) ? HSI_OK : dissect_dh(f, in);
}

static hsi_status dissect_static_ecdh(hsi_fields *f, hsi_cursor *in)
{
    return hsi_cursor_empty(in) ? HSI_OK : dissect_ecdh(f, in);
}

/* KerberosWrapper. */
static hsi_status dissect_krb5(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "Ticket", 2));
    HSI_TRY(hsi_field_opaque_vector(f, in, "authenticator", 2));
    return hsi_field_opaque_vector(f, in, "EncryptedPreMasterSecret", 2);
}

static hsi_status dissect_eccpwd(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_dissect_point(f, in, "ec_celement", 1));
    return hsi_field_opaque_vector(f, in, "ec_cscalar", 1);
}

/* TLSGostKeyTransportBlob or PSKeyTransport, as the cipher has it: DER without a length before it. */
static hsi_status dissect_gost(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_rest(f, in, "exchange_keys");
}

static hsi_status dissect_srp(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "srp_A", 2);
}

static const struct layout {
    const char *key_exchange;
    bool psk_identity;
    hsi_dissector *dissect;
    const char *rfc;
} layouts[] = {
    {"ANON-DH", false, dissect_dh, "RFC 5246 section 7.4.7.2"},
    {"ANON-DH-EXPORT", false, dissect_dh, "RFC 2246 section 7.4.7.2"},
    {"ANON-ECDH", false, dissect_ecdh, "RFC 8422 section 5.7"},
    {"DH-DSS", false, dissect_static_dh, "RFC 5246 section 7.4.7.2"},
    {"DH-DSS-EXPORT", false, dissect_static_dh, "RFC 2246 section 7.4.7.2"},
    {"DH-RSA", false, dissect_static_dh, "RFC 5246 section 7.4.7.2"},
    {"DH-RSA-EXPORT", false, dissect_static_dh, "RFC 2246 section 7.4.7.2"},
    {"DHE-DSS", false, dissect_dh, "RFC 5246 section 7.4.7.2"},
    {"DHE-DSS-EXPORT", false, dissect_dh, "RFC 2246 section 7.4.7.2"},
    {"DHE-PSK", true, dissect_dh, "RFC 4279 section 3"},
    {"DHE-RSA", false, dissect_dh, "RFC 5246 section 7.4.7.2"},
    {"DHE-RSA-EXPORT", false, dissect_dh, "RFC 2246 section 7.4.7.2"},
    {"ECCPWD", false, dissect_eccpwd, "RFC 8492 section 4"},
    {"ECDH-ECDSA", false, dissect_static_ecdh, "RFC 8422 section 5.7"},
    {"ECDH-RSA", false, dissect_static_ecdh, "RFC 8422 section 5.7"},
    {"ECDHE-ECDSA", false, dissect_ecdh, "RFC 8422 section 5.7"},
    {"ECDHE-PSK", true, dissect_ecdh, "RFC 5489 section 2"},
    {"ECDHE-RSA", false, dissect_ecdh, "RFC 8422 section 5.7"},
    {"KRB5", false, dissect_krb5, "RFC 2712 section 3"},
    {"KRB5-EXPORT", false, dissect_krb5, "RFC 2712 section 3"},
    {"PSK", true, hsi_dissect_nothing, "RFC 4279 section 2"},
    {"RSA", false, dissect_rsa, "RFC 5246 section 7.4.7.1"},
    {"RSA-EXPORT", false, dissect_rsa, "RFC 2246 section 7.4.7.1"},
    {"RSA-PSK", true, dissect_rsa, "RFC 4279 section 4"},
    {"SRP", false, dissect_srp, "RFC 5054 section 2.5.4"},
    {"SRP-DSS", false, dissect_srp, "RFC 5054 section 2.5.4"},
    {"SRP-RSA", false, dissect_srp, "RFC 5054 section 2.5.4"},
    {"VKO-GOST-12", false, dissect_gost, "RFC 9189 section 4.2.4"},
};

static const struct layout *layout_of(const hsi_suite *suite)
{
    for (size_t i = 0; suite != NULL && suite->key_exchange != NULL && i < HSI_COUNT(layouts); i++) {
        if (strcmp(layouts[i].key_exchange, suite->key_exchange) == 0) {
            return &layouts[i];
        }
    }
    return NULL;
}

static hsi_status dissect_client_key_exchange(hsi_fields *f, hsi_cursor *in)
{
    const struct layout *layout = layout_of(f->context.suite);
    if (layout == NULL) {
        return hsi_field_rest(f, in, "body");
    }
    hsi_field_rfc(f, layout->rfc);
    if (layout->psk_identity) {
        HSI_TRY(hsi_field_text_vector(f, in, "psk_identity", 2));
    }
    return layout->dissect(f, in);
}

const hsi_message_type hsi_msg_client_key_exchange = {HSI_CLIENT_KEY_EXCHANGE, "ClientKeyExchange",
                                                      "RFC 5246 section 7.4.7", dissect_client_key_exchange};
