/* Tests csrc/tap/der.c, der_value.c and x509_meaning.c: elements and what they mean, one by one; what is not DER; bounds.
 * Whole certificates are compared with openssl and cryptography in tests/py/test_certificates.py.
 * SPDX-License-Identifier: MIT */
#include "tap/der.h"

#include "base/memory.h"
#include "expect.h"
#include "made.h"
#include "tap/x509_types.h"
#include "tiling.h"

typedef struct read_der {
    hsi_arena arena;
    hsi_fields f;
    hsi_status status; /* of the memory */
} read_der;

static void read_bytes(read_der *d, hsi_bytes der, const hsi_der_type *type)
{
    static const hsi_field_context context = {.version = 0x0304};
    hsi_cursor in = hsi_cursor_of(der);
    d->status = hsi_fields_start(&d->f, &d->arena, der, "bytes", &context);
    if (d->status == HSI_OK) {
        d->status = hsi_fields_settle(&d->f, d->f.root, hsi_der_dissect(&d->f, &in, "e", type));
    }
    assert_true(d->status != HSI_OK || tiles(&d->f));
}

static void read_hex(read_der *d, uint8_t storage[HEX_MAX], const char *digits, const hsi_der_type *type)
{
    d->arena = HSI_ARENA_EMPTY;
    read_bytes(d, hex(storage, digits), type);
    assert_int_equal(d->status, HSI_OK);
}

typedef struct row {
    const char *der;
    const hsi_der_type *type;
    expected_field field;
} row;

static void expect_rows(const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t storage[HEX_MAX];
        read_der d;
        read_hex(&d, storage, rows[i].der, rows[i].type);
        assert_int_equal(d.f.status, HSI_OK);
        expect_field(d.f.root, &rows[i].field);
        hsi_arena_cleanup(&d.arena);
    }
}

#define ANY &hsi_der_anything

static void an_element_is_its_tag_its_length_and_its_value(void **state)
{
    (void)state;
    static const row rows[] = {
        {"020105", ANY, {"e", 5, NULL, NULL}},
        {"020105", ANY, {"e.tag", 2, NULL, "INTEGER"}},
        {"020105", ANY, {"e.length", 1, NULL, NULL}},
        {"020105", ANY, {"e.value", 5, NULL, NULL}},
        {"02810105", ANY, {"e.length", 1, NULL, NULL}}, /* longer than DER has it, and clear all the same */
        {"0281"
         "0105",
         ANY,
         {"e.value", 5, NULL, NULL}},
        {"0288000000000000000105", ANY, {"e.value", 5, NULL, NULL}},
        {"0201ff", ANY, {"e", 0, "ff", NULL}}, /* negative */
        {"0209010203040506070809", ANY, {"e", 0, "010203040506070809", NULL}},
        {"0200", ANY, {"e", 0, NULL, NULL}},
        {"0101ff", ANY, {"e", 255, NULL, "TRUE"}},
        {"010100", ANY, {"e", 0, NULL, "FALSE"}},
        {"010101", ANY, {"e", 1, NULL, NULL}}, /* BER's, not DER's */
        {"0500", ANY, {"e.tag", 5, NULL, "NULL"}},
        {"0403616263", ANY, {"e", 0, "616263", NULL}},
        {"030302a0c0", ANY, {"e", 0, "a0c0", NULL}},
        {"030302a0c0", ANY, {"e.unused_bits", 2, NULL, NULL}},
        {"0603550403", ANY, {"e", 0, "550403", "2.5.4.3 commonName"}},
        {"06032a0304", ANY, {"e", 0, "2a0304", "1.2.3.4"}},
        {"0c026869", ANY, {"e", 0, "6869", NULL}},
        {"1e0600e400412603",
         ANY,
         {"e", 0, "00e400412603",
          "\xc3\xa4"
          "A"
          "\xe2\x98\x83"}},
        {"1e02d83d", ANY, {"e", 0, "d83d", "\xef\xbf\xbd"}}, /* half a surrogate pair */
        {"170d3530303130323033303430355a", ANY, {"e", 0, "3530303130323033303430355a", "1950-01-02T03:04:05Z"}},
        {"170d3439303130323033303430355a", ANY, {"e", 0, "3439303130323033303430355a", "2049-01-02T03:04:05Z"}},
        {"180f32303531303130323033303430355a", ANY, {"e", 0, "32303531303130323033303430355a", "2051-01-02T03:04:05Z"}},
        {"80026869", ANY, {"e", 0, "6869", NULL}},
        {"80026869", ANY, {"e.tag", 0x80, NULL, "[0]"}},
        {"5f8a3700", ANY, {"e.tag", 0x5f8a37, NULL, NULL}}, /* an application's tag of three octets */
        {"a003020105", ANY, {"e[0]", 5, NULL, NULL}},
        {"3006020105020106", ANY, {"e[1]", 6, NULL, NULL}},
        {"31023000", ANY, {"e[0].tag", 0x30, NULL, "SEQUENCE"}},
    };
    expect_rows(rows, HSI_COUNT(rows));
}

