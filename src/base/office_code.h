/* The code of an office: what etc/offices and etc/appointments mean the same one by. */
#pragma once

#include "base/bytes.h"

#define OFFICE_CODE_LEN  16 /* at most */
#define OFFICE_CODE_TEXT (OFFICE_CODE_LEN + 1)

/* office_code_is_valid: 1 to OFFICE_CODE_LEN small letters, digits and hyphens, the first a letter.
 */
bool office_code_is_valid(struct bytes code) MUST_USE;
