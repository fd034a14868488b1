/* Judges of the messages of authentication, by themselves. RFC 8446 sections 4.3.2, 4.4.2 and 4.4.3, RFC 5246 section 7.4.2.
 * SPDX-License-Identifier: MIT */
#include "tap/check_messages.h"

/* Has the client finished the handshake that the message is of, so that the server asks for a certificate once more? */
static bool is_post_handshake(const hsi_judging *j)
{
    const hsi_message *finished = hsi_handshake_first(j->message->handshake, HSI_FINISHED, HSI_CLIENT);
    return finished != NULL && finished->index < j->message->index;
}

hsi_verdict hsi_judge_request_context(hsi_judging *j)
{
    const hsi_field *context = hsi_judge_at(j, "certificate_request_context");
    if (context == NULL || is_post_handshake(j)) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, context->content.length == 0 ? NULL : context);
}

hsi_verdict hsi_judge_certificate_list(hsi_judging *j)
{
    const hsi_field *list = hsi_judge_at(j, "certificate_list");
    if (list == NULL || j->message->sender != HSI_SERVER) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, hsi_judge_first_item(list) == NULL ? list : NULL);
}

/* What RFC 8446 section 4.2.3 leaves to certificates or to older versions: RSASSA-PKCS1-v1_5, SHA-1, and all that is written
 * as a hash and a signature algorithm without being on its list (DSA, SHA-224, MD5). */
static bool may_sign(uint64_t scheme)
{
    enum { SHA256 = 4, SHA512 = 6, ECDSA = 3, LEGACY = 0x20 }; /* LEGACY: RFC 9963, a client's PKCS1-v1_5 keys */
    uint64_t hash = scheme >> 8, signature = scheme & 0xff;
    bool pair = hash <= SHA512;
    return !pair || (hash >= SHA256 && (signature == ECDSA || signature == LEGACY));
}

hsi_verdict hsi_judge_scheme(hsi_judging *j)
{
    const hsi_field *algorithm = hsi_judge_at(j, "algorithm");
    if (algorithm == NULL || !hsi_judge_is_tls13(j)) {
        return HSI_NOT_CHECKABLE;
    }
    return hsi_judge_blame(j, may_sign(algorithm->number) ? NULL : algorithm);
}