static void what_an_element_means_is_said(void **state)
{
    (void)state;
    static const row rows[] = {
        {"3000", &hsi_x509_name, {"e.rdnSequence", 0, "3000", ""}},
        {"300e310c300a060355040a1303"
         "2c2062",
         &hsi_x509_name,
         {"e", 0, "300e310c300a060355040a13032c2062", "O=\\, b"}},
        {"300c310a3008060355040a130161", &hsi_x509_name, {"e", 0, "300c310a3008060355040a130161", "O=a"}},
        {"300d310b3009060355040a1302"
         "2341",
         &hsi_x509_name,
         {"e", 0, "300d310b3009060355040a13022341", "O=\\#A"}},
        {"300d310b3009060355040a1302"
         "0a41",
         &hsi_x509_name,
         {"e", 0, "300d310b3009060355040a13020a41", "O=\\0aA"}},
        {"300d310b3009060355040a0402"
         "0a41",
         &hsi_x509_name,
         {"e", 0, "300d310b3009060355040a04020a41", "O=#04020a41"}}, /* no string: its DER */
        {"3012311030060602"
         "2a031300"
         "300606022a"
         "041300",
         &hsi_x509_name, /* two attributes in one */
         {"e", 0,
          "3012311030060602"
          "2a031300"
          "300606022a"
          "041300",
          "1.2.3=+1.2.4="}},
        {"300a06082a8648ce3d040302",
         &hsi_x509_algorithm_identifier,
         {"e", 0, "300a06082a8648ce3d040302", "ecdsa-with-SHA256"}},
        {"a2040402abcd", &hsi_ocsp_responder_id, {"e", 0, "a2040402abcd", "byKey"}},
        {"30030a0106", &hsi_ocsp_response, {"e.responseStatus", 6, NULL, "unauthorized"}},
        {"30030a0107", &hsi_ocsp_response, {"e.responseStatus", 7, NULL, NULL}},
        {"300f300d0603551d0f0101ff0403030107", &hsi_x509_extensions, {"e[0].critical", 255, NULL, "TRUE"}},
        {"3011300f0603551d0f0101ff040503030780"
         "80",
         &hsi_x509_extensions,
         {"e[0].extnValue.keyUsage", 0, "8080", "digitalSignature, decipherOnly"}},
        {"3011300f0603551d110408"
         "3006870401020304",
         &hsi_x509_extensions,
         {"e[0].extnValue.subjectAltName[0]", 0, "870401020304", "iPAddress 1.2.3.4"}},
        {"300f300d0603551d110406"
         "30048702"
         "0102",
         &hsi_x509_extensions, /* no address has two octets */
         {"e[0].extnValue.subjectAltName[0]", 0, "87020102", "iPAddress"}},
    };
    expect_rows(rows, HSI_COUNT(rows));
}

