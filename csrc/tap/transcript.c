/* Transcript: see the header.
 * SPDX-License-Identifier: MIT */
#include "tap/transcript.h"

#include "tap/message.h"

enum { HEADER = 4 }; /* of a handshake message */

void hsi_transcript_cleanup(hsi_transcript *transcript)
{
    hsi_buffer_cleanup(&transcript->bytes);
}

hsi_status hsi_transcript_append(hsi_transcript *transcript, hsi_bytes message, size_t *end)
{
    HSI_TRY(hsi_buffer_append(&transcript->bytes, message));
    *end = hsi_buffer_length(&transcript->bytes);
    return HSI_OK;
}

hsi_status hsi_transcript_retry(hsi_transcript *transcript, const hsi_hash *hash)
{
    const uint8_t header[HEADER] = {HSI_MESSAGE_HASH, 0, 0, (uint8_t)hash->size};
    hsi_bytes hello = hsi_buffer_peek(&transcript->bytes);
    HSI_TRY(hsi_hash_of(hash, transcript->first_hello, &hello, 1));
    hsi_buffer_truncate(&transcript->bytes, 0);
    HSI_TRY(hsi_buffer_append(&transcript->bytes, hsi_bytes_of(header, sizeof header)));
    HSI_TRY(hsi_buffer_append(&transcript->bytes, hsi_bytes_of(transcript->first_hello, hash->size)));
    transcript->retried = HEADER + hash->size;
    return HSI_OK;
}

size_t hsi_transcript_hash_size(const hsi_hash *hash)
{
    return hash == NULL ? hsi_md5.size + hsi_sha1.size : hash->size;
}

hsi_status hsi_transcript_hash(const hsi_transcript *transcript, const hsi_hash *hash, size_t end, hsi_bytes tail,
                               uint8_t *out)
{
    hsi_bytes parts[] = {hsi_bytes_slice(hsi_buffer_peek(&transcript->bytes), 0, end), tail};
    if (hash != NULL) {
        return hsi_hash_of(hash, out, parts, HSI_COUNT(parts));
    }
    HSI_TRY(hsi_hash_of(&hsi_md5, out, parts, HSI_COUNT(parts)));
    return hsi_hash_of(&hsi_sha1, out + hsi_md5.size, parts, HSI_COUNT(parts));
}
