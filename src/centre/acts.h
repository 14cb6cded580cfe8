/* The acts of the centre itself: staff, cards, the register, CRLs, the journal. Those on an
 * application are the counter's. */
#pragma once

#include "centre/act.h"

struct act_table centre_acts(void);
