/* Tests csrc/proto/suite.c: against names read from the RFCs, and against the installed GnuTLS: what it says of every
 * suite it lists, and the PRF of real handshakes, which is the only place where it tells.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/bytes.h"
#include "proto/registries.h"
#include "proto/suite.h"

static void assert_same_text(const char *ours, const char *theirs)
{
    if (theirs == NULL) {
        assert_null(ours);
    } else {
        assert_non_null(ours);
        assert_string_equal(ours, theirs);
    }
}

/* ---- names read from the RFCs ---- */

static const hsi_suite from_rfcs[] = {
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", "RSA", "AES-128-CBC", "SHA1", "SHA256", false},
    {0x0004, "TLS_RSA_WITH_RC4_128_MD5", "RSA", "ARCFOUR-128", "MD5", "SHA256", false},
    {0x003b, "TLS_RSA_WITH_NULL_SHA256", "RSA", "NULL", "SHA256", "SHA256", false},
    {0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-RSA", "3DES-CBC", "SHA1", "SHA256", false},
    {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA", "AES-256-CBC", "SHA384", "SHA384", false},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA", "AES-128-GCM", "AEAD", "SHA256", false},
    {0x00a3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", "DHE-DSS", "AES-256-GCM", "AEAD", "SHA384", false},
    {0x00b5, "TLS_DHE_PSK_WITH_NULL_SHA384", "DHE-PSK", "NULL", "SHA384", "SHA384", false},
    {0xc09c, "TLS_RSA_WITH_AES_128_CCM", "RSA", "AES-128-CCM", "AEAD", "SHA256", false},
    {0xc0aa, "TLS_PSK_DHE_WITH_AES_128_CCM_8", "DHE-PSK", "AES-128-CCM-8", "AEAD", "SHA256", false},
    {0xd003, "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256", "ECDHE-PSK", "AES-128-CCM-8", "AEAD", "SHA256", false},
    {0xc0b3, "TLS_ECCPWD_WITH_AES_256_CCM_SHA384", "ECCPWD", "AES-256-CCM", "AEAD", "SHA384", false},
    {0xccab, "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", "PSK", "CHACHA20-POLY1305", "AEAD", "SHA256", false},
    {0xc086, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256", "ECDHE-ECDSA", "CAMELLIA-128-GCM", "AEAD", "SHA256",
     false},
    {0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256", "ANON-DH", "AES-128-CBC", "SHA256", "SHA256", false},
    {0xc015, "TLS_ECDH_anon_WITH_NULL_SHA", "ANON-ECDH", "NULL", "SHA1", "SHA256", false},
    {0xc01e, "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA", "SRP-RSA", "AES-128-CBC", "SHA1", "SHA256", false},
    {0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "RSA-EXPORT", "DES-40-CBC", "SHA1", "SHA256", false},
    {0x002a, "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5", "KRB5-EXPORT", "RC2-40", "MD5", "SHA256", false},
    {0x0000, "TLS_NULL_WITH_NULL_NULL", "NULL", "NULL", "NULL", "SHA256", false},
    {0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT", "VKO-GOST-12", "GOST28147-TC26Z-CNT", "GOST28147-TC26Z-IMIT",
     "STREEBOG-256", false},
    {0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "VKO-GOST-12", "KUZNYECHIK-CTR-ACPKM", "OMAC-KUZNYECHIK",
     "STREEBOG-256", false},
    {0xc103, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L", NULL, "KUZNYECHIK-MGM-L", "AEAD", "STREEBOG-256", true},
    {0x1302, "TLS_AES_256_GCM_SHA384", NULL, "AES-256-GCM", "AEAD", "SHA384", true},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256", NULL, "CHACHA20-POLY1305", "AEAD", "SHA256", true},
    {0x1305, "TLS_AES_128_CCM_8_SHA256", NULL, "AES-128-CCM-8", "AEAD", "SHA256", true},
    {0x1306, "TLS_AEGIS_256_SHA512", NULL, "AEGIS-256", "AEAD", "SHA512", true},
    {0xc0b4, "TLS_SHA256_SHA256", NULL, "NULL", "SHA256", "SHA256", true},
    {0x00c6, "TLS_SM4_GCM_SM3", NULL, "SM4-GCM", "AEAD", "SM3", true},
};

static void suites_are_what_their_rfcs_make_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < HSI_COUNT(from_rfcs); i++) {
        const hsi_suite *expected = &from_rfcs[i];
        hsi_suite suite;
        assert_true(hsi_suite_find(&suite, expected->id));
        assert_int_equal(suite.id, expected->id);
        assert_string_equal(suite.name, expected->name);
        assert_same_text(suite.key_exchange, expected->key_exchange);
        assert_string_equal(suite.cipher, expected->cipher);
        assert_string_equal(suite.mac, expected->mac);
        assert_string_equal(suite.prf, expected->prf);
        assert_int_equal(suite.tls13, expected->tls13);
    }
}

static void every_registered_name_but_scsvs_and_grease_is_a_suite(void **state)
{
    (void)state;
    uint16_t id;
    const char *name;
    for (size_t i = 0; (name = hsi_cipher_suites(i, &id)) != NULL; i++) {
        hsi_suite suite;
        bool is_grease = strncmp(name, "GREASE_", 7) == 0;
        bool is_scsv = id == 0x00ff || id == 0x5600; /* RFC 5746 section 3.3, RFC 7507 section 4 */
        assert_int_equal(hsi_suite_find(&suite, id), !is_grease && !is_scsv);
    }
}

static void names_that_are_none_of_a_suite_change_nothing(void **state)
{
    (void)state;
    const char *const wrong[] = {
        "",
        "TLS",
        "TLS_",
        "TLS_FALLBACK_SCSV",
        "GREASE_0x0A0A",
        "SSL_RSA_WITH_RC4_128_MD5", /* not as IANA writes it */
        "TLS__WITH_AES_128_CBC_SHA", /* no key exchange */
        "TLS_RSA_WITH_", /* no cipher */
        "TLS_RSA_WITH_AES_128_CBC", /* CBC without a MAC */
        "TLS_RSA_WITH_AES_128_CBC_", /* an empty hash */
        "TLS_RSA_WITH_AES_128_CBC_SHA1", /* IANA's SHA1 is SHA */
        "TLS_RSA_WITH_AES_128_CBC_SHA_SHA", /* something after the hash */
        "TLS_RSA_WITH_AES_128_CCM_9", /* begins like CCM */
        "TLS_RSA_WITH_SHA256_SHA256", /* integrity-only is TLS 1.3 */
        "TLS_AES_128_CBC_SHA", /* TLS 1.3 has no CBC */
        "TLS_AES_128_GCM", /* and names its hash */
        "TLS_RSA_WITH_RSA_WITH_AES_128_CBC_SHA", /* twice */
    };
    for (size_t i = 0; i < HSI_COUNT(wrong); i++) {
        hsi_suite suite = {.id = 0x4242};
        assert_false(hsi_suite_parse(&suite, 1, wrong[i]));
        assert_int_equal(suite.id, 0x4242);
        assert_null(suite.name);
    }
}

/* ---- what GnuTLS says of the suites it lists ---- */

/* find_as_gnutls sets `suite` to the index-th suite of GnuTLS as we derive it and asserts that GnuTLS agrees. False:
 * there is no such index. */
static bool find_as_gnutls(hsi_suite *suite, size_t index)
{
    unsigned char id[2];
    gnutls_kx_algorithm_t kx;
    gnutls_cipher_algorithm_t cipher;
    gnutls_mac_algorithm_t mac;
    gnutls_protocol_t version;
    if (gnutls_cipher_suite_info(index, id, &kx, &cipher, &mac, &version) == NULL) {
        return false;
    }
    assert_true(hsi_suite_find(suite, (uint16_t)(id[0] << 8 | id[1])));
    assert_same_text(suite->key_exchange, gnutls_kx_get_name(kx));
    assert_same_text(suite->cipher, gnutls_cipher_get_name(cipher));
    assert_same_text(suite->mac, gnutls_mac_get_name(mac));
    assert_int_equal(suite->tls13, version == GNUTLS_TLS1_3);
    return true;
}

static void every_suite_that_gnutls_lists_is_as_gnutls_says(void **state)
{
    (void)state;
    size_t count = 0;
    for (hsi_suite suite; find_as_gnutls(&suite, count);) {
        count++;
    }
    print_message("GnuTLS %s lists %zu suites\n", gnutls_check_version(NULL), count);
    assert_true(count > 100);
}

/* ---- the PRF of real handshakes ---- */

typedef struct peers {
    gnutls_certificate_credentials_t certificate; /* of both sides; the client verifies nothing */
    gnutls_psk_server_credentials_t psk_server;
    gnutls_psk_client_credentials_t psk_client;
    gnutls_anon_server_credentials_t anon_server;
    gnutls_anon_client_credentials_t anon_client;
} peers;

static unsigned char psk_bytes[] = "sixteen byte key";

static int find_psk(gnutls_session_t session, const char *username, gnutls_datum_t *key)
{
    HSI_UNUSED(session);
    HSI_UNUSED(username);
    key->size = sizeof psk_bytes;
    key->data = gnutls_malloc(key->size);
    memcpy(key->data, psk_bytes, key->size);
    return 0;
}

static void add_certificate(peers *both, gnutls_pk_algorithm_t algorithm, unsigned int bits)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    time_t now = time(NULL);
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(key, algorithm, bits, 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
    assert_int_equal(gnutls_x509_crt_set_version(certificate, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(certificate, "\x01", 1), 0);
    assert_int_equal(gnutls_x509_crt_set_activation_time(certificate, now - 3600), 0);
    assert_int_equal(gnutls_x509_crt_set_expiration_time(certificate, now + 3600), 0);
    assert_int_equal(gnutls_x509_crt_set_key(certificate, key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_certificate_set_x509_key(both->certificate, &certificate, 1, key), 0);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
}

static void peers_init(peers *both)
{
    const gnutls_datum_t psk = {psk_bytes, sizeof psk_bytes};
    assert_int_equal(gnutls_certificate_allocate_credentials(&both->certificate), 0);
    assert_int_equal(gnutls_certificate_set_known_dh_params(both->certificate, GNUTLS_SEC_PARAM_MEDIUM), 0);
    add_certificate(both, GNUTLS_PK_RSA, 2048);
    add_certificate(both, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
    assert_int_equal(gnutls_psk_allocate_server_credentials(&both->psk_server), 0);
    assert_int_equal(gnutls_psk_set_server_known_dh_params(both->psk_server, GNUTLS_SEC_PARAM_MEDIUM), 0);
    gnutls_psk_set_server_credentials_function(both->psk_server, find_psk);
    assert_int_equal(gnutls_psk_allocate_client_credentials(&both->psk_client), 0);
    assert_int_equal(gnutls_psk_set_client_credentials(both->psk_client, "anybody", &psk, GNUTLS_PSK_KEY_RAW), 0);
    assert_int_equal(gnutls_anon_allocate_server_credentials(&both->anon_server), 0);
    assert_int_equal(gnutls_anon_set_server_known_dh_params(both->anon_server, GNUTLS_SEC_PARAM_MEDIUM), 0);
    assert_int_equal(gnutls_anon_allocate_client_credentials(&both->anon_client), 0);
}

static void peers_cleanup(peers *both)
{
    gnutls_certificate_free_credentials(both->certificate);
    gnutls_psk_free_server_credentials(both->psk_server);
    gnutls_psk_free_client_credentials(both->psk_client);
    gnutls_anon_free_server_credentials(both->anon_server);
    gnutls_anon_free_client_credentials(both->anon_client);
}

static gnutls_session_t new_session(const peers *both, bool server, const hsi_suite *suite, int descriptor)
{
    gnutls_session_t session;
    char priority[256];
    const char *key_exchange = suite->tls13 ? "ECDHE-RSA" : suite->key_exchange;
    (void)snprintf(priority, sizeof priority, "NONE:+VERS-TLS1.%d:+%s:+%s:+%s:%s", suite->tls13 ? 3 : 2, key_exchange,
                   suite->cipher, suite->mac, "+COMP-NULL:+SIGN-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-FFDHE2048");
    assert_int_equal(gnutls_init(&session, GNUTLS_NONBLOCK | (server ? GNUTLS_SERVER : GNUTLS_CLIENT)), 0);
    assert_int_equal(gnutls_priority_set_direct(session, priority, NULL), 0);
    assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, both->certificate), 0);
    void *psk = server ? (void *)both->psk_server : (void *)both->psk_client;
    void *anon = server ? (void *)both->anon_server : (void *)both->anon_client;
    if (!suite->tls13) { /* a PSK would be preferred there to the certificate */
        assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_PSK, psk), 0);
        assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_ANON, anon), 0);
    }
    gnutls_transport_set_int(session, descriptor);
    return session;
}

