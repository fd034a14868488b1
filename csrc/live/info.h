/* Info: which GnuTLS is in use, and what it and the system's policy allow.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_INFO_H
#define HSI_LIVE_INFO_H

#include "base/bytes.h"
#include "base/status.h"

const char *hsi_info_version(void); /* of the GnuTLS in use: "3.7.9" */
const char *hsi_info_library(void); /* the file it was loaded from; static */

/* hsi_info_protocol names a gnutls_protocol_t as Python's ssl spells it: "TLSv1.2"; NULL: it is none of TLS. */
const char *hsi_info_protocol(unsigned protocol);

/* A suite that GnuTLS lists. Names are static. */
typedef struct hsi_listed_suite {
    uint16_t id;
    const char *name;   /* GnuTLS's */
    const char *lowest; /* version that has it, as hsi_info_protocol names it */
    bool allowed;       /* is a priority string that asks for just this suite granted it, by library and policy? */
} hsi_listed_suite;

/* hsi_info_suite walks the suites that GnuTLS lists: sets `out` to the index-th one. False: there are no more. */
bool hsi_info_suite(size_t index, hsi_listed_suite *out);

#endif