/* status: of the message. stopped: where in the bytes. */
static void what_is_not_der_is_trailing(void **state)
{
    (void)state;
    static const struct {
        const char *der;
        const hsi_der_type *type;
        hsi_status status;
        size_t stopped;
    } rows[] = {
        {"30", ANY, HSI_TRUNCATED, 0},
        {"3081", ANY, HSI_TRUNCATED, 0},
        {"300102", ANY, HSI_TRUNCATED, 2}, /* it ends inside what it holds */
        {"3003020500", ANY, HSI_TRUNCATED, 2},
        {"3002", ANY, HSI_TRUNCATED, 0},
        {"30800000", ANY, HSI_ILLEGAL, 0}, /* an indefinite length */
        {"3089000000000000000000", ANY, HSI_ILLEGAL, 0}, /* nine octets of length */
        {"30ff", ANY, HSI_ILLEGAL, 0},
        {"3088ffffffffffffffff", ANY, HSI_TRUNCATED, 0},
        {"1fffffffff7f00", ANY, HSI_ILLEGAL, 0}, /* a tag of six octets */
        {"1fff", ANY, HSI_TRUNCATED, 0},
        {"0300", ANY, HSI_TRUNCATED, 2}, /* a BIT STRING that does not say how many bits are unused */
        {"030108", ANY, HSI_ILLEGAL, 3}, /* eight of eight */
        {"060180", ANY, HSI_ILLEGAL, 3},
        {"1e0100", ANY, HSI_ILLEGAL, 3}, /* half a character */
        {"170130", ANY, HSI_ILLEGAL, 3},
        {"17003000", ANY, HSI_ILLEGAL, 2}, /* two things are wrong: the first */
        {"02010500", ANY, HSI_ILLEGAL, 3}, /* more than the element */
        {"0101ff", &hsi_x509_name, HSI_ILLEGAL, 0}, /* another type */
        {"30023000", &hsi_x509_name, HSI_ILLEGAL, 2},
        {"3000", &hsi_x509_certificate, HSI_TRUNCATED, 2},
        {"a0020500", &hsi_ocsp_responder_id, HSI_ILLEGAL, 0}, /* no alternative has that tag */
        {"a2020500", &hsi_ocsp_responder_id, HSI_ILLEGAL, 2}, /* an explicit tag around another type */
        {"a200", &hsi_ocsp_responder_id, HSI_TRUNCATED, 2},
        {"a205040100"
         "0500",
         &hsi_ocsp_responder_id, HSI_ILLEGAL, 5}, /* and around more than it */
        {"a100", &hsi_ocsp_responder_id, HSI_TRUNCATED, 2}, /* around no alternative */
        {"300a30080603551d1304010"
         "5",
         &hsi_x509_extensions, HSI_TRUNCATED, 11}, /* no basicConstraints */
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        read_der d;
        read_hex(&d, storage, rows[i].der, rows[i].type);
        assert_int_equal(d.f.status, rows[i].status);
        assert_int_equal(d.f.stopped, rows[i].stopped);
        hsi_arena_cleanup(&d.arena);
    }
}

