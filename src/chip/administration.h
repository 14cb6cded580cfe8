/* How the centre proves itself: GET CHALLENGE, and EXTERNAL AUTHENTICATE with a permit, which opens
 * one operation. docs/PROTOCOL.card-administration, sections 2 and 3. */
#pragma once

#include "chip/session.h"

command_function challenge_get, permit_present;
