/* ECParameters: a curve by its name or, as RFC 4492 allowed, spelled out. RFC 8422 section 5.4, RFC 4492 section 5.4.
 * SPDX-License-Identifier: MIT */
#include "proto/name.h"
#include "tap/dissect.h"

enum { EXPLICIT_PRIME = 1, EXPLICIT_CHAR2 = 2, NAMED_CURVE = 3, TRINOMIAL = 1, PENTANOMIAL = 2 };

static const hsi_name bases[] = {{TRINOMIAL, "ec_basis_trinomial"}, {PENTANOMIAL, "ec_basis_pentanomial"}};

static const char *basis_type(uint32_t value)
{
    return hsi_name_find(bases, HSI_COUNT(bases), value);
}

/* What both kinds of fields have: ECCurve curve; ECPoint base; order; cofactor. */
static hsi_status dissect_curve(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, "curve"));
    HSI_TRY(hsi_field_opaque_vector(f, in, "a", 1));
    HSI_TRY(hsi_field_opaque_vector(f, in, "b", 1));
    hsi_field_end(f, in);
    HSI_TRY(hsi_dissect_point(f, in, "base", 1));
    HSI_TRY(hsi_field_opaque_vector(f, in, "order", 1));
    return hsi_field_opaque_vector(f, in, "cofactor", 1);
}

static hsi_status dissect_explicit_prime(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_opaque_vector(f, in, "prime_p", 1));
    return dissect_curve(f, in);
}

static hsi_status dissect_explicit_char2(hsi_fields *f, hsi_cursor *in)
{
    static const char *const exponents[] = {"k1", "k2", "k3"};
    HSI_TRY(hsi_field_u16(f, in, "m", NULL));
    HSI_TRY(hsi_field_u8(f, in, "basis", basis_type));
    uint64_t basis = hsi_field_last(f)->number;
    if (basis == TRINOMIAL) {
        HSI_TRY(hsi_field_opaque_vector(f, in, "k", 1));
        return dissect_curve(f, in);
    }
    for (size_t i = 0; basis == PENTANOMIAL && i < HSI_COUNT(exponents); i++) {
        HSI_TRY(hsi_field_opaque_vector(f, in, exponents[i], 1));
    }
    return basis == PENTANOMIAL ? dissect_curve(f, in) : HSI_ILLEGAL;
}

static hsi_status dissect_named_curve(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_u16(f, in, "namedcurve", hsi_named_group);
}

static hsi_dissector *const layouts[] = {
    [EXPLICIT_PRIME] = dissect_explicit_prime,
    [EXPLICIT_CHAR2] = dissect_explicit_char2,
    [NAMED_CURVE] = dissect_named_curve,
};

hsi_status hsi_dissect_curve_params(hsi_fields *f, hsi_cursor *in)
{
    HSI_TRY(hsi_field_begin(f, in, "curve_params"));
    HSI_TRY(hsi_field_u8(f, in, "curve_type", hsi_ec_curve_type));
    uint64_t type = hsi_field_last(f)->number;
    hsi_dissector *dissect = type < HSI_COUNT(layouts) ? layouts[type] : NULL;
    if (dissect == NULL) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(dissect(f, in));
    hsi_field_end(f, in);
    return HSI_OK;
}
