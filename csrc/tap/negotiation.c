/* Negotiation: what the messages of a handshake say was agreed: version, suite, randoms, extensions, certificates; where each
 * message stands in the transcript; when keys change. One table: message type -> what is learned from it.
 * RFC 8446 sections 4 and 7.1, RFC 5246 section 7.
 * SPDX-License-Identifier: MIT */
#include "tap/early_data.h"
#include "tap/gap.h"
#include "tap/secret_store.h"

void hsi_negotiation_cleanup(hsi_handshake *handshake)
{
    hsi_transcript_cleanup(&handshake->transcript);
}

void hsi_negotiation_lost(hsi_tap *tap, hsi_handshake *handshake, size_t end)
{
    if (!handshake->unreadable) {
        handshake->unreadable = true;
        handshake->readable = end;
        tap->clues++;
    }
}

/* ---- reading fields; what is absent or malformed reads as nothing ---- */

static uint64_t number_at(const hsi_field *root, const char *path)
{
    const hsi_field *field = hsi_field_find(root, path);
    return field == NULL ? 0 : field->number;
}

static hsi_bytes content_at(const hsi_field *root, const char *path)
{
    const hsi_field *field = hsi_field_find(root, path);
    return field == NULL ? HSI_BYTES_EMPTY : field->content;
}

static bool present(const hsi_field *root, const char *path)
{
    return hsi_field_find(root, path) != NULL;
}

/* The random of a hello; an SSLv2-format one has a challenge, which counts with zeros before it (RFC 5246 appendix E.2). */
static void copy_random(uint8_t out[HSI_RANDOM], const hsi_field *root)
{
    hsi_bytes random = content_at(root, "random");
    hsi_bytes bytes = random.length > 0 ? random : content_at(root, "challenge");
    if (bytes.length > 0 && bytes.length <= HSI_RANDOM) {
        memcpy(out + HSI_RANDOM - bytes.length, bytes.data, bytes.length);
    }
}

/* ---- what is learned ---- */

typedef struct hsi_learning {
    hsi_tap *tap;
    hsi_handshake *handshake;
    hsi_message *message;
    const hsi_field *root;
} hsi_learning;

static void name_suite(hsi_handshake *handshake, uint16_t id)
{
    handshake->suite_id = id;
    handshake->suite_named = true;
    handshake->suite_known = hsi_suite_find(&handshake->suite, id);
    if (handshake->suite_known && handshake->version >= HSI_TLS12) {
        handshake->hash = hsi_hash_named(handshake->suite.prf);
    }
}

/* Early data, if the client sent any, is over. */
static void end_early_data(hsi_learning *l)
{
    hsi_stream *stream = &l->tap->streams[HSI_CLIENT];
    if (stream->epoch == HSI_EPOCH_EARLY && stream->keys_from == l->handshake) {
        hsi_stream_rekey(stream, 0, NULL);
    }
}

static hsi_status learn_client_hello(hsi_learning *l)
{
    hsi_handshake *handshake = l->handshake;
    copy_random(handshake->client_random, l->root);
    HSI_TRY(hsi_secret_claim(l->tap, handshake));
    handshake->server_name = content_at(l->root, "extensions.server_name.server_name_list[0].name");
    if (handshake->hello_retry) { /* early data went out after the first one */
        end_early_data(l);
        return HSI_OK;
    }
    hsi_early_data_offer(handshake, l->root);
    if (handshake->early_data_offered && l->tap->streams[HSI_CLIENT].epoch == 0) {
        hsi_stream_rekey(&l->tap->streams[HSI_CLIENT], HSI_EPOCH_EARLY, handshake);
    }
    return HSI_OK;
}

