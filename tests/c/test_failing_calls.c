/* Tests csrc/live and csrc/crypto where GnuTLS fails: each call into it fails once, in two sessions' life, in the fold of what
 * came of it, and where certificates and private keys are read and made. Holds: no crash, a status that is no success (or
 * nothing that was needed failed), nobody is let in unverified, and after the end every block of ours is freed and was
 * wiped; GnuTLS's own blocks are LeakSanitizer's.
 * SPDX-License-Identifier: MIT */
#include "failing_calls.h"
#include "life.h"
#include "made.h"
#include "watched.h"

#include "crypto/private_key.h"
#include "crypto/x509.h"
#include "live/info.h"
#include "tap/tap.h"

enum { FILE_MAX = 4096 };

static const int codes[] = {GNUTLS_E_MEMORY_ERROR, GNUTLS_E_INTERNAL_ERROR};

/* What may fail; true: as a failure, or as a success in spite of one, it makes sense. */
typedef bool attempt(const void *context);

/* Every call that `what` makes fails once, with a code by turns that are not those of calls which come in pairs; `least`
 * calls there must be, or nothing was tried. */
static void fail_each_call(attempt *what, const void *context, size_t least)
{
    size_t before = watched.live, fails = 0;
    for (bool failed = true; failed; fails++) {
        watch_from(SIZE_MAX);
        fail_call(fails, codes[fails % 3 % HSI_COUNT(codes)]);
        bool sensible = what(context);
        failed = failing.name != NULL;
        if (!sensible) {
            fail_msg("call %zu, %s, fails with %d", fails, failed ? failing.name : "none", failing.code);
        }
        assert_int_equal(watched.live, before);
        assert_int_equal(watched.unwiped, 0);
    }
    assert_true(fails > least);
}

/* ---- a life ---- */

static bool is_sensible(const life *it, bool certified)
{
    bool failed = it->setting_up != HSI_OK || it->status[0] != HSI_OK || it->status[1] != HSI_OK;
    bool memory = it->setting_up == HSI_OK || failing.code != GNUTLS_E_MEMORY_ERROR || it->setting_up == HSI_NO_MEMORY;
    bool let_in = it->setting_up == HSI_OK && it->done[HSI_CLIENT] && certified && !life_was_trusted(it);
    return (failing.name == NULL ? life_was_good(it) : life_was_good(it) || failed) && memory && !let_in;
}

static bool live(const void *context)
{
    const plan *how = context;
    life it = life_of(how->priority, &how->lab);
    bool sensible = is_sensible(&it, how->certified);
    life_end(&it);
    return sensible;
}

static void any_call_may_fail_in_a_life(void **state)
{
    (void)state;
    const plan plans[] = {plan_of(TLS("1.2"), true), plan_of(TLS("1.3"), true),
                          plan_of(TLS("1.2") ":-KX-ALL:+ECDHE-PSK", false)};
    for (size_t i = 0; i < HSI_COUNT(plans); i++) {
        fail_each_call(live, &plans[i], 60);
    }
}

static void a_server_whose_certificate_is_not_there_is_not_trusted(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    fail_call(SIZE_MAX, 0);
    failing.peerless = true;
    life it = life_of(TLS("1.3"), &lab);
    failing.peerless = false;
    assert_int_equal(it.status[HSI_CLIENT], HSI_UNTRUSTED);
    life_end(&it);
}

/* ---- the fold ---- */

/* The journal is good: nothing in it may be called wrong because we could not compute. What GnuTLS says of a signature it
 * does not like has many codes, so that only those of its memory are ours. */
static bool is_right(hsi_tap *tap)
{
    size_t wrong = 0;
    for (size_t i = 0; i < hsi_tap_checks(tap)->count; i++) {
        wrong += ((const hsi_check *)hsi_tap_checks(tap)->items[i])->verdict == HSI_FAILED;
    }
    bool signature = failing.name != NULL && strncmp(failing.name, "gnutls_pubkey_verify", 20) == 0;
    return wrong == 0 || (signature && failing.code != GNUTLS_E_MEMORY_ERROR);
}

static bool fold(const void *context)
{
    const hsi_journal *journal = context;
    hsi_tap *tap = hsi_tap_new(journal);
    hsi_status status = tap == NULL ? HSI_NO_MEMORY : hsi_tap_advance(tap);
    if (status == HSI_OK) {
        status = hsi_tap_look(tap);
    }
    bool right = status != HSI_OK || is_right(tap);
    hsi_tap_drop(tap);
    bool memory = status == HSI_OK || failing.code != GNUTLS_E_MEMORY_ERROR || status == HSI_NO_MEMORY;
    bool known = status == HSI_OK || status == HSI_NO_MEMORY || status == HSI_CRYPTO;
    return known && memory && right && (failing.name != NULL || status == HSI_OK);
}

