/* The acts on an application: the counter's table. */
#pragma once

#include "centre/act.h"

struct act_table counter_acts(void);
