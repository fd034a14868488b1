/* Verdict: a signature that was judged is not judged again, as those of the certificates are that a thousand connections to one
 * server show. The last ones are remembered by a hash of all that went in, in each thread by itself: there is no lock, and
 * nothing to free. In and out: as hsi_signature_verify.
 * SPDX-License-Identifier: MIT */
#include "crypto/crypto.h"

enum { PLACES = 64, DIGEST = 32 };

typedef struct verdict {
    uint8_t digest[DIGEST];
    bool known;
    bool ok;
} verdict;

static _Thread_local verdict verdicts[PLACES];

hsi_status hsi_signature_recall(bool *ok, hsi_bytes certificate, uint16_t scheme, hsi_bytes signed_data,
                                hsi_bytes signature)
{
    const uint64_t sizes[] = {scheme, certificate.length, signed_data.length, signature.length};
    const hsi_bytes parts[] = {hsi_bytes_of(sizes, sizeof sizes), certificate, signed_data, signature};
    verdict found = {.known = true};
    *ok = false;
    HSI_TRY(hsi_hash_of(&hsi_sha256, found.digest, parts, HSI_COUNT(parts)));
    verdict *place = &verdicts[found.digest[0] % PLACES];
    if (!place->known || memcmp(place->digest, found.digest, DIGEST) != 0) {
        HSI_TRY(hsi_signature_verify(&found.ok, certificate, scheme, signed_data, signature));
        *place = found;
    }
    *ok = place->ok;
    return HSI_OK;
}