static void any_call_may_fail_in_a_fold(void **state)
{
    (void)state;
    static const char *const priorities[] = {TLS("1.2") ":-CIPHER-ALL:+AES-128-CBC", TLS("1.3"),
                                             TLS("1.0") ":-KX-ALL:+RSA"};
    for (size_t i = 0; i < HSI_COUNT(priorities); i++) {
        hsi_lab_certificate lab;
        assert_int_equal(hsi_lab_certificate_get(&lab, "RSA"), HSI_OK);
        fail_call(SIZE_MAX, 0);
        life it = life_of(priorities[i], &lab);
        assert_true(life_was_good(&it));
        hsi_entry key = {.kind = HSI_ENTRY_PRIVATE_KEY, .data = lab.key};
        assert_int_equal(hsi_trace_append(it.trace, &key), HSI_OK);
        hsi_trace_finish(it.trace);
        fail_each_call(fold, hsi_trace_journal(it.trace), 100);
        life_end(&it);
    }
}

/* ---- certificates and keys ---- */

static bool make_certificate(const void *context)
{
    hsi_lab_certificate lab;
    hsi_status status = hsi_lab_certificate_get(&lab, context);
    hsi_status expected = failing.code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_UNSUPPORTED;
    return status == (failing.name == NULL ? HSI_OK : expected);
}

/* Until one has been made; then it is kept. */
static void any_call_may_fail_where_a_lab_certificate_is_made(void **state)
{
    (void)state;
    static const char *const kinds[HSI_COUNT(codes)] = {"ECDSA", "Ed25519"};
    for (size_t c = 0; c < HSI_COUNT(codes); c++) {
        size_t fails = 0;
        do {
            fail_call(fails, codes[c]);
            assert_true(make_certificate(kinds[c]));
            fails++;
        } while (failing.name != NULL);
        assert_true(fails > 20);
    }
}

static bool make_chain(const void *context)
{
    (void)context;
    hsi_buffer out = HSI_BUFFER_EMPTY;
    hsi_status status = hsi_lab_chain(&out, "ECDSA", 3);
    if (status == HSI_OK) {
        status = hsi_lab_sign(&out, "ECDSA", hsi_bytes_text("signed"));
    }
    hsi_buffer_cleanup(&out);
    hsi_status expected = failing.code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_UNSUPPORTED;
    return status == (failing.name == NULL ? HSI_OK : expected);
}

static bool staple(const void *context)
{
    const hsi_lab_certificate *lab = context;
    hsi_config *config = hsi_config_new(HSI_SERVER);
    hsi_status status = config == NULL ? HSI_NO_MEMORY : hsi_config_certificate(config, lab->chain, lab->key, NULL);
    if (status == HSI_OK) {
        status = hsi_config_ocsp(config, hsi_bytes_text("no response"));
    }
    hsi_config_drop(config);
    return failing.name == NULL ? status == HSI_OK : status == HSI_CREDENTIALS || status == HSI_NO_MEMORY;
}

static void any_call_may_fail_where_chains_and_responses_are_made(void **state)
{
    (void)state;
    hsi_lab_certificate lab;
    assert_int_equal(hsi_lab_certificate_get(&lab, "ECDSA"), HSI_OK);
    fail_each_call(make_chain, NULL, 30);
    fail_each_call(staple, &lab, 4);
}

typedef struct key_file {
    uint8_t bytes[FILE_MAX];
    size_t length;
    const char *password;
} key_file;

static key_file read_key(const char *path, const char *password)
{
    key_file out = {.password = password};
    out.length = data_read(out.bytes, sizeof out.bytes, path).length;
    return out;
}

static bool read_private_key(const void *context)
{
    const key_file *file = context;
    hsi_private_key *key = NULL;
    hsi_status status = hsi_private_key_new(&key, hsi_bytes_of(file->bytes, file->length), file->password);
    hsi_private_key_free(status == HSI_OK ? key : NULL);
    bool memory = status == HSI_OK || failing.code != GNUTLS_E_MEMORY_ERROR || status == HSI_NO_MEMORY;
    return memory && (failing.name != NULL || status == HSI_OK);
}

static void any_call_may_fail_where_a_private_key_is_read(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"keys/rsa-pkcs8.pem", NULL}, {"keys/rsa-pkcs1.der", NULL}, {"keys/rsa.p12", "sesame"}};
    for (size_t i = 0; i < HSI_COUNT(files); i++) {
        key_file file = read_key(files[i][0], files[i][1]);
        fail_each_call(read_private_key, &file, 4);
    }
}

typedef struct der_file {
    uint8_t storage[MADE_MAX];
    hsi_bytes der;
    hsi_status (*print)(hsi_buffer *out, hsi_bytes der);
} der_file;

