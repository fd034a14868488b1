/* Link: from a packet as it was captured to the IP packet in it. Knows link types, VLAN tags and PPP.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_LINK_H
#define HSI_CAPTURE_LINK_H

#include "base/cursor.h"

/* hsi_link_known says whether there is a row for the link type (https://www.tcpdump.org/linktypes.html). */
bool hsi_link_known(uint16_t link_type);

/* hsi_link_strip moves `in` from the front of the packet to its network layer. ILLEGAL: that is not IP, or the link type is
 * not known. TRUNCATED: the packet is cut before it. */
HSI_MUST_USE hsi_status hsi_link_strip(uint16_t link_type, hsi_cursor *in);

#endif
