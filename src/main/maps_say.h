/* What commit and feed tell the operator about the maps that they found. */
#pragma once

#include "centre/maps.h"

/* maps_say says nothing where all is well. */
void maps_say(enum maps_were were);
