/* Keys of a stream: whether the next record is protected at all, and the protection of the epoch it is in.
 * RFC 8446 sections 5 and 7.3, RFC 5246 section 6.3.
 * SPDX-License-Identifier: MIT */
#include "tap/early_data.h"
#include "tap/fold.h"
#include "tap/key_schedule.h"
#include "tap/rivals.h"
#include "tap/secret_store.h"

enum { CCS_LENGTH = 1, ALERT_LENGTH = 2 };

/* TLS 1.3 leaves some records plain after keys are there: the ChangeCipherSpec of middlebox compatibility (RFC 8446 appendix
 * D.4), and an alert of an end that could not follow (no protected record is as short as those); after early data, the
 * ClientHello that answers a HelloRetryRequest. */
bool hsi_stream_stays_plain(const hsi_stream *stream, const hsi_frame *frame)
{
    if (stream->keys_from == NULL) {
        return true;
    }
    if (!hsi_handshake_may_be_tls13(stream->keys_from)) {
        return false;
    }
    if (stream->epoch == HSI_EPOCH_EARLY && frame->type == HSI_CONTENT_HANDSHAKE) {
        return true;
    }
    return (frame->type == HSI_CONTENT_CHANGE_CIPHER_SPEC && frame->fragment.length == CCS_LENGTH) ||
           (frame->type == HSI_CONTENT_ALERT && frame->fragment.length == ALERT_LENGTH);
}

/* A session of ours has surfaced a later secret of the same sender: the one of this epoch will not come any more. A key log may
 * be in any order. */
static hsi_status overtaken(hsi_tap *tap, const hsi_stream *stream, bool *out)
{
    *out = false;
    if (hsi_tap_vouched(tap) && hsi_handshake_may_be_tls13(stream->keys_from)) {
        const char *label;
        HSI_TRY(hsi_traffic_label(&tap->arena, stream->sender, stream->epoch + 1, &label));
        *out = hsi_secret_surfaced(tap, stream->keys_from, label, stream->epoch + 1, HSI_NOBODY) != NULL;
    }
    return HSI_OK;
}

/* What keys are tried on. */
static hsi_record record_of(const hsi_stream *stream, const hsi_frame *frame)
{
    return (hsi_record){.sequence_number = stream->sequence_number,
                        .outer_type = frame->type,
                        .version = frame->version,
                        .header = frame->header,
                        .fragment = frame->fragment};
}

/* The keys of the stream's epoch; of early data they depend on what they must open, `record`. */
static hsi_status find_keys(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, hsi_record_keys *keys,
                            bool *found, bool *hopeless, const char **missing)
{
    *found = *hopeless = false;
    if (stream->epoch == HSI_EPOCH_EARLY && hsi_handshake_may_be_tls13(stream->keys_from)) {
        HSI_TRY(hsi_early_data_settle(tap, stream->keys_from, record, missing));
        *hopeless = *missing == hsi_early_data_closed && hsi_tap_vouched(tap);
        if (*missing != NULL) {
            return HSI_OK;
        }
    }
    return hsi_key_schedule_keys(tap, stream->keys_from, stream->sender, stream->epoch, keys, found, hopeless, missing);
}

hsi_status hsi_stream_opens(hsi_tap *tap, hsi_stream *stream, const hsi_record *record, bool *opens)
{
    hsi_record_keys keys;
    bool found;
    bool hopeless;
    const char *missing;
    *opens = false;
    HSI_TRY(find_keys(tap, stream, record, &keys, &found, &hopeless, &missing));
    return found ? hsi_keys_open(&keys, record, opens) : HSI_OK;
}

static hsi_status make_protection(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, bool *waiting)
{
    hsi_record_keys keys;
    bool found;
    bool hopeless;
    bool late;
    const char *missing = NULL;
    if (stream->protection != NULL || (stream->no_keys != NULL && stream->no_keys != hsi_early_data_closed)) {
        return HSI_OK;
    }
    if (stream->asked == tap->clues + 1 && stream->no_keys == NULL &&
        !tap->final) { /* nothing new: a long wait must not cost a search per entry */
        *waiting = true;
        return HSI_OK;
    }
    const hsi_record record = record_of(stream, frame);
    HSI_TRY(hsi_rivals_settle(tap, stream, &record));
    HSI_TRY(find_keys(tap, stream, &record, &keys, &found, &hopeless, &missing));
    HSI_TRY(found && stream->doubted && !tap->final ? hsi_keys_open(&keys, &record, &found) : HSI_OK);
    if (found) {
        hsi_status status = hsi_protection_new(&stream->protection, &keys);
        if (status != HSI_UNSUPPORTED) {
            return status;
        }
        return hsi_arena_format(&tap->arena, &stream->no_keys, "its keys are known, but this GnuTLS does not have %s",
                                keys.cipher->name);
    }
    HSI_TRY(overtaken(tap, stream, &late));
    *waiting = !hopeless && !late && !tap->final;
    stream->no_keys = *waiting ? NULL : missing != NULL ? missing : "the keys known for it do not fit the cipher";
    stream->asked = tap->clues + 1;
    return HSI_OK;
}

/* Makes the protection of the next record; the first one after early data that could not be read begins another epoch. */
hsi_status hsi_stream_protect(hsi_tap *tap, hsi_stream *stream, const hsi_frame *frame, bool *waiting)
{
    bool ended;
    HSI_TRY(make_protection(tap, stream, frame, waiting));
    if (*waiting || stream->protection != NULL) {
        return HSI_OK;
    }
    const hsi_record record = record_of(stream, frame);
    HSI_TRY(hsi_early_data_ended(tap, stream, &record, &ended));
    if (ended) {
        hsi_stream_rekey(stream, HSI_EPOCH_HANDSHAKE, stream->keys_from);
        HSI_TRY(make_protection(tap, stream, frame, waiting));
    }
    return HSI_OK;
}
