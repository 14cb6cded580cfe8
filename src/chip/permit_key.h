/* The card's permit key gives way to the next one. docs/PROTOCOL.card-administration, 3.4. */
#pragma once

#include "chip/staging.h"

activate_function permit_key_activate;
