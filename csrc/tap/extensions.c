/* Extensions: the table of those that a dissector reads, and a message's list of them. RFC 8446 section 4.2; before
 * TLS 1.3, RFC 5246 section 7.4.1.4. What an extension holds is in a file ext_*.c each.
 * SPDX-License-Identifier: MIT */
#include "tap/message.h"

/* Ascending by ExtensionType: hsi_extension_of halves it. An extension that is not here shows as one opaque leaf under
 * its IANA name. */
#define HSI_EXTENSIONS(X)                                                                                              \
    X(server_name)                                                                                                     \
    X(max_fragment_length)                                                                                             \
    X(client_certificate_url)                                                                                          \
    X(trusted_ca_keys)                                                                                                 \
    X(truncated_hmac)                                                                                                  \
    X(status_request)                                                                                                  \
    X(user_mapping)                                                                                                    \
    X(client_authz)                                                                                                    \
    X(server_authz)                                                                                                    \
    X(cert_type)                                                                                                       \
    X(supported_groups)                                                                                                \
    X(ec_point_formats)                                                                                                \
    X(srp)                                                                                                             \
    X(signature_algorithms)                                                                                            \
    X(use_srtp)                                                                                                        \
    X(heartbeat)                                                                                                       \
    X(application_layer_protocol_negotiation)                                                                          \
    X(status_request_v2)                                                                                               \
    X(signed_certificate_timestamp)                                                                                    \
    X(client_certificate_type)                                                                                         \
    X(server_certificate_type)                                                                                         \
    X(padding)                                                                                                         \
    X(encrypt_then_mac)                                                                                                \
    X(extended_master_secret)                                                                                          \
    X(token_binding)                                                                                                   \
    X(cached_info)                                                                                                     \
    X(tls_lts)                                                                                                         \
    X(compress_certificate)                                                                                            \
    X(record_size_limit)                                                                                               \
    X(pwd_protect)                                                                                                     \
    X(pwd_clear)                                                                                                       \
    X(password_salt)                                                                                                   \
    X(ticket_pinning)                                                                                                  \
    X(tls_cert_with_extern_psk)                                                                                        \
    X(delegated_credential)                                                                                            \
    X(session_ticket)                                                                                                  \
    X(supported_ekt_ciphers)                                                                                           \
    X(pre_shared_key)                                                                                                  \
    X(early_data)                                                                                                      \
    X(supported_versions)                                                                                              \
    X(cookie)                                                                                                          \
    X(psk_key_exchange_modes)                                                                                          \
    X(certificate_authorities)                                                                                         \
    X(oid_filters)                                                                                                     \
    X(post_handshake_auth)                                                                                             \
    X(signature_algorithms_cert)                                                                                       \
    X(key_share)                                                                                                       \
    X(transparency_info)                                                                                               \
    X(connection_id_deprecated)                                                                                        \
    X(connection_id)                                                                                                   \
    X(external_id_hash)                                                                                                \
    X(external_session_id)                                                                                             \
    X(quic_transport_parameters)                                                                                       \
    X(ticket_request)                                                                                                  \
    X(dnssec_chain)                                                                                                    \
    X(rrc)                                                                                                             \
    X(tls_flags)                                                                                                       \
    X(next_protocol_negotiation)                                                                                       \
    X(application_settings_old)                                                                                        \
    X(application_settings)                                                                                            \
    X(channel_id)                                                                                                      \
    X(pake)                                                                                                            \
    X(trust_anchors)                                                                                                   \
    X(ech_outer_extensions)                                                                                            \
    X(encrypted_client_hello)                                                                                          \
    X(renegotiation_info)                                                                                              \
    X(quic_transport_parameters_draft)                                                                                 \
    X(encrypted_server_name)

#define HSI_EXTENSION_DECLARE(name) extern const hsi_extension hsi_ext_##name;
HSI_EXTENSIONS(HSI_EXTENSION_DECLARE)
#undef HSI_EXTENSION_DECLARE

static const hsi_extension *const extensions[] = {
#define HSI_EXTENSION_ROW(name) &hsi_ext_##name,
    HSI_EXTENSIONS(HSI_EXTENSION_ROW)
#undef HSI_EXTENSION_ROW
};

const hsi_extension *hsi_extension_of(uint32_t type)
{
    size_t low = 0, high = HSI_COUNT(extensions);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (extensions[middle]->type == type) {
            return extensions[middle];
        }
        if (extensions[middle]->type < type) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static hsi_status name_of(const char **out, hsi_arena *arena, uint16_t type)
{
    *out = hsi_extension_name(type);
    return *out == NULL ? hsi_arena_format(arena, out, "0x%04x", type) : HSI_OK;
}

/* An extension where no RFC lets it stand has no layout either: it shows as opaque. */
static hsi_status dissect_data(hsi_fields *f, hsi_cursor *data, const hsi_extension *extension)
{
    if (extension == NULL || !hsi_fields_in(f, extension->in)) {
        return hsi_field_rest(f, data, "extension_data");
    }
    return extension->dissect(f, data);
}

static hsi_status dissect_extension(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor ahead = *in, data;
    uint16_t type;
    HSI_TRY(hsi_cursor_u16(&ahead, &type));
    HSI_TRY(hsi_cursor_vector(&ahead, 2, &data));
    const char *name;
    HSI_TRY(name_of(&name, f->arena, type));
    HSI_TRY(hsi_field_bounded(f, in, name, (size_t)(ahead.at - in->at)));
    hsi_field *opened = f->open;
    const hsi_extension *extension = hsi_extension_of(type);
    if (extension != NULL) {
        hsi_field_rfc(f, extension->rfc);
    }
    HSI_TRY(hsi_field_u16(f, in, "extension_type", hsi_extension_name));
    HSI_TRY(hsi_field_u16(f, in, "length", NULL));
    HSI_TRY(hsi_fields_settle(f, opened, dissect_data(f, &data, extension)));
    *in = ahead;
    return HSI_OK;
}

hsi_status hsi_extensions_dissect(hsi_fields *f, hsi_cursor *in, unsigned where)
{
    if (hsi_cursor_empty(in)) {
        return HSI_OK;
    }
    hsi_cursor list;
    f->in = where;
    HSI_TRY(hsi_field_vector(f, in, "extensions", 2, &list));
    hsi_field_rfc(f, "RFC 8446 section 4.2");
    while (!hsi_cursor_empty(&list)) {
        HSI_TRY(dissect_extension(f, &list));
    }
    return HSI_OK;
}
