/* A telephone number as a person gives it, to be called back. */
#pragma once

#include "base/bytes.h"

#define TELEPHONE_DIGITS_MIN 10 /* with the area code */
#define TELEPHONE_DIGITS_MAX 15 /* ITU-T E.164 */
#define TELEPHONE_TEXT       32 /* with hyphens, a sign and a zero */

/* telephone_is_valid: so many ASCII digits, a single hyphen between two of them where one likes, a
 * + before the first where one likes. */
bool telephone_is_valid(struct bytes number) MUST_USE;
