/* X509_meaning: what the parts of a certificate say, in a line: names as RFC 4514 writes them, keys, times, addresses.
 * In: fields that have been read, or are incomplete because their bytes were. Out: their `meaning`. See x509_types.h.
 * SPDX-License-Identifier: MIT */
#include <arpa/inet.h>

#include "proto/oid.h"
#include "tap/x509_types.h"

static const hsi_field *part(const hsi_field *field, const char *path)
{
    return field == NULL ? NULL : hsi_field_find(field, path);
}

static const char *meaning_of(const hsi_field *field)
{
    return field == NULL ? NULL : field->meaning;
}

/* The name of an object identifier's field, else its dotted form; NULL: it is none. */
static const char *oid_name(const hsi_field *field)
{
    const char *name = field == NULL ? NULL : hsi_oid_name(field->content);
    return name == NULL ? meaning_of(field) : name;
}

/* ---- Name, RFC 4514 ---- */

/* What people call an attribute (RFC 4514 section 3) or the algorithm of a key; others keep their name. */
static const char *short_name(const char *name)
{
    static const struct {
        const char *name, *called;
    } table[] = {
        {"commonName", "CN"},
        {"localityName", "L"},
        {"stateOrProvinceName", "ST"},
        {"organizationName", "O"},
        {"organizationalUnitName", "OU"},
        {"countryName", "C"},
        {"streetAddress", "STREET"},
        {"domainComponent", "DC"},
        {"uid", "UID"},
        {"rsaEncryption", "RSA"},
        {"RSASSA-PSS", "RSA-PSS"},
        {"dsa", "DSA"},
        {"ecPublicKey", "EC"},
    };
    for (size_t i = 0; i < HSI_COUNT(table); i++) {
        if (strcmp(table[i].name, name) == 0) {
            return table[i].called;
        }
    }
    return name;
}

/* Section 2.4: what stands for itself, and what has a backslash before it. */
static bool is_special(hsi_bytes text, size_t i)
{
    uint8_t c = text.data[i];
    bool at_edge = i == 0 || i == text.length - 1;
    return (c != 0 && strchr("\"+,;<>\\", c) != NULL) || (c == ' ' && at_edge) || (c == '#' && i == 0);
}

static const char digits[] = "0123456789abcdef";

/* A string value; controls as hex pairs, so that it is one line without an end in it. `out` has three times its length. */
static void escape(char *out, hsi_bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        bool control = c < 0x20 || c == 0x7f;
        if (control || is_special(text, i)) {
            *out++ = '\\';
        }
        if (control) {
            *out++ = digits[c >> 4];
        }
        *out++ = control ? digits[c & 15] : (char)c;
    }
}

/* Section 2.4: a value that is no string is a # and its DER. */
static void write_hex(char *out, hsi_bytes der)
{
    *out++ = '#';
    for (size_t i = 0; i < der.length; i++) {
        *out++ = digits[der.data[i] >> 4];
        *out++ = digits[der.data[i] & 15];
    }
}

static hsi_status write_value(hsi_fields *f, const hsi_field *value, const char **out)
{
    enum { GROWS = 3 };
    bool is_text = value->kind == HSI_FIELD_TEXT || value->meaning != NULL;
    hsi_bytes bytes = hsi_bytes_slice(f->raw, value->offset, value->length);
    if (is_text) {
        bytes = value->kind == HSI_FIELD_TEXT ? value->content : hsi_bytes_text(value->meaning);
    }
    char *text = hsi_arena_new(f->arena, GROWS * bytes.length + sizeof "#");
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    if (is_text) {
        escape(text, bytes);
    } else {
        write_hex(text, bytes);
    }
    *out = text;
    return HSI_OK;
}

hsi_status hsi_x509_describe_attribute(hsi_fields *f, hsi_field *field)
{
    const char *name = oid_name(part(field, "type"));
    const hsi_field *value = part(field, "value");
    const char *text;
    if (name == NULL || value == NULL) {
        return HSI_OK;
    }
    HSI_TRY(write_value(f, value, &text));
    return hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(short_name(name), "=", text));
}

/* The meanings of the items, the last one first where `backwards`; what is not an attribute has none and is left out. */
static hsi_status join(hsi_fields *f, hsi_field *field, char separator, bool backwards)
{
    size_t length = 0;
    for (const hsi_field *item = field->first; item != NULL; item = item->next) {
        length += item->meaning == NULL || item->index == HSI_NOT_AN_ITEM ? 0 : strlen(item->meaning) + 1;
    }
    char *text = hsi_arena_new(f->arena, length + 1);
    if (text == NULL) {
        return HSI_NO_MEMORY;
    }
    size_t at = backwards ? length : 0; /* each is followed by a separator, the last one by the end mark */
    for (const hsi_field *item = field->first; item != NULL; item = item->next) {
        if (item->meaning != NULL && item->index != HSI_NOT_AN_ITEM) {
            size_t size = strlen(item->meaning);
            at -= backwards ? size + 1 : 0;
            memcpy(text + at, item->meaning, size);
            text[at + size] = separator;
            at += backwards ? 0 : size + 1;
        }
    }
    text[length == 0 ? 0 : length - 1] = '\0';
    field->meaning = text;
    return HSI_OK;
}

