/* ServerKeyExchange: parameters as the key exchange has them, and for some a signature over both randoms and `params`.
 * RFC 5246 section 7.4.3, RFC 8422 section 5.4, RFC 4279 sections 2 to 4, RFC 5489 section 2, RFC 5054 section 2.5.3,
 * RFC 8492 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_dh(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "dh_p", 2));
    HSI_TRY(hsi_field_opaque_vector(f, in, "dh_g", 2));
    return hsi_field_opaque_vector(f, in, "dh_Ys", 2);
}

static hsi_status dissect_ecdh(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 8422 section 5.4");
    HSI_TRY(hsi_dissect_curve_params(f, in));
    return hsi_dissect_point(f, in, "public", 1);
}

static hsi_status dissect_rsa(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 2246 section 7.4.3");
    HSI_TRY(hsi_field_opaque_vector(f, in, "rsa_modulus", 2));
    return hsi_field_opaque_vector(f, in, "rsa_exponent", 2);
}

static hsi_status dissect_srp(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 5054 section 2.5.3");
    HSI_TRY(hsi_field_opaque_vector(f, in, "srp_N", 2));
    HSI_TRY(hsi_field_opaque_vector(f, in, "srp_g", 2));
    HSI_TRY(hsi_field_opaque_vector(f, in, "srp_s", 1));
    return hsi_field_opaque_vector(f, in, "srp_B", 2);
}

static hsi_status dissect_eccpwd(hsi_fields *f, hsi_cursor *in)
{
    hsi_field_rfc(f, "RFC 8492 section 4");
    HSI_TRY(hsi_field_opaque_vector(f, in, "salt", 1));
    HSI_TRY(hsi_dissect_curve_params(f, in));
    HSI_TRY(hsi_dissect_point(f, in, "ec_selement", 1));
    return hsi_field_opaque_vector(f, in, "ec_sscalar", 1);
}

static const struct layout {
    const char *key_exchange;
    bool psk_identity_hint;
    hsi_dissector *params; /* NULL: there are none */
    bool is_signed;
} layouts[] = {
    {"ANON-DH", false, dissect_dh, false},
    {"ANON-DH-EXPORT", false, dissect_dh, false},
    {"ANON-ECDH", false, dissect_ecdh, false},
    {"DHE-DSS", false, dissect_dh, true},
    {"DHE-DSS-EXPORT", false, dissect_dh, true},
    {"DHE-PSK", true, dissect_dh, false},
    {"DHE-RSA", false, dissect_dh, true},
    {"DHE-RSA-EXPORT", false, dissect_dh, true},
    {"ECCPWD", false, dissect_eccpwd, false},
    {"ECDHE-ECDSA", false, dissect_ecdh, true},
    {"ECDHE-PSK", true, dissect_ecdh, false},
    {"ECDHE-RSA", false, dissect_ecdh, true},
    {"PSK", true, NULL, false},
    {"RSA-EXPORT", false, dissect_rsa, true},
    {"RSA-PSK", true, NULL, false},
    {"SRP", false, dissect_srp, false},
    {"SRP-DSS", false, dissect_srp, true},
    {"SRP-RSA", false, dissect_srp, true},
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

static hsi_status dissect_params(hsi_fields *f, hsi_cursor *in, hsi_dissector *dissect)
{
    HSI_TRY(hsi_field_begin(f, in, "params"));
    HSI_TRY(dissect(f, in));
    hsi_field_end(f, in);
    return HSI_OK;
}

static hsi_status dissect_server_key_exchange(hsi_fields *f, hsi_cursor *in)
{
    const struct layout *layout = layout_of(f->context.suite);
    if (layout == NULL) {
        return hsi_field_rest(f, in, "body");
    }
    if (layout->psk_identity_hint) {
        HSI_TRY(hsi_field_text_vector(f, in, "psk_identity_hint", 2));
    }
    if (layout->params != NULL) {
        HSI_TRY(dissect_params(f, in, layout->params));
    }
    if (layout->is_signed && hsi_dissect_names_algorithm(f)) {
        HSI_TRY(hsi_field_u16(f, in, "algorithm", hsi_signature_scheme));
    }
    return layout->is_signed ? hsi_field_opaque_vector(f, in, "signature", 2) : HSI_OK;
}

const hsi_message_type hsi_msg_server_key_exchange = {HSI_SERVER_KEY_EXCHANGE, "ServerKeyExchange",
                                                      "RFC 5246 section 7.4.3", dissect_server_key_exchange};
