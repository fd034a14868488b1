/* Tests csrc/capture/reader.c and keyring.c: published captures in pieces of any size, with and without their keys, and where memory
 * runs out.
 * SPDX-License-Identifier: MIT */
#include "capture/reader.h"

#include "base/memory.h"
#include "connection.h"

enum { FILE_MOST = 8192 };

static const struct {
    const char *capture, *keylog;
    size_t messages; /* read with the keys */
} published_captures[] = {
    {"rfc8448/1rtt.pcap", "rfc8448/1rtt.keys", 8},
    {"rfc8448/hrr.pcap", "rfc8448/hrr.keys", 9},
    {"rfc8448/client-auth.pcap", "rfc8448/client-auth.keys", 10},
    {"illustrated-tls12/capture.pcap", "illustrated-tls12/keylog.txt", 8},
    {"illustrated-tls13/capture.pcap", "illustrated-tls13/keylog.txt", 9},
};

typedef struct file_bytes {
    uint8_t storage[FILE_MOST];
    hsi_bytes bytes;
} file_bytes;

static void load(file_bytes *file, const char *name)
{
    file->bytes = data_read(file->storage, sizeof file->storage, name);
}

static hsi_status feed(hsi_reader *reader, hsi_bytes bytes, size_t size)
{
    for (size_t at = 0; at < bytes.length; at += size) {
        size_t length = bytes.length - at < size ? bytes.length - at : size;
        HSI_TRY(hsi_reader_feed(reader, hsi_bytes_slice(bytes, at, length)));
    }
    return hsi_reader_finish(reader);
}

static hsi_trace *read_one(hsi_reader *reader, const file_bytes *capture, size_t size)
{
    assert_int_equal(feed(reader, capture->bytes, size), HSI_OK);
    assert_int_equal(hsi_reader_waiting(reader), 1);
    hsi_trace *trace = hsi_reader_take(reader);
    assert_non_null(trace);
    assert_null(hsi_reader_take(reader));
    assert_int_equal(hsi_trace_fold(trace), HSI_OK);
    return trace;
}

static void captures_are_read_with_their_keys_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 7, 1000, FILE_MOST};
    file_bytes capture, keylog;
    for (size_t i = 0; i < HSI_COUNT(published_captures); i++) {
        load(&capture, published_captures[i].capture);
        load(&keylog, published_captures[i].keylog);
        for (size_t k = 0; k < HSI_COUNT(sizes); k++) {
            hsi_reader *reader = hsi_reader_new();
            size_t lines;
            assert_int_equal(hsi_keyring_lines(hsi_reader_keyring(reader), keylog.bytes, &lines), HSI_OK);
            hsi_trace *trace = read_one(reader, &capture, sizes[k]);
            assert_int_equal(hsi_tap_messages(hsi_trace_tap(trace))->count, published_captures[i].messages);
            assert_int_equal(hsi_reader_counted(reader).connections, 1);
            hsi_trace_drop(trace);
            hsi_reader_free(reader);
        }
    }
}

static void the_same_capture_gives_the_same_journal(void **state)
{
    (void)state;
    file_bytes capture, keylog;
    hsi_trace *traces[2];
    load(&capture, published_captures[0].capture);
    load(&keylog, published_captures[0].keylog);
    for (size_t i = 0; i < 2; i++) {
        hsi_reader *reader = hsi_reader_new();
        size_t lines;
        assert_int_equal(hsi_keyring_lines(hsi_reader_keyring(reader), keylog.bytes, &lines), HSI_OK);
        traces[i] = read_one(reader, &capture, i == 0 ? 3 : FILE_MOST);
        hsi_reader_free(reader);
    }
    assert_true(hsi_journal_equal(hsi_trace_journal(traces[0]), hsi_trace_journal(traces[1])));
    hsi_trace_drop(traces[0]);
    hsi_trace_drop(traces[1]);
}

static void traces_that_nobody_takes_are_freed(void **state)
{
    (void)state;
    file_bytes capture;
    load(&capture, published_captures[0].capture);
    hsi_reader *reader = hsi_reader_new();
    assert_int_equal(feed(reader, capture.bytes, FILE_MOST), HSI_OK);
    hsi_reader_free(reader);
    reader = hsi_reader_new(); /* nor those of connections that are open */
    assert_int_equal(hsi_reader_feed(reader, hsi_bytes_slice(capture.bytes, 0, capture.bytes.length / 2)), HSI_OK);
    hsi_memory_fail_after(0);
    hsi_reader_free(reader); /* which serves none: that takes memory, and this asks for none */
    void *denied = hsi_memory_new(1);
    hsi_memory_fail_after(SIZE_MAX);
    assert_null(denied);
}

static void what_is_no_capture_is_refused(void **state)
{
    (void)state;
    hsi_reader *reader = hsi_reader_new();
    assert_int_equal(hsi_reader_feed(reader, hsi_bytes_text("# hsinspect\n\nTLS handshakes")), HSI_FORMAT);
    assert_int_equal(hsi_reader_waiting(reader), 0);
    hsi_reader_free(reader);
}

/* ---- memory ---- */

static hsi_status read_all(hsi_reader *reader, const file_bytes *capture, const file_bytes *keylog)
{
    size_t lines;
    HSI_TRY(hsi_keyring_lines(hsi_reader_keyring(reader), keylog->bytes, &lines));
    HSI_TRY(hsi_keyring_psk(hsi_reader_keyring(reader), true, HSI_BYTES_EMPTY, hsi_bytes_text("key")));
    return feed(reader, capture->bytes, 1000);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    file_bytes capture, keylog;
    for (size_t i = 0; i < HSI_COUNT(published_captures); i++) {
        size_t failed = 0;
        load(&capture, published_captures[i].capture);
        load(&keylog, published_captures[i].keylog);
        for (hsi_status status = HSI_NO_MEMORY; status != HSI_OK; failed++) {
            hsi_memory_fail_after(failed);
            hsi_reader *reader = hsi_reader_new();
            status = reader == NULL ? HSI_NO_MEMORY : read_all(reader, &capture, &keylog);
            hsi_memory_fail_after(SIZE_MAX);
            assert_true(status == HSI_OK || status == HSI_NO_MEMORY);
            hsi_reader_free(reader);
        }
        assert_true(failed > 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_are_read_with_their_keys_in_pieces_of_any_size),
        cmocka_unit_test(the_same_capture_gives_the_same_journal),
        cmocka_unit_test(traces_that_nobody_takes_are_freed),
        cmocka_unit_test(what_is_no_capture_is_refused),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