static int handshake_both(gnutls_session_t client, gnutls_session_t server)
{
    int client_result = GNUTLS_E_AGAIN;
    int server_result = GNUTLS_E_AGAIN;
    while (client_result == GNUTLS_E_AGAIN || server_result == GNUTLS_E_AGAIN) {
        client_result = client_result == GNUTLS_E_AGAIN ? gnutls_handshake(client) : client_result;
        server_result = server_result == GNUTLS_E_AGAIN ? gnutls_handshake(server) : server_result;
        if (gnutls_error_is_fatal(client_result) || gnutls_error_is_fatal(server_result)) {
            return client_result != GNUTLS_E_AGAIN ? client_result : server_result;
        }
    }
    return 0;
}

static void assert_prf_of_a_handshake(const peers *both, const hsi_suite *suite)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    gnutls_session_t client = new_session(both, false, suite, ends[0]);
    gnutls_session_t server = new_session(both, true, suite, ends[1]);
    int result = handshake_both(client, server);
    if (result != 0) {
        fail_msg("%s: %s", suite->name, gnutls_strerror(result));
    }
    assert_string_equal(suite->prf, gnutls_digest_get_name(gnutls_prf_hash_get(client)));
    gnutls_deinit(client);
    gnutls_deinit(server);
    close(ends[0]);
    close(ends[1]);
}

