/* What is longer than a permit: UPDATE BINARY brings it piece by piece into memory, ACTIVATE FILE
 * has it used as the permit says. docs/PROTOCOL.card-administration, sections 3.2 and 3.4. */
#pragma once

#include "chip/session.h"

command_function staging_add, staging_activate;

/* What ACTIVATE FILE does for one purpose, with what was staged. */
typedef enum status_word activate_function(struct chip *chip, const struct permit *permit,
                                           struct bytes staged);

/* staging_is_permitted: these bytes have the permit's digest. */
bool staging_is_permitted(const struct permit *permit, struct bytes staged);
