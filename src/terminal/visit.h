/* A resident at the terminal. One thread of its own walks between the centre and the card; the
 * screen's pages read what it shows, and answer. PINs are here from the screen to the card, and
 * wiped when the visit ends. */
#pragma once

#include "base/err.h"

struct shown;
struct visit;

/* visit_start begins to ask the centre at that address. reader NULL: the first one with a card;
 * file: keeps who the terminal is to the centre, so that a start goes on with it. */
enum err visit_start(const char *url, const char *reader, const char *file, struct visit **out,
                     struct fault *fault) MUST_USE;
void visit_stop(struct visit *visit); /* takes NULL; waits for what the card is doing */
struct shown *visit_shown(struct visit *visit);
