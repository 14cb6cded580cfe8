/* Whom somebody on the telephone is calling about. page:S38 */
#pragma once

#include "centre/act.h"

bool caller_check(struct act_call *call);
