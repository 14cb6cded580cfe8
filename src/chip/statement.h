/* How the card proves itself: INTERNAL AUTHENTICATE answers what is in it, signed by the card key.
 * docs/PROTOCOL.card-administration, section 4. */
#pragma once

#include "chip/session.h"

command_function statement_answer;
