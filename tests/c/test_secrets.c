/* Secrets: labels, writers and order of what GnuTLS tells, the record keys it uses, and the key-log file.
 * SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* mkstemp */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pair.h"

static void tls13_key_log_labels_keep_their_names_and_say_who_writes(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint8_t sender;
    } expected[] = {
        {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", HSI_CLIENT},
        {"SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER},
        {"CLIENT_TRAFFIC_SECRET_0", HSI_CLIENT},
        {"SERVER_TRAFFIC_SECRET_0", HSI_SERVER},
        {"EXPORTER_SECRET", HSI_NOBODY},
    };
    pair it = pair_of(TLS("1.3"), "ECDSA");
    pair_run(&it);
    for (size_t i = 0; i < HSI_COUNT(expected); i++) {
        const hsi_entry *client = secret(&it, HSI_CLIENT, HSI_SOURCE_KEYLOG, expected[i].label);
        const hsi_entry *server = secret(&it, HSI_SERVER, HSI_SOURCE_KEYLOG, expected[i].label);
        assert_non_null(client);
        assert_non_null(server);
        assert_int_equal(client->sender, expected[i].sender);
        assert_true(hsi_bytes_equal(client->data, server->data));
        assert_true(hsi_bytes_equal(client->aux, hsi_bytes_of(record(&it, HSI_CLIENT, 22, 0).data + 11, 32)));
    }
    pair_end(&it);
}

static void before_tls13_the_client_random_line_is_the_master_secret(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.2"), "ECDSA");
    pair_run(&it);
    for (uint8_t side = 0; side < 2; side++) {
        const hsi_entry *master = secret(&it, side, HSI_SOURCE_KEYLOG, "master secret");
        assert_non_null(master);
        assert_int_equal(master->data.length, 48);
        assert_int_equal(master->sender, HSI_NOBODY);
        assert_null(secret(&it, side, HSI_SOURCE_GNUTLS, "master secret"));
    }
    pair_end(&it);
}

/* Every KEYS entry of one side and writer, in order, has its twin on the other side. */
static size_t keys(const pair *it, uint8_t side, uint8_t sender, hsi_bytes *out, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < journal_count(it); i++) {
        const hsi_entry *entry = journal_at(it, i);
        if (entry->kind == HSI_ENTRY_KEYS && entry->side == side && entry->sender == sender && count < room) {
            out[count++] = entry->data;
        }
    }
    return count;
}

static void both_sides_report_the_same_record_keys_once_per_epoch(void **state)
{
    (void)state;
    static const struct {
        const char *priority;
        size_t epochs, key, iv, mac;
    } cases[] = {
        {TLS("1.0") ":-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1", 1, 16, 16, 20},
        {TLS("1.2") ":-CIPHER-ALL:+AES-128-CBC:-MAC-ALL:+SHA1", 1, 16, 16, 20},
        {TLS("1.2") ":-CIPHER-ALL:+AES-256-GCM", 1, 32, 4, 0},
        {TLS("1.3") ":-CIPHER-ALL:+AES-128-GCM", 2, 16, 12, 0},
    };
    for (size_t i = 0; i < HSI_COUNT(cases); i++) {
        pair it = pair_of(cases[i].priority, "RSA");
        pair_run(&it);
        for (uint8_t sender = 0; sender < 2; sender++) {
            hsi_bytes client[4], server[4];
            assert_int_equal(keys(&it, HSI_CLIENT, sender, client, 4), cases[i].epochs);
            assert_int_equal(keys(&it, HSI_SERVER, sender, server, 4), cases[i].epochs);
            for (size_t j = 0; j < cases[i].epochs; j++) {
                assert_int_equal(client[j].length, cases[i].key);
                assert_true(hsi_bytes_equal(client[j], server[j]));
            }
        }
        for (size_t j = 0; j < journal_count(&it); j++) {
            if (journal_at(&it, j)->kind == HSI_ENTRY_KEYS) {
                assert_int_equal(journal_at(&it, j)->name.length, cases[i].iv);
                assert_int_equal(journal_at(&it, j)->aux.length, cases[i].mac);
            }
        }
        pair_end(&it);
    }
}

