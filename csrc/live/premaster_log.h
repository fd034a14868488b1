/* Premaster log: the premaster secret from GnuTLS's own debug log, for where the probe is not. The log is
 * process-wide, so it is raised only while somebody waits for a premaster secret, counted, and never over a wait for
 * the network.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_PREMASTER_LOG_H
#define HSI_LIVE_PREMASTER_LOG_H

#include "base/bytes.h"

/* hsi_premaster_log_raise and _drop stand around the GnuTLS calls in which a premaster secret may come. What comes is
 * told to this thread's probe target as HSI_SIGHT_LOG_PREMASTER; a secret too long for a log line as empty bytes. */
void hsi_premaster_log_raise(void);
void hsi_premaster_log_drop(void);

#endif
