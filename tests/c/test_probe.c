/* The probe: it sees the calls of its own thread's target, while that listens, and nothing else.
 * SPDX-License-Identifier: MIT */
#include "pair.h"

typedef struct probe_watcher {
    hsi_probe_target target;
    size_t seen[HSI_SIGHT_COUNT];
    bool nested;
} probe_watcher;

static void watch(hsi_probe_target *target, hsi_probe_sight sight, hsi_bytes bytes)
{
    probe_watcher *looker = (probe_watcher *)(void *)target;
    HSI_UNUSED(bytes);
    looker->seen[sight]++;
    hsi_probe_target *inside = hsi_probe_enter(NULL); /* NULL: nothing that we compute now is seen */
    looker->nested |= inside != NULL;
    (void)hsi_probe_enter(inside);
}

static probe_watcher listening(void)
{
    return (probe_watcher){.target = {.seen = watch, .listening = true}};
}

static void what_is_told_reaches_the_target_that_was_entered_and_only_while_it_listens(void **state)
{
    (void)state;
    probe_watcher outer = listening(), inner = listening();
    uint8_t byte = 7;
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(&byte, 1)); /* to nobody */
    assert_null(hsi_probe_enter(&outer.target));
    assert_ptr_equal(hsi_probe_enter(&inner.target), &outer.target);
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(&byte, 1));
    inner.target.listening = false;
    hsi_probe_tell(HSI_SIGHT_PRF_KEY, hsi_bytes_of(&byte, 1));
    assert_ptr_equal(hsi_probe_enter(&outer.target), &inner.target);
    hsi_probe_tell(HSI_SIGHT_LOG_PREMASTER, HSI_BYTES_EMPTY);
    assert_ptr_equal(hsi_probe_enter(NULL), &outer.target);
    assert_int_equal(inner.seen[HSI_SIGHT_PRF_KEY], 1);
    assert_int_equal(outer.seen[HSI_SIGHT_PRF_KEY], 0);
    assert_int_equal(outer.seen[HSI_SIGHT_LOG_PREMASTER], 1);
    assert_false(inner.nested || outer.nested);
}

/* gnutls_hkdf_extract runs through a slot of the probe: the wrapper must call on and change nothing. RFC 5869 A.1. */
static void an_extraction_gives_the_published_result_with_or_without_the_probe(void **state)
{
    (void)state;
    static const uint8_t expected[32] = {0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f,
                                         0x0d, 0xc4, 0x7b, 0xba, 0x63, 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f,
                                         0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a, 0xd7, 0xc2, 0xb3, 0xe5};
    uint8_t input[22], salt[13], output[32];
    memset(input, 0x0b, sizeof input);
    for (uint8_t i = 0; i < sizeof salt; i++) {
        salt[i] = i;
    }
    gnutls_datum_t key = {input, sizeof input}, with = {salt, sizeof salt};
    probe_watcher looker = listening();
    hsi_probe_install();
    (void)hsi_probe_enter(&looker.target);
    assert_int_equal(gnutls_hkdf_extract(GNUTLS_MAC_SHA256, &key, &with, output), 0);
    (void)hsi_probe_enter(NULL);
    assert_memory_equal(output, expected, sizeof output);
    assert_int_equal(looker.seen[HSI_SIGHT_EXTRACT_INPUT], hsi_probe_reason() == NULL);
    assert_int_equal(looker.seen[HSI_SIGHT_EXTRACT_OUTPUT], hsi_probe_reason() == NULL);
}

static void installing_twice_changes_nothing(void **state)
{
    (void)state;
    hsi_probe_install();
    const char *reason = hsi_probe_reason();
    hsi_probe_install();
    assert_ptr_equal(hsi_probe_reason(), reason);
    if (reason != NULL) {
        assert_string_equal(reason, "HSINSPECT_NO_PROBE is set");
    }
    uint8_t digest[32];
    assert_int_equal(gnutls_hmac_fast(GNUTLS_MAC_SHA256, "", 0, "", 0, digest), 0); /* no endless recursion */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_reaches_the_target_that_was_entered_and_only_while_it_listens),
        cmocka_unit_test(an_extraction_gives_the_published_result_with_or_without_the_probe),
        cmocka_unit_test(installing_twice_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
