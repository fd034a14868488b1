/* pwd_protect, pwd_clear and password_salt: who logs in with a password, encrypted or not, and the salt that the server
 * keeps for it. RFC 8492 section 4.
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

static hsi_status dissect_pwd_protect(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_opaque_vector(f, in, "pwd_name", 1);
}

static hsi_status dissect_pwd_clear(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_text_vector(f, in, "pwd_name", 1);
}

static hsi_status dissect_password_salt(hsi_fields *f, hsi_cursor *in)
{
    return hsi_field_rest(f, in, "salt");
}

const hsi_extension hsi_ext_pwd_protect = {29, "pwd_protect", HSI_IN_CH, dissect_pwd_protect, "RFC 8492 section 4"};
const hsi_extension hsi_ext_pwd_clear = {30, "pwd_clear", HSI_IN_CH, dissect_pwd_clear, "RFC 8492 section 4"};
const hsi_extension hsi_ext_password_salt = {31, "password_salt", HSI_IN_CH | HSI_IN_SH | HSI_IN_HRR,
                                             dissect_password_salt, "RFC 8492 section 4"};