hsi_status hsi_x509_describe_rdn(hsi_fields *f, hsi_field *field)
{
    return join(f, field, '+', false);
}

hsi_status hsi_x509_describe_rdn_sequence(hsi_fields *f, hsi_field *field)
{
    return join(f, field, ',', true);
}

hsi_status hsi_x509_describe_name(hsi_fields *f, hsi_field *field)
{
    HSI_UNUSED(f);
    field->meaning = meaning_of(part(field, "rdnSequence"));
    return HSI_OK;
}

/* ---- keys and algorithms ---- */

hsi_status hsi_x509_describe_algorithm(hsi_fields *f, hsi_field *field)
{
    HSI_UNUSED(f);
    field->meaning = oid_name(part(field, "algorithm"));
    return HSI_OK;
}

static size_t bits_of(hsi_bytes integer)
{
    size_t i = 0;
    while (i < integer.length && integer.data[i] == 0) {
        i++;
    }
    size_t bits = 8 * (integer.length - i);
    for (unsigned top = i == integer.length ? 0 : integer.data[i]; bits > 0 && (top & 0x80) == 0; top <<= 1) {
        bits--;
    }
    return bits;
}

/* RSA and DSA keys are as long as their modulus; other keys are what their algorithm or curve is called. */
hsi_status hsi_x509_describe_key(hsi_fields *f, hsi_field *field)
{
    const char *algorithm = meaning_of(part(field, "algorithm"));
    const char *curve = oid_name(part(field, "algorithm.parameters.namedCurve"));
    const hsi_field *modulus = part(field, "subjectPublicKey.RSAPublicKey.modulus");
    modulus = modulus == NULL ? part(field, "algorithm.parameters.p") : modulus;
    field->meaning = algorithm == NULL ? NULL : short_name(algorithm);
    if (field->meaning == NULL || (curve == NULL && modulus == NULL)) {
        return HSI_OK;
    }
    return curve != NULL
               ? hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(field->meaning, " ", curve))
               : hsi_arena_format(f->arena, &field->meaning, "%s %zu bits", field->meaning, bits_of(modulus->content));
}

hsi_status hsi_x509_describe_validity(hsi_fields *f, hsi_field *field)
{
    const char *from = meaning_of(part(field, "notBefore")), *to = meaning_of(part(field, "notAfter"));
    return from == NULL || to == NULL ? HSI_OK : hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(from, " to ", to));
}

/* ---- alternatives, addresses, extensions ---- */

hsi_status hsi_x509_describe_choice(hsi_fields *f, hsi_field *field)
{
    const hsi_field *chosen = field->last; /* after the leaves of an EXPLICIT tag, if any */
    const char *text = meaning_of(chosen);
    if (chosen == NULL) {
        return HSI_OK;
    }
    if (text == NULL && chosen->kind == HSI_FIELD_TEXT) {
        HSI_TRY(write_value(f, chosen, &text));
    }
    field->meaning = chosen->name;
    return text == NULL ? HSI_OK : hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(chosen->name, " ", text));
}

/* RFC 5280 section 4.2.1.6: four octets or sixteen; and as many of a mask in a name constraint, section 4.2.1.10. */
hsi_status hsi_x509_describe_address(hsi_fields *f, hsi_field *field)
{
    enum { V4 = 4, V6 = 16 };
    size_t length = field->content.length;
    size_t width = length == V4 || length == 2 * V4 ? V4 : V6;
    char address[INET6_ADDRSTRLEN], mask[INET6_ADDRSTRLEN] = "";
    if (length != width && length != 2 * width) {
        return HSI_OK;
    }
    int family = width == V4 ? AF_INET : AF_INET6;
    inet_ntop(family, field->content.data, address, sizeof address);
    if (length == 2 * width) {
        inet_ntop(family, field->content.data + width, mask, sizeof mask);
    }
    return hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(address, *mask == '\0' ? "" : "/", mask));
}

hsi_status hsi_x509_describe_extension(hsi_fields *f, hsi_field *field)
{
    const hsi_field *critical = part(field, "critical");
    field->meaning = oid_name(part(field, "extnID"));
    bool is_critical = critical != NULL && critical->number != 0 && field->meaning != NULL;
    return is_critical ? hsi_arena_join(f->arena, &field->meaning, HSI_TEXTS(field->meaning, ", critical")) : HSI_OK;
}
