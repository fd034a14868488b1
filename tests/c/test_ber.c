/* Tests csrc/base/ber.c: lengths of every form, X.690 sections 8.1.3.4 and 8.1.3.5; a read that fails changes nothing.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "base/ber.h"

static const struct row {
    const char *digits;
    hsi_status status;
    size_t header, content; /* bytes */
} rows[] = {
    {"0400", HSI_OK, 2, 0},
    {"0403aabbcc", HSI_OK, 2, 3},
    {"0403aabbccdd", HSI_OK, 2, 3}, /* another element follows */
    {"048103aabbcc", HSI_OK, 3, 3}, /* longer than it need be: BER */
    {"04820003aabbcc", HSI_OK, 4, 3},
    {"048400000003aabbcc", HSI_OK, 6, 3},
    {"", HSI_TRUNCATED, 0, 0},
    {"04", HSI_TRUNCATED, 0, 0},
    {"0482", HSI_TRUNCATED, 0, 0},
    {"048200", HSI_TRUNCATED, 0, 0},
    {"0404aabbcc", HSI_TRUNCATED, 0, 0},
    {"0484ffffffffaa", HSI_TRUNCATED, 0, 0},
    {"0480aabb0000", HSI_ILLEGAL, 0, 0}, /* indefinite */
    {"04850000000001aa", HSI_ILLEGAL, 0, 0},
};

static void an_element_is_its_tag_its_length_and_what_that_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(rows); i++) {
        uint8_t storage[HEX_MAX], tag = 0xff;
        hsi_bytes bytes = hex(storage, rows[i].digits);
        hsi_cursor in = hsi_cursor_of(bytes), content = in;
        assert_int_equal(hsi_ber_element(&in, &tag, &content), rows[i].status);
        assert_int_equal(in.at - bytes.data, rows[i].header + rows[i].content);
        assert_int_equal(tag, rows[i].status == HSI_OK ? 0x04 : 0xff);
        if (rows[i].status == HSI_OK) {
            assert_ptr_equal(content.at, bytes.data + rows[i].header);
            assert_int_equal(hsi_cursor_left(&content), rows[i].content);
        }
    }
}

static void a_length_has_as_many_octets_as_it_may(void **state)
{
    (void)state;
    uint8_t storage[HEX_MAX];
    hsi_bytes bytes = hex(storage, "880000000000000003aabbcc");
    hsi_cursor in = hsi_cursor_of(bytes), content;
    assert_int_equal(hsi_ber_content(&in, 7, &content), HSI_ILLEGAL);
    assert_ptr_equal(in.at, bytes.data);
    assert_int_equal(hsi_ber_content(&in, 8, &content), HSI_OK);
    assert_int_equal(hsi_cursor_left(&content), 3);
    in = hsi_cursor_of(hex(storage, "88ffffffffffffffffaa"));
    assert_int_equal(hsi_ber_content(&in, 8, &content), HSI_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_is_its_tag_its_length_and_what_that_says),
        cmocka_unit_test(a_length_has_as_many_octets_as_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
