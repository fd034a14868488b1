/* Checks of signatures, with the key of the signer's certificate: ServerKeyExchange and CertificateVerify.
 * RFC 5246 sections 7.4.3 and 7.4.8, RFC 8446 section 4.4.3.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"
#include "tap/key_schedule.h"

/* What is signed, by whom, and how it looks in the message. */
typedef struct hsi_signed {
    const hsi_message *message;
    hsi_bytes certificate;
    hsi_buffer content;
    uint16_t scheme; /* 0: the fixed one of TLS 1.0 and 1.1 */
    hsi_bytes signature;
    bool hashed; /* SSL 3.0: `content` is what is signed, two hashes, and not hashed again */
    const char *missing;
} hsi_signed;

static void read_signature(hsi_signed *s, const hsi_field *root)
{
    const hsi_field *algorithm = hsi_field_find(root, "algorithm");
    const hsi_field *signature = hsi_field_find(root, "signature");
    s->scheme = algorithm == NULL ? 0 : (uint16_t)algorithm->number;
    s->signature = signature == NULL ? HSI_BYTES_EMPTY : signature->content;
}

/* Both numbers of a GOST signature are little-endian in TLS, and the other one comes first, than in a certificate: RFC 9189
 * section 4.2.5. */
static hsi_status turn_round(hsi_tap *tap, hsi_bytes in, hsi_bytes *out)
{
    uint8_t *turned = hsi_arena_new(&tap->arena, in.length);
    if (turned == NULL) {
        return HSI_NO_MEMORY;
    }
    for (size_t i = 0; i < in.length; i++) {
        turned[i] = in.data[in.length - 1 - i];
    }
    *out = hsi_bytes_of(turned, in.length);
    return HSI_OK;
}

static hsi_status verify(hsi_tap *tap, hsi_check *check, const hsi_signed *s)
{
    enum { GOST_256 = 0x0840, GOST_512 = 0x0841 };
    hsi_bytes signature = s->signature;
    bool ok = false;
    if (s->missing != NULL) {
        return hsi_check_missing(tap, check, s->missing);
    }
    if (s->certificate.length == 0) {
        return hsi_check_missing(tap, check, "the signer's certificate was not seen");
    }
    if (s->signature.length == 0) {
        return hsi_check_missing(tap, check, "the message has no signature that can be read");
    }
    check->found = s->signature;
    hsi_bytes content = hsi_buffer_peek(&s->content);
    if (s->scheme == GOST_256 || s->scheme == GOST_512) {
        HSI_TRY(turn_round(tap, s->signature, &signature));
    }
    hsi_status status = s->hashed ? hsi_signature_verify_hashes(&ok, s->certificate, content.data, signature)
                                  : hsi_signature_verify(&ok, s->certificate, s->scheme, content, signature);
    if (status == HSI_ILLEGAL || status == HSI_UNSUPPORTED) {
        return hsi_check_missing(tap, check,
                                 status == HSI_ILLEGAL ? "the signer's certificate cannot be read"
                                                       : "this signature scheme is not known here");
    }
    HSI_TRY(status);
    return hsi_check_judge(tap, check, ok, "the signature does not fit the certificate's key and the signed bytes");
}

static hsi_status check_signed(hsi_tap *tap, hsi_check *check, hsi_signed *s,
                               hsi_status (*sign)(hsi_tap *tap, hsi_signed *s))
{
    hsi_check_evidence(check, HSI_EVENT_MESSAGE, s->message);
    hsi_check_evidence(check, HSI_EVENT_MESSAGE,
                       hsi_handshake_first(s->message->handshake, HSI_CERTIFICATE, s->message->sender));
    hsi_status status = sign(tap, s);
    if (status == HSI_OK) {
        status = verify(tap, check, s);
    }
    hsi_buffer_cleanup(&s->content);
    return status;
}

/* ---- ServerKeyExchange: both randoms and the parameters ---- */

static hsi_status sign_params(hsi_tap *tap, hsi_signed *s)
{
    const hsi_handshake *handshake = s->message->handshake;
    const hsi_fields *fields;
    HSI_TRY(hsi_tap_fields(tap, s->message, &fields));
    read_signature(s, fields->root);
    const hsi_field *params = hsi_field_find(fields->root, "params");
    if (params == NULL) {
        s->missing = "the message has no parameters that can be read";
        return HSI_OK;
    }
    if (hsi_handshake_beheaded(handshake)) {
        s->missing = hsi_handshake_unread(handshake);
        return HSI_OK;
    }
    HSI_TRY(hsi_buffer_append(&s->content, hsi_bytes_of(handshake->client_random, HSI_RANDOM)));
    HSI_TRY(hsi_buffer_append(&s->content, hsi_bytes_of(handshake->server_random, HSI_RANDOM)));
    return hsi_buffer_append(&s->content, hsi_bytes_slice(s->message->raw, params->offset, params->length));
}

/* Some key exchanges sign nothing: anonymous and PSK ones. */
static hsi_status has_signature(hsi_tap *tap, const hsi_message *message, bool *out)
{
    const hsi_fields *fields;
    HSI_TRY(hsi_tap_fields(tap, message, &fields));
    *out = hsi_field_find(fields->root, "signature") != NULL;
    return HSI_OK;
}

