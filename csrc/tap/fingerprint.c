/* Fingerprint: JA3 and JA4 of a ClientHello's tree. See the header.
 * SPDX-License-Identifier: MIT */
#include "tap/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"

typedef struct numbers {
    uint16_t *at;
    size_t count;
} numbers;

/* What a fingerprint is computed from; GREASE is not in it. */
typedef struct hello {
    hsi_arena arena;  /* of the numbers */
    hsi_buffer text;  /* what is hashed */
    const hsi_field *root;
    numbers ciphers, extensions, groups, formats, versions, algorithms;
} hello;

static bool is_grease(uint64_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* The number that a child of a vector stands for: its own, or that of its `member`; NULL: it stands for none. */
static const hsi_field *number_of(const hsi_field *child, const char *member)
{
    if (member != NULL) {
        return hsi_field_child(child, hsi_bytes_text(member));
    }
    return child->index == HSI_NOT_AN_ITEM ? NULL : child;
}

static hsi_status collect(numbers *out, hello *in, const char *path, const char *member)
{
    const hsi_field *vector = hsi_field_find(in->root, path);
    const hsi_field *first = vector == NULL ? NULL : vector->first;
    size_t count = 0;
    for (const hsi_field *child = first; child != NULL; child = child->next) {
        count++;
    }
    *out = (numbers){hsi_arena_new(&in->arena, count * sizeof *out->at), 0};
    if (out->at == NULL) {
        return HSI_NO_MEMORY;
    }
    for (const hsi_field *child = first; child != NULL; child = child->next) {
        const hsi_field *number = number_of(child, member);
        if (number != NULL && !is_grease(number->number)) {
            out->at[out->count++] = (uint16_t)number->number;
        }
    }
    return HSI_OK;
}

static hsi_status collect_all(hello *in)
{
    if (hsi_field_find(in->root, "cipher_suites") == NULL) {
        return HSI_ILLEGAL;
    }
    HSI_TRY(collect(&in->ciphers, in, "cipher_suites", NULL));
    HSI_TRY(collect(&in->extensions, in, "extensions", "extension_type"));
    HSI_TRY(collect(&in->groups, in, "extensions.supported_groups.named_group_list", NULL));
    HSI_TRY(collect(&in->formats, in, "extensions.ec_point_formats.ec_point_format_list", NULL));
    HSI_TRY(collect(&in->versions, in, "extensions.supported_versions.versions", NULL));
    return collect(&in->algorithms, in, "extensions.signature_algorithms.supported_signature_algorithms", NULL);
}

static void cleanup(hello *in)
{
    hsi_arena_cleanup(&in->arena);
    hsi_buffer_cleanup(&in->text);
}

typedef enum base { DECIMAL, HEX } base;

static hsi_status append_text(hello *in, const char *text)
{
    return hsi_buffer_append(&in->text, hsi_bytes_text(text));
}

static hsi_status append_numbers(hello *in, const numbers *list, base in_base, const char *separator)
{
    for (size_t i = 0; i < list->count; i++) {
        char text[8];
        snprintf(text, sizeof text, in_base == HEX ? "%04x" : "%u", (unsigned)list->at[i]);
        HSI_TRY(append_text(in, i == 0 ? "" : separator));
        HSI_TRY(append_text(in, text));
    }
    return HSI_OK;
}

/* The first `size` bytes of the text's hash, in hex. */
static hsi_status hash_text(hello *in, char *out, const hsi_hash *hash, size_t size)
{
    uint8_t digest[HSI_HASH_MAX];
    hsi_bytes text = hsi_buffer_peek(&in->text);
    HSI_TRY(hsi_hash_of(hash, digest, &text, 1));
    for (size_t i = 0; i < size; i++) {
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    }
    hsi_buffer_truncate(&in->text, 0);
    return HSI_OK;
}

/* ---- JA3: version,ciphers,extensions,groups,point formats ---- */

static hsi_status compute_ja3(hello *in, char *out)
{
    HSI_TRY(collect_all(in));
    uint16_t version = (uint16_t)hsi_field_find(in->root, "legacy_version")->number;
    const numbers versions = {&version, 1};
    const numbers *parts[] = {&versions, &in->ciphers, &in->extensions, &in->groups, &in->formats};
    for (size_t i = 0; i < HSI_COUNT(parts); i++) {
        HSI_TRY(append_text(in, i == 0 ? "" : ","));
        HSI_TRY(append_numbers(in, parts[i], DECIMAL, "-"));
    }
    return hash_text(in, out, &hsi_md5, hsi_md5.size);
}

hsi_status hsi_ja3(const hsi_field *client_hello, char out[HSI_JA3_SIZE])
{
    hello in = {.arena = HSI_ARENA_EMPTY, .text = HSI_BUFFER_EMPTY, .root = client_hello};
    hsi_status status = compute_ja3(&in, out);
    cleanup(&in);
    return status;
}

/* ---- JA4: what one sees, hash of the ciphers, hash of the extensions ---- */

enum { JA4_HASH = 6, JA4_COUNT_MAX = 99 };
static const char ja4_none[] = "000000000000";

static const char *ja4_version(const hello *in)
{
    static const char *const names[] = {"s3", "10", "11", "12", "13"}; /* from 0x0300 on */
    uint64_t highest = hsi_field_find(in->root, "legacy_version")->number;
    for (size_t i = 0; i < in->versions.count; i++) {
        highest = i == 0 || in->versions.at[i] > highest ? in->versions.at[i] : highest;
    }
    if (highest == 0x0002) {
        return "s2";
    }
    return highest >= 0x0300 && highest < 0x0300 + HSI_COUNT(names) ? names[highest - 0x0300] : "00";
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The first and last character of the first protocol; of its hex digits where one of the two is no letter or digit. */
static void ja4_alpn(const hello *in, char out[3])
{
    const hsi_field *alpn =
        hsi_field_find(in->root, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]");
    hsi_bytes name = alpn == NULL ? HSI_BYTES_EMPTY : alpn->content;
    if (name.length == 0) {
        snprintf(out, 3, "00");
        return;
    }
    uint8_t first = name.data[0], last = name.data[name.length - 1];
    if (is_alphanumeric(first) && is_alphanumeric(last)) {
        snprintf(out, 3, "%c%c", first, last);
    } else {
        snprintf(out, 3, "%x%x", (unsigned)first >> 4, last & 0xfu);
    }
}

static unsigned ja4_count(const numbers *list)
{
    return list->count > JA4_COUNT_MAX ? JA4_COUNT_MAX : (unsigned)list->count;
}

static int compare_numbers(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static hsi_status hash_ciphers(hello *in, char *out)
{
    if (in->ciphers.count == 0) {
        memcpy(out, ja4_none, sizeof ja4_none);
        return HSI_OK;
    }
    qsort(in->ciphers.at, in->ciphers.count, sizeof *in->ciphers.at, compare_numbers);
    HSI_TRY(append_numbers(in, &in->ciphers, HEX, ","));
    return hash_text(in, out, &hsi_sha256, JA4_HASH);
}

/* server_name and ALPN are seen in the first part already. */
static void drop_seen(numbers *extensions)
{
    enum { SERVER_NAME = 0, ALPN = 16 };
    size_t kept = 0;
    for (size_t i = 0; i < extensions->count; i++) {
        if (extensions->at[i] != SERVER_NAME && extensions->at[i] != ALPN) {
            extensions->at[kept++] = extensions->at[i];
        }
    }
    extensions->count = kept;
}

static hsi_status hash_extensions(hello *in, char *out)
{
    drop_seen(&in->extensions);
    if (in->extensions.count == 0) {
        memcpy(out, ja4_none, sizeof ja4_none);
        return HSI_OK;
    }
    qsort(in->extensions.at, in->extensions.count, sizeof *in->extensions.at, compare_numbers);
    HSI_TRY(append_numbers(in, &in->extensions, HEX, ","));
    HSI_TRY(append_text(in, in->algorithms.count == 0 ? "" : "_"));
    HSI_TRY(append_numbers(in, &in->algorithms, HEX, ","));
    return hash_text(in, out, &hsi_sha256, JA4_HASH);
}

static hsi_status compute_ja4(hello *in, char transport, char *out)
{
    char alpn[3], ciphers[2 * JA4_HASH + 1], extensions[2 * JA4_HASH + 1];
    HSI_TRY(collect_all(in));
    ja4_alpn(in, alpn);
    bool names_host = hsi_field_find(in->root, "extensions.server_name") != NULL;
    unsigned cipher_count = ja4_count(&in->ciphers), extension_count = ja4_count(&in->extensions);
    HSI_TRY(hash_ciphers(in, ciphers));
    HSI_TRY(hash_extensions(in, extensions));
    snprintf(out, HSI_JA4_SIZE, "%c%s%c%02u%02u%s_%s_%s", transport, ja4_version(in), names_host ? 'd' : 'i',
             cipher_count, extension_count, alpn, ciphers, extensions);
    return HSI_OK;
}

hsi_status hsi_ja4(const hsi_field *client_hello, char transport, char out[HSI_JA4_SIZE])
{
    hello in = {.arena = HSI_ARENA_EMPTY, .text = HSI_BUFFER_EMPTY, .root = client_hello};
    hsi_status status = compute_ja4(&in, transport, out);
    cleanup(&in);
    return status;
}
