/* Group: what a public share of a named group is made of, and how long that is: a point, a number, the key or the ciphertext
 * of a KEM, or two of them. RFC 8446 section 4.2.8, RFC 8422 section 5.4, RFC 10024 section 3, FIPS 203 table 3.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_PROTO_GROUP_H
#define HSI_PROTO_GROUP_H

#include <stddef.h>
#include <stdint.h>

typedef enum hsi_share_kind {
    HSI_SHARE_NONE, /* there is no second part */
    HSI_SHARE_PLAIN, /* bytes: an integer modulo a prime, a u-coordinate */
    HSI_SHARE_POINT, /* UncompressedPointRepresentation: 4, X, Y */
    HSI_SHARE_KEM /* a client's encapsulation key, a server's ciphertext */
} hsi_share_kind;

typedef struct hsi_share_part {
    hsi_share_kind kind;
    size_t length[2]; /* of the client's and of the server's */
} hsi_share_part;

enum { HSI_SHARE_PARTS = 2 };

typedef struct hsi_group {
    uint32_t id; /* NamedGroup */
    hsi_share_part parts[HSI_SHARE_PARTS]; /* in the order in which they are written */
} hsi_group;

/* hsi_group_find: NULL: nothing here knows the group, or its shares have no one length. */
const hsi_group *hsi_group_find(uint32_t id);

/* hsi_group_share_length: how long the share of `sender` (HSI_CLIENT or HSI_SERVER) is. */
size_t hsi_group_share_length(const hsi_group *group, unsigned sender);

#endif
