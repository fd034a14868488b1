/* Info: which GnuTLS is in use, and what it and the system's policy allow.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_INFO_H
#define HSI_LIVE_INFO_H

#include "base/bytes.h"
#include "base/status.h"

const char *hsi_info_version(void); /* of the GnuTLS in use: "3.7.9" */
const char *hsi_info_library(void); /* the file it was loaded from; static */

/* hsi_info_suite walks the suites that GnuTLS lists: the index-th one's number, its GnuTLS name, and whether a priority
 * string that asks for just this suite is granted it (library and system policy allow it). False: there are no more. */
bool hsi_info_suite(size_t index, uint16_t *id, const char **name, bool *allowed);

#endif
