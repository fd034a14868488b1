/* What a field of a dissected message should say, for tables of expectations.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_EXPECT_H
#define HSI_TESTS_EXPECT_H

#include "hex.h"
#include "tap/field.h"

typedef struct expected_field {
    const char *path;
    uint64_t number;     /* of an integer */
    const char *content; /* of bytes, in hex; NULL: it is an integer, or a struct */
    const char *meaning;
} expected_field;

static inline void expect_field(const hsi_field *root, const expected_field *expected)
{
    uint8_t storage[HEX_MAX];
    const hsi_field *field = hsi_field_find(root, expected->path);
    if (field == NULL) {
        fail_msg("there is no %s", expected->path);
        return;
    }
    assert_int_equal(field->number, expected->number);
    hsi_bytes content = hex(storage, expected->content == NULL ? "" : expected->content);
    assert_int_equal(field->content.length, content.length);
    assert_true(hsi_bytes_equal(field->content, content));
    if (expected->meaning == NULL) {
        assert_null(field->meaning);
    } else {
        assert_non_null(field->meaning);
        assert_string_equal(field->meaning, expected->meaning);
    }
}

#endif
