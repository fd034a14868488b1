/* Import slots: the places in a loaded library through which it calls functions of others, found and replaced. ELF on
 * Linux; elsewhere there is a reason and nothing is touched. Knows neither GnuTLS nor what the functions do.
 * System V ABI, "Dynamic Linking"; the processor supplements for the relocation types.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_LIVE_IMPORT_SLOTS_H
#define HSI_LIVE_IMPORT_SLOTS_H

#include "base/bytes.h"

typedef void hsi_import(void); /* any function */

typedef struct hsi_import_slot {
    const char *symbol;
    bool required;
    hsi_import *replacement;
    hsi_import **real;    /* where to leave what the slot held, for the replacement to call */
    hsi_import **address; /* of the slot; found by hsi_import_slots_replace */
} hsi_import_slot;

/* hsi_import_slots_replace puts the replacements into the slots of the library that holds the code of `anchor`: all
 * that are there, or none where a required one is not. NULL: done; else the reason why nothing was touched. Static. */
const char *hsi_import_slots_replace(hsi_import_slot *slots, size_t count, hsi_import *anchor);

#endif
