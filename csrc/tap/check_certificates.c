/* Checks of certificates: that those of a chain are signed by each other, that a stapled OCSP response is signed by whom it
 * should be and is about the certificate that it came with. Only what was sent is looked at: the signature of a certificate
 * whose issuer stayed at home, as an anchor of trust does, is no check here, and neither is that of a log (RFC 6962).
 * RFC 5280 section 6.1.3, RFC 6960 sections 3.2 and 4.2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/certified.h"
#include "tap/check.h"

static hsi_status conclude(hsi_tap *tap, const hsi_check *check, hsi_status status, bool ok, const char *reason)
{
    if (status == HSI_UNSUPPORTED || status == HSI_ILLEGAL) {
        return hsi_check_missing(tap, check,
                                 status == HSI_ILLEGAL ? "what signed or was signed cannot be read"
                                                       : "this signature algorithm is not known here");
    }
    HSI_TRY(status);
    return hsi_check_judge(tap, check, ok, reason);
}

/* "ocsp_response[0].server": what there is one of for each certificate. */
static hsi_status name_check(hsi_tap *tap, const hsi_message *message, const char *what, size_t i, const char **out)
{
    const char *numbered;
    HSI_TRY(hsi_arena_number(&tap->arena, &numbered, what, i));
    return hsi_check_name(tap, message->handshake, numbered, hsi_side_name(message->sender), out);
}

/* ---- certificates ---- */

static hsi_status verify_certificate(bool *ok, const hsi_field *certificate, const hsi_field *issuer)
{
    return hsi_certified_verify(ok, issuer, hsi_field_find(certificate, "tbsCertificate"),
                                hsi_field_find(certificate, "signatureAlgorithm"),
                                hsi_field_find(certificate, "signatureValue"));
}

static hsi_status check_certificate(hsi_tap *tap, const hsi_message *message, const hsi_chain *chain, size_t i)
{
    const hsi_field *certificate = chain->links[i].certificate, *issuer = hsi_chain_issuer(chain, i);
    const hsi_field *signature = hsi_certified_part(certificate, "signatureValue");
    bool ok;
    if (issuer == NULL || signature == NULL) {
        return HSI_OK;
    }
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula = "signatureValue(tbsCertificate) fits the key of the issuer's certificate",
                       .rfc = "RFC 5280 section 6.1.3",
                       .found = signature->content};
    HSI_TRY(name_check(tap, message, "certificate_signature", i, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, message);
    hsi_status status = verify_certificate(&ok, certificate, issuer);
    return conclude(tap, &check, status, ok, "the signature does not fit the key of the certificate that has its name");
}

/* ---- OCSP responses ---- */

/* A stapled response and the certificate that it came with. */
typedef struct hsi_stapled {
    const hsi_message *message; /* that it stands in */
    const hsi_field *basic; /* BasicOCSPResponse */
    const hsi_field *certificate;
    const hsi_field *issuer; /* NULL: not sent */
    size_t index;
} hsi_stapled;

/* RFC 6960 section 4.2.2.2: the responder is the issuer, or its certificate, which the response then has, is the issuer's
 * and for that use. */
static bool is_responder(const hsi_field *certificate)
{
    const hsi_field *usages = hsi_certified_extension(certificate, "extKeyUsage");
    bool found = false;
    for (const hsi_field *usage = usages == NULL ? NULL : usages->first; usage != NULL; usage = usage->next) {
        found = found || (usage->meaning != NULL && strcmp(usage->meaning, "1.3.6.1.5.5.7.3.9 OCSPSigning") == 0);
    }
    return found;
}

static hsi_status verify_response(bool *ok, const hsi_stapled *stapled, const hsi_field *signer)
{
    return hsi_certified_verify(ok, signer, hsi_field_find(stapled->basic, "tbsResponseData"),
                                hsi_field_find(stapled->basic, "signatureAlgorithm"),
                                hsi_field_find(stapled->basic, "signature"));
}

