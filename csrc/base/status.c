/* Status: the sentences and names, from the table in the header.
 * SPDX-License-Identifier: MIT */
#include "base/status.h"

static const struct {
    const char *name;
    const char *text;
} statuses[HSI_STATUS_COUNT] = {
#define HSI_STATUS_ROW(name, text) [HSI_##name] = {#name, text},
    HSI_STATUSES(HSI_STATUS_ROW)
#undef HSI_STATUS_ROW
};

const char *hsi_status_text(hsi_status status)
{
    return statuses[status].text;
}

const char *hsi_status_name(hsi_status status)
{
    return statuses[status].name;
}
