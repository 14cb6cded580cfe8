/* What happened to a resident in the register, and what it did: a part of the resident's page. */
#pragma once

#include "web/desk.h"

/* staff_events asks for them, in words too; NULL: the page is answered. The caller's. */
json_t *staff_events(struct desk *desk, int64_t resident);
