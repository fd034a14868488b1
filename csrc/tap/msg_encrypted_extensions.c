/* EncryptedExtensions. RFC 8446 section 4.3.1.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_encrypted_extensions(hsi_fields *f, hsi_cursor *in)
{
    return hsi_extensions_dissect(f, in, HSI_IN_EE);
}

const hsi_message_type hsi_msg_encrypted_extensions = {HSI_ENCRYPTED_EXTENSIONS, "EncryptedExtensions",
                                                       "RFC 8446 section 4.3.1", dissect_encrypted_extensions};