/* The first certificate in the response signs for the issuer: `ok` where both signatures fit. */
static hsi_status verify_delegated(bool *ok, const hsi_stapled *stapled, const hsi_field *responder)
{
    HSI_TRY(verify_response(ok, stapled, responder));
    if (*ok && !hsi_bytes_equal(responder->content, stapled->issuer->content)) {
        HSI_TRY(verify_certificate(ok, responder, stapled->issuer));
        *ok = *ok && is_responder(responder);
    }
    return HSI_OK;
}

static hsi_status check_response_signature(hsi_tap *tap, const hsi_stapled *stapled)
{
    const hsi_field *signature = hsi_field_find(stapled->basic, "signature");
    const hsi_field *responder = hsi_field_find(stapled->basic, "certs[0]");
    bool ok = false;
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula =
                           responder == NULL
                               ? "signature(tbsResponseData) fits the key of the certificate's issuer"
                               : "signature(tbsResponseData) fits the key of the responder's certificate, which is "
                                 "the issuer's or signed by it for OCSPSigning",
                       .rfc = "RFC 6960 section 4.2.2.2",
                       .found = signature == NULL ? HSI_BYTES_EMPTY : signature->content};
    HSI_TRY(name_check(tap, stapled->message, "ocsp_signature", stapled->index, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, stapled->message);
    if (stapled->issuer == NULL) {
        return hsi_check_missing(tap, &check, "the issuer's certificate was not sent");
    }
    hsi_status status =
        responder == NULL ? verify_response(&ok, stapled, stapled->issuer) : verify_delegated(&ok, stapled, responder);
    return conclude(tap, &check, status, ok, "the response is not signed by who may answer for the issuer");
}

/* Appends the hash of a field's content; nothing where there is no field. */
static hsi_status append_hash(hsi_buffer *out, const hsi_hash *hash, const hsi_field *field)
{
    uint8_t digest[HSI_HASH_MAX];
    if (field == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_hash_of(hash, digest, &field->content, 1));
    return hsi_buffer_append(out, hsi_bytes_of(digest, hash->size));
}

static hsi_status append_content(hsi_buffer *out, const hsi_field *field)
{
    return field == NULL ? HSI_OK : hsi_buffer_append(out, field->content);
}

/* RFC 6960 section 4.1.1: what the CertID of the certificate has to be, and what it is: hash of the issuer's name, hash of
 * its key (where its certificate was sent), serial number. */
static hsi_status compare_cert_id(hsi_tap *tap, const hsi_check *check, const hsi_stapled *stapled,
                                  const hsi_field *cert_id, const hsi_hash *hash, hsi_buffer both[2])
{
    const hsi_field *name = hsi_certified_part(stapled->certificate, "tbsCertificate.issuer");
    const hsi_field *serial = hsi_certified_part(stapled->certificate, "tbsCertificate.serialNumber");
    const hsi_field *key = hsi_certified_part(stapled->issuer, "tbsCertificate.subjectPublicKeyInfo.subjectPublicKey");
    HSI_TRY(append_hash(&both[0], hash, name));
    HSI_TRY(append_hash(&both[0], hash, key));
    HSI_TRY(append_content(&both[0], serial));
    HSI_TRY(append_content(&both[1], hsi_field_find(cert_id, "issuerNameHash")));
    HSI_TRY(append_content(&both[1], key == NULL ? NULL : hsi_field_find(cert_id, "issuerKeyHash")));
    HSI_TRY(append_content(&both[1], hsi_field_find(cert_id, "serialNumber")));
    return hsi_check_compare(tap, check, hsi_buffer_peek(&both[0]), hsi_buffer_peek(&both[1]));
}

/* The hashes that responders use, by the names of their object identifiers; NULL: another one. */
static const hsi_hash *hash_of(const hsi_field *algorithm)
{
    static const struct {
        const char *name;
        const hsi_hash *hash;
    } table[] = {{"sha1", &hsi_sha1}, {"sha256", &hsi_sha256}, {"sha384", &hsi_sha384}, {"sha512", &hsi_sha512}};
    for (size_t i = 0; algorithm != NULL && algorithm->meaning != NULL && i < HSI_COUNT(table); i++) {
        if (strcmp(table[i].name, algorithm->meaning) == 0) {
            return table[i].hash;
        }
    }
    return NULL;
}

