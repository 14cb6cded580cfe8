/* Which connections are still sending us their request, and since when. One that takes too long, by
 * silence or by a trickle of bytes, is shut down, so that slow clients cannot fill the server. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct http_deadlines;

/* limit: milliseconds for one request, from the connection's start or the last answer's end. */
enum err http_deadlines_new(size_t max_connections, int64_t limit,
                            struct http_deadlines **out) MUST_USE;
void http_deadlines_free(struct http_deadlines *deadlines); /* takes NULL */

void http_deadlines_start(struct http_deadlines *deadlines, int fd);  /* a request may begin */
void http_deadlines_answer(struct http_deadlines *deadlines, int fd); /* it is here; answering */
void http_deadlines_forget(struct http_deadlines *deadlines, int fd); /* before fd is closed */
