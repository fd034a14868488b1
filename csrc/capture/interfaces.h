/* Interfaces: what a section of pcapng says about where its packets come from, and how their times count.
 * draft-ietf-opsawg-pcapng section 4.2.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_INTERFACES_H
#define HSI_CAPTURE_INTERFACES_H

#include "capture/file.h"

/* hsi_interfaces_clear: another section begins. */
void hsi_interfaces_clear(hsi_pcapng_state *pcapng);

/* hsi_interfaces_add reads the body of an Interface Description Block. FORMAT: its times count in what nobody can count
 * in, or there are too many. TRUNCATED: it is too short. */
HSI_MUST_USE hsi_status hsi_interfaces_add(hsi_pcapng_state *pcapng, hsi_cursor *in, hsi_order order);

/* hsi_interface_time is a time of this interface in ns since 1970. */
uint64_t hsi_interface_time(const hsi_interface *interface, uint64_t ticks);

#endif
