/* Look: what is made when somebody looks: derivations, the secrets that they come to, and checks. Inside csrc/tap only.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_LOOK_H
#define HSI_TAP_LOOK_H

#include "tap/fold.h"

/* checks.c: hsi_checks_make fills tap->checks, hsi_checks_extend adds those of records that came since. */
HSI_MUST_USE hsi_status hsi_checks_make(hsi_tap *tap);
HSI_MUST_USE hsi_status hsi_checks_extend(hsi_tap *tap);

/* hsi_survey_take judges the records and messages that came since by the rules of check_wire.c. */
HSI_MUST_USE hsi_status hsi_survey_take(hsi_tap *tap);

#endif
