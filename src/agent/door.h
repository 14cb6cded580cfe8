/* Which request may ask for what. It stands on what the browser says of a request by itself, and no
 * page's script can forge: Host, Origin, Sec-Fetch-Mode and -Dest (Fetch, Fetch Metadata). */
#pragma once

#include "agent/words.h"
#include "http/server.h"

/* All answer with the reason of the refusal, NULL when there is none. port: the agent's own. */

/* door_check_host: Host names this computer, so that no name of a stranger's leads here (DNS
 * rebinding). Asked of every request; the two below ask it, too. */
const struct refusal *door_check_host(const struct http_request *request, uint16_t port);

/* door_check_site: a page of any site posts a form, in a window of its own. *origin is what the
 * browser wrote; whether it may log in is client/login's. */
const struct refusal *door_check_site(const struct http_request *request, uint16_t port,
                                      const char **origin);

/* door_check_own: one of the agent's own pages posts its form. */
const struct refusal *door_check_own(const struct http_request *request, uint16_t port);