static void the_keys_of_tls13_belong_to_the_epochs_two_and_three_and_those_before_to_one(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2"), TLS("1.3")};
    for (uint64_t i = 0; i < HSI_COUNT(priorities); i++) {
        pair it = pair_of(priorities[i], "ECDSA");
        uint64_t next[2][2] = {{1 + i, 1 + i}, {1 + i, 1 + i}}; /* by side and writer */
        pair_run(&it);
        for (size_t j = 0; j < journal_count(&it); j++) {
            const hsi_entry *entry = journal_at(&it, j);
            if (entry->kind == HSI_ENTRY_KEYS) {
                assert_int_equal(entry->number, next[entry->side][entry->sender]++);
            }
        }
        assert_int_equal(next[HSI_CLIENT][HSI_SERVER], 2 + 2 * i);
        pair_end(&it);
    }
}

static size_t read_file(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(out, 1, room - 1, file);
    assert_int_equal(fclose(file), 0);
    out[length] = '\0';
    return length;
}

static void hex(char *out, hsi_bytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", bytes.data[i]);
    }
}

static void the_key_log_file_is_private_and_holds_the_master_secret_of_a_resumption_too(void **state)
{
    (void)state;
    char path[] = "/tmp/hsinspect-keylog-XXXXXX", text[4096], random[65], master[97], line[256];
    struct stat status;
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(unlink(path), 0);
    pair it = pair_of(TLS("1.2"), "ECDSA");
    assert_int_equal(hsi_config_keylog(it.configs[HSI_CLIENT], path), HSI_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    pair_run(&it);
    hsi_buffer ticket = HSI_BUFFER_EMPTY;
    assert_int_equal(hsi_session_resumption(it.sessions[HSI_CLIENT], &ticket), HSI_OK);
    pair_stop(&it);
    it.options[HSI_CLIENT].resumption = hsi_buffer_peek(&ticket);
    pair_run(&it);
    const hsi_entry *entry = secret(&it, HSI_CLIENT, HSI_SOURCE_GNUTLS, "master secret");
    assert_non_null(entry);
    hex(random, entry->aux);
    hex(master, entry->data);
    (void)snprintf(line, sizeof line, "CLIENT_RANDOM %s %s\n", random, master);
    size_t length = read_file(path, text, sizeof text);
    assert_int_equal(length, 2 * strlen(line)); /* the first handshake's line, and this */
    assert_string_equal(text + strlen(line), line);
    assert_int_equal(unlink(path), 0);
    pair_end(&it);
    hsi_buffer_cleanup(&ticket);
}

static void a_key_log_file_that_cannot_be_written_ends_the_handshake(void **state)
{
    (void)state;
    pair it = pair_of(TLS("1.3"), "ECDSA");
    assert_int_equal(hsi_config_keylog(it.configs[HSI_CLIENT], "/dev/full"), HSI_OK);
    pair_start(&it);
    pair_handshake(&it);
    assert_int_equal(it.handshakes[HSI_CLIENT], HSI_SYSTEM);
    assert_int_equal(hsi_session_failure(it.sessions[HSI_CLIENT])->code, 28); /* ENOSPC */
    assert_string_equal(hsi_session_failure(it.sessions[HSI_CLIENT])->text, "No space left on device");
    assert_int_equal(it.handshakes[HSI_SERVER], HSI_TLS);
    assert_int_equal(hsi_session_failure(it.sessions[HSI_SERVER])->alert, 80); /* internal_error */
    pair_end(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls13_key_log_labels_keep_their_names_and_say_who_writes),
        cmocka_unit_test(before_tls13_the_client_random_line_is_the_master_secret),
        cmocka_unit_test(both_sides_report_the_same_record_keys_once_per_epoch),
        cmocka_unit_test(the_keys_of_tls13_belong_to_the_epochs_two_and_three_and_those_before_to_one),
        cmocka_unit_test(the_key_log_file_is_private_and_holds_the_master_secret_of_a_resumption_too),
        cmocka_unit_test(a_key_log_file_that_cannot_be_written_ends_the_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
