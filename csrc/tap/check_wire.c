/* Rules for what goes over the wire: length, version, type and content of records, messages that can be read
 * to their end, and the alert that answers a broken record. Judges each record and message once (hsi_survey),
 * so that looking often costs nothing; knows no order of messages (check_order.c). RFC 8446 sections 5 and
 * 6.2, RFC 5246 sections 6.2 and 7.2.2.
 * SPDX-License-Identifier: MIT */
#include "tap/check.h"
#include "tap/look.h"

enum {
    PLAINTEXT_MAX = 1 << 14,
    TLS12_EXPANSION = 2048, /* RFC 5246 section 6.2.3 */
    TLS13_EXPANSION = 256, /* RFC 8446 section 5.2 */
    MAJOR = 0x0300,
    ALERT_DECRYPTION_FAILED = 21,
    ALERT_RECORD_OVERFLOW = 22,
    ALERT_USER_CANCELED = 90
};

/* The version of the connection, once a ServerHello has been seen; renegotiation does not change it. */
static uint16_t version_of(const hsi_tap *tap)
{
    return tap->handshakes.count == 0 ? 0 : ((const hsi_handshake *)tap->handshakes.items[0])->version;
}

/* Does the record come after the ServerHello, so that a version has been agreed on? */
static bool after_server_hello(const hsi_tap *tap, const hsi_record *record)
{
    const hsi_message *hello =
        tap->handshakes.count == 0 ? NULL : hsi_handshake_first(tap->handshakes.items[0], HSI_SERVER_HELLO, HSI_SERVER);
    return hello != NULL && record->index > hello->last_record;
}

static bool is_sslv2(const hsi_record *record)
{
    return record->header.length == 2;
}

static bool was_read(const hsi_record *record)
{
    return record->state == HSI_RECORD_PLAIN || record->state == HSI_RECORD_OPENED;
}

static hsi_verdict verdict(bool ok)
{
    return ok ? HSI_PASSED : HSI_FAILED;
}

/* ---- the rules of a record: NOT_CHECKABLE where one has nothing to say ---- */

static hsi_verdict judge_length(const hsi_tap *tap, const hsi_record *record)
{
    size_t most = PLAINTEXT_MAX;
    if (record->state != HSI_RECORD_PLAIN) { /* protected before there is a version: early data, TLS 1.3 */
        bool before_tls13 = version_of(tap) != 0 && version_of(tap) < HSI_TLS13;
        most += before_tls13 ? TLS12_EXPANSION : TLS13_EXPANSION;
    }
    bool content_fits = !was_read(record) || record->plaintext.length <= PLAINTEXT_MAX;
    return verdict(record->fragment.length <= most && content_fits);
}

static hsi_verdict judge_emptiness(const hsi_tap *tap, const hsi_record *record)
{
    HSI_UNUSED(tap);
    if (!was_read(record) || record->content_type == HSI_CONTENT_APPLICATION_DATA) {
        return HSI_NOT_CHECKABLE;
    }
    return verdict(record->plaintext.length > 0);
}

/* Before the ServerHello any 3.x may stand there (RFC 5246 appendix E.1); TLS 1.3 keeps writing 3.3. */
static hsi_verdict judge_version(const hsi_tap *tap, const hsi_record *record)
{
    if (is_sslv2(record)) {
        return HSI_NOT_CHECKABLE;
    }
    if (!after_server_hello(tap, record)) {
        return verdict((record->version & 0xff00) == MAJOR);
    }
    return verdict(record->version == (version_of(tap) > HSI_TLS12 ? HSI_TLS12 : version_of(tap)));
}

static hsi_verdict judge_type(const hsi_tap *tap, const hsi_record *record)
{
    enum { HEARTBEAT = 24 }; /* RFC 6520 */
    HSI_UNUSED(tap);
    bool known = record->outer_type >= HSI_CONTENT_CHANGE_CIPHER_SPEC && record->outer_type <= HEARTBEAT &&
                 record->content_type >= HSI_CONTENT_CHANGE_CIPHER_SPEC && record->content_type <= HEARTBEAT;
    return verdict(known);
}

static hsi_verdict judge_change_cipher_spec(const hsi_tap *tap, const hsi_record *record)
{
    HSI_UNUSED(tap);
    if (!was_read(record) || record->content_type != HSI_CONTENT_CHANGE_CIPHER_SPEC) {
        return HSI_NOT_CHECKABLE;
    }
    return verdict(record->plaintext.length == 1 && record->plaintext.data[0] == 1);
}

