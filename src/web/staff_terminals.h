/* The staff's pages about the counter's terminals: which are paired, and what one shows while a
 * resident is at it. */
#pragma once

#include "web/desk.h"

void staff_get_terminals(struct desk *desk);
/* staff_get_terminal watches the one that is called to an application; when nothing more is to be
 * done there it leads back to the application. */
void staff_get_terminal(struct desk *desk);
/* staff_put_terminals adds to an application's page where it can go on: "terminals", each with
 * name and is_busy, and "watch_url" where one is at it. False: the page is answered. */
bool staff_put_terminals(struct desk *desk, json_t *application) MUST_USE;