/* The key exchanges that need neither a DSA nor a GOST key nor a password file; their suites have all our ciphers. */
static bool peers_can(const hsi_suite *suite)
{
    static const char *const able[] = {"RSA",     "DHE-RSA", "ECDHE-RSA", "ECDHE-ECDSA", "PSK",
                                       "RSA-PSK", "DHE-PSK", "ECDHE-PSK", "ANON-DH",     "ANON-ECDH"};
    bool can = suite->tls13;
    for (size_t i = 0; i < HSI_COUNT(able) && !can; i++) {
        can = strcmp(suite->key_exchange, able[i]) == 0;
    }
    return can;
}

static void the_prf_is_the_one_that_gnutls_uses_in_a_handshake(void **state)
{
    (void)state;
    peers both;
    peers_init(&both);
    size_t shaken = 0;
    hsi_suite suite;
    for (size_t i = 0; find_as_gnutls(&suite, i); i++) {
        if (peers_can(&suite)) {
            assert_prf_of_a_handshake(&both, &suite);
            shaken++;
        }
    }
    peers_cleanup(&both);
    print_message("the PRF of %zu suites was compared in a handshake\n", shaken);
    assert_true(shaken > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suites_are_what_their_rfcs_make_them),
        cmocka_unit_test(every_registered_name_but_scsvs_and_grease_is_a_suite),
        cmocka_unit_test(names_that_are_none_of_a_suite_change_nothing),
        cmocka_unit_test(every_suite_that_gnutls_lists_is_as_gnutls_says),
        cmocka_unit_test(the_prf_is_the_one_that_gnutls_uses_in_a_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
