/* quic_transport_parameters: what an endpoint of QUIC tells the other before there are streams; under two numbers, the
 * draft's and the RFC's. RFC 9001 section 8.2, RFC 9000 section 18, RFC 9368 section 3.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_number(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_varint(f, in, "value");
}

static hsi_status dissect_preferred_address(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque(f, in, "ipv4_address", 4));
    HSI_TRY(hsi_field_u16(f, in, "ipv4_port", NULL));
    HSI_TRY(hsi_field_opaque(f, in, "ipv6_address", 16));
    HSI_TRY(hsi_field_u16(f, in, "ipv6_port", NULL));
    HSI_TRY(hsi_field_opaque_vector(f, in, "connection_id", 1));
    return hsi_field_opaque(f, in, "stateless_reset_token", 16);
}

static hsi_status dissect_version_information(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_u32(f, in, "chosen_version", NULL));
    if (hsi_cursor_empty(in)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_field_bounded(f, in, "available_versions", hsi_cursor_left(in)));
    while (!hsi_cursor_empty(in)) {
        HSI_TRY(hsi_field_u32(f, in, HSI_ITEM, NULL));
    }
    return HSI_OK;
}

/* What a parameter's value is, by its number; the others are opaque. */
static hsi_dissector *const values[] = {
    [0x01] = dissect_number,
    [0x03] = dissect_number,
    [0x04] = dissect_number,
    [0x05] = dissect_number,
    [0x06] = dissect_number,
    [0x07] = dissect_number,
    [0x08] = dissect_number,
    [0x09] = dissect_number,
    [0x0a] = dissect_number,
    [0x0b] = dissect_number,
    [0x0d] = dissect_preferred_address,
    [0x0e] = dissect_number,
    [0x11] = dissect_version_information,
    [0x20] = dissect_number,
};

/* RFC 9000 section 18.1: identifiers of the form 31 * N + 27 are there to be ignored. */
static const char *parameter_name(uint64_t id)
{
    const char *name = id <= UINT32_MAX ? hsi_quic_transport_parameter((uint32_t)id) : NULL;
    return name == NULL && id % 31 == 27 ? "GREASE" : name;
}

static hsi_status dissect_parameter(hsi_fields *f, hsi_cursor *in)
{
    hsi_cursor value;
    HSI_TRY(hsi_field_varint(f, in, "id"));
    uint64_t id = hsi_field_last(f)->number;
    hsi_field_last(f)->meaning = parameter_name(id);
    HSI_TRY(hsi_field_varint(f, in, "length"));
    uint64_t length = hsi_field_last(f)->number;
    if (length > hsi_cursor_left(in)) {
        return HSI_TRUNCATED;
    }
    HSI_TRY(hsi_cursor_slice(in, &value, (size_t)length));
    hsi_dissector *dissect = id < HSI_COUNT(values) ? values[id] : NULL;
    if (dissect == NULL) {
        return hsi_field_rest(f, &value, "value");
    }
    HSI_TRY(dissect(f, &value));
    return hsi_cursor_empty(&value) ? HSI_OK : HSI_ILLEGAL;
}

static hsi_status dissect_quic_transport_parameters(hsi_fields *f, hsi_cursor *in)
{
    if (hsi_cursor_empty(in)) {
        return HSI_OK;
    }
    HSI_TRY(hsi_field_bounded(f, in, "parameters", hsi_cursor_left(in)));
    while (!hsi_cursor_empty(in)) {
        HSI_TRY(hsi_field_begin(f, in, HSI_ITEM));
        HSI_TRY(dissect_parameter(f, in));
        hsi_field_end(f, in);
    }
    return HSI_OK;
}

const hsi_extension hsi_ext_quic_transport_parameters = {57, "quic_transport_parameters", HSI_IN_CH | HSI_IN_EE,
                                                         dissect_quic_transport_parameters, "RFC 9001 section 8.2"};
const hsi_extension hsi_ext_quic_transport_parameters_draft = {65445, "quic_transport_parameters_draft",
                                                               HSI_IN_CH | HSI_IN_EE, dissect_quic_transport_parameters,
                                                               "draft-ietf-quic-tls-27 section 8.2"};
