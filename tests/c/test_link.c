/* Tests csrc/capture/link.c: where IP begins behind each link layer. tests/py/test_capture_files.py has whole captures.
 * SPDX-License-Identifier: MIT */
#include "hex.h"

#include "capture/link.h"

#define MACS "000000000000000000000000"

typedef struct stripped {
    uint16_t link_type;
    const char *digits;
    hsi_status status;
    size_t left; /* behind it */
} stripped;

static const stripped cases[] = {
    {0, "0200000045", HSI_OK, 1},
    {0, "0000001e60", HSI_OK, 1}, /* of a machine with the other byte order */
    {0, "0700000045", HSI_ILLEGAL, 0},
    {0, "020000", HSI_TRUNCATED, 0},
    {1, MACS "080045", HSI_OK, 1},
    {1, MACS "86dd60", HSI_OK, 1},
    {1, MACS "080645", HSI_ILLEGAL, 0}, /* ARP */
    {1, MACS "810000078100000708004500", HSI_OK, 2},
    {1, MACS "88a8000792000007910000070800", HSI_OK, 0},
    {1, MACS "8100000781", HSI_TRUNCATED, 0},
    {1, MACS "8864110000010002002145", HSI_OK, 1},
    {1, MACS "88641100000100025745", HSI_OK, 1}, /* the protocol in one byte */
    {1, MACS "88641100000100040000c021", HSI_ILLEGAL, 4}, /* LCP */
    {1, "0000", HSI_TRUNCATED, 0},
    {9, "ff03002145", HSI_OK, 1},
    {9, "ff032145", HSI_OK, 1},
    {9, "005760", HSI_OK, 1},
    {9, "2145", HSI_OK, 1},
    {50, "ff03c02145", HSI_ILLEGAL, 0},
    {50, "ff03", HSI_TRUNCATED, 0},
    {9, "21", HSI_TRUNCATED, 0},
    {101, "45", HSI_OK, 1},
    {101, "", HSI_TRUNCATED, 0},
    {108, "0000001860", HSI_OK, 1},
    {113, "0000000100060000000000000000080045", HSI_OK, 1},
    {113, "00000001000600000000000000008100000786dd60", HSI_OK, 1},
    {113, "00000001000600000000000000000806", HSI_ILLEGAL, 0},
    {276, "080000000000000100010006000000000000000045", HSI_OK, 1},
    {276,
     "810000000000000100010006000000000000000000070800"
     "45",
     HSI_OK, 1},
    {276,
     "08060000000000010001000600000000000000"
     "00",
     HSI_ILLEGAL, 0},
    {276, "0800000000000001", HSI_TRUNCATED, 0},
    {147, "45", HSI_ILLEGAL, 0},
};

static void ip_begins_behind_each_link_layer(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(cases); i++) {
        uint8_t storage[HEX_MAX];
        hsi_cursor in = hsi_cursor_of(hex(storage, cases[i].digits));
        hsi_status status = hsi_link_strip(cases[i].link_type, &in);
        if (status != cases[i].status || (status == HSI_OK && hsi_cursor_left(&in) != cases[i].left)) {
            fail_msg("%d %s: %s, %zu left", cases[i].link_type, cases[i].digits, hsi_status_name(status),
                     hsi_cursor_left(&in));
        }
    }
}

static void what_has_no_row_is_not_known(void **state)
{
    (void)state;
    const uint16_t known[] = {0, 1, 9, 12, 14, 50, 101, 108, 113, 228, 229, 276};
    size_t next = 0;
    for (unsigned type = 0; type <= UINT16_MAX; type++) {
        bool expected = next < HSI_COUNT(known) && known[next] == type;
        assert_int_equal(hsi_link_known((uint16_t)type), expected);
        next += expected;
    }
    assert_int_equal(next, HSI_COUNT(known));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_begins_behind_each_link_layer),
        cmocka_unit_test(what_has_no_row_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
