/* The agent's one log: a line for each event, on the standard error that it was started with. Where
 * nobody reads, or the terminal stands still, lines are dropped: the agent never waits for it. */
#pragma once

#include "base/err.h"

/* agent_log_start starts the thread that may wait in the agent's place; it ends with the process.
 */
enum err agent_log_start(void) MUST_USE;
void agent_log_tell(const char *origin, const char *what);
