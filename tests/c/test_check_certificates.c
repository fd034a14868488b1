/* Tests csrc/tap/check_certificates.c and certified.c: the verdicts on the chain and the OCSP responses of
 * tests/data/certificates, whole, altered, and where memory runs out. More of them: tests/py/test_certificate_checks.py.
 * SPDX-License-Identifier: MIT */
#include "base/buffer.h"
#include "base/memory.h"
#include "connection.h"
#include "made.h"

enum { SERVER_CERTIFICATE = 11, CERTIFICATE_STATUS = 22, ALTERED = 90 };

/* Appends a plain record with a message: type, 24 bits of length, `prefix`, 24 bits of length, `parts`, each in a vector of
 * 24 bits if it is a list. */
static void append_message(hsi_buffer *out, uint8_t type, const hsi_bytes *parts, size_t count)
{
    bool list = type == SERVER_CERTIFICATE;
    size_t inner = 0;
    for (size_t i = 0; i < count; i++) {
        inner += parts[i].length + (list ? 3 : 0);
    }
    size_t body = 3 + inner + (list ? 0 : 1);
    assert_int_equal(hsi_buffer_append_uint(out, 3, 0x160303), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(out, 2, 4 + body), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(out, 1, type), HSI_OK);
    assert_int_equal(hsi_buffer_append_uint(out, 3, body), HSI_OK);
    if (!list) {
        assert_int_equal(hsi_buffer_append_uint(out, 1, 1), HSI_OK); /* ocsp */
    }
    assert_int_equal(hsi_buffer_append_uint(out, 3, inner), HSI_OK);
    for (size_t i = 0; i < count; i++) {
        if (list) {
            assert_int_equal(hsi_buffer_append_uint(out, 3, parts[i].length), HSI_OK);
        }
        assert_int_equal(hsi_buffer_append(out, parts[i]), HSI_OK);
    }
}

typedef struct wire {
    uint8_t rich[MADE_MAX], authority[MADE_MAX], response[MADE_MAX];
    hsi_bytes chain[2], stapled;
} wire;

static void read_wire(wire *w, const char *response)
{
    w->chain[0] = made_read(w->rich, "rich.der");
    w->chain[1] = made_read(w->authority, "authority.der");
    w->stapled = made_read(w->response, response);
}

static hsi_status fold(hsi_tap **out, hsi_journal *journal, hsi_bytes records)
{
    *out = hsi_tap_new(journal);
    HSI_TRY(*out == NULL ? HSI_NO_MEMORY : hsi_journal_wire(journal, HSI_SERVER, records));
    hsi_journal_finish(journal);
    HSI_TRY(hsi_tap_advance(*out));
    return hsi_tap_look(*out);
}

/* The verdict on what is of that name; -1: there is no such check. */
static int verdict_on(hsi_tap *tap, const char *name)
{
    const hsi_check *check = find_check(tap, name);
    if (check == NULL) {
        return -1;
    }
    expect_verdict(tap, name, check->verdict); /* it says why, and what was computed */
    assert_int_equal(check->kind, HSI_COMPUTED);
    return (int)check->verdict;
}

static void expect(const wire *w, size_t certificates, const int verdicts[4])
{
    static const char *const names[] = {"certificate_signature[0].server", "certificate_signature[1].server",
                                        "ocsp_signature[0].server", "ocsp_cert_id[0].server"};
    hsi_buffer records = HSI_BUFFER_EMPTY;
    append_message(&records, SERVER_CERTIFICATE, w->chain, certificates);
    append_message(&records, CERTIFICATE_STATUS, &w->stapled, 1);
    hsi_journal *journal = hsi_journal_new();
    hsi_tap *tap;
    assert_int_equal(fold(&tap, journal, hsi_buffer_peek(&records)), HSI_OK);
    for (size_t i = 0; i < HSI_COUNT(names); i++) {
        assert_int_equal(verdict_on(tap, names[i]), verdicts[i]);
    }
    hsi_tap_drop(tap);
    hsi_journal_free(journal);
    hsi_buffer_cleanup(&records);
}

static void what_is_signed_as_it_should_be_passes(void **state)
{
    (void)state;
    static const char *const responses[] = {"good.ocsp", "delegated.ocsp"};
    for (size_t i = 0; i < HSI_COUNT(responses); i++) {
        wire w;
        read_wire(&w, responses[i]);
        expect(&w, 2, (const int[]){HSI_PASSED, HSI_PASSED, HSI_PASSED, HSI_PASSED});
    }
}

static void what_was_altered_fails(void **state)
{
    (void)state;
    wire w;
    read_wire(&w, "good.ocsp");
    w.rich[ALTERED] ^= 1; /* in its issuer's name, so that nobody is its issuer; the response is about another one's */
    expect(&w, 2, (const int[]){-1, HSI_PASSED, HSI_NOT_CHECKABLE, HSI_FAILED});
    read_wire(&w, "good.ocsp");
    w.rich[w.chain[0].length - 1] ^= 1; /* in its signature */
    expect(&w, 2, (const int[]){HSI_FAILED, HSI_PASSED, HSI_PASSED, HSI_PASSED});
    read_wire(&w, "good.ocsp");
    w.response[w.stapled.length - 1] ^= 1;
    expect(&w, 2, (const int[]){HSI_PASSED, HSI_PASSED, HSI_FAILED, HSI_PASSED});
    read_wire(&w, "good.ocsp");
    w.authority[w.chain[1].length - 1] ^= 1; /* its own signature: its key is what it was */
    expect(&w, 2, (const int[]){HSI_PASSED, HSI_FAILED, HSI_PASSED, HSI_PASSED});
}

static void what_was_not_sent_is_not_judged(void **state)
{
    (void)state;
    wire w;
    read_wire(&w, "good.ocsp");
    expect(&w, 1, (const int[]){-1, -1, HSI_NOT_CHECKABLE, HSI_PASSED});
    w.stapled = hsi_bytes_of("\x30\x03\x0a\x01\x03", 5); /* tryLater */
    expect(&w, 2, (const int[]){HSI_PASSED, HSI_PASSED, -1, -1});
    w.stapled = hsi_bytes_of("no DER", 6);
    w.chain[0] = w.stapled;
    expect(&w, 2, (const int[]){-1, HSI_PASSED, -1, -1});
}

/* Each allocation fails once, from the journal to the last verdict. */
static void without_memory_there_is_no_verdict_and_nothing_leaks(void **state)
{
    (void)state;
    wire w;
    hsi_buffer records = HSI_BUFFER_EMPTY;
    read_wire(&w, "delegated.ocsp");
    append_message(&records, SERVER_CERTIFICATE, w.chain, 2);
    append_message(&records, CERTIFICATE_STATUS, &w.stapled, 1);
    hsi_status status = HSI_NO_MEMORY;
    size_t failures = 0;
    for (; status == HSI_NO_MEMORY; failures++) {
        hsi_tap *tap = NULL;
        hsi_memory_fail_after(failures);
        hsi_journal *journal = hsi_journal_new();
        status = journal == NULL ? HSI_NO_MEMORY : fold(&tap, journal, hsi_buffer_peek(&records));
        hsi_memory_fail_after(SIZE_MAX);
        hsi_tap_drop(tap);
        hsi_journal_free(journal);
    }
    assert_int_equal(status, HSI_OK);
    assert_in_range(failures, 20, 200);
    hsi_buffer_cleanup(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_as_it_should_be_passes),
        cmocka_unit_test(what_was_altered_fails),
        cmocka_unit_test(what_was_not_sent_is_not_judged),
        cmocka_unit_test(without_memory_there_is_no_verdict_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