/* RFC 8446 section 5.1; before it alerts might be cut and joined, if nobody did. */
static hsi_verdict judge_alert(const hsi_tap *tap, const hsi_record *record)
{
    enum { ALERT_LENGTH = 2 };
    if (!was_read(record) || record->content_type != HSI_CONTENT_ALERT || version_of(tap) < HSI_TLS13) {
        return HSI_NOT_CHECKABLE;
    }
    return verdict(record->plaintext.length == ALERT_LENGTH);
}

static const struct {
    const char *name;
    const char *formula;
    const char *rfc;
    const char *fault;
    hsi_verdict (*judge)(const hsi_tap *tap, const hsi_record *record);
} rules[HSI_RECORD_RULES] = {
    {"rule.record.length", "plaintext is at most 2^14 bytes, a protected fragment 256 more (2048 before TLS 1.3)",
     "RFC 8446 sections 5.1 and 5.2, RFC 5246 section 6.2", "is longer than a record may be", judge_length},
    {"rule.record.not_empty", "only application data may have zero length",
     "RFC 8446 section 5.1, RFC 5246 section 6.2.1", "is empty and not application data", judge_emptiness},
    {"rule.record.version", "the header says 3.x before the ServerHello, then the agreed version, or 3.3 in TLS 1.3",
     "RFC 8446 section 5.1, RFC 5246 section 6.2.1 and appendix E.1", "has another version in its header",
     judge_version},
    {"rule.record.content_type",
     "the content type is change_cipher_spec, alert, handshake, application_data or heartbeat", "RFC 8446 section 5.1",
     "has a content type that TLS does not have", judge_type},
    {"rule.record.change_cipher_spec", "change_cipher_spec is the one byte 1",
     "RFC 5246 section 7.1, RFC 8446 section 5", "is a change_cipher_spec with another content",
     judge_change_cipher_spec},
    {"rule.record.alert", "in TLS 1.3 a record of type alert has one alert and all of it", "RFC 8446 section 5.1",
     "has part of an alert, or several", judge_alert},
};

static void survey_record(hsi_tap *tap, const hsi_record *record)
{
    hsi_survey *survey = &tap->survey;
    if (record->state == HSI_RECORD_CUT || record->state == HSI_RECORD_ELIDED) {
        return;
    }
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        hsi_verdict found = rules[i].judge(tap, record);
        tap->clues += found != HSI_NOT_CHECKABLE && survey->judged[i]++ == 0;
        if (found == HSI_FAILED && survey->faulty[i] == NULL) {
            survey->faulty[i] = record;
            tap->clues++;
        }
    }
    if (record->state == HSI_RECORD_REJECTED && survey->rejected[record->sender] == NULL) {
        survey->rejected[record->sender] = record;
        tap->clues++;
    }
}

static hsi_status survey_message(hsi_tap *tap, const hsi_message *message)
{
    hsi_survey *survey = &tap->survey;
    const hsi_fields *fields;
    HSI_TRY(hsi_tap_fields(tap, message, &fields));
    hsi_messages_survey(tap, message, fields->root);
    if (message->cut) {
        return HSI_OK;
    }
    tap->clues += survey->well_formed++ == 0;
    if (fields->status != HSI_OK && survey->malformed == NULL) {
        survey->malformed = message;
        tap->clues++;
    }
    return HSI_OK;
}

hsi_status hsi_survey_take(hsi_tap *tap)
{
    for (; tap->survey.records < tap->records.count; tap->survey.records++) {
        survey_record(tap, tap->records.items[tap->survey.records]);
    }
    for (; tap->survey.messages < tap->messages.count; tap->survey.messages++) {
        HSI_TRY(survey_message(tap, tap->messages.items[tap->survey.messages]));
    }
    return HSI_OK;
}

/* ---- their verdicts ---- */

static hsi_status check_rule(hsi_tap *tap, size_t rule)
{
    const hsi_record *faulty = tap->survey.faulty[rule];
    hsi_check check = {
        .name = rules[rule].name, .kind = HSI_RULE, .formula = rules[rule].formula, .rfc = rules[rule].rfc};
    const char *reason = NULL;
    if (tap->survey.judged[rule] == 0) {
        return HSI_OK;
    }
    if (faulty != NULL) {
        hsi_check_evidence(&check, HSI_EVENT_RECORD, faulty);
        check.found = faulty->header;
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "record[%zu] (type %u, inside %u, version 0x%04x, %zu bytes) %s",
                                 faulty->index, faulty->outer_type, faulty->content_type, faulty->version,
                                 faulty->fragment.length, rules[rule].fault));
    }
    return hsi_check_judge(tap, &check, faulty == NULL, reason);
}