hsi_status hsi_check_server_key_exchange(hsi_tap *tap, hsi_handshake *handshake)
{
    hsi_signed s = {.message = hsi_handshake_first(handshake, HSI_SERVER_KEY_EXCHANGE, HSI_SERVER),
                    .certificate = handshake->server_certificate};
    bool is_signed = false;
    if (s.message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(has_signature(tap, s.message, &is_signed));
    if (!is_signed) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "signature(client random + server random + params) fits the server's certificate",
                       .rfc = "RFC 5246 section 7.4.3"};
    HSI_TRY(hsi_check_name(tap, handshake, "signature", "ServerKeyExchange", &check.name));
    return check_signed(tap, &check, &s, sign_params);
}

/* ---- CertificateVerify ---- */

/* RFC 8446 section 4.4.3: 64 spaces, a context string, a zero, the transcript hash. */
static hsi_status sign_transcript_hash(hsi_signed *s, size_t end)
{
    static const char *const contexts[] = {"TLS 1.3, client CertificateVerify", "TLS 1.3, server CertificateVerify"};
    const hsi_handshake *handshake = s->message->handshake;
    uint8_t digest[HSI_HASH_MAX];
    uint8_t *spaces;
    if (handshake->hash == NULL) {
        s->missing = "the cipher suite's hash is not known";
        return HSI_OK;
    }
    HSI_TRY(hsi_transcript_hash(&handshake->transcript, handshake->hash, end, HSI_BYTES_EMPTY, digest));
    HSI_TRY(hsi_buffer_extend(&s->content, 64, &spaces));
    memset(spaces, ' ', 64);
    HSI_TRY(hsi_buffer_append(&s->content, hsi_bytes_text(contexts[s->message->sender])));
    HSI_TRY(hsi_buffer_append_uint(&s->content, 1, 0));
    return hsi_buffer_append(&s->content, hsi_bytes_of(digest, handshake->hash->size));
}

/* RFC 6101 section 5.6.8: the master secret goes in, too. */
static hsi_status sign_ssl3(hsi_tap *tap, hsi_signed *s, size_t end)
{
    hsi_handshake *handshake = s->message->handshake;
    const hsi_secret *master;
    uint8_t *hashes;
    HSI_TRY(hsi_key_schedule_need(tap, handshake, "master secret", HSI_NOBODY, HSI_NO_EPOCH, &master, &s->missing));
    if (master == NULL) {
        return HSI_OK;
    }
    s->hashed = true;
    HSI_TRY(hsi_buffer_extend(&s->content, HSI_SSL3_HASHES, &hashes));
    hsi_bytes messages = hsi_bytes_slice(hsi_buffer_peek(&handshake->transcript.bytes), 0, end);
    return hsi_ssl3_handshake_hashes(hashes, messages, "", master->value);
}

static hsi_status sign_transcript(hsi_tap *tap, hsi_signed *s)
{
    const hsi_handshake *handshake = s->message->handshake;
    const hsi_fields *fields;
    HSI_TRY(hsi_tap_fields(tap, s->message, &fields));
    read_signature(s, fields->root);
    if (!hsi_handshake_was_read(handshake, s->message->transcript_end)) {
        s->missing = hsi_handshake_unread(handshake);
        return HSI_OK;
    }
    size_t end = s->message->transcript_end - s->message->raw.length;
    if (handshake->version >= HSI_TLS13) {
        return sign_transcript_hash(s, end);
    }
    if (handshake->version == HSI_SSL30) {
        return sign_ssl3(tap, s, end);
    }
    return hsi_buffer_append(&s->content, hsi_bytes_slice(hsi_buffer_peek(&handshake->transcript.bytes), 0, end));
}

hsi_status hsi_check_certificate_verify(hsi_tap *tap, hsi_handshake *handshake)
{
    static const uint8_t senders[] = {HSI_SERVER, HSI_CLIENT};
    bool tls13 = handshake->version >= HSI_TLS13;
    for (size_t i = 0; i < HSI_COUNT(senders); i++) {
        hsi_signed s = {.message = hsi_handshake_first(handshake, HSI_CERTIFICATE_VERIFY, senders[i]),
                        .certificate =
                            senders[i] == HSI_SERVER ? handshake->server_certificate : handshake->client_certificate};
        if (s.message == NULL || s.message->transcript_end == 0) {
            continue;
        }
        hsi_check check = {.kind = HSI_COMPUTED,
                           .formula =
                               tls13 ? "signature(64 spaces + context + 0 + Transcript-Hash(messages before)) fits the "
                                       "signer's certificate"
                                     : "signature(messages before) fits the client's certificate",
                           .rfc = tls13 ? "RFC 8446 section 4.4.3" : "RFC 5246 section 7.4.8"};
        HSI_TRY(hsi_check_name(tap, handshake, "certificate_verify", hsi_side_name(senders[i]), &check.name));
        HSI_TRY(check_signed(tap, &check, &s, sign_transcript));
    }
    return HSI_OK;
}