static hsi_status learn_psk(hsi_learning *l)
{
    const hsi_message *hello = hsi_handshake_first(l->handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    const hsi_fields *fields;
    l->handshake->psk = present(l->root, "extensions.pre_shared_key.selected_identity");
    if (!l->handshake->psk || hello == NULL) {
        return HSI_OK;
    }
    l->handshake->psk_index = (uint16_t)number_at(l->root, "extensions.pre_shared_key.selected_identity");
    HSI_TRY(hsi_tap_fields(l->tap, hello, &fields));
    const hsi_field *identities = hsi_field_find(fields->root, "extensions.pre_shared_key.identities");
    const hsi_field *chosen = identities == NULL ? NULL : hsi_field_item(identities, l->handshake->psk_index);
    l->handshake->psk_identity = chosen == NULL ? HSI_BYTES_EMPTY : content_at(chosen, "identity");
    return HSI_OK;
}

/* RFC 8446 section 7.1: from here on both ends protect with handshake keys. */
static void begin_tls13(hsi_learning *l)
{
    hsi_stream_rekey(&l->tap->streams[HSI_SERVER], HSI_EPOCH_HANDSHAKE, l->handshake);
    if (l->tap->streams[HSI_CLIENT].epoch != HSI_EPOCH_EARLY) {
        hsi_stream_rekey(&l->tap->streams[HSI_CLIENT], HSI_EPOCH_HANDSHAKE, l->handshake);
    }
}

/* Puts the message_hash in the place of what came before; no message has its end in there any more, but for the hello. */
static hsi_status retry_transcript(hsi_learning *l)
{
    const hsi_list *messages = &l->tap->messages;
    for (size_t i = messages->count; i-- > 0;) {
        hsi_message *message = messages->items[i];
        if (message->handshake != l->handshake) {
            break;
        }
        message->transcript_end = message == l->handshake->retried_hello ? message->transcript_end : 0;
        message->transcript_hash = HSI_BYTES_EMPTY;
    }
    if (l->handshake->hash == NULL) { /* the message_hash cannot be made */
        hsi_negotiation_lost(l->tap, l->handshake, 0);
        return HSI_OK;
    }
    return hsi_transcript_retry(&l->handshake->transcript, l->handshake->hash);
}

static hsi_status learn_hello_retry_request(hsi_learning *l)
{
    l->handshake->first[HSI_SERVER_HELLO][HSI_SERVER] = NULL; /* the ServerHello is to come */
    if (l->handshake->hello_retry) {
        return HSI_OK; /* a second one: RFC 8446 section 4.1.4 forbids it */
    }
    l->handshake->hello_retry = true;
    l->handshake->retried_hello = hsi_handshake_first(l->handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    l->handshake->first[HSI_CLIENT_HELLO][HSI_CLIENT] = NULL; /* the second one counts */
    return retry_transcript(l);
}

/* RFC 7250 section 4: the server says it in its hello, in TLS 1.3 in its EncryptedExtensions. Where neither: X.509, 0. */
static void learn_certificate_types(hsi_learning *l)
{
    uint8_t *types = l->handshake->certificate_types;
    types[HSI_CLIENT] = (uint8_t)number_at(l->root, "extensions.client_certificate_type.client_certificate_type");
    types[HSI_SERVER] = (uint8_t)number_at(l->root, "extensions.server_certificate_type.server_certificate_type");
}

static hsi_status learn_server_hello(hsi_learning *l)
{
    hsi_handshake *handshake = l->handshake;
    uint64_t selected = number_at(l->root, "extensions.supported_versions.selected_version");
    handshake->version = (uint16_t)(selected != 0 ? selected : number_at(l->root, "legacy_version"));
    l->message->context.version = handshake->version;
    name_suite(handshake, (uint16_t)number_at(l->root, "cipher_suite"));
    if (hsi_message_type_of(l->message->raw, false) != hsi_message_type_of(hsi_bytes_of("\2", 1), false)) {
        return learn_hello_retry_request(l);
    }
    copy_random(handshake->server_random, l->root);
    handshake->extended_master_secret = present(l->root, "extensions.extended_master_secret");
    handshake->encrypt_then_mac = present(l->root, "extensions.encrypt_then_mac");
    handshake->group = (uint16_t)number_at(l->root, "extensions.key_share.server_share.group");
    handshake->alpn = content_at(l->root, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]");
    learn_certificate_types(l);
    HSI_TRY(learn_psk(l));
    if (handshake->version >= HSI_TLS13) {
        handshake->resumed = handshake->psk;
        begin_tls13(l);
        return HSI_OK;
    }
    end_early_data(l);
    const hsi_message *hello = hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT);
    handshake->session_id = content_at(l->root, "legacy_session_id_echo");
    if (hello != NULL && hello->fields != NULL && handshake->session_id.length > 0) { /* RFC 5246 section 7.4.1.3 */
        handshake->resumed =
            hsi_bytes_equal(handshake->session_id, content_at(hello->fields->root, "legacy_session_id"));
    }
    return hsi_secret_claim(l->tap, handshake);
}

static hsi_status learn_encrypted_extensions(hsi_learning *l)
{
    learn_certificate_types(l);
    l->handshake->alpn = content_at(l->root, "extensions.application_layer_protocol_negotiation.protocol_name_list[0]");
    l->handshake->early_data_accepted = present(l->root, "extensions.early_data");
    if (l->tap->streams[HSI_CLIENT].epoch == HSI_EPOCH_EARLY && !l->handshake->early_data_accepted) {
        hsi_early_data_reject(l->tap, &l->tap->streams[HSI_CLIENT]);
    }
    return HSI_OK;
}

static hsi_status learn_end_of_early_data(hsi_learning *l)
{
    if (l->handshake->version >= HSI_TLS13) {
        hsi_stream_rekey(&l->tap->streams[HSI_CLIENT], HSI_EPOCH_HANDSHAKE, l->handshake);
    }
    return HSI_OK;
}

static hsi_status learn_certificate(hsi_learning *l)
{
    hsi_bytes *place =
        l->message->sender == HSI_SERVER ? &l->handshake->server_certificate : &l->handshake->client_certificate;
    if (place->length == 0) { /* a certificate after the handshake does not replace the one of the handshake */
        *place = hsi_message_certificate(l->message->raw, &l->message->context);
    }
    return HSI_OK;
}

static hsi_status learn_server_key_exchange(hsi_learning *l)
{
    uint64_t curve = number_at(l->root, "params.curve_params.namedcurve");
    l->handshake->group = curve != 0 ? (uint16_t)curve : hsi_ffdhe_group(content_at(l->root, "params.dh_p"));
    l->handshake->signature_scheme = (uint16_t)number_at(l->root, "algorithm");
    return HSI_OK;
}

static hsi_status learn_client_key_exchange(hsi_learning *l)
{
    l->handshake->encrypted_premaster = content_at(l->root, "encrypted_pre_master_secret");
    return hsi_secret_claim(l->tap, l->handshake);
}

static hsi_status learn_certificate_verify(hsi_learning *l)
{
    if (l->message->sender == HSI_SERVER) {
        l->handshake->signature_scheme = (uint16_t)number_at(l->root, "algorithm");
    }
    return HSI_OK;
}

static hsi_status learn_finished(hsi_learning *l)
{
    hsi_handshake *handshake = l->handshake;
    if (l->message->sender == HSI_SERVER && handshake->early_data_accepted && handshake->early_data_unread) {
        size_t end = hsi_buffer_length(&handshake->transcript.bytes) + l->message->raw.length;
        hsi_negotiation_lost(l->tap, handshake, end); /* EndOfEarlyData stands there */
    }
    bool both = hsi_handshake_first(handshake, HSI_FINISHED, HSI_CLIENT) != NULL &&
                hsi_handshake_first(handshake, HSI_FINISHED, HSI_SERVER) != NULL;
    if (handshake->version >= HSI_TLS13 && !handshake->complete) {
        hsi_stream_rekey(&l->tap->streams[l->message->sender], HSI_EPOCH_APPLICATION, handshake);
    }
    handshake->complete = handshake->complete || both;
    return HSI_OK;
}

static hsi_status learn_key_update(hsi_learning *l)
{
    hsi_stream *stream = &l->tap->streams[l->message->sender];
    if (l->handshake->version >= HSI_TLS13) {
        hsi_stream_rekey(stream, stream->epoch + 1, l->handshake);
    }
    return HSI_OK;
}

#define FROM(side) (1u << (side))

#define TREELESS (1u << 2) /* beside FROM: learned without the message's tree, which of certificates is large */

/* A lesson is learned from the first message of its type, sent by an end that may send it; KeyUpdate has no first. */
static const struct {
    uint8_t type;
    unsigned from;
    hsi_status (*learn)(hsi_learning *l);
} lessons[] = {
    {HSI_CLIENT_HELLO, FROM(HSI_CLIENT), learn_client_hello},
    {HSI_SERVER_HELLO, FROM(HSI_SERVER), learn_server_hello},
    {HSI_END_OF_EARLY_DATA, FROM(HSI_CLIENT), learn_end_of_early_data},
    {HSI_ENCRYPTED_EXTENSIONS, FROM(HSI_SERVER), learn_encrypted_extensions},
    {HSI_CERTIFICATE, FROM(HSI_CLIENT) | FROM(HSI_SERVER) | TREELESS, learn_certificate},
    {HSI_SERVER_KEY_EXCHANGE, FROM(HSI_SERVER), learn_server_key_exchange},
    {HSI_CLIENT_KEY_EXCHANGE, FROM(HSI_CLIENT), learn_client_key_exchange},
    {HSI_CERTIFICATE_VERIFY, FROM(HSI_CLIENT) | FROM(HSI_SERVER), learn_certificate_verify},
    {HSI_FINISHED, FROM(HSI_CLIENT) | FROM(HSI_SERVER), learn_finished},
    {HSI_KEY_UPDATE, FROM(HSI_CLIENT) | FROM(HSI_SERVER), learn_key_update},
};

static bool teaches(size_t lesson, const hsi_message *message)
{
    bool first = hsi_handshake_first(message->handshake, message->type, message->sender) == message;
    return lessons[lesson].type == message->type && (lessons[lesson].from & FROM(message->sender)) != 0 &&
           (first || message->type == HSI_KEY_UPDATE);
}

/* ---- which negotiation, and where in its transcript ---- */

static hsi_status begin_handshake(hsi_tap *tap, const hsi_message *message)
{
    hsi_handshake *handshake = hsi_arena_new(&tap->arena, sizeof *handshake);
    if (handshake == NULL) {
        return HSI_NO_MEMORY;
    }
    handshake->index = tap->handshakes.count;
    hsi_gap_begin(tap, handshake, message);
    HSI_TRY(hsi_list_append(&tap->handshakes, handshake));
    tap->handshake = handshake;
    return HSI_OK;
}

/* After a completed negotiation a ClientHello begins the next one, and again if the server did not answer it: it need not
 * (RFC 5246 section 7.4.1.1). One that answers a HelloRetryRequest does not. */
static bool begins(const hsi_tap *tap, const hsi_message *message)
{
    const hsi_handshake *handshake = tap->handshake;
    if (handshake == NULL || message->type != HSI_CLIENT_HELLO || message->sender != HSI_CLIENT) {
        return handshake == NULL;
    }
    bool refused = handshake->index > 0 && handshake->version == 0 &&
                   hsi_handshake_first(handshake, HSI_CLIENT_HELLO, HSI_CLIENT) != NULL;
    return handshake->complete || refused;
}

/* HelloRequest never counts (RFC 5246 section 7.4.1.1), nor do TLS 1.3's messages after the handshake, which a server may
 * send before the client's Finished (RFC 8446 sections 4.4.1 and 4.6). */
static bool in_transcript(const hsi_message *message)
{
    const hsi_handshake *handshake = message->handshake;
    bool ticket = message->type == HSI_NEW_SESSION_TICKET && handshake->version >= HSI_TLS13;
    return !message->cut && !handshake->complete && !ticket && message->type != HSI_KEY_UPDATE &&
           message->type != HSI_HELLO_REQUEST;
}

static hsi_status learn(hsi_tap *tap, hsi_message *message)
{
    const hsi_fields *fields;
    for (size_t i = 0; i < HSI_COUNT(lessons) && !message->cut; i++) {
        if (teaches(i, message)) {
            hsi_learning l = {tap, message->handshake, message, NULL};
            if ((lessons[i].from & TREELESS) == 0) {
                HSI_TRY(hsi_tap_fields(tap, message, &fields));
                l.root = fields->root;
            }
            return lessons[i].learn(&l);
        }
    }
    return HSI_OK;
}

/* The message's own place in the transcript is after what it makes of the transcript (message_hash). */
hsi_status hsi_negotiation_message(hsi_tap *tap, hsi_message *message)
{
    if (begins(tap, message)) {
        HSI_TRY(begin_handshake(tap, message));
    }
    hsi_handshake *handshake = tap->handshake;
    tap->clues++;
    message->handshake = handshake;
    message->context = (hsi_field_context){.version = handshake->version,
                                           .suite = handshake->suite_known ? &handshake->suite : NULL,
                                           .sender = message->sender,
                                           .certificate_type = handshake->certificate_types[message->sender],
                                           .sslv2 = message->sslv2};
    bool counts = in_transcript(message);
    bool first = message->type < HSI_TYPES_KEPT && handshake->first[message->type][message->sender] == NULL;
    if (first && !message->cut) {
        handshake->first[message->type][message->sender] = message;
    }
    HSI_TRY(learn(tap, message));
    return counts ? hsi_transcript_append(&handshake->transcript, message->raw, &message->transcript_end) : HSI_OK;
}

/* RFC 5246 section 7.1: the next record of this sender is under the keys of the current negotiation. TLS 1.3 keeps the
 * message for middleboxes and changes nothing (RFC 8446 appendix D.4). */
hsi_status hsi_negotiation_change_cipher_spec(hsi_tap *tap, uint8_t sender)
{
    hsi_handshake *handshake = tap->handshake;
    hsi_gap_change_cipher_spec(tap, sender);
    if (handshake == NULL || handshake->version >= HSI_TLS13 || handshake->version == 0) {
        return HSI_OK;
    }
    hsi_stream *stream = &tap->streams[sender];
    HSI_TRY(hsi_reassembly_cut(tap, stream));
    tap->clues++;
    hsi_stream_rekey(stream, stream->epoch + 1, handshake);
    handshake->epochs[sender] = stream->epoch;
    return HSI_OK;
}