static size_t depth_of(const hsi_field *field)
{
    size_t deepest = 0;
    for (const hsi_field *child = field->first; child != NULL; child = child->next) {
        size_t depth = depth_of(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void what_lies_too_deep_is_one_leaf(void **state)
{
    (void)state;
    enum { DEEP = 60 };
    uint8_t der[2 * DEEP];
    for (size_t i = 0; i < DEEP; i++) {
        der[2 * i] = HSI_DER_SEQUENCE;
        der[2 * i + 1] = (uint8_t)(2 * (DEEP - 1 - i));
    }
    read_der d = {.arena = HSI_ARENA_EMPTY};
    read_bytes(&d, hsi_bytes_of(der, sizeof der), ANY);
    assert_int_equal(d.status, HSI_OK);
    assert_int_equal(d.f.status, HSI_OK);
    assert_int_equal(d.f.elements, HSI_DER_DEPTH_MAX + 1);
    assert_int_equal(depth_of(d.f.root), 1 + HSI_DER_DEPTH_MAX + 2);
    hsi_arena_cleanup(&d.arena);
}

static void of_too_many_elements_the_rest_is_one_leaf(void **state)
{
    (void)state;
    enum { EACH = 2, COUNT = HSI_DER_ELEMENTS_MAX + 1000, HEADER = 5 };
    size_t size = HEADER + EACH * COUNT;
    uint8_t *der = hsi_memory_new(size);
    assert_non_null(der);
    memcpy(der, (uint8_t[]){0x30, 0x83, EACH * COUNT >> 16, EACH * COUNT >> 8 & 0xff, EACH * COUNT & 0xff}, HEADER);
    for (size_t i = 0; i < COUNT; i++) {
        der[HEADER + EACH * i] = HSI_DER_NULL;
    }
    read_der d = {.arena = HSI_ARENA_EMPTY};
    read_bytes(&d, hsi_bytes_of(der, size), ANY);
    assert_int_equal(d.f.status, HSI_OK);
    assert_int_equal(d.f.elements, HSI_DER_ELEMENTS_MAX);
    assert_string_equal(d.f.root->first->last->name, "value");
    assert_int_equal(d.f.root->first->last->length, EACH * (1000 + 1));
    hsi_arena_cleanup(&d.arena);
    hsi_memory_free(der, size);
}

static void a_certificate_cut_short_anywhere_still_tiles_and_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const hsi_der_type *type;
    } rows[] = {{"rich.der", &hsi_x509_certificate}, {"delegated.ocsp", &hsi_ocsp_response}};
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[MADE_MAX];
        hsi_bytes whole = made_read(storage, rows[i].name);
        for (size_t length = 0; length < whole.length; length++) {
            uint8_t *cut = hsi_memory_new(length + 1); /* of its size, so that a sanitizer sees a read past its end */
            assert_non_null(cut);
            memcpy(cut + 1, whole.data, length);
            read_der d = {.arena = HSI_ARENA_EMPTY};
            read_bytes(&d, hsi_bytes_of(cut + 1, length), rows[i].type);
            assert_int_equal(d.f.status, HSI_TRUNCATED);
            hsi_arena_cleanup(&d.arena);
            hsi_memory_free(cut, length + 1);
        }
    }
}

/* The arena has room for `room` bytes, and no more. */
static void fill(hsi_arena *arena, size_t room)
{
    enum { BLOCK = 1 << 16, ALIGNMENT = 16 };
    *arena = HSI_ARENA_EMPTY;
    assert_non_null(hsi_arena_new(arena, BLOCK)); /* the next one is of that size too */
    assert_non_null(hsi_arena_new(arena, ALIGNMENT));
    assert_non_null(hsi_arena_new(arena, BLOCK - ALIGNMENT - room));
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    static const struct {
        const char *der;
        const hsi_der_type *type;
    } rows[] = {
        {"300c310a3008060355040a130161", &hsi_x509_name},
        {"301c301a0603551d110413"
         "3011870401020304820178a40630043102"
         "3000",
         &hsi_x509_extensions},
        {"300b06092a864886f70d010101", &hsi_x509_algorithm_identifier},
        {"3013300f06072a8648ce3d020106"
         "032a030403"
         "0100",
         &hsi_x509_subject_public_key_info},
        {"301e170d3530303130323033303430355a170d3530303130323033303430355a", ANY},
        {"1e02d83d", ANY},
    };
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX];
        hsi_bytes der = hex(storage, rows[i].der);
        read_der d = {.status = HSI_NO_MEMORY};
        size_t failures = 0;
        for (size_t room = 0; d.status != HSI_OK; room += 16, failures++) {
            fill(&d.arena, room);
            hsi_memory_fail_after(0);
            read_bytes(&d, der, rows[i].type);
            hsi_memory_fail_after(SIZE_MAX);
            assert_true(d.status == HSI_OK || d.status == HSI_NO_MEMORY);
            hsi_arena_cleanup(&d.arena);
        }
        assert_in_range(failures, 20, 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_is_its_tag_its_length_and_its_value),
        cmocka_unit_test(what_an_element_means_is_said),
        cmocka_unit_test(what_is_not_der_is_trailing),
        cmocka_unit_test(what_lies_too_deep_is_one_leaf),
        cmocka_unit_test(of_too_many_elements_the_rest_is_one_leaf),
        cmocka_unit_test(a_certificate_cut_short_anywhere_still_tiles_and_says_so),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
