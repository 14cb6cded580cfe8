/* PINs: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER. The current file says whose PIN. */
#pragma once

#include "chip/session.h"

command_function pin_verify, pin_change, pin_reset;