static bool print_der(const void *context)
{
    const der_file *file = context;
    hsi_buffer text = HSI_BUFFER_EMPTY;
    hsi_status status = file->print(&text, file->der);
    bool printed = hsi_buffer_length(&text) > 0;
    hsi_buffer_cleanup(&text);
    hsi_status expected = failing.code == GNUTLS_E_MEMORY_ERROR ? HSI_NO_MEMORY : HSI_ILLEGAL;
    return failing.name == NULL ? status == HSI_OK && printed : printed || status == expected || status == HSI_CRYPTO;
}

static bool read_facts(const void *context)
{
    const der_file *file = context;
    hsi_arena arena = HSI_ARENA_EMPTY;
    hsi_x509_facts facts;
    hsi_status status = hsi_x509_read(&facts, &arena, file->der);
    bool whole = status == HSI_OK && facts.name_count == 8 && facts.serial.length == 12 && facts.bits == 256;
    hsi_arena_cleanup(&arena);
    bool memory = failing.code != GNUTLS_E_MEMORY_ERROR || status == HSI_NO_MEMORY;
    return whole || (failing.name != NULL && status != HSI_OK && memory);
}

static void any_call_may_fail_where_a_certificate_is_read(void **state)
{
    (void)state;
    der_file certificate = {.print = hsi_x509_print}, response = {.print = hsi_ocsp_print};
    certificate.der = made_read(certificate.storage, "rich.der");
    response.der = made_read(response.storage, "good.ocsp");
    fail_each_call(read_facts, &certificate, 20);
    fail_each_call(print_der, &certificate, 2);
    fail_each_call(print_der, &response, 2);
}

static bool trust_the_system(const void *context)
{
    (void)context;
    size_t count;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    hsi_status status = config == NULL ? HSI_NO_MEMORY : hsi_config_trust_system(config, &count);
    hsi_config_drop(config);
    return status == HSI_OK || status == HSI_NO_MEMORY;
}

static bool list_a_suite(const void *context)
{
    (void)context;
    hsi_listed_suite suite;
    return hsi_info_suite(0, &suite) && (failing.name == NULL || !suite.allowed || suite.name != NULL);
}

static bool list_what_is_allowed(const void *context)
{
    (void)context;
    size_t position;
    hsi_config *config = hsi_config_new(HSI_CLIENT);
    hsi_status status = config == NULL ? HSI_NO_MEMORY : hsi_config_priority(config, "NORMAL", &position);
    bool both = status == HSI_OK && hsi_config_key_exchange(config, 0) != NULL &&
                hsi_config_signature(config, 0) != NULL && hsi_config_version(config, 0) != NULL;
    hsi_config_drop(config);
    return both == (failing.name == NULL);
}

static void any_call_may_fail_where_the_system_is_asked(void **state)
{
    (void)state;
    fail_each_call(trust_the_system, NULL, 3);
    fail_each_call(list_a_suite, NULL, 1);
    fail_each_call(list_what_is_allowed, NULL, 4);
}

/* What could not be computed is not made of what the stack held. */
static bool make_ssl3_blocks(const void *context)
{
    (void)context;
    enum { BLOCKS = 3, UNTOUCHED = 0x5a };
    const hsi_bytes seed[] = {hsi_bytes_text("seed one"), hsi_bytes_text("seed two")};
    uint8_t out[BLOCKS * 16], untouched[16];
    memset(out, UNTOUCHED, sizeof out);
    memset(untouched, UNTOUCHED, sizeof untouched);
    hsi_status status = hsi_ssl3_prf(out, sizeof out, hsi_bytes_text("secret"), seed, HSI_COUNT(seed));
    bool last_untouched = memcmp(out + sizeof out - sizeof untouched, untouched, sizeof untouched) == 0;
    return (status == HSI_OK) == (failing.name == NULL) && last_untouched == (status != HSI_OK);
}

static void any_call_may_fail_where_ssl3_makes_keys(void **state)
{
    (void)state;
    fail_each_call(make_ssl3_blocks, NULL, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_call_may_fail_where_a_lab_certificate_is_made), /* first: it is made once */
        cmocka_unit_test(any_call_may_fail_where_chains_and_responses_are_made),
        cmocka_unit_test(any_call_may_fail_in_a_life),
        cmocka_unit_test(a_server_whose_certificate_is_not_there_is_not_trusted),
        cmocka_unit_test(any_call_may_fail_in_a_fold),
        cmocka_unit_test(any_call_may_fail_where_a_private_key_is_read),
        cmocka_unit_test(any_call_may_fail_where_a_certificate_is_read),
        cmocka_unit_test(any_call_may_fail_where_the_system_is_asked),
        cmocka_unit_test(any_call_may_fail_where_ssl3_makes_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
