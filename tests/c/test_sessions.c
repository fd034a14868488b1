/* Tests csrc/capture/sessions.c: a master secret is found under each name it was put under, and the newest ones stay.
 * SPDX-License-Identifier: MIT */
#include "capture/sessions.h"
#include "hex.h"

static hsi_bytes master_of(uint32_t number)
{
    static uint8_t master[HSI_MASTER];
    memset(master, (int)(number & 0xff), sizeof master);
    memcpy(master, &number, sizeof number);
    return hsi_bytes_of(master, sizeof master);
}

static hsi_bytes find(const hsi_sessions *cache, uint32_t name)
{
    hsi_bytes master;
    assert_int_equal(hsi_sessions_get(cache, hsi_bytes_of(&name, sizeof name), &master), HSI_OK);
    return master;
}

static void put(hsi_sessions *cache, uint32_t name, uint32_t number)
{
    assert_int_equal(hsi_sessions_put(cache, hsi_bytes_of(&name, sizeof name), master_of(number)), HSI_OK);
}

static void the_newest_master_secret_of_a_name_is_found(void **state)
{
    (void)state;
    hsi_sessions *cache = hsi_sessions_new();
    put(cache, 1, 10);
    put(cache, 2, 20);
    put(cache, 1, 11);
    assert_true(hsi_bytes_equal(find(cache, 1), master_of(11)));
    assert_true(hsi_bytes_equal(find(cache, 2), master_of(20)));
    assert_int_equal(find(cache, 3).length, 0);
    hsi_sessions_free(cache);
}

static void what_has_no_name_or_is_no_master_secret_is_not_kept(void **state)
{
    (void)state;
    hsi_bytes master;
    hsi_sessions *cache = hsi_sessions_new();
    assert_int_equal(hsi_sessions_put(cache, HSI_BYTES_EMPTY, master_of(1)), HSI_OK);
    assert_int_equal(hsi_sessions_put(cache, hsi_bytes_text("a"), hsi_bytes_text("short")), HSI_OK);
    assert_int_equal(hsi_sessions_get(cache, HSI_BYTES_EMPTY, &master), HSI_OK);
    assert_int_equal(master.length, 0);
    assert_int_equal(hsi_sessions_get(cache, hsi_bytes_text("a"), &master), HSI_OK);
    assert_int_equal(master.length, 0);
    hsi_sessions_free(cache);
}

static void of_many_sessions_the_newest_stay(void **state)
{
    (void)state;
    enum { MANY = 100000, SURE = 1000 };
    size_t found = 0;
    hsi_sessions *cache = hsi_sessions_new();
    for (uint32_t name = 0; name < MANY; name++) {
        put(cache, name, name);
    }
    for (uint32_t name = 0; name < MANY; name++) {
        hsi_bytes master = find(cache, name);
        found += master.length > 0;
        assert_true(master.length == 0 || hsi_bytes_equal(master, master_of(name)));
        assert_true(name < MANY - SURE || master.length > 0);
    }
    assert_in_range(found, SURE, 8192);
    hsi_sessions_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_master_secret_of_a_name_is_found),
        cmocka_unit_test(what_has_no_name_or_is_no_master_secret_is_not_kept),
        cmocka_unit_test(of_many_sessions_the_newest_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