static hsi_status check_well_formed(hsi_tap *tap)
{
    const hsi_message *malformed = tap->survey.malformed;
    hsi_check check = {.name = "rule.message.well_formed",
                       .kind = HSI_RULE,
                       .formula = "every message can be read to its end as its struct says, and no byte is left over",
                       .rfc = "RFC 8446 sections 4 and 6.2, RFC 5246 section 7.4"};
    const char *reason = NULL;
    if (tap->survey.well_formed == 0) {
        return HSI_OK;
    }
    if (malformed != NULL) {
        hsi_check_evidence(&check, HSI_EVENT_MESSAGE, malformed);
        check.found = malformed->raw;
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "message[%zu], %s, makes no sense from byte %zu on: %s",
                                 malformed->index, malformed->name, malformed->fields->stopped,
                                 hsi_status_text(malformed->fields->status)));
    }
    return hsi_check_judge(tap, &check, malformed == NULL, reason);
}

hsi_status hsi_check_survey(hsi_tap *tap, hsi_handshake *handshake)
{
    HSI_UNUSED(handshake);
    for (size_t i = 0; i < HSI_COUNT(rules); i++) {
        HSI_TRY(check_rule(tap, i));
    }
    return check_well_formed(tap);
}

/* ---- alerts ---- */

/* RFC 8446 section 6.2: in TLS 1.3 all alerts but these two are fatal, whatever the level says. */
static bool is_fatal(const hsi_tap *tap, const hsi_alert *alert)
{
    bool closes = alert->code == HSI_ALERT_CLOSE_NOTIFY || alert->code == ALERT_USER_CANCELED;
    return version_of(tap) >= HSI_TLS13 ? !closes : alert->level == HSI_ALERT_FATAL;
}

/* The first fatal alert of the record's receiver after it; NULL: there is none. */
static const hsi_alert *answer_to(const hsi_tap *tap, const hsi_record *record)
{
    for (size_t i = 0; i < tap->alerts.count; i++) {
        const hsi_alert *alert = tap->alerts.items[i];
        if (alert->sender != record->sender && alert->record->index > record->index && is_fatal(tap, alert)) {
            return alert;
        }
    }
    return NULL;
}

/* TLS 1.0 told a wrong padding from a wrong MAC (RFC 2246 section 7.2.2); a record may be too long besides. */
static bool fits_fault(const hsi_tap *tap, const hsi_record *record, const hsi_alert *alert)
{
    bool too_long = judge_length(tap, record) == HSI_FAILED;
    return alert->code == HSI_ALERT_BAD_RECORD_MAC ||
           (alert->code == ALERT_DECRYPTION_FAILED && version_of(tap) == HSI_TLS10) ||
           (alert->code == ALERT_RECORD_OVERFLOW && too_long);
}

hsi_status hsi_check_alert_answers(hsi_tap *tap, hsi_handshake *handshake)
{
    HSI_UNUSED(handshake);
    for (size_t sender = 0; sender < HSI_COUNT(tap->survey.rejected); sender++) {
        const hsi_record *record = tap->survey.rejected[sender];
        const hsi_alert *alert = record == NULL ? NULL : answer_to(tap, record);
        if (alert == NULL) {
            continue;
        }
        const char *reason;
        hsi_check check = {.kind = HSI_RULE,
                           .formula = "a record whose protection is wrong is answered with bad_record_mac",
                           .rfc = "RFC 8446 section 5.2, RFC 5246 section 7.2.2"};
        HSI_TRY(hsi_arena_number(&tap->arena, &check.name, "alert.record", record->index));
        HSI_TRY(hsi_arena_format(&tap->arena, &reason, "the %s answered record[%zu] with alert %u",
                                 hsi_side_name(alert->sender), record->index, alert->code));
        hsi_check_evidence(&check, HSI_EVENT_RECORD, record);
        hsi_check_evidence(&check, HSI_EVENT_ALERT, alert);
        HSI_TRY(hsi_check_judge(tap, &check, fits_fault(tap, record, alert), reason));
    }
    return HSI_OK;
}
