/* How staff log in and out: by a code, or with a card through the agent on their own computer, and
 * back (docs/PROTOCOL.login 5, PROTOCOL.agent 2 and 6); which cards they have registered. */
#pragma once

#include "web/desk.h"

/* What the agent's page brought, until the browser comes with its cookie. */
struct card_logins;
enum err card_logins_new(struct card_logins **out) MUST_USE;
void card_logins_free(struct card_logins *logins); /* takes NULL */

void staff_get_login(struct desk *desk);
void staff_post_login(struct desk *desk);
void staff_post_logout(struct desk *desk);
void staff_get_card_login(struct desk *desk);
void staff_get_cards(struct desk *desk);
void staff_get_new_card(struct desk *desk);
void staff_post_new_card(struct desk *desk);
/* staff_post_from_agent keeps what comes from the agent's page, and leads back to the same path. */
void staff_post_from_agent(struct desk *desk);
