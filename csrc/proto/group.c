/* Group: the table of shares. See the header. The binary curves and the smaller prime ones are not in it: TLS 1.3 has none of
 * them, and before it a point may be compressed.
 * SPDX-License-Identifier: MIT */
#include "proto/group.h"

#include "base/bytes.h"

/* clang-format off */
#define PLAIN(bytes) {HSI_SHARE_PLAIN, {bytes, bytes}}
#define POINT(coordinate) {HSI_SHARE_POINT, {1 + 2 * (coordinate), 1 + 2 * (coordinate)}}
#define KEM(key, ciphertext) {HSI_SHARE_KEM, {key, ciphertext}}
#define NOTHING {HSI_SHARE_NONE, {0, 0}}
#define ML_KEM_512 KEM(800, 768)
#define ML_KEM_768 KEM(1184, 1088)
#define ML_KEM_1024 KEM(1568, 1568)

static const hsi_group groups[] = {
    {0x0017, {POINT(32), NOTHING}}, /* secp256r1 */
    {0x0018, {POINT(48), NOTHING}},
    {0x0019, {POINT(66), NOTHING}},
    {0x001a, {POINT(32), NOTHING}}, /* brainpoolP256r1 */
    {0x001b, {POINT(48), NOTHING}},
    {0x001c, {POINT(64), NOTHING}},
    {0x001d, {PLAIN(32), NOTHING}}, /* x25519 */
    {0x001e, {PLAIN(56), NOTHING}}, /* x448 */
    {0x001f, {POINT(32), NOTHING}}, /* brainpoolP256r1tls13 */
    {0x0020, {POINT(48), NOTHING}},
    {0x0021, {POINT(64), NOTHING}},
    {0x0029, {POINT(32), NOTHING}}, /* curveSM2 */
    {0x0100, {PLAIN(256), NOTHING}}, /* ffdhe2048 */
    {0x0101, {PLAIN(384), NOTHING}},
    {0x0102, {PLAIN(512), NOTHING}},
    {0x0103, {PLAIN(768), NOTHING}},
    {0x0104, {PLAIN(1024), NOTHING}},
    {0x0200, {ML_KEM_512, NOTHING}},
    {0x0201, {ML_KEM_768, NOTHING}},
    {0x0202, {ML_KEM_1024, NOTHING}},
    {0x11e9, {POINT(32), ML_KEM_512}}, /* SecP256r1MLKEM512 */
    {0x11ea, {ML_KEM_512, PLAIN(32)}}, /* MLKEM512X25519 */
    {0x11eb, {POINT(32), ML_KEM_768}}, /* SecP256r1MLKEM768 */
    {0x11ec, {ML_KEM_768, PLAIN(32)}}, /* X25519MLKEM768: the KEM comes first, whatever the name says */
    {0x11ed, {POINT(48), ML_KEM_1024}}, /* SecP384r1MLKEM1024 */
    {0x11ee, {POINT(32), ML_KEM_768}}, /* curveSM2MLKEM768 */
    {0x6399, {PLAIN(32), ML_KEM_768}}, /* X25519Kyber768Draft00: Kyber's round 3 has the lengths of ML-KEM */
    {0x639a, {POINT(32), ML_KEM_768}}, /* SecP256r1Kyber768Draft00 */
};
/* clang-format on */

const hsi_group *hsi_group_find(uint32_t id)
{
    for (size_t i = 0; i < HSI_COUNT(groups); i++) {
        if (groups[i].id == id) {
            return &groups[i];
        }
    }
    return NULL;
}

size_t hsi_group_share_length(const hsi_group *group, unsigned sender)
{
    return group->parts[0].length[sender] + group->parts[1].length[sender];
}