static hsi_status check_response_subject(hsi_tap *tap, const hsi_stapled *stapled)
{
    const hsi_field *cert_id = hsi_field_find(stapled->basic, "tbsResponseData.responses[0].certID");
    const hsi_hash *hash = hash_of(hsi_certified_part(cert_id, "hashAlgorithm"));
    hsi_check check = {.kind = HSI_COMPUTED,
                       .formula =
                           stapled->issuer == NULL
                               ? "certID = Hash(the certificate's issuer), serialNumber; the issuer's key was not sent"
                               : "certID = Hash(the certificate's issuer), Hash(the issuer's key), serialNumber",
                       .rfc = "RFC 6960 section 4.1.1"};
    HSI_TRY(name_check(tap, stapled->message, "ocsp_cert_id", stapled->index, &check.name));
    hsi_check_evidence(&check, HSI_EVENT_MESSAGE, stapled->message);
    if (hash == NULL) {
        return hsi_check_missing(tap, &check, "the response has no certID with a hash that is known here");
    }
    hsi_buffer both[2] = {HSI_BUFFER_EMPTY, HSI_BUFFER_EMPTY};
    hsi_status status = compare_cert_id(tap, &check, stapled, cert_id, hash, both);
    hsi_buffer_cleanup(&both[0]);
    hsi_buffer_cleanup(&both[1]);
    return status;
}

/* `response`: the vector with an OCSPResponse. One without an answer in it (tryLater…) has nothing to check. */
static hsi_status check_response(hsi_tap *tap, const hsi_message *message, const hsi_chain *chain, size_t i,
                                 const hsi_field *response)
{
    hsi_stapled stapled = {
        .message = message,
        .basic = hsi_certified_part(response, "OCSPResponse.responseBytes.response.BasicOCSPResponse"),
        .index = i,
    };
    if (stapled.basic == NULL || i >= chain->count || chain->links[i].certificate == NULL) {
        return HSI_OK;
    }
    stapled.certificate = chain->links[i].certificate;
    stapled.issuer = hsi_chain_issuer(chain, i);
    HSI_TRY(check_response_signature(tap, &stapled));
    return check_response_subject(tap, &stapled);
}

/* Before TLS 1.3: of the first certificate, RFC 6066 section 8, or of each, RFC 6961 section 2.2. */
static hsi_status check_status_message(hsi_tap *tap, const hsi_message *message, const hsi_chain *chain)
{
    const hsi_fields *fields;
    if (message == NULL) {
        return HSI_OK;
    }
    HSI_TRY(hsi_tap_fields(tap, message, &fields));
    const hsi_field *list = hsi_field_find(fields->root, "ocsp_response_list");
    HSI_TRY(check_response(tap, message, chain, 0, hsi_field_find(fields->root, "response")));
    for (size_t i = 0; list != NULL && i < chain->count; i++) {
        HSI_TRY(check_response(tap, message, chain, i, hsi_field_item(list, i)));
    }
    return HSI_OK;
}

hsi_status hsi_check_certificates(hsi_tap *tap, hsi_handshake *handshake)
{
    static const uint8_t senders[] = {HSI_SERVER, HSI_CLIENT};
    for (size_t s = 0; s < HSI_COUNT(senders); s++) {
        const hsi_message *message = hsi_handshake_first(handshake, HSI_CERTIFICATE, senders[s]);
        const hsi_fields *fields;
        hsi_chain chain;
        if (message == NULL) {
            continue;
        }
        HSI_TRY(hsi_tap_fields(tap, message, &fields));
        hsi_chain_of(&chain, fields->root);
        for (size_t i = 0; i < chain.count; i++) {
            HSI_TRY(check_certificate(tap, message, &chain, i));
            HSI_TRY(check_response(tap, message, &chain, i,
                                   hsi_field_find(chain.links[i].entry, "extensions.status_request.response")));
        }
        const hsi_message *status = hsi_handshake_first(handshake, HSI_CERTIFICATE_STATUS, senders[s]);
        HSI_TRY(check_status_message(tap, status, &chain));
    }
    return HSI_OK;
}
