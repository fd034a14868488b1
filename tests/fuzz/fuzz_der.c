/* Fuzzes csrc/tap/der.c, der_value.c and x509_meaning.c through every type of x509_types.c and ocsp_types.c, and sct.c.
 * The first byte says the type, the rest is the DER. Seeds: tests/fuzz/corpus/der.
 * Holds: whatever the bytes, the leaves tile them; what could not be read is said; elements, fields and what they mean
 * grow no faster than the bytes.
 * SPDX-License-Identifier: MIT */
#include "../c/tiling.h"
#include "must.h"
#include "tap/dissect.h"
#include "tap/x509_types.h"

static const hsi_der_type *const types[] = {
    &hsi_x509_certificate,  &hsi_ocsp_response,   &hsi_x509_name,    &hsi_x509_subject_public_key_info,
    &hsi_ocsp_responder_id, &hsi_x509_extensions, &hsi_der_anything,
};

enum {
    FIELDS_PER_BYTE = 4, /* an empty element in two bytes: itself, tag, length, and what chooses it */
    /* A name, and what it is in: an attribute, its set and the sequence each say it again, escaped. */
    MEANING_PER_BYTE = 64,
    MEANING_PER_FIELD = 32
};

typedef struct tally {
    size_t fields, meanings;
} tally;

static void count(const hsi_field *field, tally *sums)
{
    sums->fields++;
    sums->meanings += field->meaning == NULL ? 0 : strlen(field->meaning);
    for (const hsi_field *child = field->first; child != NULL; child = child->next) {
        count(child, sums);
    }
}

static hsi_status dissect(hsi_fields *f, uint8_t which, hsi_cursor *in)
{
    which %= HSI_COUNT(types) + 1;
    return which == HSI_COUNT(types) ? hsi_dissect_sct_list(f, in) : hsi_der_dissect(f, in, "element", types[which]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const hsi_field_context context = {.version = 0x0304};
    hsi_bytes raw = hsi_bytes_slice(hsi_bytes_of(data, size), 1, size - 1);
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_cursor in = hsi_cursor_of(raw);
    hsi_fields f;
    tally sums = {0, 0};
    must(hsi_fields_start(&f, &arena, raw, "bytes", &context) == HSI_OK);
    must(hsi_fields_settle(&f, f.root, dissect(&f, data[0], &in)) == HSI_OK);
    must(tiles(&f));
    must(f.status == HSI_OK || f.status == HSI_TRUNCATED || f.status == HSI_ILLEGAL);
    count(f.root, &sums);
    must(f.elements <= size && f.elements <= HSI_DER_ELEMENTS_MAX + HSI_DER_DEPTH_MAX * 16);
    must(sums.fields <= FIELDS_PER_BYTE * size);
    must(sums.meanings <= MEANING_PER_BYTE * size + MEANING_PER_FIELD * sums.fields);
    hsi_arena_cleanup(&arena);
    return 0;
}
