/* application_settings (ALPS), under the number of the drafts and the one in use: the protocols that a client has settings
 * for, and the settings that each end sends for the one agreed on. draft-vvv-tls-alps section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_application_settings(hsi_fields *f, hsi_cursor *in)
{
    bool lists = hsi_fields_in(f, HSI_IN_CH);
    return lists ? hsi_dissect_protocol_names(f, in, "supported_protocols") : hsi_field_rest(f, in, "settings");
}

const hsi_extension hsi_ext_application_settings_old = {17513, "application_settings_old", HSI_IN_CH | HSI_IN_EE,
                                                        dissect_application_settings, "draft-vvv-tls-alps section 4"};
const hsi_extension hsi_ext_application_settings = {17613, "application_settings", HSI_IN_CH | HSI_IN_EE,
                                                    dissect_application_settings, "draft-vvv-tls-alps section 4"};
