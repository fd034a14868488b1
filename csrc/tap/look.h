/* Look: what is made when somebody looks: derivations, the secrets that they come to, and checks. Inside csrc/tap only.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_LOOK_H
#define HSI_TAP_LOOK_H

#include "tap/fold.h"

/* hsi_checks_make fills tap->checks. checks.c. */
HSI_MUST_USE hsi_status hsi_checks_make(hsi_tap *tap);

#endif
