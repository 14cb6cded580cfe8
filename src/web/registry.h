/* The register's feed: a program of the town sends events, with a token of its own. JSON alone.
 * docs/PROTOCOL.registry */
#pragma once

#include "web/page.h"

/* POST /registry/events */
void registry_post_events(struct page *page);
